"""Numbers and tables as a reader has them."""

from __future__ import annotations

from collections.abc import Iterable


def seconds(value: float) -> str:
    """A time as one would say it."""
    for least, factor, unit in ((100.0, 1 / 60.0, "min"), (1.0, 1.0, "s"), (1e-3, 1e3, "ms")):
        if value >= least:
            return f"{digits(value * factor)} {unit}"
    return f"{digits(value * 1e6)} µs"


def digits(value: float) -> str:
    """Three digits, and none behind the point of what is large."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def error(value: float | None) -> str:
    """An error, of which one digit is enough; a dash if there is none."""
    return "–" if value is None else power(value)


def power(value: float) -> str:
    """A small number by its first digit: 1e-7."""
    return f"{value:.0e}".replace("e-0", "e-")


def table(head: Iterable[str], rows: Iterable[Iterable[str]], right: str) -> str:
    """A table; `right` has an r for each column that is set to the right."""
    lines = [list(head), ["---:" if side == "r" else "---" for side in right], *map(list, rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
