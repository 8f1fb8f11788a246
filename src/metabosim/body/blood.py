"""Blood: the pools that every organ draws on, glucose and insulin, and insulin on its way to the tissues.

Each pool only adds up flows that organs computed; the liver takes its share of insulin before the
circulation sees it, and that share shrinks in resistance.
"""

from typing import Annotated, NamedTuple

from metabosim.body.quantities import Lever, Parameter, State
from metabosim.body.shapes import Functions, Number, above


class Organ(NamedTuple):
    """What circulates."""

    glucose: Annotated[float, State("mmol/L", 5.0, "Plasma glucose")]
    insulin: Annotated[float, State("pmol/L", 50.0, "Plasma insulin")]
    interstitial_insulin: Annotated[float, State("pmol/L", 50.0, "Insulin at the tissues")]


class Parameters(NamedTuple):
    """Volumes and clearances."""

    glucose_volume: Annotated[
        float,
        Parameter(
            "L/kg",
            0.2,
            0.35,
            "Glucose volume per kg lean mass",
            "Dalla Man 2007 (seen): 1.88 dL/kg body weight; per lean mass by assumption",
        ),
    ] = 0.27
    insulin_volume: Annotated[
        float,
        Parameter(
            "L/kg", 0.07, 0.3, "Insulin volume per kg lean mass", "assumption, half-life 5-6 min"
        ),
    ] = 0.14
    hepatic_extraction: Annotated[
        float,
        Parameter(
            "1", 0.3, 0.8, "Insulin taken by the liver on first pass", "assumption, about one half"
        ),
    ] = 0.57
    hepatic_plasma_flow: Annotated[
        float,
        Parameter(
            "L/min/kg", 0.007, 0.022, "Plasma flow through the liver per kg lean mass", "assumption"
        ),
    ] = 0.015
    peripheral_insulin_clearance: Annotated[
        float,
        Parameter(
            "L/min/kg",
            0.004,
            0.018,
            "Insulin clearance outside the liver per kg lean mass",
            "assumption",
        ),
    ] = 0.009
    extraction_loss: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            3.0,
            "Fall of hepatic extraction with hepatic resistance",
            "Camastra 2005 (seen): clearance 0.52 of lean; size by assumption",
        ),
    ] = 0.436
    insulin_delay: Annotated[
        float,
        Parameter(
            "min",
            10.0,
            60.0,
            "Delay of insulin action at the tissues",
            "assumption, after Bergman's p2",
        ),
    ] = 20.0
    renal_threshold: Annotated[
        float,
        Parameter(
            "mmol/L", 8.5, 12.5, "Glucose above which the kidney spills", "assumption, textbook 10"
        ),
    ] = 10.5
    renal_clearance: Annotated[
        float,
        Parameter(
            "L/min", 0.02, 0.12, "Renal clearance of glucose above it", "assumption, about GFR"
        ),
    ] = 0.06


class Levers(NamedTuple):
    """Mechanisms of the circulation that can be turned."""

    insulin_clearance_loss: Annotated[
        float,
        Lever("Fall of insulin clearance in resistance", "liver resistance -> insulin clearance"),
    ] = 1.0


class Clearance(NamedTuple):
    """What the liver and the rest do to insulin."""

    delivered_share: Number  # of secreted insulin, past the liver
    systemic: Number  # L/min


def clearance(
    f: Functions, p: Parameters, lever: Levers, liver_sensitivity: Number, lean: Number
) -> Clearance:
    """Hepatic extraction falls as the liver grows resistant for good (not with each pulse of growth hormone)."""
    resistance = above(
        f, 1.01 / (liver_sensitivity + 0.01) - 1.0, 0.02
    )  # 0.01: a deaf liver stays finite
    extraction = p.hepatic_extraction / (
        1.0 + lever.insulin_clearance_loss * p.extraction_loss * resistance
    )
    return Clearance(
        delivered_share=1.0 - extraction,
        systemic=(p.hepatic_plasma_flow * extraction + p.peripheral_insulin_clearance) * lean,
    )


def natural_slope(s: Organ, supply: Number, lean_growth: Number) -> Number:
    """How glucose moves unless it is clamped: `supply` in mmol/L/min, less dilution as its space grows with lean."""
    return supply - s.glucose * lean_growth


def change(
    s: Organ,
    p: Parameters,
    glucose_slope: Number,
    cleared: Clearance,
    secretion: Number,
    insulin_given: Number,
    lean: Number,
) -> Organ:
    """Insulin that passed the liver or was given, less what is cleared; tissues follow with a delay."""
    arriving = cleared.delivered_share * secretion + insulin_given
    return Organ(
        glucose=glucose_slope,
        insulin=(arriving - cleared.systemic * s.insulin) / (p.insulin_volume * lean),
        interstitial_insulin=(s.insulin - s.interstitial_insulin) / p.insulin_delay,
    )


def renal_loss(f: Functions, s: Organ, p: Parameters) -> Number:
    """Glucose lost in urine, mmol/min."""
    return (
        p.renal_clearance * p.renal_threshold * above(f, s.glucose / p.renal_threshold - 1.0, 0.02)
    )
