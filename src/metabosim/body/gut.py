"""Gut: the stomach empties, the intestine absorbs, L-cells answer with GLP-1.

All carbohydrate eaten is absorbed in the end, times its bioavailability, however slowly the stomach
empties; GLP-1 slows emptying, and that effect fades while exposure lasts.
"""

from typing import Annotated, NamedTuple

from metabosim.body.quantities import Lever, Parameter, State
from metabosim.body.shapes import Number, rises


class Organ(NamedTuple):
    """What the gut remembers."""

    stomach: Annotated[float, State("mmol", 100.0, "Carbohydrate in the stomach, as glucose")]
    intestine: Annotated[float, State("mmol", 100.0, "Carbohydrate in the intestine, as glucose")]
    food_energy: Annotated[float, State("MJ", 3.0, "Food energy eaten and not yet absorbed")]
    emptying_tolerance: Annotated[float, State("1", 0.3, "Fading of GLP-1's effect on emptying")]
    glp1: Annotated[float, State("pmol/L", 10.0, "Intact GLP-1 in plasma (stands for GIP too)")]


class Parameters(NamedTuple):
    """Sizes and rates of the gut."""

    gastric_emptying: Annotated[
        float,
        Parameter(
            "1/min",
            0.01,
            0.08,
            "Stomach emptying rate without GLP-1",
            "liquid T50 28 min, PMID 16492694 (seen)",
        ),
    ] = 0.0245
    emptying_saturation: Annotated[
        float,
        Parameter(
            "mmol",
            50.0,
            1000.0,
            "Stomach content at which emptying slows to half per mmol",
            "assumption: energy leaves at 2-3 kcal/min whatever the meal",
        ),
    ] = 184.0
    intestinal_absorption: Annotated[
        float,
        Parameter(
            "1/min", 0.02, 0.15, "Intestinal absorption rate", "Dalla Man 2007 (seen): 0.057"
        ),
    ] = 0.063
    glucose_bioavailability: Annotated[
        float,
        Parameter(
            "1", 0.7, 1.0, "Share of eaten glucose reaching blood", "Dalla Man 2007 (seen): 0.9"
        ),
    ] = 0.9
    energy_absorption: Annotated[
        float, Parameter("1/h", 0.1, 1.0, "Absorption rate of food energy", "assumption")
    ] = 0.25
    emptying_inhibition: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            6.0,
            "Slowing of emptying at full GLP-1 drive",
            "acute T50 x1.3 to x4 (Diabetes 63:785, seen); size by assumption",
        ),
    ] = 2.5
    emptying_fade: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            20.0,
            "How far tolerance undoes the slowing",
            "assumption, after healio 2017 (seen)",
        ),
    ] = 9.0
    emptying_tolerance_time: Annotated[
        float,
        Parameter("d", 0.3, 30.0, "Time constant of that tolerance", "assumption: a day to weeks"),
    ] = 5.0
    glp1_basal_release: Annotated[
        float,
        Parameter(
            "pmol/min", 2.0, 60.0, "GLP-1 release between meals", "assumption, fasting 5 pmol/L"
        ),
    ] = 14.0
    glp1_meal_release: Annotated[
        float,
        Parameter(
            "pmol/mmol",
            2.0,
            60.0,
            "GLP-1 released with each mmol absorbed",
            "assumption, meal peak 25 pmol/L",
        ),
    ] = 22.8
    glp1_flow_half: Annotated[
        float,
        Parameter(
            "mmol/min",
            0.3,
            8.0,
            "Absorption at which L-cells answer half as strongly per mmol",
            "assumption: GLP-1 rises above about 2 kcal/min (memory, Schirra 1996)",
        ),
    ] = 2.0
    emptying_glp1_half: Annotated[
        float, Parameter("1", 0.2, 1.0, "GLP-1 drive of half the brake on emptying", "assumption")
    ] = 0.5
    glp1_half: Annotated[
        float,
        Parameter(
            "pmol/L", 8.0, 100.0, "Intact GLP-1 that half-occupies its receptor", "assumption"
        ),
    ] = 52.0
    glp1_volume: Annotated[float, Parameter("L", 3.0, 20.0, "Volume of GLP-1", "assumption")] = 8.0
    glp1_dpp4: Annotated[
        float,
        Parameter(
            "1/min",
            0.2,
            0.7,
            "Degradation of GLP-1 by DPP-4",
            "half-life 90-120 s (seen), evidence C2",
        ),
    ] = 0.38
    glp1_renal: Annotated[
        float, Parameter("1/min", 0.005, 0.1, "Other clearance of GLP-1", "assumption")
    ] = 0.03


