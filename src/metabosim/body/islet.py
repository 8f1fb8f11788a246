"""Islet: calcium triggers, cAMP amplifies, granules dock and are primed; mass and function follow demand.

Secretion is the product of primed granules and a release rate. Glucose opens the calcium trigger; cAMP
(through PKA on release, through Epac2 on priming) multiplies what calcium does and cannot replace it:
the amplifiers are gated by calcium itself. So the incretin effect, its glucose dependence and the synergy
of the two arms are properties of one mechanism.
"""

from typing import Annotated, NamedTuple

from metabosim.body.quantities import Lever, Parameter, State, Variant
from metabosim.body.shapes import Functions, Number, above, falls, rises


class Organ(NamedTuple):
    """What the islet remembers."""

    docked: Annotated[float, State("pmol", 10000.0, "Docked insulin granules, per reference mass")]
    primed: Annotated[float, State("pmol", 3000.0, "Primed, ready granules, per reference mass")]
    beta_mass: Annotated[float, State("1", 1.0, "Beta-cell mass, reference person = 1")]
    beta_function: Annotated[float, State("1", 1.0, "Beta-cell function, healthy = 1")]
    workload: Annotated[
        float, State("pmol/min", 150.0, "Secretion per beta-cell mass, averaged over days")
    ]
    glycaemia: Annotated[float, State("mmol/L", 5.0, "Glucose averaged over days")]
    glucagon: Annotated[float, State("pmol/L", 10.0, "Plasma glucagon")]


class Parameters(NamedTuple):
    """Rates of granules, hormones, growth and wear."""

    trigger_glucose: Annotated[
        float,
        Parameter(
            "mmol/L",
            5.5,
            16.0,
            "Glucose of half-maximal calcium",
            "assumption, after Ha-Sherman 2020",
        ),
    ] = 6.92
    amplifier_glucose: Annotated[
        float,
        Parameter(
            "mmol/L",
            4.6,
            4.9,
            "Glucose at which the amplifiers are half open",
            "threshold near 4, gone by 3.5: Degn 2004 (seen); value by assumption",
        ),
    ] = 4.85
    release_rate: Annotated[
        float,
        Parameter("1/min", 0.03, 0.3, "Release of primed granules at full calcium", "assumption"),
    ] = 0.0395
    unpriming: Annotated[
        float, Parameter("1/min", 0.005, 0.1, "Return of primed granules", "assumption")
    ] = 0.0608
    priming: Annotated[
        float,
        Parameter("1/min", 0.005, 0.2, "Priming of docked granules at full calcium", "assumption"),
    ] = 0.0438
    priming_floor: Annotated[
        float, Parameter("1", 0.0, 0.5, "Priming without calcium, share of full", "assumption")
    ] = 0.495
    docking: Annotated[
        float, Parameter("1/min", 0.01, 0.2, "Refilling of docked granules", "assumption")
    ] = 0.0856
    docked_capacity: Annotated[
        float, Parameter("pmol", 3000.0, 60000.0, "Docked granules when refilled", "assumption")
    ] = 10100.0
    docking_glucose_gain: Annotated[
        float, Parameter("1", 0.0, 4.0, "Mobilisation of granules by glucose", "assumption")
    ] = 0.51
    pka_mobilisation: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            6.0,
            "Gain of PKA on the refilling of docked granules",
            "assumption; resupply carries the incretin's effect: Ha-Sherman 2020 (seen)",
        ),
    ] = 1.1
    camp_gain: Annotated[
        float, Parameter("1", 1.0, 10.0, "cAMP at full GLP-1 drive", "assumption")
    ] = 3.6
    pka_half: Annotated[
        float, Parameter("1", 0.3, 6.0, "cAMP rise of half-maximal PKA", "assumption")
    ] = 1.9
    epac2_half: Annotated[
        float,
        Parameter(
            "1", 0.3, 8.0, "cAMP rise of half-maximal Epac2", "assumption: lower affinity than PKA"
        ),
    ] = 2.15
    pka_gain: Annotated[
        float,
        Parameter(
            "1",
            0.0,
            12.0,
            "Gain of PKA on release",
            "assumption, Kjems 2003 (seen): slope multiplied",
        ),
    ] = 5.84
    epac2_gain: Annotated[
        float, Parameter("1", 0.0, 12.0, "Gain of Epac2 on priming", "assumption")
    ] = 4.8
    mass_ceiling: Annotated[
        float,
        Parameter("1", 1.0, 3.0, "Largest beta-cell mass", "assumption, feasibility trial: 1.6"),
    ] = 1.78
    demand_half: Annotated[
        float, Parameter("1", 0.03, 0.6, "Excess workload of half-maximal growth", "assumption")
    ] = 0.0438
    habitual_workload: Annotated[
        float,
        Parameter(
            "pmol/min", 60.0, 500.0, "Workload a reference beta cell is built for", "assumption"
        ),
    ] = 262.0
    growth_time: Annotated[
        float, Parameter("d", 10.0, 400.0, "Time constant of beta-cell mass", "assumption")
    ] = 102.0
    function_time: Annotated[
        float, Parameter("d", 20.0, 1500.0, "Time constant of beta-cell function", "assumption")
    ] = 350.0
    function_capacity: Annotated[
        float,
        Parameter(
            "1",
            0.1,
            1.2,
            "Function without toxicity",
            "assumption; below 1 for what was lost for good",
        ),
    ] = 1.0
    toxic_glycaemia: Annotated[
        float,
        Parameter("mmol/L", 6.0, 14.0, "Mean glucose of half-maximal glucotoxicity", "assumption"),
    ] = 9.5
    glucotoxicity: Annotated[
        float,
        Parameter(
            "1", 0.0, 6.0, "Loss of function to high glucose, at most (1 halves it)", "assumption"
        ),
    ] = 2.5
    wear: Annotated[
        float,
        Parameter("1", 0.0, 10.0, "Loss of function by overwork, with fatty acids", "assumption"),
    ] = 0.4
    wear_ffa: Annotated[
        float, Parameter("mmol/L", 0.1, 1.0, "Fatty acids at which wear is as stated", "assumption")
    ] = 0.35
    wear_threshold: Annotated[
        float, Parameter("1", 0.0, 1.0, "Excess workload at which wear begins", "assumption")
    ] = 0.2
    averaging_time: Annotated[
        float,
        Parameter(
            "d", 2.0, 30.0, "Days over which islets average", "assumption, feasibility trial: 10"
        ),
    ] = 10.0
    glucagon_basal: Annotated[
        float, Parameter("pmol/L", 3.0, 25.0, "Glucagon drive at rest", "assumption")
    ] = 15.1
    glucagon_turnover: Annotated[
        float, Parameter("1/min", 0.05, 0.3, "Glucagon clearance", "4GI form (seen)")
    ] = 0.117
    glucagon_volume: Annotated[
        float, Parameter("L", 5.0, 70.0, "Volume of infused glucagon", "assumption")
    ] = 15.0
    glucagon_insulin_half: Annotated[
        float,
        Parameter(
            "pmol/min",
            30.0,
            1500.0,
            "Secretion of half-maximal restraint of glucagon",
            "assumption",
        ),
    ] = 450.0
    glucagon_glucose_half: Annotated[
        float,
        Parameter(
            "mmol/L", 4.0, 60.0, "Glucose of half-maximal restraint of glucagon", "assumption"
        ),
    ] = 12.0
    glucagon_glp1_half: Annotated[
        float,
        Parameter("1", 0.2, 5.0, "GLP-1 drive of half-maximal restraint of glucagon", "assumption"),
    ] = 0.45
    somatostatin_islet_half: Annotated[
        float,
        Parameter(
            "pmol/min",
            50.0,
            6000.0,
            "Somatostatin infusion that halves islet secretion",
            "assumption",
        ),
    ] = 500.0
    hypoglycaemia_glucose: Annotated[
        float,
        Parameter(
            "mmol/L",
            3.5,
            4.0,
            "Glucose at which counterregulation is half awake",
            "assumption, about 3.7",
        ),
    ] = 3.7
    hypoglycaemia_gain: Annotated[
        float, Parameter("1", 0.0, 6.0, "Rise of glucagon in hypoglycaemia", "assumption")
    ] = 1.2


