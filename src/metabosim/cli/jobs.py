"""Running scenarios: one job each, over the machine's cores, results in the order asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from metabosim.errors import SimulationError
from metabosim.output import OutputFolder, Stamp, stamped_json, trajectories_csv

if TYPE_CHECKING:
    from metabosim.claims import ScenarioResult
    from metabosim.engine.run import Resolution
    from metabosim.plots import Exhibit, Overlay, Picture
    from metabosim.scenario import Scenario

FILES = ("plot.png", "plot.svg", "trajectories.csv", "verdict.json")
LONGEST_IN_MINUTES = 3 * 1440.0


@dataclass(frozen=True, slots=True)
class Job:
    """One scenario to run: by name or path, with what the user changes.

    `out` is the folder to write to, or None to write nothing; `knock_outs` also runs what must
    break the claim; `exhibit` also draws the plot for a page; `overlay` is drawn over it.
    """

    scenario: str
    levers: dict[str, float] = field(default_factory=dict)
    subject: str | None = None
    out: Path | None = None
    us: bool = False
    force: bool = False
    knock_outs: bool = False
    exhibit: bool = False
    overlay: Overlay | None = None
    resolution: Resolution = "averaged"

    def load(self) -> Scenario:
        """The scenario, with the user's changes; InputError if there is anything wrong with it."""
        from metabosim.scenario import load_scenario

        scenario = load_scenario(self.scenario, levers=self.levers, subject=self.subject)
        if self.overlay is not None:
            self.overlay.check(scenario)
        return scenario


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: the content of verdict.json, what was written, what to tell the user, the plot."""

    scenario: str
    content: dict[str, Any]
    paths: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    exhibit: Exhibit | None = None

    @property
    def exit_code(self) -> int:
        """0 if all claims hold, 3 if a run failed, else 1."""
        verdicts = {claim["verdict"] for claim in self.content["claims"]}
        broken = {"error"} & verdicts
        return 3 if broken else int(verdicts != {"holds"} or bool(self.content.get("unbroken")))


def run_job(job: Job) -> Outcome:
    """Run one scenario, judge it, draw it, write its files, as far as each is wanted."""
    from metabosim import claims, engine

    scenario = job.load()
    judge = claims.check if job.knock_outs else claims.evaluate
    result = judge(scenario, simulate=partial(engine.simulate, resolution=job.resolution))
    content = result.as_dict()
    if job.out is None and not job.exhibit:
        return Outcome(scenario.id, content)
    from metabosim import plots

    stamp = stamp_of(scenario)
    picture = plots.picture_of(result, stamp, us=job.us, overlay=job.overlay)
    return Outcome(
        scenario.id,
        content,
        tuple(map(str, write(result, content, picture, stamp, job) if job.out else ())),
        tuple(plots.remarks(job.overlay, picture) if job.overlay else ()),
        plots.exhibit_of(picture, scenario.id) if job.exhibit else None,
    )


def stamp_of(scenario: Scenario) -> Stamp:
    """What everything that is made of a scenario says of it."""
    return Stamp(scenario.id, scenario.hash[:12], scenario.seed)


def write(
    result: ScenarioResult, content: dict[str, Any], picture: Picture, stamp: Stamp, job: Job
) -> list[Path]:
    """Write a result's four files, `content` that of verdict.json, to its own folder; return their paths."""
    from metabosim import plots

    assert job.out is not None
    folder = OutputFolder(job.out, force=job.force)
    tables = {name: run.table for name, run in result.arms.items()}
    contents: tuple[bytes | str, ...] = (
        *plots.png_and_svg(picture, stamp),
        trajectories_csv(tables, stamp, minute_windows(result.scenario), job.us),
        stamped_json(content),
    )
    return [
        folder.write(f"{stamp.scenario}/{name}", content)
        for name, content in zip(FILES, contents, strict=True)
    ]


def minute_windows(scenario: Scenario) -> list[tuple[float, float]]:
    """The stretches, in min, in which the claim looks at minutes: of days, not of months."""
    end = max(arm.duration for arm in scenario.arms.values())
    windows = [
        (window.start or 0.0, end if window.stop is None else window.stop)
        for check in (*scenario.checks, scenario.positive_control)
        for window in check.windows()
        if window.grid_min is not None and window.grid_min <= 1
    ]
    return [(start, stop) for start, stop in windows if stop - start <= LONGEST_IN_MINUTES]


def run_all(jobs: Sequence[Job], done: Callable[[Outcome], None]) -> list[Outcome]:
    """Run all jobs, on all cores if there are several; results in the order of `jobs`.

    `done` is called as each finishes. An error in one job ends all of them.
    """
    alone = [n for n, job in enumerate(jobs) if fills_the_cores(job)]
    shared = [n for n in range(len(jobs)) if n not in alone]
    workers = min(len(shared), os.cpu_count() or 1)
    if workers < 2:
        alone, shared = list(range(len(jobs))), []
    finished: dict[int, Outcome] = {}
    for n, outcome in chain(_side_by_side(jobs, shared, workers), _one_by_one(jobs, alone)):
        finished[n] = outcome
        done(outcome)
    return [finished[n] for n in range(len(jobs))]


def fills_the_cores(job: Job) -> bool:
    """Whether a job spreads its own work over the cores, so that it is best run alone."""
    from metabosim.scenario.vocabulary.checks_cause import Correlates

    return any(isinstance(check, Correlates) for check in job.load().checks)


def _one_by_one(jobs: Sequence[Job], chosen: Sequence[int]) -> Iterator[tuple[int, Outcome]]:
    """Run some of the jobs in this process."""
    for n in chosen:
        yield n, run_job(jobs[n])


def _side_by_side(
    jobs: Sequence[Job], chosen: Sequence[int], workers: int
) -> Iterator[tuple[int, Outcome]]:
    """Run some of the jobs in `workers` processes; as each finishes, its place and its outcome."""
    if not chosen:
        return
    from concurrent.futures import as_completed

    from metabosim.processes import processes

    compile_once()
    with processes(workers, "run fewer scenarios at a time") as pool:
        futures = {pool.submit(run_job, jobs[n]): n for n in chosen}
        for future in as_completed(futures):
            yield futures[future], future.result()


def compile_once() -> None:
    """Compile the body if its machine code is not yet kept, so that not every worker has to."""
    from metabosim.engine import simulate

    with suppress(SimulationError):  # if the body cannot live, each job reports it
        simulate(duration="1 min")
