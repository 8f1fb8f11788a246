"""Drugs: a depot under the skin, a central concentration, a slower effect site, and the receptors reached.

Two slots, so that two drugs can be given at once. A therapy file fills a slot's parameters; an empty slot
has zero affinities and does nothing. Hormones given as drugs (growth hormone, insulin, GLP-1) are
delivered from the depot into the body's own pool instead of acting by themselves.
"""

from typing import Annotated, NamedTuple

from metabosim.body.quantities import Parameter, State
from metabosim.body.shapes import Number

_FILLED = "set by the therapy file"


class Slot(NamedTuple):
    """What one drug slot remembers."""

    depot: Annotated[float, State("nmol", 500.0, "Drug waiting under the skin", False)]
    centre: Annotated[float, State("nmol/L", 20.0, "Drug in plasma", False)]
    effect: Annotated[float, State("nmol/L", 20.0, "Drug at its effect site", False)]


class Parameters(NamedTuple):
    """How a drug moves and what it reaches; the empty slot's values do nothing."""

    absorption: Annotated[
        float, Parameter("1/h", 0.0, 60.0, "Absorption from the depot", _FILLED)
    ] = 1.0
    elimination: Annotated[
        float, Parameter("1/h", 0.0, 60.0, "Elimination from plasma", _FILLED)
    ] = 1.0
    volume: Annotated[float, Parameter("L", 1.0, 1000.0, "Volume of distribution", _FILLED)] = 10.0
    bioavailability: Annotated[
        float, Parameter("1", 0.0, 1.0, "Share of a dose absorbed", _FILLED)
    ] = 1.0
    equilibration: Annotated[
        float, Parameter("1/h", 0.0, 12.0, "Plasma to effect site, rate constant", _FILLED)
    ] = 1.0
    glp1_affinity: Annotated[
        float, Parameter("L/nmol", 0.0, 1e4, "Affinity for the GLP-1 receptor (1/EC50)", _FILLED)
    ] = 0.0
    glp1_efficacy: Annotated[
        float, Parameter("1", 0.0, 3.0, "Effect at full occupancy, GLP-1 = 1", _FILLED)
    ] = 0.0
    ghrh_affinity: Annotated[
        float, Parameter("L/nmol", 0.0, 1e4, "Affinity for the GHRH receptor (1/EC50)", _FILLED)
    ] = 0.0
    ghrp_affinity: Annotated[
        float, Parameter("L/nmol", 0.0, 1e4, "Affinity for the ghrelin receptor (1/EC50)", _FILLED)
    ] = 0.0
    katp_affinity: Annotated[
        float, Parameter("L/nmol", 0.0, 1e4, "Affinity for the K-ATP channel (1/EC50)", _FILLED)
    ] = 0.0
    glp1_delivery: Annotated[
        float,
        Parameter("pmol/nmol", 0.0, 1000.0, "GLP-1 delivered with each nmol absorbed", _FILLED),
    ] = 0.0
    insulin_delivery: Annotated[
        float,
        Parameter("pmol/nmol", 0.0, 1000.0, "Insulin delivered with each nmol absorbed", _FILLED),
    ] = 0.0
    gh_delivery: Annotated[
        float, Parameter("ug/nmol", 0.0, 25.0, "GH delivered with each nmol absorbed", _FILLED)
    ] = 0.0


class Delivered(NamedTuple):
    """Hormone that leaves the depots for the body's own pools."""

    glp1: Number  # pmol/min
    insulin: Number  # pmol/min
    gh: Number  # ug/min


class Reach(NamedTuple):
    """How strongly the drugs reach each receptor: concentration over EC50, and its agonist part."""

    glp1_bound: Number
    glp1_drive: Number
    ghrh: Number
    ghrp: Number
    katp: Number


def absorbed(s: Slot, p: Parameters) -> Number:
    """Drug entering the body from a depot, nmol/min."""
    return p.absorption * s.depot * p.bioavailability


def change(s: Slot, p: Parameters) -> Slot:
    """One compartment with first-order absorption, and an effect site behind it."""
    return Slot(
        depot=-p.absorption * s.depot,
        centre=absorbed(s, p) / p.volume - p.elimination * s.centre,
        effect=p.equilibration * (s.centre - s.effect),
    )


def delivered(slots: tuple[Slot, Slot], given: tuple[Parameters, Parameters]) -> Delivered:
    """Hormones brought by both slots."""
    flux = [absorbed(s, p) for s, p in zip(slots, given, strict=True)]
    return Delivered(
        glp1=given[0].glp1_delivery * flux[0] + given[1].glp1_delivery * flux[1],
        insulin=given[0].insulin_delivery * flux[0] + given[1].insulin_delivery * flux[1],
        gh=given[0].gh_delivery * flux[0] + given[1].gh_delivery * flux[1],
    )


def reach(slots: tuple[Slot, Slot], given: tuple[Parameters, Parameters]) -> Reach:
    """Both slots together at each receptor (they compete, so their ratios to EC50 add)."""
    (a, b), (p, q) = slots, given
    glp1_a, glp1_b = p.glp1_affinity * a.effect, q.glp1_affinity * b.effect
    return Reach(
        glp1_bound=glp1_a + glp1_b,
        glp1_drive=p.glp1_efficacy * glp1_a + q.glp1_efficacy * glp1_b,
        ghrh=p.ghrh_affinity * a.effect + q.ghrh_affinity * b.effect,
        ghrp=p.ghrp_affinity * a.effect + q.ghrp_affinity * b.effect,
        katp=p.katp_affinity * a.effect + q.katp_affinity * b.effect,
    )
