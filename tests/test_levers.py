"""Every lever moves its own mechanism, in the direction it declares."""

from dataclasses import dataclass

import numpy as np
import pytest

import metabosim as ms
from metabosim.body import LEVERS
from metabosim.engine import simulate
from metabosim.errors import InputError
from metabosim.levers import HIGHEST, LOWEST, checked_levers, constants

WEEK = "7 d"
UP, DOWN = 1, -1


@dataclass(frozen=True)
class Staging:
    """Where a lever shows: the mean of `observable` over the last `share` of a run.

    `with_lever` says whether it rises (UP) or falls (DOWN) as the lever goes from 0 over 1 to 2, each
    time by at least `by` of its value at 1.
    """

    observable: str
    with_lever: int
    subject: str = "lean-healthy"
    protocol: tuple[ms.protocol.ProtocolStep, ...] = ()
    duration: str = "1 d"
    share: float = 1.0
    start: str = "midnight"
    by: float = 0.02


def clamped(level, *steps, **more):
    """Glucose held for five hours after a night's fast; the last hour is read."""
    protocol = (ms.GlucoseClamp(level, 0.0, 300.0), *steps)
    return {"protocol": protocol, "duration": "5 h", "share": 0.2, "start": "fasting"} | more


INSULIN = ms.InsulinInfusion("1 mU/kg/min", 0.0)
GLP1 = ms.HormoneInfusion("glp1", "1 pmol/kg/min", 0.0)
GH = ms.HormoneInfusion("gh", "10 ug/min", 0.0)
WEEKLY = (ms.Dose("semaglutide", "1 mg", "8 h", WEEK),)
NIGHTLY = (ms.Dose("tesamorelin", "2 mg", "22 h", "1 d"),)
LONG = {"duration": "26 weeks", "share": 0.04}
MONTH = {"duration": "4 weeks", "share": 0.25}
DRINK = (ms.OralGlucose(0.0, "75 g"),)

TABLE = {
    # insulin acting
    "insulin_action": Staging("glucose_uptake_muscle_mmol_min", UP, **clamped(5.0, INSULIN)),
    "inflammation_resistance": Staging("insulin_signalling_index", DOWN, "visceral-obese", **MONTH),
    "ffa_resistance": Staging("insulin_signalling_index", DOWN, "type-2-diabetes", **MONTH),
    "glucotoxic_resistance": Staging("insulin_signalling_index", DOWN, "type-2-diabetes", **MONTH),
    "gh_acute_resistance": Staging("glucose_infusion_mmol_min", DOWN, **clamped(5.0, INSULIN, GH)),
    # insulin made and cleared
    "insulin_secretion": Staging("insulin_pmol_l", UP),
    "beta_cell_compensation": Staging("beta_cell_mass_index", UP, "insulin-resistant", **LONG),
    "beta_cell_glucolipotoxicity": Staging("beta_cell_function", DOWN, "type-2-diabetes", **LONG),
    "insulin_clearance_loss": Staging("insulin_clearance_ml_min", DOWN, "insulin-resistant"),
    "hyperinsulinaemia_fat_storage": Staging("vat_kg", UP, "insulin-resistant", **LONG),
    # amplifiers of the beta cell
    "glucose_gating": Staging("insulin_secretion_pmol_min", DOWN, **clamped(4.3, GLP1)),
    "glp1_insulin_secretion": Staging("insulin_secretion_pmol_min", UP, **clamped(8.0, GLP1)),
    "pka_arm": Staging("insulin_secretion_pmol_min", UP, **clamped(8.0, GLP1)),
    "epac2_arm": Staging("insulin_secretion_pmol_min", UP, **clamped(8.0, GLP1)),
    # glucagon
    "counterregulation": Staging("glucagon_pmol_l", UP, **clamped(3.0)),
    "glp1_glucagon_suppression": Staging("glucagon_pmol_l", DOWN, **clamped(6.0, GLP1)),
    # GLP-1 and the gut
    "endogenous_incretin": Staging("glp1_pmol_l", UP),
    "glp1_degradation": Staging("glp1_pmol_l", DOWN),
    "glp1_gastric_emptying": Staging(
        "gastric_retention_fraction", UP, protocol=(*DRINK, GLP1), duration="2 h", start="fasting"
    ),
    "glp1_emptying_tolerance": Staging(
        "gastric_retention_fraction", DOWN, protocol=WEEKLY, **MONTH
    ),
    "glp1_appetite": Staging(
        "energy_intake_mj_day", DOWN, protocol=WEEKLY, duration="7 d", share=0.5
    ),
    "glp1_anti_inflammatory": Staging(
        "inflammation_index", DOWN, "visceral-obese", (*WEEKLY, ms.Hold("vat", "baseline")), **LONG
    ),
    # inflammation, fat and appetite
    "vat_inflammation": Staging("inflammation_index", UP, "visceral-obese", **MONTH),
    "insulin_inflammation": Staging("inflammation_index", UP, "visceral-obese", **MONTH),
    "vat_lipid_spill": Staging("glucose_production_mmol_min", UP, "visceral-obese"),
    "fuel_cravings": Staging("appetite_index", UP, "insulin-resistant"),
    # growth hormone
    "gh_pulsatility": Staging("gh_ug_l", UP),
    "ghrh_drive": Staging("gh_ug_l", UP, protocol=NIGHTLY, duration="3 d", share=1 / 3),
    "ghrp_drive": Staging("gh_ug_l", UP, protocol=(ms.Dose("ipamorelin", "0.3 mg", "9 h"),)),
    "gh_secretion": Staging("gh_ug_l", UP),
    "vat_gh_suppression": Staging("gh_ug_l", DOWN, "visceral-obese"),
    "igf1_production": Staging("igf1_ug_l", UP, duration="7 d", share=0.2),
    "igf1_feedback": Staging("gh_ug_l", DOWN),
    "gh_acute_lipolysis": Staging("lipolysis_mmol_min", UP, **clamped(5.0, GH)),
    "gh_vat_lipolysis": Staging("vat_kg", DOWN, "visceral-obese", NIGHTLY, **LONG),
    "gh_lean_mass": Staging("lean_kg", UP, "visceral-obese", NIGHTLY, by=0.004, **LONG),
    "gh_lipid_mobilisation": Staging(
        "triglycerides_mmol_l", DOWN, "visceral-obese", NIGHTLY, **MONTH
    ),
}


