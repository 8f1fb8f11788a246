"""metabosim: a qualitative simulator of glucose, insulin and visceral fat. Illustrative, not clinical.

    import metabosim as ms
    run = ms.simulate("insulin-resistant", [ms.Meal(at="8 h", carbohydrate="75 g")], duration="1 d")
    run["glucose_mmol_l"], run.frame
    ms.load_scenario("glucose-dependent-secretion").run().claims[0].verdict

Names are looked up when first used, so that importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from metabosim.version import __version__

if TYPE_CHECKING:
    from metabosim.engine import Run, simulate
    from metabosim.errors import InputError, MetabosimError, SimulationError
    from metabosim.protocol import (
        Activity,
        DailyMeals,
        Diet,
        Dose,
        Fast,
        GlucoseBolus,
        GlucoseClamp,
        GlucoseInfusion,
        GlucoseProfile,
        Hold,
        HormoneInfusion,
        InsulinInfusion,
        Meal,
        OralGlucose,
    )
    from metabosim.scenario import load_scenario
    from metabosim.subjects import Subject, load_subject
    from metabosim.therapies import Therapy, load_therapy

_HOME = {
    **dict.fromkeys(("Run", "simulate"), "metabosim.engine"),
    **dict.fromkeys(("InputError", "MetabosimError", "SimulationError"), "metabosim.errors"),
    **dict.fromkeys(
        (
            "Activity",
            "DailyMeals",
            "Diet",
            "Dose",
            "Fast",
            "GlucoseBolus",
            "GlucoseClamp",
            "GlucoseInfusion",
            "GlucoseProfile",
            "Hold",
            "HormoneInfusion",
            "InsulinInfusion",
            "Meal",
            "OralGlucose",
        ),
        "metabosim.protocol",
    ),
    "load_scenario": "metabosim.scenario",
    **dict.fromkeys(("Subject", "load_subject"), "metabosim.subjects"),
    **dict.fromkeys(("Therapy", "load_therapy"), "metabosim.therapies"),
}

__all__ = [
    "Activity",
    "DailyMeals",
    "Diet",
    "Dose",
    "Fast",
    "GlucoseBolus",
    "GlucoseClamp",
    "GlucoseInfusion",
    "GlucoseProfile",
    "Hold",
    "HormoneInfusion",
    "InputError",
    "InsulinInfusion",
    "Meal",
    "MetabosimError",
    "OralGlucose",
    "Run",
    "SimulationError",
    "Subject",
    "Therapy",
    "__version__",
    "load_scenario",
    "load_subject",
    "load_therapy",
    "simulate",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'metabosim' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
