"""What can be read from a run, in the field's names and units."""

from typing import Annotated, NamedTuple

from metabosim.body import anatomy, muscle
from metabosim.body.anatomy import Inputs, Signals, States
from metabosim.body.quantities import Observable, Parameter
from metabosim.body.shapes import Functions, above


class Parameters(NamedTuple):
    """Numbers that only readings need."""

    c_peptide_clearance: Annotated[
        float,
        Parameter(
            "L/min", 0.1, 0.5, "Clearance of C-peptide, which is read as if steady", "assumption"
        ),
    ] = 0.25
    pmol_per_nmol: Annotated[float, Parameter("pmol/nmol", 1000.0, 1000.0, "Conversion", "SI")] = (
        1000.0
    )
    homa_glucose: Annotated[
        float,
        Parameter(
            "mmol/L",
            22.5,
            22.5,
            "Glucose times insulin (uU/mL) of HOMA-IR 1",
            "Matthews 1985 (memory)",
        ),
    ] = 22.5
    homa_insulin: Annotated[
        float, Parameter("pmol/L", 6.0, 6.945, "pmol/L in 1 uU/mL of insulin", "convention: 6")
    ] = 6.0
    homa_threshold: Annotated[
        float,
        Parameter(
            "mmol/L",
            3.5,
            3.5,
            "Glucose at which HOMA-B expects no insulin",
            "Matthews 1985 (memory)",
        ),
    ] = 3.5
    homa_slope: Annotated[
        float, Parameter("mmol/L", 20.0, 20.0, "Slope of HOMA-B", "Matthews 1985 (memory)")
    ] = 20.0
    standard_glucose: Annotated[
        float, Parameter("mmol/L", 5.0, 5.0, "Glucose at which sensitivity is read", "convention")
    ] = 5.0
    standard_insulin: Annotated[
        float,
        Parameter(
            "pmol/L", 480.0, 480.0, "Insulin at which sensitivity is read: a clamp's", "convention"
        ),
    ] = 480.0
    standard_disposal: Annotated[
        float,
        Parameter(
            "mmol/min/kg",
            0.01,
            0.1,
            "Muscle uptake per kg of the reference person there",
            "computed",
        ),
    ] = 0.0294


class Observables(NamedTuple):
    """Names are stable: add, do not rename."""

    glucose_mmol_l: Annotated[float, Observable("mmol/L", "Plasma glucose")]
    insulin_pmol_l: Annotated[float, Observable("pmol/L", "Plasma insulin")]
    insulin_secretion_pmol_min: Annotated[
        float, Observable("pmol/min", "Insulin secretion (prehepatic)")
    ]
    c_peptide_nmol_l: Annotated[float, Observable("nmol/L", "C-peptide, quasi-steady")]
    glucagon_pmol_l: Annotated[float, Observable("pmol/L", "Plasma glucagon")]
    glucose_appearance_mmol_min: Annotated[
        float, Observable("mmol/min", "Glucose from the gut (Ra)")
    ]
    glucose_production_mmol_min: Annotated[
        float, Observable("mmol/min", "Endogenous glucose production (EGP)")
    ]
    glucose_uptake_mmol_min: Annotated[float, Observable("mmol/min", "Glucose uptake, all tissues")]
    glucose_infusion_mmol_min: Annotated[
        float, Observable("mmol/min", "Glucose infusion rate (GIR)")
    ]
    glp1_pmol_l: Annotated[float, Observable("pmol/L", "Intact GLP-1")]
    incretin_receptor_occupancy: Annotated[float, Observable("1", "Occupancy of GLP-1 receptors")]
    camp_index: Annotated[float, Observable("1", "Beta-cell cAMP, 1 without GLP-1")]
    pka_index: Annotated[float, Observable("1", "PKA activity, 0 to 1")]
    epac2_index: Annotated[float, Observable("1", "Epac2 activity, 0 to 1")]
    calcium_index: Annotated[float, Observable("1", "Calcium trigger, 0 to 1")]
    gastric_retention_fraction: Annotated[
        float, Observable("1", "Share of the last meal still in the stomach")
    ]
    ffa_mmol_l: Annotated[float, Observable("mmol/L", "Free fatty acids")]
    triglycerides_mmol_l: Annotated[float, Observable("mmol/L", "Triglycerides")]
    gh_ug_l: Annotated[float, Observable("ug/L", "Growth hormone")]
    igf1_ug_l: Annotated[float, Observable("ug/L", "IGF-1")]
    inflammation_index: Annotated[float, Observable("1", "Low-grade inflammation")]
    insulin_signalling_index: Annotated[
        float, Observable("1", "PI3K/Akt-GLUT4 signalling in muscle")
    ]
    insulin_sensitivity_index: Annotated[
        float, Observable("1", "Muscle uptake at clamp insulin, reference person = 1")
    ]
    cellular_fuel_index: Annotated[float, Observable("1", "Fuel entering cells over healthy entry")]
    appetite_index: Annotated[float, Observable("1", "Intake over habitual intake")]
    energy_intake_mj_day: Annotated[
        float, Observable("MJ/d", "Energy intake at this appetite and diet")
    ]
    beta_cell_function: Annotated[float, Observable("1", "Beta-cell function")]
    beta_cell_mass_index: Annotated[float, Observable("1", "Beta-cell mass")]
    vat_kg: Annotated[float, Observable("kg", "Visceral fat")]
    sat_kg: Annotated[float, Observable("kg", "Subcutaneous fat")]
    lean_kg: Annotated[float, Observable("kg", "Lean mass")]
    weight_kg: Annotated[float, Observable("kg", "Body weight")]
    energy_expenditure_mj_day: Annotated[float, Observable("MJ/d", "Energy expenditure")]
    lipolysis_mmol_min: Annotated[float, Observable("mmol/min", "Lipolysis")]
    glucose_uptake_muscle_mmol_min: Annotated[
        float, Observable("mmol/min", "Insulin-driven uptake, muscle")
    ]
    glucose_uptake_brain_mmol_min: Annotated[float, Observable("mmol/min", "Uptake by the brain")]
    glucose_loss_renal_mmol_min: Annotated[float, Observable("mmol/min", "Glucose lost in urine")]
    insulin_clearance_ml_min: Annotated[
        float, Observable("mL/min", "Insulin clearance, secretion over insulin")
    ]
    liver_glycogen_mmol: Annotated[float, Observable("mmol", "Liver glycogen")]
    gh_secretion_ug_l_min: Annotated[
        float, Observable("ug/L/min", "Growth hormone released by the pituitary")
    ]
    energy_absorbed_mj_day: Annotated[float, Observable("MJ/d", "Energy entering the body")]
    homa_ir: Annotated[float, Observable("1", "HOMA-IR, a fasting index")]
    homa_b: Annotated[float, Observable("1", "HOMA-B, per cent, a fasting index")]


