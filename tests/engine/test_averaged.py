"""Averaged runs agree with full ones as closely as they promise, and say when they are not averaged."""

import numpy as np
import pytest

import metabosim as ms
from metabosim.body import vector
from metabosim.engine import averaging, make_body, simulate
from metabosim.engine.lanes import alike
from metabosim.engine.run import simulate_from, starting_state

DAY = 1440.0
YEAR = 365 * DAY
SLOW = ("vat_kg", "fat", "lean_kg", "beta_cell_mass_index", "beta_cell_function")
DAILY = ("inflammation_index", "igf1_ug_l", "glucose_mmol_l")
WEEKLY = [
    ms.Dose("semaglutide", "0.5 mg", "8 h", "1 week", "4 weeks"),
    ms.Dose("semaglutide", "1 mg", "680 h", "1 week"),
]
LIVES = {
    "a daily GHRH analogue, then none": (
        "visceral-obese", [ms.Dose("tesamorelin", "2 mg", "22 h", "1 d", "12 weeks")], {}, 20 * 7
    ),
    "a daily agonist": (
        "visceral-obese", [ms.Dose("liraglutide", "1.8 mg", "8 h", "1 d")], {}, 12 * 7
    ),
    "a weekly agonist, raised": ("type-2-diabetes", WEEKLY, {}, 12 * 7),
    "a diet and its end": ("visceral-obese", [ms.Diet(0.75, 0.0, 84 * DAY)], {}, 26 * 7),
    "a day off, amid": ("lean-healthy", [ms.Fast(40 * DAY, 41 * DAY)], {"insulin_action": 0.6}, 80),
    "eating more each year": (
        "insulin-resistant",
        [ms.Diet(1.04 + 0.04 * y, y * YEAR, (y + 1) * YEAR) for y in range(10)],
        {},
        3650,
    ),
}  # fmt: skip


