"""`metabosim population` and `metabosim trial`: a scenario's arms in many virtual subjects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from metabosim.cli import screen
from metabosim.cli.options import force_option, json_option
from metabosim.errors import Fault, InputError
from metabosim.output import OutputFolder, Stamp, stamped_json

if TYPE_CHECKING:
    from metabosim.population.store import Store
    from metabosim.population.summary import Summary
    from metabosim.scenario import Scenario

MOST = 10_000_000
ALWAYS = ("glucose_mmol_l", "insulin_pmol_l", "weight_kg", "vat_kg")
FILES = ("summary.json", "summary.csv", "plot.png", "plot.svg")

Command = TypeVar("Command", bound=Callable[..., Any])


def study_options(command: Command) -> Command:
    """What both commands take."""
    for option in (
        json_option,
        force_option,
        click.option(
            "--out",
            type=click.Path(file_okay=False, path_type=Path),
            default="metabosim-population",
            show_default=True,
            help="The folder to write to; a study that was stopped goes on from what is there.",
        ),
        click.option(
            "--cluster",
            metavar="ADDRESS|local",
            help="Run on a dask cluster: the address of its scheduler, or 'local' for one on this machine.",
        ),
        click.option(
            "--workers", type=click.IntRange(1, 1024), help="Processes on this machine; all cores if not given."
        ),
        click.option(
            "--outcome", metavar="OBSERVABLE", help="What the plot is of; the scenario's first if not given."
        ),
        click.option(
            "--sampler",
            metavar="NAME|FILE",
            default="adults",
            show_default=True,
            help="How subjects differ: a bundled sampler, or your own file.",
        ),
        click.option(
            "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True,
            help="The same seed, the same people.",
        ),
        click.option(
            "--subjects", type=click.IntRange(1, MOST), default=200, show_default=True,
            help="How many virtual subjects.",
        ),
        click.argument("scenario", metavar="SCENARIO|FILE"),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command(short_help="A scenario in many virtual subjects, each in every arm.")
@study_options
def population(**options: Any) -> int:
    """Draw virtual subjects around a scenario's subject and let each live every arm.

    Writes a folder for the scenario: the people (pieces/*.parquet), summary.csv, summary.json, plot.png and
    plot.svg. Stopped at any moment, the same command goes on where it was.
    """
    return _run(False, **options)


@click.command(short_help="A randomised virtual trial of a scenario's arms.")
@study_options
def trial(**options: Any) -> int:
    """Randomise virtual subjects over a scenario's arms and compare the changes.

    Writes the same files as 'population'. What it says is about simulated subjects, never about people.
    """
    return _run(True, **options)


def _run(
    randomised: bool,
    scenario: str,
    subjects: int,
    seed: int,
    sampler: str,
    outcome: str | None,
    workers: int | None,
    cluster: str | None,
    out: Path,
    force: bool,
    as_json: bool,
) -> int:
    from metabosim.population import load_sampler
    from metabosim.population.store import Store, require_parquet
    from metabosim.population.study import Study
    from metabosim.population.summary import summarised
    from metabosim.scenario import load_scenario

    require_parquet()
    loaded = load_scenario(scenario)
    if randomised and len(loaded.arms) < 2:
        raise InputError(
            f"'{loaded.id}' has one arm, so nobody can be randomised",
            hint=f"metabosim population {scenario}",
        )
    observables = _observables(loaded, outcome)
    study = Study(
        loaded.arms, loaded.control, load_sampler(sampler), seed, subjects, observables, randomised
    )
    stamp = Stamp(loaded.id, loaded.hash[:12], seed)
    kind = "trial" if randomised else "population"
    with OutputFolder(out.absolute() / f"{loaded.id}-{kind}", force=force) as folder:
        folder.check(*FILES)
        store = Store(folder, study, stamp)
        missing = store.begin()
        done = study.pieces - len(missing)
        if done and not as_json:
            screen.tell(f"{done} of {study.pieces} pieces were there already")
        with screen.progress("living", len(missing), left=True) as advance:
            for piece, content in _lived(study, stamp, missing, workers, cluster):
                store.put(piece, content)
                advance(f"piece {piece}")
        summary = summarised(store)
        folder.write("summary.json", stamped_json(summary.as_dict()))
        folder.write("summary.csv", f"# {stamp.line}\n{summary.frame().to_csv(index=False)}")
        for name, picture in zip(FILES[2:], _pictures(loaded, store, summary), strict=True):
            folder.write(name, picture)
    if as_json:
        screen.say_json(summary.as_dict())
    else:
        _show(summary, study.control)
        screen.say(f"\nwritten to {folder.path}: {', '.join(FILES)}, pieces/")
    return 3 if summary.failed else 0


def _lived(
    study: Any, stamp: Stamp, missing: list[int], workers: int | None, cluster: str | None
) -> Iterator[tuple[int, bytes]]:
    from metabosim.cli.jobs import compile_once
    from metabosim.population.workers import on_cluster, on_this_machine

    if not missing:
        return iter(())
    if cluster:
        return on_cluster(study, stamp, missing, cluster)
    compile_once()
    return on_this_machine(study, stamp, missing, workers)


def _observables(scenario: Scenario, outcome: str | None) -> tuple[str, ...]:
    """What is kept of everybody: the outcome, what the scenario draws and judges, and what anybody would ask for."""
    from metabosim.body import OBSERVABLES
    from metabosim.errors import did_you_mean

    drawn = [name for panel in scenario.plot.panels for name in panel.observables]
    judged = [name for check in scenario.checks for name in check.observables_used()]
    if outcome is not None and outcome not in OBSERVABLES:
        hint = did_you_mean(outcome, OBSERVABLES) or "see 'metabosim list observables'"
        raise InputError(Fault(f"unknown observable '{outcome}'", field="--outcome", hint=hint))
    wanted = [*([outcome] if outcome else []), *drawn, *judged, *ALWAYS]
    return tuple(dict.fromkeys(name for name in wanted if name in OBSERVABLES))


def _pictures(scenario: Scenario, store: Store, summary: Summary) -> tuple[bytes, bytes]:
    from metabosim.body import OBSERVABLES
    from metabosim.plots import CohortPicture, Outcome, cohort_png_and_svg
    from metabosim.units import display_unit
    from metabosim.version import NOTE

    study = store.study
    outcome = study.observables[0]
    other = next(name for name in (*study.observables[1:], "weight_kg") if name != outcome)
    table = store.columns(
        ["arm", *(f"{name}.{when}" for name in (outcome, other) for when in ("start", "end"))]
    ).dropna()
    arms = {}
    for arm in sorted(study.arms, key=lambda name: name != study.control):
        part = table[table["arm"] == arm]
        if len(part):
            arms[arm] = tuple(
                Outcome(part[f"{name}.start"].to_numpy(), part[f"{name}.end"].to_numpy())
                for name in (outcome, other)
            )
    how = "randomised over the arms" if study.randomised else "each in every arm"
    picture = CohortPicture(
        scenario.title,
        f"{study.subjects:,} simulated subjects, {how}; {summary.refused:,} draws were implausible at rest "
        f"and drawn again; {summary.failed:,} could not be run",
        (OBSERVABLES[outcome].text, display_unit(outcome)),
        (OBSERVABLES[other].text, display_unit(other)),
        arms,  # type: ignore[arg-type]  # pairs, by construction
        (f"{NOTE}. Simulated subjects drawn by sampler '{study.sampler.id}': this says nothing about people.",
         store.stamp.line),
    )  # fmt: skip
    return cohort_png_and_svg(picture, store.stamp)


def _show(summary: Summary, control: str) -> None:
    number = screen.number
    rows = []
    for row in summary.rows:
        versus = ""
        if row.versus_control is not None:
            versus = f"{number(row.versus_control)} [{number(row.versus_low)}, {number(row.versus_high)}]"
        rows.append(
            [
                row.observable, row.arm, str(row.n), number(row.start), number(row.end),
                f"{number(row.change)} [{number(row.change_low)}, {number(row.change_high)}]",
                f"{100 * row.share_rising:.0f} %", versus,
            ]
        )  # fmt: skip
    head = (
        "observable",
        "arm",
        "n",
        "start",
        "end",
        "change [95 %]",
        "rises in",
        f"against {control}",
    )
    screen.table(head, rows, numbers=(2, 3, 4, 6))
    screen.say(
        f"\nof {summary.subjects:,} simulated subjects; {summary.refused:,} draws were implausible at rest "
        "and drawn again"
    )
    if summary.failed:
        screen.tell(
            f"{summary.failed:,} could not be run, first {summary.first_failure}", error=True
        )