class Levers(NamedTuple):
    """Mechanisms of the islet that can be turned."""

    insulin_secretion: Annotated[
        float, Lever("Insulin secretion altogether", "islet -> insulin")
    ] = 1.0
    beta_cell_compensation: Annotated[
        float, Lever("Growth of beta-cell mass with workload", "workload -> beta mass")
    ] = 1.0
    beta_cell_glucolipotoxicity: Annotated[
        float,
        Lever(
            "Loss of beta-cell function to glucose, fatty acids and overwork",
            "glycaemia, FFA -> beta function",
        ),
    ] = 1.0
    glucose_gating: Annotated[
        float, Lever("Gate that keeps amplifiers shut at low glucose", "calcium -> amplifiers")
    ] = 1.0
    counterregulation: Annotated[
        float, Lever("Rise of glucagon in hypoglycaemia", "glucose -> glucagon")
    ] = 1.0
    glp1_insulin_secretion: Annotated[
        float, Lever("GLP-1 receptors raising beta-cell cAMP", "incretin -> beta-cell cAMP")
    ] = 1.0
    pka_arm: Annotated[
        float, Lever("PKA answering cAMP: release and refilling of granules", "cAMP -> PKA")
    ] = 1.0
    epac2_arm: Annotated[
        float, Lever("Epac2 answering cAMP: priming of docked granules", "cAMP -> Epac2")
    ] = 1.0
    glp1_glucagon_suppression: Annotated[
        float, Lever("GLP-1 restraining glucagon", "incretin -> glucagon")
    ] = 1.0


class Variants(NamedTuple):
    """Rewirings of the islet."""

    pka_epac2_sum: Annotated[
        float,
        Variant(
            "PKA and Epac2 each add to secretion instead of multiplying along the granule's path"
        ),
    ] = 0.0


class Cascade(NamedTuple):
    """The beta cell's messengers."""

    calcium: Number  # 0 to 1
    camp: Number  # 1 without GLP-1
    pka: Number  # 0 to 1
    epac2: Number  # 0 to 1
    gate: Number  # 0 to 1, how far calcium lets the amplifiers act


