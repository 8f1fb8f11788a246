"""The wiring: which organ hears whom. Reading this page alone, one can draw every loop.

`tap(name, value)` marks a signal that a protocol may hold; it returns `value` unless it is held.
Insulin and fat loop through here: VAT -> inflammation -> signalling -> glucose -> islet -> insulin -> VAT.
"""

from collections.abc import Callable

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
from metabosim.body.anatomy import Inputs, Levers, Parameters, Signals, States, Variants
from metabosim.body.shapes import Functions, Number

Tap = Callable[[str, Number], Number]


# fmt: off
def body(
    f: Functions, s: States, p: Parameters, lever: Levers, variant: Variants, u: Inputs, tap: Tap
) -> tuple[States, Signals]:
    """The rates of change of every state, and the signals behind them."""
    glucose, insulin, tissue_insulin = s.blood
    fat, gh = s.adipose, s.pituitary

    # Drugs and the gut's own GLP-1 meet at the receptors; stomach and gut hear GLP-1.
    reach = drugs.reach((s.drug1, s.drug2), (p.drug1, p.drug2))
    brought = drugs.delivered((s.drug1, s.drug2), (p.drug1, p.drug2))
    incretin = gut.receptors(s.gut, p.gut, reach.glp1_bound, reach.glp1_drive)
    glp1 = tap("glp1_drive", incretin.drive)
    meal = gut.flows(s.gut, p.gut, lever.gut, glp1)

    # Insulin's message: what capacity is left, less growth hormone's opposition; muscle, fat and liver hear it.
    against = lever.muscle.gh_acute_resistance * pituitary.opposition(gh, p.pituitary)
    hearing = muscle.hearing(s.muscle, p.muscle, lever.muscle)
    signalling = tap("insulin_signalling", muscle.signalling(p.muscle, variant.muscle, hearing, against, reach.ghrh))
    fat_insulin = tap("insulin_at_fat", tissue_insulin)
    storage = tap("insulin_storage", adipose.storage_drive(p.adipose, fat_insulin))
    depots = adipose.flows(
        f, fat, p.adipose, lever.adipose, fat_insulin * hearing, storage, gh.gh_early, gh.gh_late, gh.igf1)
    spill = tap("visceral_spill", depots.spill)
    liver_hears = liver.sensitivity(p.liver, lever.liver, hearing, against, spill)
    liver_lasting = liver.sensitivity(p.liver, lever.liver, hearing, 0.0 * against, spill)

    # The islet hears glucose: calcium opens the gate, GLP-1 amplifies. The liver answers both its hormones,
    # and in hypoglycaemia the brain's alarm.
    cell = islet.cascade(p.islet, lever.islet, tap("calcium", islet.calcium(p.islet, glucose, reach.katp)), glp1)
    granules = islet.flows(s.islet, p.islet, lever.islet, variant.islet, cell, u.somatostatin_infusion)
    glucagon = islet.glucagon_drive(
        p.islet, lever.islet, glucose, granules.secretion, glp1, cell.gate, u.somatostatin_infusion)
    alarm = brain.alarm(p.brain, glucose)
    made = liver.flows(
        s.liver, p.liver, lever.liver, tissue_insulin * liver_hears, glucose, s.islet.glucagon, fat.ffa, spill,
        meal.appearance, alarm)
    cleared = blood.clearance(f, p.blood, lever.blood, liver_lasting, fat.lean)

    # Where glucose goes.
    lean = tap("lean_taking_glucose", fat.lean)
    work = u.activity / p.adipose.glucose_energy
    taken = muscle.uptake(f, p.muscle, lean, glucose, tissue_insulin * signalling, work, alarm)
    renal = blood.renal_loss(f, s.blood, p.blood)
    net = meal.appearance + u.glucose_infusion + made.net - taken.total - renal

    # Visceral fat inflames and holds growth hormone down; inflammation, fatty acids and glucose wear signalling.
    vat_drive = tap("vat_inflammation_drive", immune.vat_drive(p.immune, fat.vat))
    load = tap("inflammation_load", p.muscle.inflammation_load * s.immune.inflammation)
    capacity = muscle.capacity(p.muscle, lever.muscle, fat.ffa, glucose, load)
    brake = tap("vat_gh_brake", pituitary.vat_brake(p.pituitary, fat.vat))
    released = pituitary.release(
        gh, p.pituitary, lever.pituitary, variant.pituitary, reach.ghrh, reach.ghrp, brake, insulin,
        u.somatostatin_infusion)

    # The brain weighs stores, fuel and GLP-1; energy not spent is stored.
    felt = tap("cellular_fuel_felt", s.brain.cellular_fuel)
    appetite = tap("appetite", brain.appetite(f, felt, p.brain, lever.brain, fat.fat, p.adipose.habitual_fat, glp1))
    fuel = muscle.fuel_entry(f, p.muscle, tissue_insulin, signalling)
    volume = p.blood.glucose_volume * fat.lean
    infused = u.glucose_infusion + u.glucose_held * (volume * u.glucose_slope - net)
    energy_in = tap("energy_in", meal.energy + p.adipose.glucose_energy * (infused - renal))
    spent = adipose.expenditure(p.adipose, depots, meal.energy, u.activity)

    stored = adipose.change(
        fat, p.adipose, lever.adipose, lever.liver.vat_lipid_spill, spill, depots, energy_in, spent, gh.gh_late)
    natural = blood.natural_slope(s.blood, net / volume, stored.lean / fat.lean)
    changes = States(
        gut=gut.change(s.gut, p.gut, lever.gut, meal, u.glp1_infusion + brought.glp1),
        blood=blood.change(
            s.blood, p.blood, natural + u.glucose_held * (u.glucose_slope - natural), cleared,
            granules.secretion, u.insulin_infusion + brought.insulin, fat.lean),
        islet=islet.change(
            f, s.islet, p.islet, lever.islet, granules, glucose, fat.ffa, glucagon, u.glucagon_infusion),
        liver=liver.change(made),
        muscle=muscle.change(s.muscle, p.muscle, capacity),
        adipose=stored,
        immune=immune.change(s.immune, p.immune, lever.immune, vat_drive, fat_insulin, glp1),
        pituitary=pituitary.change(
            gh, p.pituitary, lever.pituitary, released, reach.ghrh, u.gh_infusion + brought.gh, insulin),
        brain=brain.change(s.brain, p.brain, fuel),
        drug1=drugs.change(s.drug1, p.drug1),
        drug2=drugs.change(s.drug2, p.drug2),
    )
    return changes, Signals(
        incretin=incretin, cell=cell, granules=granules, gut=meal, liver=made, fat=depots, clearance=cleared,
        signalling=signalling, uptake=taken, renal_loss=renal, appetite=appetite, glucose_volume=volume,
        glucose_net=volume * natural, gh_release=released, energy_in=energy_in, expenditure=spent,
    )
