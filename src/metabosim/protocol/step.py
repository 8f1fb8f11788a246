"""What every step of a protocol is, and what a step may point to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol, runtime_checkable

from metabosim.errors import Fault
from metabosim.protocol.converted import Record, Schema

NAME_SCHEMA: Final[Schema] = {"type": "string", "minLength": 1}


@runtime_checkable
class Trajectory(Protocol):
    """A recorded course that a step can replay; a Run is one."""

    @property
    def time_min(self) -> Any:
        """Minutes, shape (n,)."""

    def __getitem__(self, name: str) -> Any:
        """The values of one column, shape (n,)."""


@dataclass(frozen=True)
class ArmReference:
    """The trajectory that another arm of the same scenario will record, by the arm's name."""

    arm: str


@dataclass(frozen=True)
class Step(Record):
    """Anything done to a body. A step with a window starts before it stops."""

    def check(self) -> Iterator[Fault]:
        """The window has a length."""
        start, stop = getattr(self, "start", 0.0), getattr(self, "stop", None)
        if stop is not None and start >= stop:
            yield Fault(
                f"the window is empty or reversed: start {start:g} min, stop {stop:g} min",
                field="stop",
                hint="stop must come after start",
            )


def set_derived(step: Step, name: str, value: object) -> None:
    """Fill in a derived field while the step is being made."""
    step.__dict__[name] = value


def list_of(item: Schema) -> Schema:
    """JSON Schema of a list with at least one such item."""
    return {"type": "array", "items": item, "minItems": 1}
