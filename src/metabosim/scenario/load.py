"""From a YAML file to a frozen Scenario; every fault at once, each with its place in the file."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from metabosim.errors import Fault, InputError, did_you_mean
from metabosim.scenario.checks import CHECKS, FEATURES, Check, CheckBase
from metabosim.scenario.crosscheck import cross_faults
from metabosim.scenario.faults import faults_of
from metabosim.scenario.model import SCHEMA_VERSION, Scenario
from metabosim.scenario.parts import SHARED_SCHEMA
from metabosim.subjects import load_subject
from metabosim.yamlfile import Document, Path_, first_faults, load_yaml, parse_yaml

_CHECK: Final[TypeAdapter[CheckBase]] = TypeAdapter(Check)
_PACKAGE: Final = Path(__file__).resolve().parents[1]


def scenario_folder() -> Path:
    """Where the bundled scenarios are: in the package, or at the top of a checkout."""
    inside = _PACKAGE / "scenarios"
    return inside if inside.is_dir() else _PACKAGE.parents[1] / "scenarios"


def list_scenarios() -> list[str]:
    """The ids of the bundled scenarios, sorted."""
    return sorted(file.stem for file in scenario_folder().glob("*.yaml"))


def find_scenario(name_or_path: str | Path) -> Path:
    """The file of a bundled scenario's id, or of a path; InputError if there is neither."""
    text = str(name_or_path)
    if text in (names := list_scenarios()):
        return scenario_folder() / f"{text}.yaml"
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml") or isinstance(name_or_path, Path) or len(path.parts) > 1:
        return path
    raise InputError(
        f"unknown scenario '{text}'",
        hint=did_you_mean(text, names) or "see 'metabosim list', or give the path of a .yaml file",
    )


def load_scenario(
    name_or_path: str | Path,
    *,
    levers: Mapping[str, float] | None = None,
    subject: str | None = None,
) -> Scenario:
    """A bundled scenario by id, or one of your own by path.

    `levers` and `subject` change the context, so that every arm that does not set its own has
    them. Raises InputError with all faults as `file:line:column: field: what; hint`.
    """
    path = find_scenario(name_or_path)
    return _scenario(load_yaml(path), path, levers or {}, subject)


def parse_scenario(text: str, path: str | Path) -> Scenario:
    """A scenario from YAML text, as if it stood in the file `path`."""
    return _scenario(parse_yaml(text, str(path)), Path(path), {}, None)


def validate_scenario(name_or_path: str | Path) -> tuple[Fault, ...]:
    """All faults of a scenario file; empty if it can be run."""
    try:
        load_scenario(name_or_path)
    except InputError as error:
        return error.faults
    return ()


def _scenario(
    document: Document, path: Path, levers: Mapping[str, float], subject: str | None
) -> Scenario:
    data = document.data
    if not isinstance(data, dict):
        raise InputError(
            document.fault((), "expected fields at the top, such as 'id: ...', not a list or text")
        )
    _change_context(data, levers, subject)
    faults = list(_head_faults(document, path))
    scenario = None
    try:
        context = {"folder": path.parent, "files": (files := set[Path]())}
        scenario = Scenario.model_validate(data, context=context)
    except ValidationError as error:
        said = {fault.field for fault in faults}
        found = faults_of(error, document, scenario_schema())
        faults += [fault for fault in found if fault.field not in said]
    crossed = list(cross_faults(document, _valid_checks(data), scenario))
    faults = [fault for fault in faults if not _explained(fault, crossed)] + crossed
    if faults or scenario is None:
        unique = dict.fromkeys(faults)
        ordered = sorted(unique, key=lambda fault: (fault.line or 0, fault.column or 0))
        raise InputError(first_faults(ordered))
    scenario._file = document.file
    scenario._own_files = tuple(sorted(files))
    scenario._hash = hashlib.sha256(
        json.dumps(data, sort_keys=True, default=asdict).encode()
    ).hexdigest()
    return scenario


