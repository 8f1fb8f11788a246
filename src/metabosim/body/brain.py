"""Brain: appetite weighs fat stores, cellular fuel and GLP-1; low glucose raises the alarm."""

from typing import Annotated, NamedTuple

from metabosim.body.quantities import Lever, Parameter, State
from metabosim.body.shapes import Functions, Number, falls


class Organ(NamedTuple):
    """What appetite remembers."""

    cellular_fuel: Annotated[
        float, State("1", 1.0, "Fuel entering cells over what healthy cells would take")
    ]


class Parameters(NamedTuple):
    """Appetite and its inputs, and where the alarm is."""

    habitual_intake: Annotated[
        float, Parameter("MJ/d", 4.0, 25.0, "Energy eaten on a habitual day", "subject")
    ] = 9.8
    carbohydrate_share: Annotated[
        float,
        Parameter("1", 0.2, 0.7, "Share of energy eaten as carbohydrate", "assumption, mixed diet"),
    ] = 0.45
    fuel_time: Annotated[
        float, Parameter("h", 1.0, 48.0, "Time over which fuel entry is felt", "assumption")
    ] = 6.0
    craving: Annotated[
        float, Parameter("1", 0.0, 1.0, "Rise of appetite when no fuel enters", "assumption")
    ] = 0.20
    stores_feedback: Annotated[
        float,
        Parameter(
            "1/kg",
            0.0,
            0.06,
            "Fall of appetite per kg fat above the habitual",
            "25-35 kcal/d/kg, feasibility trial",
        ),
    ] = 0.0157
    satiety: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            3.0,
            "Fall of appetite at full GLP-1 drive",
            "intake -16 to -39 %, evidence C9 (seen)",
        ),
    ] = 0.39
    resting_glp1_drive: Annotated[
        float,
        Parameter("1", 0.0, 0.5, "GLP-1 drive that appetite is used to", "assumption, fasting"),
    ] = 0.14
    alarm_glucose: Annotated[
        float,
        Parameter(
            "mmol/L",
            3.65,
            3.95,
            "Glucose at which adrenaline is half awake",
            "assumption, narrow among people",
        ),
    ] = 3.8


class Levers(NamedTuple):
    """Mechanisms of appetite that can be turned."""

    fuel_cravings: Annotated[
        float, Lever("Low cellular fuel raising appetite", "cellular fuel -> appetite")
    ] = 1.0
    glp1_appetite: Annotated[float, Lever("GLP-1 lowering appetite", "incretin -> appetite")] = 1.0


def appetite(
    f: Functions,
    fuel_felt: Number,
    p: Parameters,
    lever: Levers,
    fat: Number,
    habitual_fat: Number,
    glp1_drive: Number,
) -> Number:
    """Intake over habitual intake."""
    stores = f.exp(-p.stores_feedback * (fat - habitual_fat))
    cravings = f.exp(lever.fuel_cravings * p.craving * (1.0 - fuel_felt))
    satiety = lever.glp1_appetite * p.satiety
    return stores * cravings * (1.0 + satiety * p.resting_glp1_drive) / (1.0 + satiety * glp1_drive)


def alarm(p: Parameters, glucose: Number) -> Number:
    """Sympathetic nerves and adrenaline, 0 at rest to 1 in hypoglycaemia; liver and muscle hear them."""
    return falls(glucose, p.alarm_glucose, 16)


def change(s: Organ, p: Parameters, fuel_entry: Number) -> Organ:
    """Fuel entry is felt over hours."""
    return Organ(cellular_fuel=(fuel_entry - s.cellular_fuel) / p.fuel_time)
