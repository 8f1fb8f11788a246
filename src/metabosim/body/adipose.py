"""Fat: fatty acids and triglycerides over hours, visceral and total fat and lean mass over months.

Energy closes: what is eaten and not spent becomes fat and lean. Visceral fat is a share of all fat that
follows body fat at once and relaxes to a target; growth hormone and insulin shift that target, so fat moves
between depots and comes back when they stop.
"""

from typing import Annotated, NamedTuple

from metabosim.body.quantities import Lever, Parameter, State
from metabosim.body.shapes import Functions, Number, falls, relative, rises


class Organ(NamedTuple):
    """What the depots remember."""

    ffa: Annotated[float, State("mmol/L", 0.4, "Plasma free fatty acids")]
    triglycerides: Annotated[float, State("mmol/L", 1.0, "Plasma triglycerides")]
    fat: Annotated[float, State("kg", 20.0, "Body fat")]
    vat: Annotated[float, State("kg", 2.0, "Visceral fat")]
    lean: Annotated[float, State("kg", 60.0, "Lean mass")]


class Parameters(NamedTuple):
    """Lipids, depots and energy."""

    lipolysis: Annotated[
        float,
        Parameter(
            "mmol/min",
            0.4,
            3.0,
            "Lipolysis without insulin at reference fat",
            "assumption: basal 6 umol/kg/min",
        ),
    ] = 0.808
    lipolysis_floor: Annotated[
        float, Parameter("1", 0.0, 0.2, "Share of lipolysis insulin cannot stop", "assumption")
    ] = 0.05
    reference_fat: Annotated[
        float, Parameter("kg", 5.0, 40.0, "Fat of the reference person", "assumption")
    ] = 14.0
    reference_vat: Annotated[
        float, Parameter("kg", 0.5, 3.0, "Visceral fat of the reference person", "assumption")
    ] = 1.5
    lipolysis_insulin_half: Annotated[
        float,
        Parameter(
            "pmol/L",
            15.0,
            150.0,
            "Insulin that halves lipolysis",
            "fat responds first: Conte 2012 (seen); value by assumption",
        ),
    ] = 44.0
    ffa_volume: Annotated[
        float, Parameter("L", 2.0, 10.0, "Volume of fatty acids", "assumption")
    ] = 5.0
    ffa_clearance: Annotated[
        float, Parameter("1/min", 0.05, 0.4, "Clearance of fatty acids", "assumption")
    ] = 0.20
    gh_lipolysis: Annotated[
        float, Parameter("1", 0.0, 6.0, "Largest rise of lipolysis by growth hormone", "assumption")
    ] = 2.13
    gh_lipolysis_half: Annotated[
        float,
        Parameter(
            "ug/L",
            1.0,
            20.0,
            "Growth hormone of half that rise",
            "assumption, convex: feasibility trial 5-8",
        ),
    ] = 5.0
    gh_lipolysis_linear: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            1.0,
            "Part of that rise linear in growth hormone",
            "assumption: 0, wholly convex",
        ),
    ] = 0.0
    triglyceride_output: Annotated[
        float,
        Parameter(
            "mmol/L/h",
            0.01,
            0.6,
            "Triglyceride output by the liver",
            "assumption, reference 1 mmol/L",
        ),
    ] = 0.22
    triglyceride_spill: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            2.0,
            "Part of that output driven by visceral fatty acids",
            "VAT 33-57 % of variance, Diabetes 62:2386 (seen)",
        ),
    ] = 0.5
    triglyceride_clearance: Annotated[
        float,
        Parameter("1/h", 0.05, 0.5, "Clearance of triglycerides", "assumption, half-life 4-5 h"),
    ] = 0.16
    gh_triglyceride_clearance: Annotated[
        float,
        Parameter("L/ug", 0.0, 1.0, "Rise of that clearance with growth hormone", "assumption"),
    ] = 0.313
    vat_share: Annotated[
        float,
        Parameter(
            "1",
            0.02,
            0.6,
            "Visceral share of fat at reference fat, without GH or insulin",
            "assumption",
        ),
    ] = 0.148
    vat_exponent: Annotated[
        float,
        Parameter(
            "1",
            1.0,
            1.6,
            "Growth of visceral with total fat (log-log)",
            "Hallgreen and Hall 2008 (seen): 1.3",
        ),
    ] = 1.0
    vat_return: Annotated[
        float,
        Parameter(
            "d", 30.0, 300.0, "Time in which depots return to their target", "assumption, trial 100"
        ),
    ] = 135.0
    gh_vat_mobilisation: Annotated[
        float,
        Parameter(
            "L/ug",
            0.0,
            4.0,
            "Fall of the visceral target with growth hormone",
            "assumption, D6: -15 % at 26 weeks",
        ),
    ] = 0.95
    gh_vat_half: Annotated[
        float,
        Parameter("ug/L", 0.5, 20.0, "Growth hormone at which that fall saturates", "assumption"),
    ] = 4.8
    insulin_vat_storage: Annotated[
        float,
        Parameter(
            "1", 0.0, 2.0, "Rise of the visceral target with insulin", "assumption; contested, B1"
        ),
    ] = 0.82
    insulin_sparing: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            0.2,
            "Energy expenditure spared by insulin, at most",
            "assumption; contested, B1",
        ),
    ] = 0.03
    storage_insulin_half: Annotated[
        float,
        Parameter("pmol/L", 50.0, 800.0, "Insulin of half those storage effects", "assumption"),
    ] = 200.0
    fat_energy: Annotated[
        float, Parameter("MJ/kg", 38.0, 40.0, "Energy of fat", "Hall 2011 (seen): 39.5")
    ] = 39.5
    lean_energy: Annotated[
        float, Parameter("MJ/kg", 7.0, 8.5, "Energy of lean mass", "Hall 2011 (seen): 7.6")
    ] = 7.6
    glucose_energy: Annotated[
        float,
        Parameter(
            "MJ/mmol", 0.0027, 0.0029, "Energy of glucose", "heat of combustion 2.8 MJ/mol (memory)"
        ),
    ] = 0.0028
    forbes: Annotated[
        float,
        Parameter(
            "kg",
            1.0,
            6.0,
            "Energy partition, C = 10.4 kg lean_energy/fat_energy",
            "Forbes; Hall 2011 (seen): 2.0",
        ),
    ] = 3.0
    habitual_lean: Annotated[
        float, Parameter("kg", 30.0, 90.0, "Lean mass at habitual fat and IGF-1", "subject")
    ] = 56.0
    habitual_fat: Annotated[
        float, Parameter("kg", 5.0, 90.0, "Fat that appetite defends", "subject")
    ] = 14.0
    habitual_igf1: Annotated[
        float,
        Parameter(
            "ug/L", 30.0, 500.0, "IGF-1 that lean mass is used to", "subject: its own resting value"
        ),
    ] = 190.0
    forbes_lean: Annotated[
        float,
        Parameter(
            "kg",
            5.0,
            25.0,
            "Lean mass per e-fold of fat",
            "Forbes 10.4 (seen, in Hall 2011); larger by assumption, STEP 1 lost a third as lean (seen)",
        ),
    ] = 19.6
    igf1_lean: Annotated[
        float,
        Parameter(
            "kg",
            0.0,
            8.0,
            "Lean mass per e-fold of IGF-1",
            "assumption, +1.3 kg under tesamorelin (memory)",
        ),
    ] = 3.78
    lean_return: Annotated[
        float, Parameter("d", 15.0, 300.0, "Time in which lean mass finds its target", "assumption")
    ] = 60.0
    expenditure_base: Annotated[
        float, Parameter("MJ/d", 0.0, 6.0, "Expenditure apart from mass", "assumption")
    ] = 1.6
    expenditure_fat: Annotated[
        float,
        Parameter(
            "MJ/d/kg", 0.01, 0.02, "Resting expenditure per kg fat", "Hall 2011 (seen): 13 kJ"
        ),
    ] = 0.013
    expenditure_lean: Annotated[
        float,
        Parameter(
            "MJ/d/kg", 0.08, 0.11, "Resting expenditure per kg lean", "Hall 2011 (seen): 92 kJ"
        ),
    ] = 0.092
    expenditure_activity: Annotated[
        float, Parameter("MJ/d/kg", 0.01, 0.08, "Activity per kg body weight", "assumption")
    ] = 0.030
    expenditure_food: Annotated[
        float, Parameter("1", 0.05, 0.15, "Thermic effect of food", "Hall 2011 (seen): 0.1")
    ] = 0.10