class Levers(NamedTuple):
    """Mechanisms of the gut that can be turned."""

    endogenous_incretin: Annotated[
        float, Lever("Release of GLP-1 by the gut", "gut -> incretin")
    ] = 1.0
    glp1_degradation: Annotated[
        float, Lever("Degradation of native GLP-1 by DPP-4", "incretin -> clearance")
    ] = 1.0
    glp1_gastric_emptying: Annotated[
        float, Lever("Slowing of gastric emptying by GLP-1", "incretin -> gut")
    ] = 1.0
    glp1_emptying_tolerance: Annotated[
        float, Lever("Fading of that slowing under lasting exposure", "gut -> gut")
    ] = 1.0


class Incretin(NamedTuple):
    """GLP-1 receptors: the share that is occupied, and how hard that drives the cells (natural GLP-1 = 1 each)."""

    occupancy: Number
    drive: Number


class Flows(NamedTuple):
    """What moves through the gut."""

    emptied: Number  # mmol/min, stomach to intestine
    taken_up: Number  # mmol/min, leaving the intestine
    appearance: Number  # mmol/min, glucose reaching blood (Ra)
    energy: Number  # MJ/min, food energy absorbed
    brake: Number  # 0 to 1, how hard GLP-1 presses on emptying, before tolerance


def receptors(s: Organ, p: Parameters, bound: Number, driving: Number) -> Incretin:
    """The body's own GLP-1 and drugs compete; both drugs' concentrations over EC50 are `bound`, `driving` as felt."""
    native = s.glp1 / p.glp1_half
    shared = 1.0 + native + bound
    return Incretin(occupancy=(native + bound) / shared, drive=(native + driving) / shared)


def flows(s: Organ, p: Parameters, lever: Levers, glp1_drive: Number) -> Flows:
    """A full stomach empties at a nearly steady rate; GLP-1 slows it, and that slowing shrinks with tolerance."""
    brake = rises(glp1_drive, p.emptying_glp1_half, 5)
    slowing = (
        lever.glp1_gastric_emptying
        * p.emptying_inhibition
        * brake
        / (1.0 + lever.glp1_emptying_tolerance * p.emptying_fade * s.emptying_tolerance)
    )
    taken_up = p.intestinal_absorption * s.intestine
    return Flows(
        emptied=p.gastric_emptying
        * s.stomach
        / (1.0 + s.stomach / p.emptying_saturation)
        / (1.0 + slowing),
        taken_up=taken_up,
        appearance=p.glucose_bioavailability * taken_up,
        energy=p.energy_absorption * s.food_energy,
        brake=brake,
    )


def change(s: Organ, p: Parameters, lever: Levers, flow: Flows, glp1_given: Number) -> Organ:
    """L-cells answer a fast flow of nutrients more than a slow one; `glp1_given` from outside, pmol/min."""
    clearance = lever.glp1_degradation * p.glp1_dpp4 + p.glp1_renal
    release = lever.endogenous_incretin * (
        p.glp1_basal_release
        + p.glp1_meal_release * flow.taken_up * rises(flow.taken_up, p.glp1_flow_half)
    )
    return Organ(
        stomach=-flow.emptied,
        intestine=flow.emptied - flow.taken_up,
        food_energy=-flow.energy,
        emptying_tolerance=(flow.brake - s.emptying_tolerance) / p.emptying_tolerance_time,
        glp1=(release + glp1_given) / p.glp1_volume - clearance * s.glp1,
    )
