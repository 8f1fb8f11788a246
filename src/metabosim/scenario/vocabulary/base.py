"""What every feature and check is made of: times, amounts, levels, and the base models.

A segment of an error's location that stands in parentheses, such as "(peak)", names the kind that
was recognised and is no key of the file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, NamedTuple

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    WithJsonSchema,
)

from metabosim.errors import InputError, did_you_mean
from metabosim.units import parse_quantity

QUANTITY_SCHEMA: Final[dict[str, Any]] = {"anyOf": [{"type": "string"}, {"type": "number"}]}
DAY: Final = 1440.0
MORNING: Final = 420.0  # 07:00, when people are sampled fasting


class Vocabulary(BaseModel):
    """A frozen piece of a scenario file; a field that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Window(NamedTuple):
    """A stretch of a run, in minutes; None means the run's own start or end.

    `arms` are the arms it is looked at in (empty: the check's default arm). `grid_min` is how far
    apart, in min, the output may be inside it; None if only its two edges matter.
    """

    start: float | None
    stop: float | None
    arms: tuple[str, ...] = ()
    grid_min: float | None = None


def as_value_error(parse: Callable[[], float]) -> float:
    """Call `parse`, turning an InputError into the ValueError that pydantic gives a place to."""
    try:
        return parse()
    except InputError as error:
        raise ValueError("; ".join(str(fault) for fault in error.faults)) from None


def _time(value: Any) -> float:
    return as_value_error(lambda: parse_quantity(value, "min"))


def _span(value: Any) -> float:
    minutes = _time(value)
    if minutes <= 0:
        raise ValueError("expected a time above 0")
    return minutes


def _amount(value: Any) -> str | float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("expected a quantity, such as '0.3 mmol/L' or '30 %'")
    if isinstance(value, str):
        return value
    if not math.isfinite(value):
        raise ValueError("must be finite")
    return float(value)


def _share(value: Any) -> float:
    return as_value_error(lambda: parse_quantity(value, "1"))


# minutes of the run; time 0 is midnight of day 0
Time = Annotated[float, BeforeValidator(_time), WithJsonSchema(QUANTITY_SCHEMA)]
# a length of time above 0, in min
Span = Annotated[float, BeforeValidator(_span), WithJsonSchema(QUANTITY_SCHEMA)]
# a quantity in the unit of whatever it is compared with, or a percentage of it; kept as written
Amount = Annotated[str | float, BeforeValidator(_amount), WithJsonSchema(QUANTITY_SCHEMA)]
# a plain number or a percentage
Share = Annotated[float, BeforeValidator(_share), WithJsonSchema(QUANTITY_SCHEMA)]


def checked_order(start: float | None, stop: float | None) -> None:
    """A window must not run backwards."""
    if start is not None and stop is not None and not start < stop:
        raise ValueError(f"the window is reversed or empty: from {start:g} min to {stop:g} min")


def one_key(
    models: Mapping[str, type[BaseModel]], noun: str, *, wrapped: bool
) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """(prepare, tag) that recognise a model by the key of its name in the raw mapping."""

    def find(value: Any) -> str:
        if isinstance(value, BaseModel):
            return str(getattr(value, "kind", ""))
        if not isinstance(value, Mapping):
            raise ValueError(f"expected a {noun}, such as {{{next(iter(models))}: ...}}")
        found = [key for key in value if key in models]
        if len(found) == 1:
            return str(found[0])
        if len(found) > 1:
            raise ValueError(f"two {noun}s in one: {' and '.join(map(str, found))}")
        guesses = [did_you_mean(str(key), models) for key in value]
        hint = next((guess for guess in guesses if guess), f"one of {', '.join(models)}")
        named = f" '{next(iter(value))}'" if wrapped and value else ""
        raise ValueError(f"unknown {noun}{named}; {hint}")

    def prepare(value: Any) -> Any:
        if isinstance(value, str):
            value = {value: None} if wrapped else {value: True}
        find(value)
        return value

    def tag(value: Any) -> Any:
        return f"({find(value)})"

    return prepare, tag


def union(
    models: Mapping[str, type[BaseModel]],
    noun: str,
    *,
    wrapped: bool = False,
    after: Any = None,
    dump: Callable[[Any], Any] | None = None,
) -> Any:
    """An annotated union of `models`, chosen by the key that names the kind."""
    prepare, tag = one_key(models, noun, wrapped=wrapped)
    members = [Annotated[model, Tag(f"({name})")] for name, model in models.items()]
    joined: Any = members[0]
    for member in members[1:]:
        joined = joined | member
    extras = [Discriminator(tag), BeforeValidator(prepare)]
    if after is not None:
        extras.append(after)
    if dump is not None:
        extras.append(PlainSerializer(dump))
    return Annotated[(joined, *extras)]


class CheckBase(Vocabulary):
    """One formal statement about arms. `id` and `statement` are the scenario author's."""

    kind: ClassVar[str] = ""

    id: str | None = Field(None, description="A short name, unique in the scenario")
    statement: str | None = Field(
        None, repr=False, description="What is claimed, one plain sentence"
    )

    def parts(self) -> Iterator[tuple[Any, tuple[str, ...]]]:
        """Every feature, and the arms it is taken from (empty: the default arms)."""
        yield from ()

    def named_arms(self) -> tuple[str, ...]:
        """The arms named in the check's own fields."""
        return ()

    def arms_used(self) -> tuple[str, ...]:
        """Names of all arms the check names, in order of appearance."""
        names = list(self.named_arms())
        for feature, arms in self.parts():
            names += [*arms, *feature.arms_used()]
        return tuple(dict.fromkeys(names))

    def windows(self) -> tuple[Window, ...]:
        """Every stretch of a run that the check looks at."""
        return tuple(w for feature, arms in self.parts() for w in feature.windows(arms))

    def observables_used(self) -> tuple[str, ...]:
        """Columns of a run that the check reads."""
        return tuple(dict.fromkeys(o for f, _ in self.parts() for o in f.observables_used()))

    def opposite(self) -> CheckBase | None:
        """The claim in the other direction; None if the check has no direction."""
        return None