class Levers(NamedTuple):
    """Mechanisms of fat that can be turned."""

    hyperinsulinaemia_fat_storage: Annotated[
        float, Lever("Insulin favouring storage, above all visceral", "insulin -> fat storage")
    ] = 1.0
    gh_acute_lipolysis: Annotated[
        float, Lever("Growth hormone raising lipolysis", "GH -> lipolysis")
    ] = 1.0
    gh_vat_lipolysis: Annotated[
        float, Lever("Growth hormone moving fat out of the visceral depot", "GH -> VAT")
    ] = 1.0
    gh_lean_mass: Annotated[float, Lever("IGF-1 raising lean mass", "IGF-1 -> lean")] = 1.0
    gh_lipid_mobilisation: Annotated[
        float, Lever("Growth hormone speeding triglyceride clearance", "GH -> triglycerides")
    ] = 1.0


class Flows(NamedTuple):
    """Lipids and energy moving."""

    lipolysis: Number  # mmol/min
    ffa_cleared: Number  # mmol/min
    spill: Number  # visceral release of fatty acids, reference person = 1
    resting: Number  # MJ/min, expenditure but for food and activity
    vat_target: Number  # kg
    lean_target: Number  # kg


def antilipolysis(p: Parameters, heard: Number) -> Number:
    """Share of lipolysis left by insulin; `heard` is insulin times signalling."""
    return p.lipolysis_floor + (1.0 - p.lipolysis_floor) * falls(heard, p.lipolysis_insulin_half, 2)


