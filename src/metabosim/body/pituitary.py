"""Pituitary and liver's IGF-1: growth hormone in pulses, held down by visceral fat, IGF-1, insulin and somatostatin.

Hypothalamic pulses arrive as events and fade; GHRH drugs enlarge pulses and raise the floor between them;
ghrelin mimetics work through GHRH tone, so that both together exceed their sum.
"""

from typing import Annotated, NamedTuple

from metabosim.body.quantities import Lever, Parameter, State, Variant
from metabosim.body.shapes import Number, falls, rises


class Organ(NamedTuple):
    """What the somatotropic axis remembers."""

    pulse: Annotated[float, State("1", 1.0, "Hypothalamic pulse drive")]
    gh: Annotated[float, State("ug/L", 2.0, "Plasma growth hormone")]
    gh_early: Annotated[
        float, State("ug/L", 2.0, "Growth hormone as fat cells feel it, within the hour")
    ]
    gh_late: Annotated[
        float, State("ug/L", 1.0, "Growth hormone as insulin signalling feels it, hours later")
    ]
    igf1: Annotated[float, State("ug/L", 150.0, "Plasma IGF-1")]
    ghrh_tolerance: Annotated[
        float, State("1", 0.3, "Fading of a GHRH drug's effect on pulses while it stays", False)
    ]


class Parameters(NamedTuple):
    """Pulses, feedback and IGF-1."""

    pulses_per_day: Annotated[
        float,
        Parameter(
            "1", 5.0, 16.0, "Growth hormone pulses a day", "5.8 to 14: Ho 1988, Hartman 1992 (seen)"
        ),
    ] = 10.0
    night_pulse: Annotated[
        float, Parameter("1", 0.5, 5.0, "Pulses in early sleep over those by day", "assumption")
    ] = 2.5
    pulse_decay: Annotated[
        float, Parameter("1/min", 0.03, 0.2, "Fading of a pulse", "assumption")
    ] = 0.06
    gh_release: Annotated[
        float,
        Parameter(
            "ug/L/min",
            0.02,
            3.0,
            "Release at unit pulse drive, uninhibited",
            "assumption, mean GH 1 ug/L",
        ),
    ] = 0.61
    gh_leak: Annotated[
        float, Parameter("1", 0.0, 0.2, "Release between pulses over unit drive", "assumption")
    ] = 0.012
    gh_clearance: Annotated[
        float,
        Parameter(
            "1/min",
            0.027,
            0.047,
            "Clearance of growth hormone",
            "half-life 20 min, Hartman 1992 (seen)",
        ),
    ] = 0.036
    gh_volume: Annotated[
        float, Parameter("L", 3.0, 12.0, "Volume of growth hormone", "assumption")
    ] = 6.0
    ghrh_pulse_gain: Annotated[
        float,
        Parameter("1", 0.0, 40.0, "Pulses under full GHRH drug over without, less 1", "assumption"),
    ] = 16.0
    ghrh_fade: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            300.0,
            "How far tolerance undoes the enlarging of pulses",
            "pulses unchanged after a week of CJC-1295: Ionescu 2006 (seen); size by assumption",
        ),
    ] = 100.0
    ghrh_tolerance_time: Annotated[
        float, Parameter("d", 0.3, 10.0, "Time constant of that tolerance", "assumption")
    ] = 1.0
    ghrh_floor: Annotated[
        float, Parameter("1", 0.0, 1.0, "Release between pulses by full GHRH drug", "assumption")
    ] = 0.32
    ghrp_gain: Annotated[
        float,
        Parameter(
            "1", 0.0, 10.0, "Release by full ghrelin mimetic, with GHRH's own tone", "assumption"
        ),
    ] = 1.0
    ghrp_ghrh_gain: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            10.0,
            "How GHRH drug multiplies a ghrelin mimetic",
            "assumption, combined/sum 1.5-4 (memory)",
        ),
    ] = 3.5
    vat_gh_half: Annotated[
        float,
        Parameter(
            "kg",
            0.3,
            12.0,
            "Visceral fat that halves growth hormone",
            "r2 0.41 (seen, D2); value by assumption",
        ),
    ] = 1.47
    igf1_gh_half: Annotated[
        float, Parameter("ug/L", 60.0, 1000.0, "IGF-1 that halves growth hormone", "assumption")
    ] = 450.0
    insulin_gh_half: Annotated[
        float,
        Parameter(
            "pmol/L", 5.0, 100.0, "Insulin below which fasting drives growth hormone", "assumption"
        ),
    ] = 13.6
    fasting_gh_gain: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            15.0,
            "Rise of growth hormone in a long fast",
            "assumption, several-fold: Ho 1988 (seen)",
        ),
    ] = 4.2
    somatostatin_half: Annotated[
        float,
        Parameter(
            "pmol/min", 50.0, 6000.0, "Somatostatin infusion that halves release", "assumption"
        ),
    ] = 500.0
    gh_effect_half: Annotated[
        float,
        Parameter(
            "ug/L",
            2.0,
            30.0,
            "Growth hormone at which its resistance saturates",
            "plateau at high GH, Diabetologia 1991 (seen); value by assumption",
        ),
    ] = 5.97
    gh_early_time: Annotated[
        float, Parameter("min", 10.0, 90.0, "Delay of lipolysis", "assumption")
    ] = 45.0
    gh_late_time: Annotated[
        float,
        Parameter(
            "min",
            40.0,
            240.0,
            "Delay of resistance",
            "onset 2 h, Diabetologia 1991 (seen); size by assumption",
        ),
    ] = 110.0
    igf1_base: Annotated[
        float,
        Parameter(
            "ug/L/h", 0.0, 3.0, "IGF-1 production without GH", "Papathanasiou 2021 (seen): 0.949"
        ),
    ] = 0.95
    igf1_gain: Annotated[
        float,
        Parameter(
            "ug/L/h", 5.0, 40.0, "IGF-1 production at high GH", "Papathanasiou 2021 (seen): 15.1"
        ),
    ] = 11.1
    igf1_half: Annotated[
        float,
        Parameter(
            "ug/L",
            0.3,
            4.0,
            "Growth hormone of half that",
            "Papathanasiou 2021 (seen): 2.13; trial 1",
        ),
    ] = 1.5
    igf1_clearance: Annotated[
        float, Parameter("1/h", 0.015, 0.06, "IGF-1 clearance", "Papathanasiou 2021 (seen): 0.0262")
    ] = 0.0262
    igf1_insulin_half: Annotated[
        float,
        Parameter(
            "pmol/L",
            20.0,
            400.0,
            "Insulin of half-maximal hepatic GH sensitivity",
            "assumption, C15",
        ),
    ] = 108.0


