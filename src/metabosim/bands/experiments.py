"""The experiments behind the published sizes: each function runs one and gives its numbers by row id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metabosim.engine import Run, simulate
from metabosim.engine.run import FASTING
from metabosim.protocol import (
    Diet,
    Dose,
    Fast,
    GlucoseClamp,
    GlucoseProfile,
    Hold,
    HormoneInfusion,
    InsulinInfusion,
    Meal,
    OralGlucose,
    ProtocolStep,
)

DAY, WEEK = 1440.0, 10080.0
TG_MG_DL = 88.57  # per mmol/L
SEMAGLUTIDE = (0.25, 0.5, 1.0, 1.7, 2.4)  # mg, four weeks each, then on (STEP 1)
TIRZEPATIDE = (2.5, 5.0, 7.5, 10.0, 12.5, 15.0)  # mg, four weeks each, then on (SURMOUNT-1)
PARACETAMOL_ABSORPTION = 0.1  # 1/min from the intestine; assumption
PARACETAMOL_ELIMINATION = 0.0046  # 1/min, half-life 2.5 h; assumption

Rows = dict[str, float]
EXPERIMENTS: list[Callable[[], Rows]] = []


def experiment(function: Callable[[], Rows]) -> Callable[[], Rows]:
    """Register an experiment."""
    EXPERIMENTS.append(function)
    return function


def escalation(therapy: str, steps: Sequence[float], stop: float) -> list[ProtocolStep]:
    """Weekly doses from 08:00 of day 0, four weeks a step, the last one on until `stop` (min)."""
    ends = [min((i + 1) * 4 * WEEK, stop) for i in range(len(steps) - 1)] + [stop]
    starts = [i * 4 * WEEK for i in range(len(steps))]
    return [
        Dose(therapy, f"{mg} mg", 480.0 + start, "1 week", 480.0 + end)
        for mg, start, end in zip(steps, starts, ends, strict=True)
    ]


def tesamorelin() -> list[ProtocolStep]:
    """2 mg every evening at 22:00."""
    return [Dose("tesamorelin", "2 mg", "22 h", "1 d")]


def morning(run: Run, name: str, day: float) -> float:
    """The value at 07:00 of a day."""
    return float(np.interp(day * DAY + FASTING, run.time_min, run[name]))


def day_mean(run: Run, name: str, day: float) -> float:
    """Mean over one day of the run."""
    inside = (run.time_min >= day * DAY) & (run.time_min <= (day + 1) * DAY)
    return float(np.trapezoid(run[name][inside], run.time_min[inside]) / DAY)


def percent(value: float, reference: float) -> float:
    """Change in per cent."""
    return 100.0 * (value / reference - 1.0)


def mean(values: NDArray[Any]) -> float:
    """Arithmetic mean as a plain number."""
    return float(np.mean(values))


@cache
def ogtt(subject: str) -> Run:
    """75 g glucose by mouth in the fasting morning, 4 h."""
    return simulate(subject, [OralGlucose(0.0, "75 g")], start="fasting", duration="4 h")


@cache
def obese_semaglutide() -> Run:
    """68 weeks on, 52 weeks off (STEP 1 and its extension)."""
    return simulate(
        "visceral-obese", escalation("semaglutide", SEMAGLUTIDE, 68 * WEEK), duration="121 weeks"
    )


@cache
def obese_untreated() -> Run:
    """The same year without a drug."""
    return simulate("visceral-obese", duration="73 weeks")


@cache
def obese_tesamorelin() -> Run:
    """26 weeks (Falutz 2007)."""
    return simulate("visceral-obese", tesamorelin(), duration="27 weeks")


@cache
def diabetic_semaglutide() -> Run:
    """12 weeks to 1 mg in type 2 diabetes."""
    return simulate(
        "type-2-diabetes",
        escalation("semaglutide", (0.25, 0.5, 1.0), 13 * WEEK),
        duration="13 weeks",
    )


@experiment
def healthy_meal() -> Rows:
    """The habitual breakfast of the reference person."""
    rest = simulate("lean-healthy", duration="1 d").rest
    glucose, insulin = rest["glucose_mmol_l"][480:781], rest["insulin_pmol_l"][480:781]
    return {
        "A1.1": float(glucose.max()),
        "A1.2": float(glucose.argmax()),
        "A1.3": float(insulin.max() / rest["insulin_pmol_l"][int(FASTING)]),
    }


@experiment
def glucose_tolerance() -> Rows:
    """Two-hour glucose after 75 g."""
    return {
        "A2.1": float(ogtt("lean-healthy")["glucose_mmol_l"][120]),
        "A2.2": float(ogtt("type-2-diabetes")["glucose_mmol_l"][120]),
    }


@cache
def resting_m(subject: str) -> float:
    """M of an untreated subject at 07:00."""
    return simulate(subject, duration="8 h").m_value(FASTING)


@experiment
def clamps() -> Rows:
    """Hyperinsulinaemic clamps at 1 mU/kg/min."""
    return {
        "A3.1": resting_m("lean-healthy"),
        "A3.2": resting_m("type-2-diabetes") / resting_m("lean-healthy"),
    }


@experiment
def compensation() -> Rows:
    """Fasting insulin and its clearance, obese over lean."""
    obese, lean = (
        simulate("visceral-obese", duration="1 h"),
        simulate("lean-healthy", duration="1 h"),
    )
    return {
        "A4.1": obese.fasting_baseline("insulin_pmol_l") / lean.fasting_baseline("insulin_pmol_l"),
        "A4.2": obese.fasting_baseline("insulin_clearance_ml_min")
        / lean.fasting_baseline("insulin_clearance_ml_min"),
    }


@experiment
def insulin_at_fixed_intake() -> Rows:
    """Insulin about doubled by infusion for a year, glucose at its habitual course, energy held."""
    body = simulate("visceral-obese", duration="1 h")
    rate = (
        body.baseline("insulin_pmol_l") * body.baseline("insulin_clearance_ml_min") / 1000.0 * 0.5
    )
    held: list[ProtocolStep] = [Hold("glucose", "baseline"), Hold("energy_in", "baseline")]
    year = "365 d"
    plain = simulate("visceral-obese", held, duration=year, output=[0.0, 365 * DAY])
    infused = simulate(
        "visceral-obese", [*held, InsulinInfusion(rate)], duration=year, output=[0.0, 365 * DAY]
    )
    return {"B1.1": float(infused["fat"][-1] - plain["fat"][-1])}


YEAR = 365 * DAY


@cache
def ten_years() -> Run:
    """Ten years of eating 4 % more each year, in a person whose beta cells can grow little."""
    more: list[ProtocolStep] = [
        Diet(1.0 + 0.04 * (y + 1), y * YEAR, (y + 1) * YEAR) for y in range(10)
    ]
    visits = np.append(np.arange(0.0, 10 * YEAR, YEAR), 10 * YEAR - DAY) + FASTING
    return simulate("insulin-resistant", more, duration=10 * YEAR, output=visits)


@experiment
def towards_diabetes() -> Rows:
    """Function at the end over its peak, and fasting glucose at the first yearly visit at or above 7.0."""
    run = ten_years()
    beta, glucose = run["homa_b"], run["glucose_mmol_l"]
    diabetic = np.flatnonzero(glucose >= 7.0)
    return {
        "B3.1": float(beta[diabetic[0]] / beta.max()) if diabetic.size else float("nan"),
        "B3.2": float(glucose[diabetic[0]]) if diabetic.size else float("nan"),
    }


@experiment
def less_visceral_fat() -> Rows:
    """Visceral fat 15 % down by itself for 12 weeks."""
    kg = simulate("visceral-obese", duration="1 h").baseline("vat_kg")
    run = simulate("visceral-obese", [Hold("vat", 0.85 * kg)], duration="12 weeks")
    return {"B4.1": percent(run.m_value(84 * DAY - DAY + FASTING), resting_m("visceral-obese"))}


@experiment
def incretin_effect() -> Rows:
    """75 g by mouth against an infusion that replays the same glucose."""
    oral = ogtt("lean-healthy")
    vein = simulate("lean-healthy", [GlucoseProfile(oral)], start="fasting", duration="4 h")
    responses = [
        float(
            np.trapezoid(run["insulin_secretion_pmol_min"] - run["insulin_secretion_pmol_min"][0])
        )
        for run in (oral, vein)
    ]
    return {"C1.1": 100.0 * (1.0 - responses[1] / responses[0])}


def half_life(run: Run, name: str, start: float, stop: float) -> float:
    """Minutes in which a falling curve halves, from two points."""
    a, b = (float(np.interp(t, run.time_min, run[name])) for t in (start, stop))
    return (stop - start) * float(np.log(2.0) / np.log(a / b))


@experiment
def half_lives() -> Rows:
    """Read from the falling curves."""
    glp1 = simulate(
        "lean-healthy",
        [HormoneInfusion("glp1", "5 pmol/kg/min", 0.0, 60.0)],
        start="fasting",
        duration="80 min",
    )
    basal = glp1["glp1_pmol_l"][0]
    a, b = glp1["glp1_pmol_l"][61] - basal, glp1["glp1_pmol_l"][63] - basal
    gh = simulate(
        "lean-healthy",
        [HormoneInfusion("gh", "10 ug/min", 0.0, 60.0)],
        {"gh_secretion": 0.0},
        "3 h",
        start="fasting",
    )
    drug = {
        name: half_life(
            simulate("lean-healthy", [Dose(name, mg)], duration="35 d"), column, 21 * DAY, 28 * DAY
        )
        / DAY
        for name, mg, column in (
            ("semaglutide", "1 mg", "drug_semaglutide_nmol_l"),
            ("tirzepatide", "5 mg", "drug_tirzepatide_nmol_l"),
            ("cjc-1295", "5 mg", "drug_cjc_1295_nmol_l"),
        )
    }
    return {
        "C2.1": 2.0 * float(np.log(2.0) / np.log(a / b)),
        "C2.2": drug["semaglutide"],
        "C2.3": drug["tirzepatide"],
        "D2.2": half_life(gh, "gh_ug_l", 65.0, 95.0),
        "D4.2": drug["cjc-1295"],
    }


def stepped(drugs: list[ProtocolStep]) -> Run:
    """Glucose stepped down with insulin running, an hour a level, on the third morning of treatment."""
    start = 3 * DAY + FASTING
    steps = [
        *drugs,
        Fast(start, start + 240.0),
        GlucoseClamp([5.0, 4.0, 3.2, 2.7], start, start + 240.0),
        InsulinInfusion("0.8 mU/kg/min", start, start + 240.0),
    ]
    return simulate(
        "lean-healthy", steps, duration=start + 240.0, output=np.arange(start, start + 241.0)
    )


@experiment
def secretion_in_hypoglycaemia() -> Rows:
    """Stepped clamps with a GLP-1 agonist (Degn 2004) and a sulfonylurea."""
    plain, agonist = stepped([]), stepped([Dose("liraglutide", "1.8 mg", "7 h", "1 d")])
    name = "insulin_secretion_pmol_min"
    at5, low = slice(30, 60), slice(150, 180)
    runs = {}
    for label, drugs in (("plain", []), ("su", [Dose("sulfonylurea", "5 mg", FASTING - 60.0)])):
        runs[label] = simulate(
            "lean-healthy",
            [*drugs, Fast(0.0), GlucoseClamp([3.0], FASTING, FASTING + 90.0)],
            duration=FASTING + 90.0,
        )[name][int(FASTING) + 60 :]
    return {
        "C4.1": mean(agonist[name][at5]) / mean(plain[name][at5]),
        "C4.2": mean(agonist[name][low]) / mean(agonist[name][at5]),
        "C4.3": mean(runs["su"]) / mean(runs["plain"]),
    }


@experiment
def diabetes_under_glp1() -> Rows:
    """Glucagon after 12 weeks; under an acute infusion, glucose production (glucose kept) and direct uptake."""
    plain = simulate("type-2-diabetes", duration="13 weeks")
    treated = diabetic_semaglutide()
    infusion = HormoneInfusion("glp1", "1.2 pmol/kg/min", 0.0)
    own = GlucoseClamp([plain.fasting_baseline("glucose_mmol_l")], 0.0, 240.0)
    fasted = [
        simulate("type-2-diabetes", [own, *p], start="fasting", duration="4 h")
        for p in ([], [infusion])
    ]
    egp = [mean(run["glucose_production_mmol_min"][120:]) for run in fasted]
    clamp: list[ProtocolStep] = [GlucoseClamp([8.0], 0.0, 240.0), Hold("insulin", 300.0)]
    held = [
        simulate("type-2-diabetes", [*clamp, *p], start="fasting", duration="4 h")
        for p in ([], [infusion])
    ]
    uptake = [mean(run["glucose_uptake_muscle_mmol_min"][180:]) for run in held]
    return {
        "C6.1": morning(treated, "glucagon_pmol_l", 90) / morning(plain, "glucagon_pmol_l", 90),
        "C7.1": percent(egp[1], egp[0]),
        "C7.2": percent(uptake[1], uptake[0]),
    }


def paracetamol(run: Run, at: float) -> NDArray[np.float64]:
    """Plasma paracetamol (any unit) taken with a meal at minute `at`, minute by minute from there."""
    emptied = -np.gradient(run["gastric_retention_fraction"][run.time_min >= at + 0.5])
    gut = plasma = 0.0
    course = []
    for share in emptied:
        gut += share - PARACETAMOL_ABSORPTION * gut
        plasma += PARACETAMOL_ABSORPTION * gut - PARACETAMOL_ELIMINATION * plasma
        course.append(plasma)
    return np.array(course)


@experiment
def gastric_emptying() -> Rows:
    """Paracetamol with breakfast after 12 weeks, drug over none."""
    at = 83 * DAY + 480.0
    grid = np.arange(at, at + 300.0)
    breakfast: list[ProtocolStep] = [Fast(at - 600.0, at + 300.0), Meal(at, "50 g")]
    runs = [
        simulate("visceral-obese", [*breakfast, *p], duration=at + 300.0, output=grid)
        for p in ([], escalation("semaglutide", (0.25, 0.5, 1.0), 13 * WEEK))
    ]
    plain, treated = (paracetamol(run, at) for run in runs)
    return {
        "C8.1": float(treated[:60].sum() / plain[:60].sum()),
        "C8.2": float(treated.sum() / plain.sum()),
    }


@experiment
def weight_under_glp1() -> Rows:
    """Intake at week 12; weight, visceral fat and inflammation at week 68; what came back a year later."""
    run, plain = obese_semaglutide(), obese_untreated()
    tirzepatide = simulate(
        "visceral-obese", escalation("tirzepatide", TIRZEPATIDE, 72 * WEEK), duration="72 weeks"
    )
    start, end, off = (
        run.baseline("weight_kg"),
        day_mean(run, "weight_kg", 475),
        day_mean(run, "weight_kg", 840),
    )
    weight = percent(end, start)
    return {
        "C9.1": percent(
            day_mean(run, "energy_intake_mj_day", 83), run.baseline("energy_intake_mj_day")
        ),
        "C9.2": weight,
        "C9.3": percent(day_mean(tirzepatide, "weight_kg", 503), start),
        "C9.4": (off - end) / (start - end),
        "C10.1": percent(day_mean(run, "vat_kg", 475), run.baseline("vat_kg")) / weight,
        "C11.1": day_mean(run, "inflammation_index", 475)
        / day_mean(plain, "inflammation_index", 475),
        "C11.2": day_mean(run, "inflammation_index", 475)
        / day_mean(plain, "inflammation_index", 475),
        "C15.1": percent(day_mean(run, "igf1_ug_l", 181), run.baseline("igf1_ug_l")),
    }


@experiment
def calming_apart_from_weight() -> Rows:
    """Twelve weeks of semaglutide with visceral fat and appetite held."""
    held: list[ProtocolStep] = [Hold("vat", "baseline"), Hold("appetite", "baseline")]
    runs = [
        simulate("visceral-obese", [*held, *p], duration="12 weeks")
        for p in ([], escalation("semaglutide", (0.25, 0.5, 1.0), 13 * WEEK))
    ]
    return {
        "C12.1": percent(
            day_mean(runs[1], "inflammation_index", 83), day_mean(runs[0], "inflammation_index", 83)
        )
    }


@experiment
def without_pka() -> Rows:
    """Glucose stepped to 10 mmol/L under a GLP-1 infusion: potentiation of the first ten minutes lost with PKA."""
    potentiation = {}
    for arm in (1.0, 0.0):
        released = []
        for rate in (0.0, 1.2):
            steps: list[ProtocolStep] = [
                HormoneInfusion("glp1", f"{rate} pmol/kg/min", 0.0),
                GlucoseClamp([5.0, 10.0], 0.0, 120.0),
            ]
            run = simulate("lean-healthy", steps, {"pka_arm": arm}, "2 h", start="fasting")
            released.append(mean(run["insulin_secretion_pmol_min"][60:71]))
        potentiation[arm] = released[1] / released[0] - 1.0
    return {"C14.1": 100.0 * (1.0 - potentiation[0.0] / potentiation[1.0])}


@experiment
def acute_growth_hormone() -> Rows:
    """One hour of GH during a clamp: the lowest glucose infusion against none."""
    clamp: list[ProtocolStep] = [
        GlucoseClamp([5.0], 0.0, 480.0),
        InsulinInfusion("0.5 mU/kg/min", 0.0, 480.0),
    ]
    pulse = HormoneInfusion("gh", "6 ug/min", 120.0, 180.0)
    plain, given = (
        simulate("lean-healthy", [*clamp, *p], start="fasting", duration="8 h")[
            "glucose_infusion_mmol_min"
        ][120:]
        for p in ([], [pulse])
    )
    return {"D1.1": float(np.min(100.0 * (given / plain - 1.0)))}


@experiment
def growth_hormone_at_rest() -> Rows:
    """Pulses of the reference person; mean GH, obese over lean."""
    lean, obese = (
        simulate("lean-healthy", duration="1 h"),
        simulate("visceral-obese", duration="1 h"),
    )
    gh = lean.rest["gh_ug_l"][:-1]
    peaks = (gh > np.roll(gh, 1)) & (gh >= np.roll(gh, -1))
    return {
        "D2.1": float(peaks.sum()),
        "D2.3": obese.baseline("gh_ug_l") / lean.baseline("gh_ug_l"),
    }


@experiment
def secretagogues() -> Rows:
    """CJC-1295 twice at 60 ug/kg, a week apart; CJC-1295 and ipamorelin alone and together."""
    cjc = simulate(
        "lean-healthy", [Dose("cjc-1295", "4.2 mg", 0.0, "1 week", "2 weeks")], duration="2 weeks"
    )
    area = {}
    for label, names in (
        ("none", ()),
        ("a", ("cjc-1295",)),
        ("b", ("ipamorelin",)),
        ("both", ("cjc-1295", "ipamorelin")),
    ):
        mg = {"cjc-1295": "2 mg", "ipamorelin": "0.3 mg"}
        run = simulate(
            "lean-healthy",
            [Dose(n, mg[n], 2 * DAY + 600.0 if n == "ipamorelin" else 0.0) for n in names],
            duration="3 d",
        )
        area[label] = float(np.trapezoid(run["gh_ug_l"][3480:3841]))
    both, alone = area["both"] - area["none"], area["a"] + area["b"] - 2.0 * area["none"]
    return {
        "D4.1": day_mean(cjc, "igf1_ug_l", 10) / cjc.baseline("igf1_ug_l"),
        "D5.1": both / alone,
    }


@experiment
def tesamorelin_in_obesity() -> Rows:
    """26 weeks in the visceral-obese subject, against its own start."""
    run = obese_tesamorelin()

    def fasting(name: str, day: float) -> float:
        return morning(run, name, day) - run.fasting_baseline(name)

    def relative(name: str) -> float:
        return percent(day_mean(run, name, 181), run.baseline(name))

    return {
        "D3.1": day_mean(run, "igf1_ug_l", 181) / run.baseline("igf1_ug_l"),
        "D6.1": relative("vat_kg"),
        "D6.2": TG_MG_DL * fasting("triglycerides_mmol_l", 182),
        "D6.3": relative("weight_kg"),
        "D8.1": fasting("glucose_mmol_l", 14),
        "D8.2": fasting("glucose_mmol_l", 182),
        "D9.1": relative("inflammation_index"),
        "D12.1": day_mean(run, "lean_kg", 181) - run.baseline("lean_kg"),
    }


@experiment
def somatropin_six_weeks() -> Rows:
    """GH 9.5 ug/kg daily, in obesity (Johannsson 1997): glucose disposal at six weeks."""
    run = simulate("visceral-obese", [Dose("somatropin", "1 mg", "22 h", "1 d")], duration="43 d")
    return {"D10.1": percent(run.m_value(42 * DAY + FASTING), resting_m("visceral-obese"))}


@experiment
def fasting() -> Rows:
    """Three days without food, against the habitual morning."""
    run = simulate("lean-healthy", [Fast(FASTING)], duration=3 * DAY + FASTING + 1.0)
    return {
        "D13.1": percent(morning(run, "glucose_mmol_l", 3), run.fasting_baseline("glucose_mmol_l"))
    }
