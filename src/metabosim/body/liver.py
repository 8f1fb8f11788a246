"""Liver: glucose from glycogen and from new synthesis, restrained by insulin and glucose, driven by glucagon.

Portal fatty acids and growth hormone make it resistant; glycogen runs down in a fast, so that long fasts
live on new synthesis alone.
"""

from typing import Annotated, NamedTuple

from metabosim.body.quantities import Lever, Parameter, State
from metabosim.body.shapes import Number, falls, rises


class Organ(NamedTuple):
    """What the liver remembers."""

    glycogen: Annotated[float, State("mmol", 300.0, "Liver glycogen, as glucose")]


class Parameters(NamedTuple):
    """Rates and sensitivities of the liver."""

    glycogenolysis: Annotated[
        float,
        Parameter(
            "mmol/min", 0.2, 3.0, "Glucose from glycogen, full stores and no insulin", "assumption"
        ),
    ] = 1.33
    gluconeogenesis: Annotated[
        float, Parameter("mmol/min", 0.2, 2.0, "New glucose, no insulin", "assumption")
    ] = 0.345
    glycogen_half: Annotated[
        float, Parameter("mmol", 30.0, 300.0, "Glycogen of half-maximal breakdown", "assumption")
    ] = 120.0
    glycogen_capacity: Annotated[
        float, Parameter("mmol", 300.0, 900.0, "Glycogen when full", "assumption, about 100 g")
    ] = 600.0
    glycogen_storage: Annotated[
        float,
        Parameter(
            "mmol/min",
            0.5,
            10.0,
            "Largest storage as glycogen",
            "assumption: about a quarter of a meal",
        ),
    ] = 4.41
    storage_glucose: Annotated[
        float, Parameter("mmol/L", 5.0, 15.0, "Glucose of half-maximal storage", "assumption")
    ] = 8.0
    storage_insulin: Annotated[
        float, Parameter("pmol/L", 50.0, 600.0, "Insulin of half-maximal storage", "assumption")
    ] = 198.0
    portal_flow: Annotated[
        float,
        Parameter("L/min", 0.6, 1.8, "Portal flow that dilutes glucose from the gut", "assumption"),
    ] = 1.1
    hepatic_insulin_half: Annotated[
        float,
        Parameter(
            "pmol/L",
            50.0,
            400.0,
            "Insulin that halves glucose production",
            "liver responds below muscle: Conte 2012 (seen); value by assumption",
        ),
    ] = 50.0
    hepatic_glucagon_half: Annotated[
        float,
        Parameter(
            "pmol/L",
            5.0,
            60.0,
            "Glucagon of half-maximal drive",
            "assumption, steep: Hare 2010 (seen)",
        ),
    ] = 20.0
    autoregulation: Annotated[
        float,
        Parameter("mmol/L", 5.0, 20.0, "Glucose that halves its own production", "assumption"),
    ] = 19.8
    alarm_production: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            4.0,
            "Rise of glucose production in hypoglycaemia, islet hormones apart",
            "assumption: adrenaline and autoregulation",
        ),
    ] = 2.8
    alarm_freedom: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            1.0,
            "Share of production that hypoglycaemia frees of insulin's restraint",
            "assumption: insulin alone does not take glucose to zero",
        ),
    ] = 0.2
    hepatic_gh_resistance: Annotated[
        float,
        Parameter(
            "L/ug",
            0.0,
            3.0,
            "Hepatic resistance by growth hormone",
            "assumption: about twice muscle's",
        ),
    ] = 1.54
    hepatic_spill_resistance: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            1.0,
            "Hepatic resistance by visceral fatty acids",
            "assumption, B4: rival of inflammation",
        ),
    ] = 0.0115
    spill_gluconeogenesis: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            0.5,
            "New glucose driven by visceral fatty acids",
            "assumption: fatty acids fuel gluconeogenesis",
        ),
    ] = 0.5
    ffa_gluconeogenesis: Annotated[
        float,
        Parameter(
            "L/mmol",
            0.0,
            3.0,
            "New glucose driven by circulating fatty acids",
            "assumption: FFA govern glucose production",
        ),
    ] = 0.1
    fasting_synthesis: Annotated[
        float,
        Parameter(
            "1", 0.0, 1.0, "Part of new synthesis that insulin and glucagon steer", "assumption"
        ),
    ] = 0.883


class Levers(NamedTuple):
    """Mechanisms of the liver that can be turned."""

    vat_lipid_spill: Annotated[
        float, Lever("Fatty acids spilled from visceral fat to the liver", "VAT -> liver")
    ] = 1.0


class Flows(NamedTuple):
    """Glucose in and out of the liver, mmol/min."""

    glycogenolysis: Number
    gluconeogenesis: Number
    stored: Number

    @property
    def net(self) -> Number:
        """What the liver adds to blood."""
        return self.glycogenolysis + self.gluconeogenesis - self.stored


def sensitivity(
    p: Parameters, lever: Levers, signalling: Number, gh_effect: Number, spill: Number
) -> Number:
    """How well the liver hears insulin: whole-body signalling less growth hormone and visceral fatty acids.

    `spill` is visceral fat's release of fatty acids, reference person = 1.
    """
    return signalling / (
        (1.0 + p.hepatic_gh_resistance * gh_effect)
        * (1.0 + lever.vat_lipid_spill * p.hepatic_spill_resistance * spill)
    )


def flows(
    s: Organ,
    p: Parameters,
    lever: Levers,
    heard: Number,
    glucose: Number,
    glucagon: Number,
    ffa: Number,
    spill: Number,
    appearance: Number,
    alarm: Number,
) -> Flows:
    """Breakdown needs glycogen and glucagon and yields to insulin; synthesis yields less; both to glucose.

    `heard` is insulin as the liver hears it, pmol/L. The liver sees portal glucose: what circulates, and on top
    what the gut is sending (`appearance`). Fatty acids, circulating and spilled by visceral fat into the portal
    vein (`spill`), fuel synthesis. The brain's `alarm` in hypoglycaemia raises production, even against insulin and
    without glucagon (the liver's own autoregulation is lumped with it).
    """
    portal = glucose + appearance / p.portal_flow
    freed = p.alarm_freedom * alarm
    restrained = freed + (1.0 - freed) * falls(heard, p.hepatic_insulin_half, 2)
    driven = 2.0 * rises(glucagon, p.hepatic_glucagon_half)
    feedback = falls(portal, p.autoregulation, 2) * (1.0 + p.alarm_production * alarm)
    steered = 1.0 - p.fasting_synthesis + p.fasting_synthesis * restrained * driven
    return Flows(
        glycogenolysis=p.glycogenolysis
        * rises(s.glycogen, p.glycogen_half, 2)
        * restrained
        * driven
        * feedback,
        gluconeogenesis=p.gluconeogenesis
        * (
            1.0
            + p.ffa_gluconeogenesis * ffa
            + lever.vat_lipid_spill * p.spill_gluconeogenesis * spill
        )
        * steered
        * feedback,
        stored=p.glycogen_storage
        * rises(portal, p.storage_glucose, 4)
        * rises(heard, p.storage_insulin)
        * falls(s.glycogen, p.glycogen_capacity, 6),
    )


def change(flow: Flows) -> Organ:
    """Glycogen is what was stored less what was broken down."""
    return Organ(glycogen=flow.stored - flow.glycogenolysis)
