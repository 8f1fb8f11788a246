"""What changed since an earlier report.json: verdicts, margins, published sizes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from metabosim.errors import Fault, InputError
from metabosim.yamlfile import read_regular

MAX_BYTES: Final = 64 * 1024 * 1024
# a change below this share is another machine's last digits
NOTABLE: Final = 0.01
_JSON_PLACE: Final = re.compile(r" at line (\d+) column (\d+)$")
HINT: Final = "give the report.json that an earlier 'metabosim report' wrote"


class _Part(BaseModel):
    """What is read of an earlier report; another version may have more in it."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False, frozen=True)


class _Claim(_Part):
    id: str
    verdict: str
    margin: float | None = None
    unit: str | None = None
    hash: str | None = None


class _Band(_Part):
    id: str
    value: float | None = None
    unit: str | None = None
    inside: bool


class _Report(_Part):
    generator: str = Field(pattern=r"^metabosim \d")
    version: str
    claims: tuple[_Claim, ...]
    bands: tuple[_Band, ...] | None = None


@dataclass(frozen=True)
class Earlier:
    """An earlier report, as far as it is compared; `file` is its name without its folder."""

    file: str
    version: str
    claims: Mapping[str, _Claim]
    bands: Mapping[str, _Band]


def read_earlier(path: Path) -> Earlier:
    """An earlier report.json; InputError if it is none."""
    content = read_regular(path, str(path), MAX_BYTES, "the report.json of an earlier run")
    try:
        found = _Report.model_validate_json(content)
    except ValidationError as error:
        raise InputError(_fault(error.errors()[0], str(path))) from None
    return Earlier(
        path.name,
        found.version,
        {one.id: one for one in found.claims},
        {one.id: one for one in found.bands or ()},
    )


def _fault(error: Mapping[str, Any], file: str) -> Fault:
    """The first thing wrong with a report, at its place if it is no JSON, else with its field."""
    message, line, column = error["msg"], None, None
    if error["type"] == "json_invalid" and (place := _JSON_PLACE.search(message)):
        message, line, column = message[: place.start()], int(place[1]), max(int(place[2]), 1)
    if error["loc"] == ("generator",):
        message = "is no report of metabosim's"
    return Fault(message, file, line, column, ".".join(map(str, error["loc"])) or None, HINT)


class _Kind(NamedTuple):
    """Claims, or sizes: what is shown of each side, what changed in one, and which changes come first."""

    shown: tuple[str, ...]
    change: Callable[[Any, Mapping[str, Any]], str | None]
    first: tuple[str, ...]


def compared(earlier: Earlier, content: Mapping[str, Any]) -> dict[str, Any]:
    """What is different in `content`, a report's, for report.json; what matters most comes first.

    Each change has the `id`, `what` changed (`new`, `gone`, `verdict` or `margin`; for sizes `inside` or
    `value`), and both sides; `definition` says that the scenario itself was changed. From a report of only some
    claims the others are not gone; sizes are compared where both reports have them.
    """
    bands = content["bands"] if earlier.bands else None
    asked = {one["id"] for one in content["claims"]}
    complete = content["made"]["complete"]
    before = {name: one for name, one in earlier.claims.items() if complete or name in asked}
    return {
        "file": earlier.file,
        "version": earlier.version,
        "claims": _changes(before, content["claims"], _CLAIMS),
        "bands": [] if bands is None else _changes(earlier.bands, bands, _BANDS),
    }


def _changes(
    before: Mapping[str, Any], after: Sequence[Mapping[str, Any]], kind: _Kind
) -> list[dict[str, Any]]:
    old = {name: one.model_dump() for name, one in before.items()}
    new = {one["id"]: one for one in after}
    found = []
    for name in dict.fromkeys((*new, *old)):
        sides = old.get(name), new.get(name)
        what = "new" if sides[0] is None else "gone" if sides[1] is None else kind.change(*sides)  # type: ignore[arg-type]
        if what is None:
            continue
        shown = [side and {field: side[field] for field in kind.shown} for side in sides]
        edited = all(sides) and sides[0].get("hash") != sides[1].get("hash")  # type: ignore[union-attr]
        found.append(
            {"id": name, "what": what, "definition": edited, "before": shown[0], "after": shown[1]}
        )
    rank = {what: n for n, what in enumerate(kind.first)}
    return sorted(found, key=lambda change: rank.get(change["what"], len(rank)))


def _claim_change(old: Mapping[str, Any], new: Mapping[str, Any]) -> str | None:
    if old["verdict"] != new["verdict"]:
        return "verdict"
    return "margin" if _differ(old, new, "margin") else None


def _band_change(old: Mapping[str, Any], new: Mapping[str, Any]) -> str | None:
    if old["inside"] != new["inside"]:
        return "inside"
    return "value" if _differ(old, new, "value") else None


def _differ(old: Mapping[str, Any], new: Mapping[str, Any], field: str) -> bool:
    one, other = old[field], new[field]
    if one is None or other is None or old["unit"] != new["unit"]:
        return one is not other or old["unit"] != new["unit"]
    return bool(abs(one - other) > NOTABLE * max(abs(one), abs(other)))


_CLAIMS = _Kind(("verdict", "margin", "unit"), _claim_change, ("verdict", "new", "gone"))
_BANDS = _Kind(("value", "unit", "inside"), _band_change, ("inside", "new", "gone"))