class Levers(NamedTuple):
    """Mechanisms of the axis that can be turned."""

    gh_pulsatility: Annotated[float, Lever("Hypothalamic pulses", "hypothalamus -> GH")] = 1.0
    ghrh_drive: Annotated[float, Lever("GHRH drugs driving the pituitary", "GHRH drug -> GH")] = 1.0
    ghrp_drive: Annotated[
        float, Lever("Ghrelin mimetics driving the pituitary", "GHRP drug -> GH")
    ] = 1.0
    gh_secretion: Annotated[
        float, Lever("Growth hormone secretion altogether", "pituitary -> GH")
    ] = 1.0
    vat_gh_suppression: Annotated[
        float, Lever("Visceral fat holding growth hormone down", "VAT -> GH")
    ] = 1.0
    igf1_production: Annotated[
        float, Lever("Growth hormone making the liver produce IGF-1", "GH -> IGF-1")
    ] = 1.0
    igf1_feedback: Annotated[float, Lever("IGF-1 holding growth hormone down", "IGF-1 -> GH")] = 1.0


class Variants(NamedTuple):
    """Rewirings of the axis."""

    ghrh_ghrp_sum: Annotated[
        float, Variant("GHRH drug and ghrelin mimetic add instead of multiplying")
    ] = 0.0


def opposition(s: Organ, p: Parameters) -> Number:
    """How much growth hormone insulin signalling has to overcome, ug/L: linear at first, saturating high."""
    return s.gh_late / (1.0 + s.gh_late / p.gh_effect_half)


def vat_brake(p: Parameters, vat: Number) -> Number:
    """Visceral fat's brake on growth hormone: 0 without, 1 at the half-way depot."""
    return vat / p.vat_gh_half


def release(
    s: Organ,
    p: Parameters,
    lever: Levers,
    variant: Variants,
    ghrh: Number,
    ghrp: Number,
    vat_brake: Number,
    insulin: Number,
    somatostatin: Number,
) -> Number:
    """Growth hormone released, ug/L/min."""
    drug = lever.ghrh_drive * rises(ghrh, 1.0)
    mimetic = lever.ghrp_drive * p.ghrp_gain * rises(ghrp, 1.0)
    helped = 1.0 + (1.0 - variant.ghrh_ghrp_sum) * p.ghrp_ghrh_gain * drug
    enlarged = p.ghrh_pulse_gain * drug / (1.0 + p.ghrh_fade * s.ghrh_tolerance)
    drive = (
        lever.gh_pulsatility * s.pulse * (1.0 + enlarged)
        + p.gh_leak
        + p.ghrh_floor * drug
        + mimetic * helped
    )
    brakes = (1.0 + lever.vat_gh_suppression * vat_brake) * (
        1.0 + lever.igf1_feedback * (s.igf1 / p.igf1_gh_half) ** 2
    )
    fasting = 1.0 + p.fasting_gh_gain * falls(insulin, p.insulin_gh_half, 4)
    return (
        lever.gh_secretion
        * p.gh_release
        * drive
        * fasting
        * falls(somatostatin, p.somatostatin_half)
        / brakes
    )


def change(
    s: Organ,
    p: Parameters,
    lever: Levers,
    release: Number,
    ghrh: Number,
    gh_given: Number,
    insulin: Number,
) -> Organ:
    """`ghrh` is the drug over its EC50, `gh_given` growth hormone from outside, ug/min."""
    made = lever.igf1_production * (
        p.igf1_base
        + p.igf1_gain * rises(s.gh, p.igf1_half) * 2.0 * rises(insulin, p.igf1_insulin_half)
    )
    return Organ(
        pulse=-p.pulse_decay * s.pulse,
        gh=release + gh_given / p.gh_volume - p.gh_clearance * s.gh,
        gh_early=(s.gh - s.gh_early) / p.gh_early_time,
        gh_late=(s.gh_early - s.gh_late) / p.gh_late_time,
        igf1=made - p.igf1_clearance * s.igf1,
        # Steep, so that a drug that comes and goes within the day leaves little tolerance behind.
        ghrh_tolerance=(lever.ghrh_drive * rises(ghrh, 1.0) ** 3 - s.ghrh_tolerance)
        / p.ghrh_tolerance_time,
    )
