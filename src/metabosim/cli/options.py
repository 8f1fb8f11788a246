"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from metabosim.errors import Fault, InputError

if TYPE_CHECKING:
    from metabosim.plots import Overlay

Command = TypeVar("Command", bound=Callable[..., Any])


def parse_levers(
    context: click.Context, parameter: click.Parameter, values: Sequence[str]
) -> dict[str, float]:
    """`lever.NAME=VALUE`, given any number of times, as a mapping; InputError if it cannot be."""
    if not values:
        return {}
    from metabosim.levers import checked_levers

    levers: dict[str, float] = {}
    for text in values:
        name, equals, written = text.partition("=")
        try:
            value = float(written)
        except ValueError:
            equals = ""
        if not equals or not name.startswith("lever."):
            hint = "such as lever.insulin_secretion=0; numbers take a point"
            fault = Fault(f"expected lever.NAME=NUMBER, got '{text}'", field="--set", hint=hint)
            raise InputError(fault)
        levers[name.removeprefix("lever.").strip()] = value
    try:
        return checked_levers(levers)
    except InputError as error:
        raise error.within("--set") from None


def parse_overlay(
    context: click.Context, parameter: click.Parameter, value: Path | None
) -> Overlay | None:
    """The points of a CSV file; InputError if it cannot be read as such."""
    if value is None:
        return None
    from metabosim.plots import read_overlay

    return read_overlay(value)


def parse_subject(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> str | None:
    """A subject that exists; a path is made absolute, so that it means the same everywhere."""
    if value is None:
        return None
    from metabosim.subjects import load_subject

    load_subject(value)
    return str(Path(value).resolve()) if value.endswith((".yaml", ".yml")) else value


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
force_option = click.option(
    "--force", is_flag=True, help="Replace files that metabosim did not write."
)
resolution_option = click.option(
    "--resolution",
    type=click.Choice(["full", "averaged"]),
    default="averaged",
    show_default=True,
    help="How runs longer than four weeks are integrated: every minute, or sample days and steps between.",
)


def change_options(command: Command) -> Command:
    """The options that change what is simulated."""
    for option in (
        resolution_option,
        click.option(
            "--subject",
            metavar="NAME|FILE",
            callback=parse_subject,
            help="The subject of every arm that does not name its own.",
        ),
        click.option(
            "--set",
            "levers",
            metavar="lever.NAME=V",
            multiple=True,
            callback=parse_levers,
            help="Set a lever for every arm (0 knocked out, 1 as is, up to 3). Repeatable.",
        ),
    ):
        command = option(command)
    return command


def output_options(default: str) -> Callable[[Command], Command]:
    """The options that say where and how results are written."""

    def decorate(command: Command) -> Command:
        out = click.option(
            "--out",
            type=click.Path(file_okay=False, path_type=Path),
            default=default,
            show_default=True,
            help="The folder to write to.",
        )
        units = click.option(
            "--units",
            type=click.Choice(["si", "us"]),
            default="si",
            show_default=True,
            help="Units of plots and trajectories: mmol/L, or mg/dL and its kin.",
        )
        return out(force_option(units(command)))

    return decorate
