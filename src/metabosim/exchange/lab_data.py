"""What the lab page computes with, as one JSON: the body's tables, subjects at rest, therapies, and all scenarios.

js/lab/ reads it. Scenarios are in it as they are written, with what was recorded of them; numbers of subjects and
therapies are in declared units, times in minutes. js/lab/data.js has its form as types.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

from metabosim.body import LEVERS, OBSERVABLES, PARAMETERS, VARIANTS
from metabosim.body.quantities import inside_factor
from metabosim.engine import Body, make_body
from metabosim.exchange.annotations import DISCLAIMER
from metabosim.exchange.lab_recorded import recorded
from metabosim.levers import HIGHEST, LOWEST
from metabosim.output import GENERATOR
from metabosim.plots.words import arms_in_words, as_written, quantity_words, technical_names
from metabosim.protocol import holdable
from metabosim.scenario import Arm, Scenario, find_scenario, list_scenarios, load_scenario
from metabosim.subjects import list_subjects, load_subject
from metabosim.therapies import Therapy, list_therapies, load_therapy
from metabosim.units import display_unit, to_us
from metabosim.version import NOTE, __version__
from metabosim.yamlfile import load_yaml

Json: TypeAlias = dict[str, Any]

JACOBIAN_DIGITS: Final = 7
"""Of the Jacobian, which only says where to look for another rest and how far steps across days may be."""


@cache
def lab_json() -> str:
    """The data as compact JSON text."""
    return json.dumps(lab_data(), allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def lab_data() -> Json:
    """Everything a page needs. Takes some seconds: the subjects' rests are solved."""
    scenarios = [load_scenario(name) for name in list_scenarios()]
    content = {
        "subjects": [_subject(name) for name in list_subjects()],
        "therapies": [_therapy(therapy, file) for therapy, file in _therapies(scenarios)],
        "levers": [
            {"name": name, "words": as_written(name), "text": item.text, "edge": item.kind.edge,
             "low": LOWEST, "high": HIGHEST}
            for name, item in LEVERS.items()
        ],
        "parameters": [
            {"name": name, "unit": item.unit, "factor": inside_factor(item.unit), "default": item.default or 0.0,
             "low": item.kind.low, "high": item.kind.high, "text": item.text, "source": item.kind.source}
            for name, item in PARAMETERS.items()
        ],
        "variants": [{"name": name.replace("_", "-"), "text": item.text} for name, item in VARIANTS.items()],
        "observables": [_observable(name) for name in OBSERVABLES],
        "holdable": holdable(),
        "words": technical_names(),
        "wiring": recorded()["wiring"],
        "rests": [_rest(*case) for case in _other_rests(scenarios)],
        "scenarios": [_scenario(scenario) for scenario in scenarios],
    }  # fmt: skip
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return {
        "generator": GENERATOR,
        "version": __version__,
        "note": NOTE,
        "disclaimer": DISCLAIMER,
        "hash": hashlib.sha256(text.encode()).hexdigest(),
        **content,
    }


def _observable(name: str) -> Json:
    item = OBSERVABLES[name]
    renamed, factor = to_us(name, 1.0)
    return {
        "name": name,
        "unit": item.unit,
        "text": item.text,
        "words": quantity_words(name),
        "us": None
        if renamed == name
        else {"name": renamed, "unit": display_unit(renamed), "factor": factor},
    }


def _jacobian(body: Body) -> list[list[float]]:
    return [[float(f"{x:.{JACOBIAN_DIGITS}g}") for x in row] for row in body.rest.jacobian]


def _subject(name: str) -> Json:
    subject, body = load_subject(name), make_body(name)
    return {
        "id": subject.id,
        "title": subject.title,
        "text": subject.text,
        "parameters": dict(subject.parameters),
        "sources": list(subject.sources),
        "rest": body.rest.states[0].tolist(),
        "jacobian": _jacobian(body),
    }


def _therapies(scenarios: list[Scenario]) -> Iterator[tuple[Therapy, str | None]]:
    """The bundled therapies, and those that scenarios bring with them, with the name of their file."""
    for name in list_therapies():
        yield load_therapy(name), None
    files = {
        load_therapy(find_scenario(scenario.id).parent / path).id: path
        for scenario in scenarios
        for path in scenario.own_files
        if "therapies" in path.parts
    }
    own = {
        therapy.id: therapy
        for scenario in scenarios
        for arm in _all_arms(scenario)
        for therapy in arm.therapies()
        if therapy.id in files
    }
    for name, therapy in sorted(own.items()):
        yield therapy, files[name].as_posix()


def _therapy(therapy: Therapy, file: str | None) -> Json:
    return {
        "id": therapy.id,
        "title": therapy.title,
        "text": therapy.text,
        "kind": therapy.kind,
        "molar_mass": therapy.molar_mass_g_mol,
        "parameters": dict(therapy.parameters),
        "sources": list(therapy.sources),
        "column": therapy.column,
        **({"file": file} if file else {}),
    }


def _all_arms(scenario: Scenario) -> Iterator[Arm]:
    """The arms, and those that knock-outs make of them."""
    yield from scenario.arms.values()
    for knock_out in scenario.must_fail_when:
        yield from scenario.knocked_out(knock_out).values()


def _other_rests(scenarios: list[Scenario]) -> list[tuple[str, Json, Json]]:
    """The bodies of scenarios that rest otherwise than their subject does."""
    found: dict[str, tuple[str, Json, Json]] = {}
    for scenario in scenarios:
        for arm in _all_arms(scenario):
            if arm.parameters or arm.lifelong:
                case = (arm.subject.id, dict(arm.parameters), dict(arm.lifelong))
                found.setdefault(json.dumps(case, sort_keys=True), case)
    return [found[key] for key in sorted(found)]


def _rest(subject: str, parameters: Json, lifelong: Json) -> Json:
    body = make_body(subject, parameters=parameters, lifelong=lifelong)
    return {
        "subject": subject,
        "parameters": parameters,
        "lifelong": lifelong,
        "state": body.rest.states[0].tolist(),
        "jacobian": _jacobian(body),
    }


def _scenario(scenario: Scenario) -> Json:
    result: Mapping[str, Any] = recorded()["scenarios"].get(scenario.id, {})
    written = load_yaml(Path(find_scenario(scenario.id))).data
    return {
        "id": scenario.id,
        "written": written,
        "hash": scenario.hash,
        "resolution": "averaged",
        "about": arms_in_words(scenario.arms),
        "recorded": {key: value for key, value in result.items() if key != "claim"} or None,
    }
