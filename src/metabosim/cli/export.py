"""`metabosim export`: the same equations in a format that other programs read."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from metabosim.cli import screen
from metabosim.cli.options import force_option, parse_subject
from metabosim.errors import Fault, InputError, did_you_mean
from metabosim.exchange.formats import FORMATS

if TYPE_CHECKING:
    from metabosim.output import Stamp
    from metabosim.scenario.model import Arm


@click.command(short_help="Write a body and what is done to it for other programs.")
@click.argument("scenario", metavar="[SCENARIO|FILE]", required=False)
@click.option(
    "--format",
    "kind",
    type=click.Choice(list(FORMATS)),
    required=True,
    help="; ".join(f"{name}: {form.text}" for name, form in FORMATS.items()) + ".",
)
@click.option("--arm", metavar="NAME", help="Which arm of the scenario; its control if left out.")
@click.option(
    "--subject",
    metavar="NAME|FILE",
    callback=parse_subject,
    help="The subject of an arm that does not name its own, or whose habitual day it is.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="The file to write, or the folder.",
)
@force_option
def export(
    scenario: str | None, kind: str, arm: str | None, subject: str | None, out: Path, force: bool
) -> int:
    """Write one arm of a SCENARIO, or without one a subject's habitual day, for other programs.

    SBML and Antimony hold the body with its equations and units, the solved rest that it starts from, and what is
    done to it; the other formats hold the body alone. docs/exchange.md tells how to read each, and what
    cannot be exported.
    """
    from metabosim.output import OutputFolder

    chosen = _chosen(scenario, arm, subject)
    try:
        content = FORMATS[kind](chosen.arm, chosen.stamp, chosen.title)
    except InputError as error:
        raise (error.within(chosen.name) if chosen.name else error) from None
    if isinstance(content, str | bytes):
        place, files = out.parent, {out.name: content}
    else:
        place, files = out, dict(content)
    with OutputFolder(place, force=force) as folder:
        folder.check(*files)
        for name, text in files.items():
            folder.write(name, text)
    screen.say(f"{out} written: {chosen.title}")
    return 0


class _Chosen(NamedTuple):
    """The arm to export, its place in the scenario (if it is from one), where it comes from, what to call it."""

    arm: Arm
    name: str
    stamp: Stamp
    title: str


def _chosen(scenario: str | None, arm: str | None, subject: str | None) -> _Chosen:
    """What was asked for; InputError if there is no such scenario, arm or subject."""
    if scenario is None:
        if arm is not None:
            raise InputError(Fault("names an arm, but no scenario is given", field="--arm"))
        return _habitual(subject)
    from metabosim.cli.jobs import seed_of
    from metabosim.output import Stamp
    from metabosim.scenario import load_scenario

    loaded = load_scenario(scenario, subject=subject)
    name = loaded.control if arm is None else arm
    if name not in loaded.arms:
        hint = did_you_mean(name, loaded.arms) or f"one of {', '.join(loaded.arms)}"
        raise InputError(Fault(f"'{loaded.id}' has no arm '{name}'", field="--arm", hint=hint))
    stamp = Stamp(loaded.id, loaded.hash[:12], seed_of(loaded))
    return _Chosen(loaded.arms[name], f"arms.{name}", stamp, f"{loaded.title}: arm {name}")


def _habitual(subject: str | None) -> _Chosen:
    """A subject's habitual day, stamped with a hash of its numbers."""
    from metabosim.exchange.arms import habitual_day
    from metabosim.output import Stamp
    from metabosim.scenario.model import DEFAULT_SUBJECT
    from metabosim.subjects import load_subject

    person = load_subject(subject or DEFAULT_SUBJECT)
    numbers = repr(sorted(person.parameters.items()))
    stamp = Stamp(f"habitual-day-{person.id}", hashlib.sha256(numbers.encode()).hexdigest()[:12])
    return _Chosen(habitual_day(person), "", stamp, f"The habitual day of {person.id}")
