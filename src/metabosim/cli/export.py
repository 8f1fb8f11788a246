"""`metabosim export`: the same equations in a format that other programs read."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from metabosim.cli import screen
from metabosim.cli.options import force_option, parse_subject
from metabosim.errors import Fault, InputError, did_you_mean
from metabosim.exchange.formats import FORMATS, Files

if TYPE_CHECKING:
    from metabosim.output import Stamp
    from metabosim.scenario.model import Arm

ARCHIVE = "omex"
TEXTS = {name: form.text for name, form in FORMATS.items()} | {
    ARCHIVE: "a COMBINE archive of a whole scenario, which other programs run and draw"
}


@click.command(short_help="Write a body and what is done to it for other programs.")
@click.argument("scenario", metavar="[SCENARIO|FILE]", required=False)
@click.option(
    "--format",
    "kind",
    type=click.Choice([*FORMATS, ARCHIVE]),
    required=True,
    help="; ".join(f"{name}: {text}" for name, text in TEXTS.items()) + ".",
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
    done to it; an archive (omex) all arms of the scenario, what runs and draws them, and the scenario itself, so that
    'metabosim run' reads it back; the other formats hold the body alone. docs/exchange.md tells how to read each, and
    what cannot be exported.
    """
    from metabosim.output import OutputFolder

    content, title = (
        _archived(scenario, arm, subject)
        if kind == ARCHIVE
        else _written(kind, _chosen(scenario, arm, subject))
    )
    if isinstance(content, str | bytes):
        place, files = out.parent, {out.name: content}
    else:
        place, files = out, dict(content)
    with OutputFolder(place, force=force) as folder:
        folder.check(*files)
        for name, text in files.items():
            folder.write(name, text)
    screen.say(f"{out} written: {title}")
    return 0


def _written(kind: str, chosen: _Chosen) -> tuple[str | bytes | Files, str]:
    """One arm in a format, and what it is."""
    try:
        return FORMATS[kind](chosen.arm, chosen.stamp, chosen.title), chosen.title
    except InputError as error:
        raise (error.within(chosen.name) if chosen.name else error) from None


def _archived(scenario: str | None, arm: str | None, subject: str | None) -> tuple[bytes, str]:
    """A scenario as a COMBINE archive, and what it is; says which arms are not in it."""
    from metabosim.cli.jobs import stamp_of
    from metabosim.exchange import combine_archive
    from metabosim.scenario import load_scenario

    if scenario is None:
        raise InputError("no scenario is given", hint="an archive is of one; see 'metabosim list'")
    for option, value in (("--arm", arm), ("--subject", subject)):
        if value is not None:
            hint = "leave it out, or set it in a scenario file of your own"
            fault = Fault("an archive holds a scenario as it is written", field=option, hint=hint)
            raise InputError(fault)
    loaded = load_scenario(scenario)
    archive = combine_archive(loaded, stamp_of(loaded))
    for name, why in archive.left_out.items():
        screen.tell(f"arm '{name}' is not in the archive as SBML: it {why} (docs/exchange.md)")
    return archive.content, f"{loaded.title}: {len(loaded.arms) - len(archive.left_out)} arms"


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
    from metabosim.cli.jobs import stamp_of
    from metabosim.scenario import load_scenario

    loaded = load_scenario(scenario, subject=subject)
    name = loaded.control if arm is None else arm
    if name not in loaded.arms:
        hint = did_you_mean(name, loaded.arms) or f"one of {', '.join(loaded.arms)}"
        raise InputError(Fault(f"'{loaded.id}' has no arm '{name}'", field="--arm", hint=hint))
    title = f"{loaded.title}: arm {name}"
    return _Chosen(loaded.arms[name], f"arms.{name}", stamp_of(loaded), title)


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
