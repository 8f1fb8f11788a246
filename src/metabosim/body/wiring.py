"""The wiring: which organ hears whom. Reading this page alone, one can draw every loop.

`tap(name, value)` marks a signal that a protocol may hold; it returns `value` unless it is held.
Insulin and fat loop through here: VAT -> inflammation -> signalling -> glucose -> islet -> insulin -> VAT.
"""

from collections.abc import Callable
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
from metabosim.body.shapes import Functions, Number, rises

EXERCISE_GLUCOSE_SHARE = 0.05  # of the energy of activity, taken from plasma glucose; assumption


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

    glp1_occupancy: Number
    glp1_drive: Number
    cell: islet.Cascade
    granules: islet.Flows
    gut: gut.Flows
    liver: liver.Flows
    fat: adipose.Flows
    clearance: blood.Clearance
    signalling: Number
    liver_sensitivity: Number
    muscle_uptake: Number
    brain_uptake: Number
    other_uptake: Number
    renal_loss: Number
    appetite: Number
    glucose_volume: Number
    glucose_net: Number
    gh_release: Number
    energy_in: Number
    expenditure: Number


Tap = Callable[[str, Number], Number]


def body(
    f: Functions, s: States, p: Parameters, lever: Levers, variant: Variants, u: Inputs, tap: Tap
) -> tuple[States, Signals]:
    """The rates of change of every state, and the signals behind them."""
    glucose, insulin, tissue_insulin = (
        s.blood.glucose,
        s.blood.insulin,
        s.blood.interstitial_insulin,
    )
    slots, given = (s.drug1, s.drug2), (p.drug1, p.drug2)
    somatostatin = u.somatostatin_infusion

    # Drugs and the gut's own GLP-1 meet at the receptors.
    reach = drugs.reach(slots, given)
    brought = drugs.delivered(slots, given)
    native = s.gut.glp1 / p.gut.glp1_half
    occupancy = (native + reach.glp1_bound) / (1.0 + native + reach.glp1_bound)
    glp1 = tap("glp1_drive", (native + reach.glp1_drive) / (1.0 + native + reach.glp1_bound))
    meal = gut.flows(s.gut, p.gut, lever.gut, glp1)

    # Insulin's message: capacity, less growth hormone's opposition, in muscle, liver and fat.
    gh_effect = lever.muscle.gh_acute_resistance * pituitary.opposition(s.pituitary, p.pituitary)
    hearing = lever.muscle.insulin_action * p.muscle.insulin_sensitivity * s.muscle.signalling
    decoy = 1.0 + variant.muscle.common_cause * muscle.COMMON_CAUSE_GAIN * rises(reach.ghrh, 1.0)
    signalling = tap(
        "insulin_signalling", decoy * hearing / (1.0 + p.muscle.muscle_gh_resistance * gh_effect)
    )
    fat_insulin = tap("insulin_at_fat", tissue_insulin)
    storage = tap("insulin_storage", adipose.storage_drive(p.adipose, fat_insulin))
    fat = adipose.flows(
        f,
        s.adipose,
        p.adipose,
        lever.adipose,
        fat_insulin * hearing,
        storage,
        s.pituitary.gh_early,
        s.pituitary.gh_late,
        s.pituitary.igf1,
    )
    spill = tap("visceral_spill", fat.spill)
    liver_sensitivity = liver.sensitivity(p.liver, lever.liver, hearing, gh_effect, spill)

    # The islet hears glucose, calcium opens the gate, GLP-1 amplifies; the liver answers both hormones.
    trigger = tap("calcium", islet.calcium(p.islet, glucose, reach.katp))
    cell = islet.cascade(p.islet, lever.islet, trigger, glp1)
    granules = islet.flows(s.islet, p.islet, lever.islet, variant.islet, cell, somatostatin)
    glucagon_drive = islet.glucagon_drive(
        p.islet, lever.islet, glucose, granules.secretion, glp1, cell.gate, somatostatin
    )
    glucose_made = liver.flows(
        s.liver,
        p.liver,
        lever.liver,
        liver_sensitivity,
        tissue_insulin,
        glucose,
        s.islet.glucagon,
        s.adipose.ffa,
        spill,
        meal.appearance,
    )
    lasting = liver.sensitivity(p.liver, lever.liver, hearing, 0.0 * gh_effect, spill)
    cleared = blood.clearance(f, p.blood, lever.blood, lasting, s.adipose.lean)

    # Where glucose goes.
    lean = tap("lean_taking_glucose", s.adipose.lean)
    muscle_uptake = muscle.insulin_driven(f, p.muscle, lean, glucose, tissue_insulin * signalling)
    brain_uptake = p.muscle.brain_uptake * rises(glucose, p.muscle.brain_glucose_half)
    working = (
        EXERCISE_GLUCOSE_SHARE
        * u.activity
        / p.adipose.glucose_energy
        * rises(glucose, p.muscle.muscle_glucose_half)
    )
    other_uptake = p.muscle.other_uptake * glucose + working
    renal = blood.renal_loss(f, s.blood, p.blood)
    net = (
        meal.appearance
        + u.glucose_infusion
        + glucose_made.glycogenolysis
        + glucose_made.gluconeogenesis
        - glucose_made.stored
        - muscle_uptake
        - brain_uptake
        - other_uptake
        - renal
    )

    # Inflammation, appetite, growth hormone.
    vat_drive = tap("vat_inflammation_drive", immune.vat_drive(p.immune, s.adipose.vat))
    load = tap("inflammation_load", p.muscle.inflammation_load * s.immune.inflammation)
    capacity = muscle.capacity(p.muscle, lever.muscle, s.adipose.ffa, glucose, load)
    felt = tap("cellular_fuel_felt", s.brain.cellular_fuel)
    appetite = tap(
        "appetite",
        brain.appetite(f, felt, p.brain, lever.brain, s.adipose.fat, p.adipose.habitual_fat, glp1),
    )
    brake = tap("vat_gh_brake", pituitary.vat_brake(p.pituitary, s.adipose.vat))
    gh_release = pituitary.release(
        s.pituitary,
        p.pituitary,
        lever.pituitary,
        variant.pituitary,
        reach.ghrh,
        reach.ghrp,
        brake,
        insulin,
        somatostatin,
    )

    # Energy: food, and glucose given by vein or lost in urine.
    volume = p.blood.glucose_volume * s.adipose.lean
    infused = u.glucose_infusion + u.glucose_held * (volume * u.glucose_slope - net)
    energy_in = tap("energy_in", meal.energy + p.adipose.glucose_energy * (infused - renal))
    spent = adipose.expenditure(p.adipose, fat, meal.energy, u.activity)
    fat_change = adipose.change(
        s.adipose,
        p.adipose,
        lever.adipose,
        lever.liver.vat_lipid_spill,
        spill,
        fat,
        energy_in,
        spent,
        s.pituitary.gh_late,
    )
    natural = net / volume - glucose * fat_change.lean / s.adipose.lean
    changes = States(
        gut=gut.change(s.gut, p.gut, lever.gut, meal, u.glp1_infusion + brought.glp1),
        blood=blood.Organ(
            glucose=natural + u.glucose_held * (u.glucose_slope - natural),
            insulin=(
                cleared.delivered_share * granules.secretion
                + u.insulin_infusion
                + brought.insulin
                - cleared.systemic * insulin
            )
            / (p.blood.insulin_volume * s.adipose.lean),
            interstitial_insulin=(insulin - tissue_insulin) / p.blood.insulin_delay,
        ),
        islet=islet.change(
            f,
            s.islet,
            p.islet,
            lever.islet,
            granules,
            glucose,
            s.adipose.ffa,
            glucagon_drive,
            u.glucagon_infusion / p.islet.glucagon_volume,
        ),
        liver=liver.change(glucose_made),
        muscle=muscle.change(s.muscle, p.muscle, capacity),
        adipose=fat_change,
        immune=immune.change(s.immune, p.immune, lever.immune, vat_drive, fat_insulin, glp1),
        pituitary=pituitary.change(
            s.pituitary,
            p.pituitary,
            lever.pituitary,
            gh_release,
            u.gh_infusion + brought.gh,
            insulin,
        ),
        brain=brain.change(
            s.brain, p.brain, muscle.fuel_entry(f, p.muscle, tissue_insulin, signalling)
        ),
        drug1=drugs.change(s.drug1, p.drug1),
        drug2=drugs.change(s.drug2, p.drug2),
    )
    return changes, Signals(
        glp1_occupancy=occupancy,
        glp1_drive=glp1,
        cell=cell,
        granules=granules,
        gut=meal,
        liver=glucose_made,
        fat=fat,
        clearance=cleared,
        signalling=signalling,
        liver_sensitivity=liver_sensitivity,
        muscle_uptake=muscle_uptake,
        brain_uptake=brain_uptake,
        other_uptake=other_uptake,
        renal_loss=renal,
        appetite=appetite,
        glucose_volume=volume,
        glucose_net=volume * natural,
        gh_release=gh_release,
        energy_in=energy_in,
        expenditure=spent,
    )