def _explained(fault: Fault, crossed: Iterable[Fault]) -> bool:
    """Whether a fault only says that a unit does not suit an observable that does not exist."""
    return any(
        other.message.startswith("unknown observable")
        and str(other.field).startswith(f"{fault.field}.")
        for other in crossed
    )


def _change_context(data: dict[str, Any], levers: Mapping[str, float], subject: str | None) -> None:
    """Put what the caller sets into the context, where every other check sees it."""
    context = data.get("context")
    if isinstance(context, dict):
        if levers:
            context["levers"] = {**(context.get("levers") or {}), **levers}
        if subject is not None:
            context["subject"] = load_subject(subject)


def _head_faults(document: Document, path: Path) -> Iterator[Fault]:
    """Faults for which pydantic's own words would not do."""
    data = document.data
    version = data.get("schema", SCHEMA_VERSION)
    if version != SCHEMA_VERSION or isinstance(version, bool):
        yield document.fault(
            ("schema",), f"unknown version {version}", f"this program reads {SCHEMA_VERSION}"
        )
    name = data.get("id")
    if isinstance(name, str) and name != path.stem:
        yield document.fault(
            ("id",),
            f"'{name}' is not the name of the file",
            f"write '{path.stem}', or rename the file to {name}.yaml",
        )
    if not data.get("must_fail_when"):
        yield document.fault(
            ("must_fail_when",),
            "claim cannot fail: no knock-out",
            "name a lever, hold or variant that breaks it, as in "
            "[{name: no-effect, levers: {insulin_action: 0}}]",
            key=True,
        )


def _valid_checks(data: dict[str, Any]) -> dict[Path_, CheckBase]:
    """The checks that are right by themselves, by their path."""
    written: dict[Path_, Any] = {("positive_control",): data.get("positive_control")}
    if isinstance(checks := data.get("checks"), list):
        written |= {("checks", i): check for i, check in enumerate(checks)}
    valid: dict[Path_, CheckBase] = {}
    for path, raw in written.items():
        with contextlib.suppress(ValidationError):
            valid[path] = _CHECK.validate_python(raw)
    return valid


@cache
def scenario_schema() -> dict[str, Any]:
    """JSON Schema of a scenario file, for editors and for `metabosim schema`."""
    shared = dict(SHARED_SCHEMA)
    schema = _with_references(Scenario.model_json_schema(by_alias=True), shared)
    schema["$defs"] |= shared
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**head, **schema, "title": "metabosim scenario"}


def _with_references(node: Any, shared: dict[str, Any]) -> Any:
    """A schema in which marks of shared pieces, and the two long unions, are references."""
    if isinstance(node, list):
        return [_with_references(item, shared) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("title"), str):  # pydantic repeats every field's name there
        node = {key: value for key, value in node.items() if key != "title"}
    if "x-shared" in node:
        rest = {key: value for key, value in node.items() if key != "x-shared"}
        return {"$ref": f"#/$defs/{node['x-shared']}", **rest}
    for name, models in (("Check", CHECKS), ("Feature", FEATURES)):
        if len(node.get("oneOf", ())) == len(models):
            shared[name] = {"oneOf": node["oneOf"]}
            rest = {key: value for key, value in node.items() if key != "oneOf"}
            return {"$ref": f"#/$defs/{name}", **rest}
    return {key: _with_references(value, shared) for key, value in node.items()}


def schema_file() -> Path:
    """The committed JSON Schema, which the first line of a scenario file points editors to."""
    return Path(__file__).with_name("scenario.schema.json")


def template(name: str) -> str:
    """A short commented scenario of that id, which runs and holds; to be changed into one's own."""
    text = Path(__file__).with_name("template.yaml").read_text(encoding="utf-8")
    return text.replace("$SCHEMA", schema_file().as_uri()).replace("$ID", name)