def daily(run, name):
    """Means over each whole day."""
    day = (run.time_min[:-1] // DAY).astype(int)
    return np.bincount(day, run[name][:-1]) / np.bincount(day)


@pytest.mark.parametrize("life", LIVES)
def test_averaged_runs_agree_with_full_ones(life):
    """Fat, lean and beta cells within 0.2 %; inflammation, IGF-1 and glucose within 1 %; fewer evaluations."""
    subject, protocol, levers, days = LIVES[life]
    output = np.arange(0.0, days * DAY + 1.0, 60.0)
    quick, full = (
        simulate(
            subject, protocol, levers, days * DAY, output=output, resolution=resolution
        )
        for resolution in ("averaged", "full")
    )  # fmt: skip
    assert (quick.resolution, full.resolution) == ("averaged", "full")
    assert quick.evaluations < 0.8 * full.evaluations
    for names, within in ((SLOW, 2e-3), (DAILY, 1e-2)):
        for name in names:
            np.testing.assert_allclose(daily(quick, name), daily(full, name), within, err_msg=name)


def test_an_averaged_run_left_alone_stays_at_rest():
    """Habitual days repeat themselves, whichever of them are lived through."""
    run = simulate("lean-healthy", duration="26 weeks", resolution="averaged")
    assert run.resolution == "averaged"
    weight = run["weight_kg"]
    np.testing.assert_allclose(weight[24::24], weight[24], rtol=1e-5)


def test_a_day_that_is_looked_at_closely_is_lived_through():
    """Minute by minute on one day, hourly on the others: that day is as in a full run."""
    seen = np.arange(60 * DAY, 61 * DAY, 1.0)
    output = np.union1d(np.arange(0.0, 84 * DAY + 1.0, 60.0), seen)
    protocol = [ms.Dose("tesamorelin", "2 mg", "22 h", "1 d")]
    quick, full = (
        simulate("visceral-obese", protocol, duration=84 * DAY, output=output, resolution=r)
        for r in ("averaged", "full")
    )
    here = np.isin(output, seen)
    for name in ("glucose_mmol_l", "insulin_pmol_l", "gh_ug_l"):
        scale = full[name].max()
        np.testing.assert_allclose(quick[name][here], full[name][here], atol=2e-3 * scale, rtol=0)


@pytest.mark.parametrize(
    ("protocol", "start"),
    [([ms.Hold("vat", "baseline")], "midnight"), ([ms.Meal("1 h", "50 g")], "fasting")],
)
def test_what_cannot_be_averaged_is_run_in_full(protocol, start):
    """A hold changes how a day answers, and a run from 07:00 has no midnights: both say that they are full."""
    arguments = {"start": start, "duration": "30 d"}
    asked = simulate("lean-healthy", protocol, resolution="averaged", **arguments)
    full = simulate("lean-healthy", protocol, resolution="full", **arguments)
    assert asked.resolution == "full"
    np.testing.assert_array_equal(asked.states, full.states)


def test_drugs_are_exact_in_averaged_runs():
    """Levels at any hour are those of the full run, dose days and days between alike."""
    output = np.arange(0.0, 60 * DAY, 60.0)
    quick, full = (
        simulate("type-2-diabetes", WEEKLY, duration=60 * DAY, output=output, resolution=r)
        for r in ("averaged", "full")
    )
    level = "drug_semaglutide_nmol_l"
    np.testing.assert_allclose(quick[level], full[level], rtol=1e-5, atol=1e-6)


def test_a_run_that_cannot_be_trusted_is_run_in_full(monkeypatch):
    """Where the estimate of the error is beyond what is allowed, the run is the full one, and says so."""
    dose = [ms.Dose("semaglutide", "1 mg", "8 h", "1 week")]
    arguments = {"duration": "40 d", "output": np.arange(0.0, 40 * DAY, 60.0)}
    assert simulate("visceral-obese", dose, **arguments).resolution == "averaged"
    monkeypatch.setattr(averaging, "_BOUNDS", [(vector.READING["glucose_mmol_l"], 1e-9)])
    asked = simulate("visceral-obese", dose, **arguments)
    full = simulate("visceral-obese", dose, resolution="full", **arguments)
    assert asked.resolution == "full"
    np.testing.assert_array_equal(asked.states, full.states)


def people_under(dose, days, sensitivities):
    """Bodies that differ in their sensitivity, their plans under a dose as one, constants and midnights."""
    people = [
        make_body("visceral-obese", parameters={"insulin_sensitivity": one})
        for one in sensitivities
    ]
    made = [one.planned([dose], days * DAY, 0.0, True) for one in people]
    c = np.array([mine for _, _, mine in made])
    y = np.array([starting_state(one, "midnight") for one in people])
    return people, alike([plan for plan, _, _ in made]), c, y


def test_bodies_abreast_live_as_alone():
    """Stepped together, each lives as it would by itself, within what averaging is good for."""
    dose, out = ms.Dose("semaglutide", "0.5 mg", "8 h", "1 week"), np.arange(0.0, 84 * DAY, 60.0)
    people, plans, c, y = people_under(dose, 84, (0.8, 1.0, 1.2))
    together = averaging.averaged_abreast(plans, c, y, [one.rest for one in people], out)
    for one, run in zip(people, together, strict=True):
        alone = simulate_from(
            one, one.rest.states[0], [dose], 0.0, 84 * DAY, meals=True, output=out,
            resolution="averaged",
        )  # fmt: skip
        _, readings = run.record.at(out)
        for name, within in (("vat_kg", 5e-4), ("weight_kg", 5e-4), ("igf1_ug_l", 1e-2)):
            mine = readings[:, vector.READING[name]]
            np.testing.assert_allclose(mine, alone[name], rtol=within, err_msg=name)


def test_a_body_that_fails_leaves_the_others_alone():
    """One with a broken constant is handed back, to be run in full, which says why; the others are averaged."""
    dose, out = ms.Dose("tesamorelin", "2 mg", "22 h", "1 d"), np.arange(0.0, 60 * DAY, 60.0)
    people, plans, c, y = people_under(dose, 60, (0.9, 1.0, 1.1))
    c[1, vector.CONSTANT["parameter", "ffa_volume"]] = np.nan
    runs = averaging.averaged_abreast(plans, c, y, [one.rest for one in people], out)
    assert [run is None for run in runs] == [False, True, False]
    for one in (0, 2):
        assert np.all(np.isfinite(runs[one].record.at(out)[1]))