def observables(
    f: Functions, s: States, p: anatomy.Parameters, q: Parameters, u: Inputs, say: Signals
) -> Observables:
    """Read everything from the states and signals of one moment, in inside units."""
    glucose, insulin = s.blood.glucose, s.blood.insulin
    lean, fat = s.adipose.lean, s.adipose.fat
    standard = muscle.insulin_driven(
        f, p.muscle, lean, q.standard_glucose, q.standard_insulin * say.signalling
    )
    computed_infusion = u.glucose_held * (say.glucose_volume * u.glucose_slope - say.glucose_net)
    return Observables(
        glucose_mmol_l=glucose,
        insulin_pmol_l=insulin,
        insulin_secretion_pmol_min=say.granules.secretion,
        c_peptide_nmol_l=say.granules.secretion / q.c_peptide_clearance / q.pmol_per_nmol,
        glucagon_pmol_l=s.islet.glucagon,
        glucose_appearance_mmol_min=say.gut.appearance,
        glucose_production_mmol_min=say.liver.glycogenolysis + say.liver.gluconeogenesis,
        glucose_uptake_mmol_min=say.uptake.total + say.liver.stored,
        glucose_infusion_mmol_min=u.glucose_infusion + computed_infusion,
        glp1_pmol_l=s.gut.glp1,
        incretin_receptor_occupancy=say.incretin.occupancy,
        camp_index=say.cell.camp,
        pka_index=say.cell.pka,
        epac2_index=say.cell.epac2,
        calcium_index=say.cell.calcium,
        gastric_retention_fraction=s.gut.stomach / u.meal_size,
        ffa_mmol_l=s.adipose.ffa,
        triglycerides_mmol_l=s.adipose.triglycerides,
        gh_ug_l=s.pituitary.gh,
        igf1_ug_l=s.pituitary.igf1,
        inflammation_index=s.immune.inflammation,
        insulin_signalling_index=say.signalling,
        insulin_sensitivity_index=standard / (lean + fat) / q.standard_disposal,
        cellular_fuel_index=s.brain.cellular_fuel,
        appetite_index=say.appetite,
        energy_intake_mj_day=p.brain.habitual_intake * say.appetite * u.diet,
        beta_cell_function=s.islet.beta_function,
        beta_cell_mass_index=s.islet.beta_mass,
        vat_kg=s.adipose.vat,
        sat_kg=fat - s.adipose.vat,
        lean_kg=lean,
        weight_kg=fat + lean,
        energy_expenditure_mj_day=say.expenditure,
        lipolysis_mmol_min=say.fat.lipolysis,
        glucose_uptake_muscle_mmol_min=say.uptake.muscle,
        glucose_uptake_brain_mmol_min=say.uptake.brain,
        glucose_loss_renal_mmol_min=say.renal_loss,
        insulin_clearance_ml_min=say.clearance.systemic / say.clearance.delivered_share,
        liver_glycogen_mmol=s.liver.glycogen,
        gh_secretion_ug_l_min=say.gh_release,
        energy_absorbed_mj_day=say.energy_in,
        homa_ir=glucose / q.homa_glucose * (insulin / q.homa_insulin),
        homa_b=q.homa_slope
        * (insulin / q.homa_insulin)
        / (q.homa_threshold * above(f, glucose / q.homa_threshold - 1.0, 0.05)),
    )
