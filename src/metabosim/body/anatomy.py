"""What a body is made of: every organ's states, parameters, levers and variants, gathered by organ.

Also what a protocol can do to it (inputs), what it can hold, and what the organs say to each other.
"""

from typing import Annotated, NamedTuple

from metabosim.body import (
    adipose,
    blood,
    brain,
    drugs,
    gut,
    immune,
    islet,
    liver,
    muscle,
    pituitary,
)
from metabosim.body.quantities import Input, Signal
from metabosim.body.shapes import Number


class States(NamedTuple):
    """Everything the body remembers, organ by organ."""

    gut: gut.Organ
    blood: blood.Organ
    islet: islet.Organ
    liver: liver.Organ
    muscle: muscle.Organ
    adipose: adipose.Organ
    immune: immune.Organ
    pituitary: pituitary.Organ
    brain: brain.Organ
    drug1: drugs.Slot
    drug2: drugs.Slot


class Parameters(NamedTuple):
    """Every number of a body."""

    gut: gut.Parameters
    blood: blood.Parameters
    islet: islet.Parameters
    liver: liver.Parameters
    muscle: muscle.Parameters
    adipose: adipose.Parameters
    immune: immune.Parameters
    pituitary: pituitary.Parameters
    brain: brain.Parameters
    drug1: drugs.Parameters
    drug2: drugs.Parameters


class Levers(NamedTuple):
    """Every lever, beside the organ that holds its mechanism."""

    gut: gut.Levers
    blood: blood.Levers
    islet: islet.Levers
    liver: liver.Levers
    muscle: muscle.Levers
    adipose: adipose.Levers
    immune: immune.Levers
    pituitary: pituitary.Levers
    brain: brain.Levers


class Variants(NamedTuple):
    """Every rewiring."""

    islet: islet.Variants
    muscle: muscle.Variants
    pituitary: pituitary.Variants


class Inputs(NamedTuple):
    """What a protocol does between two events; constant from one event to the next."""

    glucose_infusion: Annotated[float, Input("mmol/min", "Glucose by vein")] = 0.0
    insulin_infusion: Annotated[float, Input("pmol/min", "Insulin by vein")] = 0.0
    glucagon_infusion: Annotated[float, Input("pmol/min", "Glucagon by vein")] = 0.0
    glp1_infusion: Annotated[float, Input("pmol/min", "GLP-1 by vein")] = 0.0
    gh_infusion: Annotated[float, Input("ug/min", "Growth hormone by vein")] = 0.0
    somatostatin_infusion: Annotated[float, Input("pmol/min", "Somatostatin by vein")] = 0.0
    activity: Annotated[float, Input("MJ/min", "Extra expenditure of activity")] = 0.0
    diet: Annotated[float, Input("1", "Energy offered over the habitual")] = 1.0
    meal_size: Annotated[float, Input("mmol", "Stomach content after the last meal")] = 1.0
    glucose_held: Annotated[float, Input("1", "1 while plasma glucose is clamped")] = 0.0
    glucose_slope: Annotated[float, Input("mmol/L/min", "Slope of the clamped glucose")] = 0.0


class Held(NamedTuple):
    """The signals that a protocol may hold."""

    calcium: Annotated[float, Signal("1", "Calcium trigger of the beta cell")]
    insulin_signalling: Annotated[
        float, Signal("1", "PI3K/Akt signalling that muscle answers with")
    ]
    insulin_at_fat: Annotated[
        float, Signal("pmol/L", "Insulin that fat sees, for lipolysis and storage")
    ]
    insulin_storage: Annotated[float, Signal("1", "Insulin's push towards fat storage")]
    vat_inflammation_drive: Annotated[float, Signal("1", "What visceral fat adds to inflammation")]
    inflammation_load: Annotated[float, Signal("1", "What inflammation takes from signalling")]
    vat_gh_brake: Annotated[float, Signal("1", "Visceral fat's brake on growth hormone")]
    visceral_spill: Annotated[float, Signal("1", "Fatty acids from visceral fat to the liver")]
    lean_taking_glucose: Annotated[float, Signal("kg", "Lean mass that takes up glucose")]
    cellular_fuel_felt: Annotated[float, Signal("1", "Fuel entry that appetite feels")]
    appetite: Annotated[float, Signal("1", "Intake over habitual intake")]
    energy_in: Annotated[
        float,
        Signal(
            "MJ/min",
            "Energy entering the body: food and infused glucose, less glucose lost in urine",
        ),
    ]
    glp1_drive: Annotated[float, Signal("1", "Drive of GLP-1 receptors")]


class Signals(NamedTuple):
    """What the organs said and moved: everything that observables are read from."""

    incretin: gut.Incretin
    cell: islet.Cascade
    granules: islet.Flows
    gut: gut.Flows
    liver: liver.Flows
    fat: adipose.Flows
    clearance: blood.Clearance
    signalling: Number
    uptake: muscle.Uptake
    renal_loss: Number
    appetite: Number
    glucose_volume: Number
    glucose_net: Number
    gh_release: Number
    energy_in: Number
    expenditure: Number