def shown(staging, lever, value):
    """What the staging shows with the lever at a value."""
    run = simulate(
        staging.subject, staging.protocol, {lever: value}, staging.duration, start=staging.start
    )
    late = run.time_min >= (1.0 - staging.share) * run.duration_min
    return float(np.mean(run[staging.observable][late]))


def test_every_lever_is_in_the_table():
    """No lever without a staging, and no staging without a lever."""
    assert set(TABLE) == set(LEVERS)


@pytest.mark.parametrize("lever", list(LEVERS))
def test_a_lever_moves_its_mechanism(lever):
    """Knocked out and doubled, a lever moves its observable in opposite directions, visibly."""
    staging = TABLE[lever]
    out, normal, doubled = (shown(staging, lever, value) for value in (0.0, 1.0, 2.0))
    least = staging.by * abs(normal)
    assert staging.with_lever * (normal - out) >= least, f"0: {out:.4g}, 1: {normal:.4g}"
    assert staging.with_lever * (doubled - normal) >= least, f"1: {normal:.4g}, 2: {doubled:.4g}"


@pytest.mark.parametrize("lever", list(LEVERS))
def test_a_lever_at_one_is_the_identity(lever):
    """A lever at 1 is the very same body: the same constants, to the bit."""
    assert constants({}, {lever: 1.0}).tobytes() == constants({}).tobytes()
    assert constants({}, {lever: 2.0}).tobytes() != constants({}).tobytes()


@pytest.mark.parametrize("value", [-0.1, 3.1, float("nan"), float("inf"), "much", True])
def test_levers_have_a_range(value):
    """A lever outside 0 to 3, or no number at all, is refused with its name."""
    with pytest.raises(InputError, match=r"levers\.pka_arm: must be a number from 0 to 3"):
        checked_levers({"pka_arm": value})
    assert (LOWEST, HIGHEST) == (0.0, 3.0)


def test_unknown_levers_are_all_named():
    """Every lever that does not exist is named, with the nearest that does."""
    with pytest.raises(InputError) as caught:
        checked_levers({"pka_amr": 1.0, "insulin_actoin": 1.0})
    assert len(caught.value.faults) == 2
    assert "pka_arm" in str(caught.value)
    assert "insulin_action" in str(caught.value)
