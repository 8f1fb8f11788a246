"""Muscle and brain fuel: insulin opens the cell through PI3K/Akt and GLUT4; four things close it.

The capacity to signal is worn down over days by inflammation, fatty acids and high glucose; growth hormone
blocks it over hours. Uptake follows the product of that capacity and the insulin at the tissue.
"""

from typing import Annotated, NamedTuple

from metabosim.body.quantities import Lever, Parameter, State, Variant
from metabosim.body.shapes import Functions, Number, rises

EXERCISE_GLUCOSE_SHARE = 0.05  # of the energy of activity, taken from plasma glucose; assumption
COMMON_CAUSE_GAIN = 0.3  # of the decoy, about the size of the effect it pretends to explain


class Organ(NamedTuple):
    """What muscle remembers."""

    signalling: Annotated[
        float, State("1", 0.5, "Capacity of PI3K/Akt signalling left by inflammation, FFA, glucose")
    ]


class Parameters(NamedTuple):
    """Uptake and its resistances."""

    muscle_uptake: Annotated[
        float,
        Parameter(
            "mmol/min/kg",
            0.03,
            0.25,
            "Largest insulin-driven uptake per kg lean mass",
            "M 8.3 mg/kg/min, Diabetes 50:1449 (seen); value by assumption",
        ),
    ] = 0.142
    muscle_insulin_half: Annotated[
        float,
        Parameter(
            "pmol/L",
            200.0,
            900.0,
            "Insulin of half-maximal uptake",
            "assumption, muscle above liver",
        ),
    ] = 500.0
    muscle_glucose_half: Annotated[
        float, Parameter("mmol/L", 3.0, 30.0, "Glucose of half-maximal transport", "assumption")
    ] = 12.0
    other_uptake: Annotated[
        float,
        Parameter(
            "L/min", 0.005, 0.08, "Insulin-independent uptake outside the brain", "assumption"
        ),
    ] = 0.029
    brain_uptake: Annotated[
        float,
        Parameter(
            "mmol/min", 0.3, 0.9, "Brain uptake at high glucose", "assumption, about 130 g/d"
        ),
    ] = 0.60
    brain_glucose_half: Annotated[
        float, Parameter("mmol/L", 0.5, 3.0, "Glucose of half-maximal brain uptake", "assumption")
    ] = 1.2
    alarm_sparing: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            0.9,
            "Share of insulin's message that adrenaline drowns in hypoglycaemia",
            "assumption: adrenaline opposes insulin in muscle",
        ),
    ] = 0.7
    insulin_sensitivity: Annotated[
        float, Parameter("1", 0.3, 8.0, "Inborn insulin sensitivity of the subject", "assumption")
    ] = 3.87
    inflammation_load: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            3.0,
            "Resistance per unit of inflammation",
            "assumption; weak edge, evidence B4 (contested)",
        ),
    ] = 2.45
    ffa_load: Annotated[
        float, Parameter("L/mmol", 0.0, 4.0, "Resistance per mmol/L of fatty acids", "assumption")
    ] = 0.4
    glucose_load: Annotated[
        float, Parameter("1", 0.0, 3.0, "Resistance by high glucose, at most", "assumption")
    ] = 0.8
    glucose_load_half: Annotated[
        float, Parameter("mmol/L", 7.0, 20.0, "Glucose of half that resistance", "assumption")
    ] = 12.0
    signalling_time: Annotated[
        float, Parameter("d", 0.2, 10.0, "Time constant of signalling capacity", "assumption")
    ] = 2.0
    muscle_gh_resistance: Annotated[
        float,
        Parameter(
            "L/ug",
            0.0,
            0.6,
            "Resistance by growth hormone",
            "Diabetologia 1991, GIR -39 % (seen); size by assumption",
        ),
    ] = 0.144


