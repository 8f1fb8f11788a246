"""Between metabosim's faults and pydantic's errors, in both directions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

from pydantic import ValidationError, ValidationInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from metabosim.errors import Fault, InputError, did_you_mean
from metabosim.yamlfile import Document, Path_

Value = TypeVar("Value")


def reported(
    convert: Callable[[Any, ValidationInfo], Value],
) -> Callable[[Any, ValidationInfo], Value]:
    """Make a converter that raises InputError fit to be a pydantic validator.

    Every fault becomes an error of its own, at the field it names.
    """

    def validator(value: Any, info: ValidationInfo) -> Value:
        try:
            return convert(value, info)
        except InputError as error:
            raise as_validation_error(error, value) from None

    return validator


def as_validation_error(error: InputError, value: Any = None) -> ValidationError:
    """The error to raise inside a validator, so that each fault gets its own place."""
    return ValidationError.from_exception_data(
        "scenario", [_as_detail(fault, value) for fault in error.faults]
    )


def _as_detail(fault: Fault, value: Any) -> InitErrorDetails:
    return InitErrorDetails(
        type=PydanticCustomError("fault", "{message}", {"message": str(fault), "fault": fault}),
        loc=_path(fault.field),
        input=value,
    )


def _path(field: str | None) -> Path_:
    """The path that a field name such as `levels[1].start` stands for."""
    parts = re.findall(r"[^.\[\]]+", field or "")
    return tuple(int(part) if part.isdigit() else part for part in parts)


def faults_of(error: ValidationError, document: Document, schema: Mapping[str, Any]) -> list[Fault]:
    """pydantic's errors as faults with line and column; `schema` tells which names are known."""
    found: dict[tuple[Path_, str], Fault] = {}
    for item in error.errors(include_url=False):
        if item["type"] == "too_short" and len(item["input"]) >= item["ctx"]["min_length"]:
            continue  # pydantic counts only the entries that are right
        path, missing = _in_document(item["loc"], document.data)
        fault = _fault(dict(item), path, missing, document, schema)
        found.setdefault((path, fault.message), fault)
    return list(found.values())


def _in_document(loc: tuple[int | str, ...], data: Any) -> tuple[Path_, str | None]:
    """The part of an error's place that the file has, and the name of a field it lacks.

    pydantic also puts names of its own there (members of unions, functions): they are left out.
    """
    path: Path_ = ()
    last = None
    for part in loc:
        last = str(part)
        is_key = isinstance(data, dict) and part in data
        if is_key or (isinstance(data, list) and isinstance(part, int) and part < len(data)):
            path, data, last = (*path, part), data[part], None
    return path, last


def _fault(
    item: dict[str, Any],
    path: Path_,
    missing: str | None,
    document: Document,
    schema: Mapping[str, Any],
) -> Fault:
    kind, context, given = item["type"], item.get("ctx", {}), item.get("input")
    if kind == "fault":
        fault: Fault = context["fault"]
        if fault.file:
            return fault
        if fault.message == "is missing":
            return document.fault((*path, str(missing)), fault.message, key=True)
        is_about_key = bool(path) and fault.message.endswith(f" '{path[-1]}'")
        return document.fault(path, fault.message, fault.hint, key=is_about_key)
    if kind == "missing":
        return document.fault((*path, str(missing)), "is missing", key=True)
    if kind == "extra_forbidden":
        names = known_fields(schema, path[:-1])
        hint = did_you_mean(str(path[-1]), names) or f"known fields: {', '.join(sorted(names))}"
        return document.fault(path, f"unknown field '{path[-1]}'", hint, key=True)
    if kind == "literal_error":
        expected = str(context["expected"])
        options = re.findall(r"'([^']*)'", expected)
        guess = did_you_mean(str(given), options)
        return document.fault(path, f"expected {expected}, got {_shown(given)}", guess)
    if kind not in _MESSAGES:
        return document.fault(path, str(item["msg"]).removeprefix("Value error, "))
    return document.fault(path, _MESSAGES[kind].format(**context, got=_shown(given)))


_MESSAGES: Final[dict[str, str]] = {
    "string_type": "expected text, got {got}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "{got} does not have the form {pattern}",
    "float_type": "expected a number, got {got}",
    "float_parsing": "expected a number, got {got}",
    "int_type": "expected a whole number, got {got}",
    "int_parsing": "expected a whole number, got {got}",
    "int_from_float": "expected a whole number, got {got}",
    "bool_type": "expected true or false, got {got}",
    "finite_number": "must be finite, got {got}",
    "greater_than": "must be above {gt}, got {got}",
    "greater_than_equal": "must be at least {ge}, got {got}",
    "less_than": "must be below {lt}, got {got}",
    "less_than_equal": "must be at most {le}, got {got}",
    "tuple_type": "expected a list, got {got}",
    "list_type": "expected a list, got {got}",
    "dict_type": "expected names and values, got {got}",
    "model_type": "expected fields with values, got {got}",
    "model_attributes_type": "expected fields with values, got {got}",
    "too_short": "must have at least {min_length}, has {actual_length}",
    "too_long": "must have at most {max_length}, has {actual_length}",
}


def _shown(value: Any) -> str:
    """A value as a message shows it."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "fields"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return f"'{text if len(text) <= 40 else text[:37] + '...'}'"


def known_fields(schema: Mapping[str, Any], path: Path_) -> set[str]:
    """The names that a JSON Schema allows at `path`, whichever alternative is meant."""
    nodes = list(_alternatives(schema, schema))
    for part in path:
        below: list[Any] = []
        for node in nodes:
            if isinstance(part, int):
                below += [node.get("items", {}), *node.get("prefixItems", ())[part : part + 1]]
            else:
                below.append(node.get("properties", {}).get(part, node.get("additionalProperties")))
        nodes = [item for node in below for item in _alternatives(node, schema)]
    return {name for node in nodes for name in node.get("properties", {})}


def _alternatives(node: Any, schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A schema node with its references followed and its unions opened."""
    if not isinstance(node, Mapping):
        return
    if "$ref" in node:
        yield from _alternatives(schema["$defs"][node["$ref"].rsplit("/", 1)[1]], schema)
    for key in ("anyOf", "oneOf", "allOf"):
        for item in node.get(key, ()):
            yield from _alternatives(item, schema)
    yield node
