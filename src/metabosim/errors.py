"""Everything that can go wrong, in one tree.

MetabosimError
├── InputError              the user's file, argument or option is wrong       exit 2
└── SimulationError         the run itself failed                              exit 3
    ├── SolverFailed        the integrator gave up, or did not reach the end
    ├── NonFinite           a derivative or a state became NaN or infinite
    ├── BudgetExceeded      the run needed more steps than it may take
    └── RestNotFound        no periodic rest exists for these parameters

An `InputError` carries every fault found, not only the first, each with its place. What is legal
but implausible is an `ImplausibleWarning`.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, Self


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the input: where it is, what it is, what would mend it.

    `line` and `column` count from 1. `field` is a dotted path such as `arms.treated.levers.gsh`.
    """

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    field: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        """`file:line:column: field: message; hint`, leaving out what is unknown.

        One line that a terminal can show, whatever the input had in it.
        """
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        text = "; ".join(shown(part, 400) for part in (self.message, self.hint) if part)
        field = shown(self.field, 160) if self.field else None
        return ": ".join(part for part in (shown(place), field, text) if part)


def shown(text: str, longest: int | None = None) -> str:
    """Text as a terminal may show it: no control characters, and if too long without its middle."""
    if longest is not None and len(text) > longest:
        text = f"{text[: longest - 43]} ... {text[-38:]}"
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() or unicodedata.category(sign) == "Zs" else ascii(sign)[1:-1]
        for sign in text
    )


class MetabosimError(Exception):
    """Base of all errors metabosim raises on purpose; `exit_code` is the command line's."""

    exit_code: ClassVar[int] = 3


class InputError(MetabosimError):
    """The input is wrong; `faults` says everything that is wrong with it, one fault a line."""

    exit_code: ClassVar[int] = 2

    def __init__(self, faults: str | Fault | Iterable[Fault], *, hint: str | None = None) -> None:
        """Take one message, one fault or several; `hint` goes with a bare message."""
        if isinstance(faults, str):
            faults = Fault(faults, hint=hint)
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[Self], tuple[tuple[Fault, ...]]]:
        """Rebuild from the faults, so that a worker process can hand the error back whole."""
        return type(self), (self.faults,)

    def within(self, field: str) -> InputError:
        """The same faults, each field prefixed by `field`."""
        return InputError(
            replace(fault, field=f"{field}.{fault.field}" if fault.field else field)
            for fault in self.faults
        )


class ImplausibleWarning(UserWarning):
    """A value is legal, and outside what is plausible for a person."""


class SimulationError(MetabosimError):
    """The run failed; no result of it may be used."""

    exit_code: ClassVar[int] = 3


class SolverFailed(SimulationError):
    """The integrator stopped before the end of the run."""

    def __init__(self, state: str, time_min: float, reason: str) -> None:
        self.state, self.time_min, self.reason = state, time_min, reason
        super().__init__(
            f"the solver stopped at {time_min:.6g} min, stuck on '{state}': {reason}; "
            "look for a lever, parameter or dose far outside its range"
        )

    def __reduce__(self) -> tuple[type[Self], tuple[str, float, str]]:
        return type(self), (self.state, self.time_min, self.reason)


class NonFinite(SimulationError):
    """A state or its derivative is NaN or infinite."""

    def __init__(self, state: str, time_min: float) -> None:
        self.state, self.time_min = state, time_min
        super().__init__(
            f"'{state}' is not a finite number at {time_min:.6g} min; "
            "look for a parameter that is zero, or a dose far outside its range"
        )

    def __reduce__(self) -> tuple[type[Self], tuple[str, float]]:
        return type(self), (self.state, self.time_min)


class BudgetExceeded(SimulationError):
    """The run took more evaluations than it is allowed."""

    def __init__(self, time_min: float, reason: str) -> None:
        self.time_min, self.reason = time_min, reason
        super().__init__(
            f"the run was stopped at {time_min:.6g} min: {reason}; "
            "shorten it, or loosen the tolerance"
        )

    def __reduce__(self) -> tuple[type[Self], tuple[float, str]]:
        return type(self), (self.time_min, self.reason)


class RestNotFound(SimulationError):
    """The subject has no rest: no day that repeats itself under its habits."""

    def __init__(self, subject: str, reason: str) -> None:
        self.subject, self.reason = subject, reason
        super().__init__(
            f"subject '{subject}' has no rest to start from: {reason}; "
            "bring its parameters and lifelong levers nearer to a bundled subject's"
        )

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        return type(self), (self.subject, self.reason)


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The one of `words` that `word` most likely meant, or None if nothing is near.

    Only for messages to the user: nothing in the program is ever looked up by nearness.
    """
    found = difflib.get_close_matches(word.lower(), sorted(words), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(word: str, words: Iterable[str]) -> str | None:
    """`nearest` as a hint, ready to be given to a Fault."""
    guess = nearest(word, words)
    return f"did you mean '{guess}'?" if guess else None