def gh_boost(p: Parameters, lever: Levers, gh_early: Number) -> Number:
    """Lipolysis under growth hormone over lipolysis without: convex, so that pulses count for more."""
    linear = gh_early / p.gh_lipolysis_half / 3.0
    shape = (1.0 - p.gh_lipolysis_linear) * rises(
        gh_early, p.gh_lipolysis_half, 2
    ) + p.gh_lipolysis_linear * linear
    return 1.0 + lever.gh_acute_lipolysis * p.gh_lipolysis * shape


def storage_drive(p: Parameters, insulin: Number) -> Number:
    """How far insulin pushes towards storage, 0 to 1."""
    return rises(insulin, p.storage_insulin_half)


def flows(
    f: Functions,
    s: Organ,
    p: Parameters,
    lever: Levers,
    heard: Number,
    storage: Number,
    gh_early: Number,
    gh_late: Number,
    igf1: Number,
) -> Flows:
    """`heard` is the insulin fat hears, `storage` its push to storage."""
    boost = gh_boost(p, lever, gh_early)
    left = antilipolysis(p, heard)
    size = f.sqrt(s.fat / p.reference_fat)
    weight = s.fat + s.lean
    resting = (
        p.expenditure_base
        + p.expenditure_fat * s.fat
        + p.expenditure_lean * s.lean
        + p.expenditure_activity * weight
    )
    insulin_push = lever.hyperinsulinaemia_fat_storage * storage
    gh_pull = (
        lever.gh_vat_lipolysis * p.gh_vat_mobilisation * gh_late / (1.0 + gh_late / p.gh_vat_half)
    )
    return Flows(
        lipolysis=p.lipolysis * size * left * boost,
        ffa_cleared=p.ffa_clearance * p.ffa_volume * s.ffa,
        spill=s.vat / p.reference_vat * left / 0.5,
        resting=resting / (1.0 + p.insulin_sparing * insulin_push),
        vat_target=p.vat_share
        * s.fat
        * f.exp((p.vat_exponent - 1.0) * f.log(s.fat / p.reference_fat))
        * (1.0 + p.insulin_vat_storage * insulin_push)
        / (1.0 + gh_pull),
        lean_target=p.habitual_lean
        + p.forbes_lean * relative(s.fat, p.habitual_fat)
        + lever.gh_lean_mass * p.igf1_lean * relative(igf1, p.habitual_igf1),
    )


def expenditure(p: Parameters, flow: Flows, eaten: Number, activity: Number) -> Number:
    """Energy spent, MJ/min: resting, on digesting what was `eaten`, and on `activity`."""
    return flow.resting + p.expenditure_food * eaten + activity


def change(
    s: Organ,
    p: Parameters,
    lever: Levers,
    vat_lipid_spill: Number,
    spill: Number,
    flow: Flows,
    energy_in: Number,
    expenditure: Number,
    gh_late: Number,
) -> Organ:
    """Surplus energy is split by Forbes' rule; lean and visceral fat then drift to their targets at fat's cost.

    Energy: fat_energy fat' + lean_energy lean' = energy_in - expenditure, exactly.
    """
    surplus = energy_in - expenditure
    lean_share = p.forbes / (p.forbes + s.fat)
    lean = lean_share * surplus / p.lean_energy + (flow.lean_target - s.lean) / p.lean_return
    fat = (surplus - p.lean_energy * lean) / p.fat_energy
    output = p.triglyceride_output * (
        1.0 - 0.5 * p.triglyceride_spill + p.triglyceride_spill * vat_lipid_spill * spill
    )
    clearance = p.triglyceride_clearance * (
        1.0 + lever.gh_lipid_mobilisation * p.gh_triglyceride_clearance * gh_late
    )
    return Organ(
        ffa=(flow.lipolysis - flow.ffa_cleared) / p.ffa_volume,
        triglycerides=output - clearance * s.triglycerides,
        fat=fat,
        vat=p.vat_exponent * s.vat / s.fat * fat + (flow.vat_target - s.vat) / p.vat_return,
        lean=lean,
    )