class Levers(NamedTuple):
    """Mechanisms of insulin action that can be turned."""

    insulin_action: Annotated[
        float, Lever("Insulin signalling in every tissue", "insulin -> PI3K/Akt/GLUT4")
    ] = 1.0
    inflammation_resistance: Annotated[
        float, Lever("Inflammation blocking insulin signalling", "inflammation -> signalling")
    ] = 1.0
    ffa_resistance: Annotated[
        float, Lever("Fatty acids blocking insulin signalling", "FFA -> signalling")
    ] = 1.0
    glucotoxic_resistance: Annotated[
        float, Lever("High glucose blocking insulin signalling", "glucose -> signalling")
    ] = 1.0
    gh_acute_resistance: Annotated[
        float, Lever("Growth hormone opposing insulin over hours", "GH -> signalling")
    ] = 1.0


class Variants(NamedTuple):
    """Rewirings of insulin action."""

    common_cause: Annotated[
        float,
        Variant("Decoy: the GHRH drug raises sensitivity by itself, and visceral fat has no say"),
    ] = 0.0


class Uptake(NamedTuple):
    """Glucose taken up, mmol/min."""

    muscle: Number  # driven by insulin
    brain: Number
    other: Number

    @property
    def total(self) -> Number:
        """All of it; what the liver stores is counted there."""
        return self.muscle + self.brain + self.other


def hearing(s: Organ, p: Parameters, lever: Levers) -> Number:
    """How well tissues hear insulin, growth hormone left aside: the inborn sensitivity and what is left of capacity."""
    return lever.insulin_action * p.insulin_sensitivity * s.signalling


def signalling(
    p: Parameters, variant: Variants, hearing: Number, gh_effect: Number, ghrh: Number
) -> Number:
    """PI3K/Akt signalling: what muscle hears, less growth hormone's opposition. `ghrh` is for the decoy only."""
    decoy = 1.0 + variant.common_cause * COMMON_CAUSE_GAIN * rises(ghrh, 1.0)
    return decoy * hearing / (1.0 + p.muscle_gh_resistance * gh_effect)


def capacity(
    p: Parameters, lever: Levers, ffa: Number, glucose: Number, inflammation_load: Number
) -> Number:
    """Where signalling capacity tends to: three loads on one denominator."""
    load = (
        lever.inflammation_resistance * inflammation_load
        + lever.ffa_resistance * p.ffa_load * ffa
        + lever.glucotoxic_resistance * p.glucose_load * rises(glucose, p.glucose_load_half, 4)
    )
    return 1.0 / (1.0 + load)


def _steepened(f: Functions, dose: Number) -> Number:
    """dose to the power 1.5, the steepness of uptake's answer to insulin (assumption: between 1 and 2)."""
    return dose * f.sqrt(dose)


def insulin_driven(
    f: Functions, p: Parameters, lean: Number, glucose: Number, heard: Number
) -> Number:
    """Uptake by GLUT4, mmol/min; `heard` is insulin times signalling, pmol/L."""
    dose = _steepened(f, heard / p.muscle_insulin_half)
    return (
        p.muscle_uptake * lean * dose / (1.0 + dose) * 2.0 * rises(glucose, p.muscle_glucose_half)
    )


def uptake(
    f: Functions,
    p: Parameters,
    lean: Number,
    glucose: Number,
    heard: Number,
    work: Number,
    alarm: Number,
) -> Uptake:
    """Insulin drives `lean` mass; brain and the rest take their own, and `work` (mmol/min of glucose) adds to it.

    The brain's `alarm` in hypoglycaemia makes muscle spare glucose.
    """
    working = EXERCISE_GLUCOSE_SHARE * work * rises(glucose, p.muscle_glucose_half)
    return Uptake(
        muscle=insulin_driven(f, p, lean, glucose, heard * (1.0 - p.alarm_sparing * alarm)),
        brain=p.brain_uptake * rises(glucose, p.brain_glucose_half),
        other=p.other_uptake * glucose + working,
    )


def fuel_entry(f: Functions, p: Parameters, insulin: Number, signalling: Number) -> Number:
    """Uptake of this muscle over that of one with reference signalling, at the same insulin and glucose."""
    dose, capacity = _steepened(f, insulin / p.muscle_insulin_half), _steepened(f, signalling)
    return capacity * (1.0 + dose) / (1.0 + capacity * dose)


def change(s: Organ, p: Parameters, capacity: Number) -> Organ:
    """Signalling capacity drifts to what its loads allow."""
    return Organ(signalling=(capacity - s.signalling) / p.signalling_time)
