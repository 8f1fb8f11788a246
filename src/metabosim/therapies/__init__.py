"""Therapies: drugs as data files, one each: how they move and what they reach, with sources."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from metabosim import datafile

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True)
class Therapy(datafile.DataFile):
    """A drug. `parameters` fill a drug slot of the body; `kind` is its class in plain words."""

    kind: str = field(kw_only=True)
    molar_mass_g_mol: float = field(kw_only=True)

    @property
    def column(self) -> str:
        """The name of its plasma concentration among the observables."""
        return f"drug_{self.id.replace('-', '_')}_nmol_l"


def list_therapies() -> list[str]:
    """The ids of the bundled therapies, sorted."""
    return datafile.bundled(FOLDER)


def load_therapy(name_or_path: str | Path) -> Therapy:
    """A bundled therapy by id, or one of your own by the path of its .yaml file."""
    path = datafile.find(name_or_path, FOLDER, "therapy")
    return _read_bundled(path) if path.parent == FOLDER else _read(path)


def slot_parameters() -> dict[str, Any]:
    """The parameters of a drug slot, as the body declares them: unit, low, high."""
    from metabosim.body.drugs import Parameters
    from metabosim.body.quantities import declared

    return {item.name: item.kind for item in declared("drugs", Parameters)}


def _read(path: Path) -> Therapy:
    extra = {"kind": str, "molar_mass_g_mol": float}
    return Therapy(**datafile.read(path, slot_parameters(), extra))


_read_bundled = lru_cache(_read)  # one's own file may be edited while Python runs
