"""`metabosim demo`, `run` and `check`: run scenarios and say whether their claims hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from metabosim.cli import screen
from metabosim.cli.archives import unpacked
from metabosim.cli.first_run import spare_compiling
from metabosim.cli.jobs import FILES, Job, Outcome, run_all
from metabosim.cli.options import change_options, json_option, output_options, parse_overlay
from metabosim.cli.reporting import REPORT_FILES, report_files
from metabosim.cli.trusting import show_trust, trust_of
from metabosim.errors import Fault, InputError
from metabosim.output import OutputFolder

if TYPE_CHECKING:
    from metabosim.engine.run import Resolution
    from metabosim.plots import Overlay

SCENARIOS = click.argument("scenarios", metavar="[SCENARIO|FILE]...", nargs=-1)


@click.command(short_help="Run every bundled scenario: plots and verdicts.")
@output_options("metabosim-demo")
@json_option
def demo(out: Path, force: bool, units: str, as_json: bool) -> int:
    """Run every bundled scenario, write a plot and a verdict for each and a report of all, and print a table."""
    out = out.absolute()
    us = units == "us"
    jobs = [Job(name, out=out, us=us, force=force, exhibit=True) for name in chosen(())]
    settings = {"resolution": jobs[0].resolution, "knock_outs": False, "units": units}
    names = load_all(jobs)
    with OutputFolder(out, force=force) as folder:
        folder.check(*REPORT_FILES, *(f"{name}/{file}" for name in names for file in FILES))
        outcomes = run_shown("running", jobs, as_json)
        made = report_files(jobs, outcomes, settings)
        for name, content in made.files.items():
            folder.write(name, content)
    if not as_json:
        show_claims(outcomes)
        _show_paths(out, outcomes)
        screen.say(f"  {', '.join(REPORT_FILES)}")
    return worst_code(outcomes)


@click.command(short_help="Run scenarios: plots, trajectories, verdicts.")
@SCENARIOS
@click.option(
    "--overlay",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="DATA.csv",
    callback=parse_overlay,
    help="Your own measured points, drawn over the plots: a column of times (time_min, time_h or time_d), columns "
    "of observables with the unit in their names (glucose_mmol_l, glucose_mg_dl ...), and 'arm' if you like.",
)
@output_options("metabosim-out")
@change_options
@json_option
def run(
    scenarios: tuple[str, ...],
    overlay: Overlay | None,
    out: Path,
    force: bool,
    units: str,
    as_json: bool,
    levers: dict[str, float],
    subject: str | None,
    resolution: Resolution,
) -> int:
    """Run scenarios, bundled ones by name or your own by file; all bundled ones if none is named.

    A file is a scenario (.yaml) or an archive that 'metabosim export --format omex' wrote (.omex).

    Writes plot.png, plot.svg, trajectories.csv and verdict.json into a folder for each, then
    prints a table of claims.
    """
    out = out.absolute()
    with unpacked(chosen(scenarios)) as names:
        jobs = [
            Job(
                name, levers, subject, out, units == "us", force,
                overlay=overlay, resolution=resolution,
            )
            for name in names
        ]  # fmt: skip
        ids = load_all(jobs)
        with OutputFolder(out, force=force) as folder:
            # refused now rather than after minutes of work
            folder.check(*(f"{name}/{file}" for name in ids for file in FILES))
            spare_compiling(jobs)
            outcomes = run_shown("running", jobs, as_json)
    for outcome in outcomes:
        for remark in outcome.remarks:
            screen.tell(f"{outcome.scenario}: {remark}")
    if not as_json:
        show_claims(outcomes)
        _show_paths(out, outcomes)
    return worst_code(outcomes)


@click.command(short_help="Run scenarios and everything that must break them.")
@SCENARIOS
@click.option(
    "--robustness",
    is_flag=True,
    help="Also say how far each claim can be trusted, as it was measured: in other bodies, in simulated subjects, in "
    "wrong bodies, without single mechanisms.",
)
@change_options
@json_option
def check(
    scenarios: tuple[str, ...],
    robustness: bool,
    levers: dict[str, float],
    subject: str | None,
    resolution: Resolution,
    as_json: bool,
) -> int:
    """Run claims, their knock-outs, positive controls, and null and swap twins.

    A claim passes if it holds, its positive control holds, at least one knock-out makes it fail
    with the positive control still holding, and neither twin holds. Writes no files.
    """
    with unpacked(chosen(scenarios)) as names:
        jobs = [
            Job(name, levers, subject, knock_outs=True, resolution=resolution) for name in names
        ]
        load_all(jobs)
        trusted = trust_of(jobs) if robustness else {}
        outcomes = run_shown("checking", jobs, as_json, trusted)
    if not as_json:
        _show_checks(outcomes)
        show_trust(trusted)
    return worst_code(outcomes)


def _show_paths(out: Path, outcomes: Sequence[Outcome]) -> None:
    screen.say(f"\nwritten to {out}:")
    for outcome in outcomes:
        screen.say(f"  {outcome.scenario}/  {', '.join(FILES)}")


def worst_code(outcomes: Sequence[Outcome]) -> int:
    """The exit code of several scenarios together."""
    return max((outcome.exit_code for outcome in outcomes), default=0)


def chosen(scenarios: Sequence[str]) -> list[str]:
    """The scenarios named, each once; all bundled ones if none is."""
    from metabosim.scenario import list_scenarios

    return list(dict.fromkeys(scenarios)) or list_scenarios()


def load_all(jobs: Sequence[Job]) -> list[str]:
    """The ids of all jobs' scenarios; InputError with the faults of all of them."""
    faults: list[Fault] = []
    ids: list[str] = []
    for job in jobs:
        try:
            ids.append(job.load().id)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    if repeated := {name for name in ids if ids.count(name) > 1}:
        raise InputError(f"two scenarios have the same id: {', '.join(sorted(repeated))}")
    return ids


