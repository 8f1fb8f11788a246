"""Immune: one index of low-grade inflammation, fed by visceral fat and insulin, calmed by GLP-1."""

from typing import Annotated, NamedTuple

from metabosim.body.quantities import Lever, Parameter, State
from metabosim.body.shapes import Number, rises


class Organ(NamedTuple):
    """What the immune system remembers."""

    inflammation: Annotated[float, State("1", 1.0, "Low-grade inflammation, reference person = 1")]


class Parameters(NamedTuple):
    """Sources and pace of inflammation."""

    inflammation_floor: Annotated[
        float, Parameter("1", 0.1, 1.5, "Inflammation without its sources", "assumption")
    ] = 0.45
    vat_inflammation_gain: Annotated[
        float,
        Parameter(
            "1/kg",
            0.0,
            1.0,
            "Inflammation per kg visceral fat",
            "assumption; IL-6, not TNF: Fontana 2007 (seen)",
        ),
    ] = 0.4
    vat_inflammation_half: Annotated[
        float,
        Parameter("kg", 3.0, 60.0, "Visceral fat at which its drive halves per kg", "assumption"),
    ] = 40.0
    insulin_inflammation_gain: Annotated[
        float,
        Parameter("1", 0.0, 1.0, "Inflammation by insulin, at most", "assumption; contested, B1"),
    ] = 0.18
    insulin_inflammation_half: Annotated[
        float, Parameter("pmol/L", 50.0, 800.0, "Insulin of half that effect", "assumption")
    ] = 200.0
    glp1_calming: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            0.6,
            "Calming by full GLP-1 drive",
            "default at most -15 %, evidence C12 (contested)",
        ),
    ] = 0.1
    inflammation_time: Annotated[
        float,
        Parameter("d", 2.0, 60.0, "Time constant of inflammation", "assumption: days to weeks"),
    ] = 12.0


class Levers(NamedTuple):
    """Mechanisms of inflammation that can be turned."""

    vat_inflammation: Annotated[
        float, Lever("Visceral fat feeding inflammation", "VAT -> inflammation")
    ] = 1.0
    insulin_inflammation: Annotated[
        float, Lever("High insulin feeding inflammation", "insulin -> inflammation")
    ] = 1.0
    glp1_anti_inflammatory: Annotated[
        float, Lever("GLP-1 calming macrophages (NF-kappaB)", "incretin -> inflammation")
    ] = 1.0


def vat_drive(p: Parameters, vat: Number) -> Number:
    """What visceral fat adds to inflammation; it saturates in very large depots."""
    return p.vat_inflammation_gain * vat / (1.0 + vat / p.vat_inflammation_half)


def change(
    s: Organ, p: Parameters, lever: Levers, vat_drive: Number, insulin: Number, glp1_drive: Number
) -> Organ:
    """Sources add, GLP-1 divides, and the index follows over days."""
    sources = (
        p.inflammation_floor
        + lever.vat_inflammation * vat_drive
        + lever.insulin_inflammation
        * p.insulin_inflammation_gain
        * rises(insulin, p.insulin_inflammation_half)
    )
    calmed = sources / (1.0 + lever.glp1_anti_inflammatory * p.glp1_calming * glp1_drive)
    return Organ(inflammation=(calmed - s.inflammation) / p.inflammation_time)
