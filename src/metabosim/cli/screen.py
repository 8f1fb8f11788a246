"""What goes to the screen: plain tables on stdout; warnings, errors and progress on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TextIO, TypeAlias

import click

COLOURS = {
    "holds": "green",
    "fails": "red",
    "error": "red",
    "vacuous": "yellow",
    "inconclusive": "yellow",
    "in": "green",
    "out": "red",
}


Advance: TypeAlias = Callable[[str], None]
"""Called with a name when that piece of work is done."""


def tell(text: str, *, error: bool = False) -> None:
    """Write a line to stderr, where it does not mix with results."""
    label = click.style("error: ", fg="red", bold=True) if error else ""
    click.echo(label + text, err=True, color=_colour(sys.stderr))


def say(text: str = "") -> None:
    """Write a line of results to stdout."""
    click.echo(text, color=_colour(sys.stdout))


def say_json(content: Mapping[str, Any]) -> None:
    """Write results as JSON to stdout."""
    from metabosim.output import json_text

    click.echo(json_text(content), nl=False)


def show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Show a warning as one line for the user, not as a line of our source."""
    label = click.style("warning: ", fg="yellow", bold=True)
    click.echo(f"{label}{message}", err=True, color=_colour(sys.stderr))


def table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> None:
    """Write a table with aligned columns; those in `numbers` are aligned at the right."""
    widths = [max(len(row[n]) for row in [head, *rows]) for n in range(len(head))]

    def cells(row: Sequence[str]) -> Iterator[str]:
        for n, cell in enumerate(row):
            padded = cell.rjust(widths[n]) if n in numbers else cell.ljust(widths[n])
            yield (
                padded.replace(cell, click.style(cell, fg=COLOURS[cell]), 1)
                if (cell in COLOURS)
                else padded
            )

    say(click.style("  ".join(cells(head)).rstrip(), bold=True))
    for row in rows:
        say("  ".join(cells(row)).rstrip())


@contextmanager
def progress(label: str, total: int, *, left: bool = False) -> Iterator[Advance]:
    """A bar on stderr while work is done, if stderr is a terminal; silent anywhere else.

    It shows the time that has passed or, if asked, the time left.
    """
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn() if left else TimeElapsedColumn(),
        TextColumn("{task.fields[name]}", style="dim"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total, name="")
        yield lambda name: bar.update(task, advance=1, name=name)


def number(value: float | None) -> str:
    """A number for a table; empty if there is none."""
    return "" if value is None else f"{value:.4g}"


def _colour(stream: TextIO) -> bool:
    """Colours only on a terminal whose owner has not said no (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR")