def run_shown(
    label: str, jobs: Sequence[Job], as_json: bool, trusted: Mapping[str, Any] | None = None
) -> list[Outcome]:
    """Run jobs behind a progress bar; if interrupted, show what was finished, marked as partial.

    `trusted` says of scenarios how far their claims can be trusted, and goes into the JSON.
    """
    finished: list[Outcome] = []
    try:
        with screen.progress(label, len(jobs)) as advance:

            def done(outcome: Outcome) -> None:
                finished.append(outcome)
                advance(outcome.scenario)

            outcomes = run_all(jobs, done)
    except KeyboardInterrupt:
        if as_json:
            screen.say_json({"partial": True, **_report(finished)})
        elif finished:
            show_claims(finished)
            screen.say(f"\npartial: {len(finished)} of {len(jobs)} finished")
        raise
    if as_json:
        screen.say_json(_report(outcomes, trusted))
    return outcomes


def _report(
    outcomes: Sequence[Outcome], trusted: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "scenarios": [
            one.content | ({"robustness": trusted[one.scenario]} if trusted else {})
            for one in outcomes
        ]
    }


def _claims(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    return [claim for outcome in outcomes for claim in outcome.content["claims"]]


def show_claims(outcomes: Sequence[Outcome]) -> None:
    """A table of claims, and under it what there is to say of those that do not hold."""
    claims = _claims(outcomes)
    rows = [
        (claim["id"], claim["verdict"], screen.number(claim["margin"]), claim["unit"] or "")
        for claim in claims
    ]
    screen.table(("claim", "verdict", "margin", "unit"), rows, numbers=(2,))
    others = [claim for claim in claims if claim["verdict"] != "holds"]
    screen.say(f"\n{len(claims) - len(others)} of {len(claims)} hold")
    if arms := [arm for one in outcomes for arm in one.content["averaged"].values()]:
        lived = sum(arm["days_lived_through"] for arm in arms)
        screen.say(
            f"{len(arms)} runs longer than four weeks by {lived:.0f} sample days of "
            f"{sum(arm['days'] for arm in arms):.0f}; verdict.json has how far off they may be; --resolution full"
        )
    for claim in others:
        screen.say(f"{claim['id']}: {claim['evidence']['statement_rendered']}")


def _show_checks(outcomes: Sequence[Outcome]) -> None:
    """The claims, then every attempt to break each, then what is wrong with any."""
    show_claims(outcomes)
    for outcome in outcomes:
        screen.say(f"\n{outcome.scenario}")
        for claim in outcome.content["claims"]:
            for out in claim["must_fail_when"]:
                control = out["positive_control"]
                screen.say(
                    f"  without {out['name']}: {out['verdict']} (positive control {control})"
                )
        for twin in outcome.content["twins"]:
            screen.say(f"  twin {twin['name']}: {twin['verdict']}")
        for fault in outcome.content["unbroken"]:
            screen.say(f"  WRONG: {fault}")
    good = sum(outcome.exit_code == 0 for outcome in outcomes)
    screen.say(f"\n{good} of {len(outcomes)} hold, and break as they should")
