"""`metabosim falsify`: the person and the doses for whom a claim holds least."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from metabosim.cli import screen
from metabosim.cli.options import force_option, json_option
from metabosim.errors import InputError
from metabosim.output import OutputFolder
from metabosim.version import NOTE, __version__

if TYPE_CHECKING:
    from metabosim.robustness.falsify import Worst


@click.command(short_help="Look for the person in whom a claim holds least.")
@click.argument("scenario", metavar="SCENARIO|FILE")
@click.option(
    "--budget",
    type=click.IntRange(5, 100_000),
    default=240,
    show_default=True,
    help="How many people are asked.",
)
@click.option(
    "--sampler",
    default="adults",
    show_default=True,
    metavar="NAME|FILE",
    help="How people may differ from the subject, and how far.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=1,
    show_default=True,
    help="The same seed, the same search.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default="metabosim-falsify",
    show_default=True,
    help="The folder to write to.",
)
@force_option
@json_option
def falsify(
    scenario: str, budget: int, sampler: str, seed: int, out: Path, force: bool, as_json: bool
) -> int:
    """Search subjects and doses for the smallest margin of a scenario's claim, and save who has it.

    People are as far from the subject as the sampler allows, doses are halved to doubled, and differential evolution
    looks for the smallest relative margin. Writes the worst of them as a scenario file that runs like any other.
    Exit code 1 if the claim fails in somebody.
    """
    from metabosim.claims.trial import is_a_trial
    from metabosim.population import load_sampler
    from metabosim.robustness import falsify as search
    from metabosim.scenario import load_scenario

    loaded = load_scenario(scenario)
    if is_a_trial(loaded):
        raise InputError(
            f"a check of '{loaded.id}' is itself a trial of many virtual subjects, so a search would take hours"
        )
    people = load_sampler(sampler)
    name = f"{loaded.id}-worst"
    with OutputFolder(out.absolute(), force=force) as folder:
        folder.check(f"{name}.yaml", *(path.as_posix() for path in loaded.own_files))
        with screen.progress("asking", budget, left=True) as advance:
            asked = 0

            def done(count: int) -> None:
                nonlocal asked
                for _ in range(asked, min(count, budget)):
                    advance("")
                asked = count

            found = search.falsify(loaded, people, budget, seed, done)
        path, *_ = [folder.write(*file) for file in search.as_files(loaded, found, people, name)]
    if as_json:
        screen.say_json(_report(loaded.id, found, seed, path))
    else:
        _show(found, path)
    return 1 if found.answer.margin is not None and found.answer.margin < 0.0 else 0


def _report(scenario: str, found: Worst, seed: int, path: Path) -> dict[str, Any]:
    return {
        "scenario": scenario,
        "version": __version__,
        "seed": seed,
        "asked": found.asked,
        "plausible": found.plausible,
        "own_margin": found.own.margin,
        "margin": found.answer.margin,
        "verdict": str(found.answer.verdict),
        "decides": found.answer.decides,
        "doses": dict(found.doses),
        "file": str(path),
        "note": NOTE,
    }


def _show(found: Worst, path: Path) -> None:
    """How much is left of the margin in the worst person, and where to find them."""
    screen.say(
        f"{found.asked} simulated people asked, of whom {found.plausible} are plausible and have a rest"
    )
    screen.say(
        f"the scenario's own body: margin {screen.number(found.own.margin)} (in sizes that count)"
    )
    screen.say(
        f"the worst found: margin {screen.number(found.answer.margin)}, {found.answer.verdict}, "
        f"by the check '{found.answer.decides}'"
    )
    for name, factor in found.doses.items():
        screen.say(f"  at {factor:.3g} times the dose of {name}")
    screen.say(f"written: {path}; metabosim run {path.name} shows it")
    screen.say(NOTE)
