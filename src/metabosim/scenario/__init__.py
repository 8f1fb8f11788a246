"""Scenarios: one claim each, as a YAML file that is read into a frozen, checked object."""

from metabosim.scenario.families import Family, article_is_silent, families, family_of
from metabosim.scenario.load import (
    find_scenario,
    list_scenarios,
    load_scenario,
    parse_scenario,
    scenario_folder,
    scenario_schema,
    schema_file,
    template,
    validate_scenario,
)
from metabosim.scenario.model import (
    Arm,
    ArmChange,
    Citation,
    Context,
    InReality,
    KnockOut,
    Panel,
    Plot,
    Population,
    Predict,
    Scenario,
)

__all__ = [
    "Arm",
    "ArmChange",
    "Citation",
    "Context",
    "Family",
    "InReality",
    "KnockOut",
    "Panel",
    "Plot",
    "Population",
    "Predict",
    "Scenario",
    "article_is_silent",
    "families",
    "family_of",
    "find_scenario",
    "list_scenarios",
    "load_scenario",
    "parse_scenario",
    "scenario_folder",
    "scenario_schema",
    "schema_file",
    "template",
    "validate_scenario",
]