class Flows(NamedTuple):
    """Granules moving, per reference mass (pmol/min), and insulin secreted by the whole islet."""

    docked: Number
    primed: Number
    returned: Number
    released: Number
    secretion: Number  # pmol/min


def calcium(p: Parameters, glucose: Number, katp: Number) -> Number:
    """Glucose opens the trigger; a drug that shuts the K-ATP channel opens it past glucose."""
    by_glucose = rises(glucose, p.trigger_glucose, 3)
    return by_glucose + (1.0 - by_glucose) * katp / (1.0 + katp)


def cascade(p: Parameters, lever: Levers, trigger: Number, glp1_drive: Number) -> Cascade:
    """cAMP rises with GLP-1 at any glucose; its arms act only as far as calcium opens the gate."""
    rise = lever.glp1_insulin_secretion * p.camp_gain * glp1_drive
    opened = (trigger / rises(p.amplifier_glucose, p.trigger_glucose, 3)) ** 9
    return Cascade(
        calcium=trigger,
        camp=1.0 + rise,
        pka=rises(lever.pka_arm * rise, p.pka_half),
        epac2=rises(lever.epac2_arm * rise, p.epac2_half),
        gate=opened / (opened + lever.glucose_gating),
    )


def flows(
    s: Organ, p: Parameters, lever: Levers, variant: Variants, cell: Cascade, somatostatin: Number
) -> Flows:
    """Docked granules are primed (Epac2), primed ones released (PKA): two steps in a row, so a product.

    PKA also speeds the refilling of docked granules, so that what was begun can be kept up.
    """
    by_pka = cell.pka * cell.gate
    on_release = p.pka_gain * by_pka
    on_priming = p.epac2_gain * cell.epac2 * cell.gate
    summed = variant.pka_epac2_sum
    priming = p.priming * (cell.calcium + p.priming_floor) * s.docked
    release = (
        p.release_rate * cell.calcium * s.primed * falls(somatostatin, p.somatostatin_islet_half)
    )
    primed = priming * (1.0 + (1.0 - summed) * on_priming)
    released = release * (1.0 + (1.0 - summed) * on_release)
    added = summed * release * (on_release + on_priming)
    return Flows(
        docked=p.docking
        * (
            p.docked_capacity
            * s.beta_function
            * (1.0 + p.docking_glucose_gain * cell.calcium)
            * (1.0 + (1.0 - summed) * p.pka_mobilisation * by_pka)
            - s.docked
        ),
        primed=primed,
        returned=p.unpriming * s.primed,
        released=released,
        secretion=lever.insulin_secretion * s.beta_mass * (released + added),
    )


def glucagon_drive(
    p: Parameters,
    lever: Levers,
    glucose: Number,
    secretion: Number,
    glp1_drive: Number,
    gate: Number,
    somatostatin: Number,
) -> Number:
    """Glucagon is restrained by glucose, by neighbouring insulin and by GLP-1, and let go in hypoglycaemia."""
    restraint = 1.0 + lever.glp1_glucagon_suppression * gate * glp1_drive / p.glucagon_glp1_half
    awake = 1.0 + lever.counterregulation * p.hypoglycaemia_gain * falls(
        glucose, p.hypoglycaemia_glucose, 8
    )
    return (
        p.glucagon_basal
        * awake
        * falls(glucose, p.glucagon_glucose_half, 2)
        * falls(secretion, p.glucagon_insulin_half)
        * falls(somatostatin, p.somatostatin_islet_half)
        / restraint
    )


def change(
    f: Functions,
    s: Organ,
    p: Parameters,
    lever: Levers,
    flow: Flows,
    glucose: Number,
    ffa: Number,
    glucagon_drive: Number,
    glucagon_given: Number,
) -> Organ:
    """Granules are conserved but for secretion; `glucagon_given` in pmol/min."""
    excess = s.workload / p.habitual_workload - 1.0
    demand = above(f, excess, 0.02)
    worn = above(f, excess - p.wear_threshold, 0.02)
    toxicity = (
        p.glucotoxicity * rises(s.glycaemia, p.toxic_glycaemia, 8)
        + p.wear * worn * ffa / p.wear_ffa
    )
    grown = 1.0 + lever.beta_cell_compensation * (p.mass_ceiling - 1.0) * rises(
        demand, p.demand_half, 2
    )
    function = p.function_capacity / (1.0 + lever.beta_cell_glucolipotoxicity * toxicity)
    return Organ(
        docked=flow.docked - flow.primed + flow.returned,
        primed=flow.primed - flow.returned - flow.released,
        beta_mass=(grown - s.beta_mass) / p.growth_time,
        beta_function=(function - s.beta_function) / p.function_time,
        workload=(flow.secretion / s.beta_mass - s.workload) / p.averaging_time,
        glycaemia=(glucose - s.glycaemia) / p.averaging_time,
        glucagon=p.glucagon_turnover * (glucagon_drive - s.glucagon)
        + glucagon_given / p.glucagon_volume,
    )
