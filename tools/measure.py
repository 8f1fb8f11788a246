"""Measures how far every bundled claim can be trusted, and writes src/metabosim/robustness/measured/.

    python tools/measure.py                       everything that is missing or stale; it can be stopped and goes on
    python tools/measure.py prior people          only these parts
    python tools/measure.py --only meal-homeostasis worst

Parts: `prior` (the share of a wide prior), `cut` (single mechanisms), `people` (virtual people), `broken` (the file's
knock-outs), `decoys` (wrong bodies), `worst` (the person in whom it holds least). Pieces that are done are kept in
.measuring/ until all of them are there.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import rebuilt
from metabosim.claims import evaluate
from metabosim.claims.trial import is_a_trial
from metabosim.output import replace_whole, stamped_json
from metabosim.population.sampler import load_sampler
from metabosim.robustness import measuring, record, summary
from metabosim.robustness.decoys import DECOYS
from metabosim.robustness.falsify import Worst, as_files
from metabosim.robustness.measuring import Task, as_row, from_row
from metabosim.scenario import Scenario, list_scenarios, load_scenario

ROOT = Path(__file__).parents[1]
SCRATCH = ROOT / ".measuring"
PARTS = ("broken", "cut", "decoys", "prior", "people", "worst")


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--only", nargs="+", default=[], metavar="SCENARIO")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"unknown part {', '.join(sorted(unknown))}; expected {', '.join(PARTS)}")
    scenarios = [load_scenario(name) for name in given.only or list_scenarios()]
    for part in given.parts or PARTS:
        waiting = [one for one in scenarios if part not in started(one)]
        print(f"{part}: {len(waiting)} of {len(scenarios)} claims to measure", flush=True)
        if waiting:
            MEASURE[part](waiting, given.workers)


def started(scenario: Scenario) -> dict[str, Any]:
    """What is measured of a claim already, and not stale."""
    found = record.read(scenario.id)
    if record.is_fresh(found, scenario):
        return found
    return {
        "scenario": scenario.id,
        "claim": scenario.claim_hash,
        "body": record.body_hash(),
    }


def save(scenario: Scenario, part: str, content: Any) -> None:
    """Adds a part to a claim's file."""
    whole = started(scenario) | {part: content}
    whole.pop("generator", None), whole.pop("note", None)
    record.FOLDER.mkdir(exist_ok=True)
    replace_whole(record.file_of(scenario.id), stamped_json(whole).encode())


# --- in pieces ------------------------------------------------------------------------------------


def in_pieces(
    kind: str, scenarios: Sequence[Scenario], numbers: Iterable[tuple[int, ...]], workers: int
) -> dict[str, list[Any]]:
    """Everybody's rows by scenario, in the order of the numbers; what was done before is not done again."""
    SCRATCH.mkdir(exist_ok=True)
    rows: dict[str, dict[int, Any]] = {one.id: {} for one in scenarios}
    tasks = []
    for some in numbers:
        missing = []
        for one in scenarios:
            path = piece_file(kind, one, some)
            if path.exists():
                rows[one.id].update(zip(some, json.loads(path.read_text()), strict=True))
            else:
                missing.append(one.id)
        if missing:
            tasks.append(Task(kind, tuple(missing), some))
    begun = time.monotonic()
    by_id = {one.id: one for one in scenarios}

    def keep(task: Task, found: dict[str, Any]) -> None:
        for name, answers in found.items():
            plain = [
                [*as_row(one[0]), one[1]] if isinstance(one, tuple) else as_row(one)
                for one in answers
            ]
            piece_file(kind, by_id[name], task.numbers).write_text(json.dumps(plain))
            rows[name].update(zip(task.numbers, plain, strict=True))
        print(
            f"  {kind} {task.numbers[0]} to {task.numbers[-1]} of {len(task.names)} claims, "
            f"{time.monotonic() - begun:.0f} s", flush=True,
        )  # fmt: skip

    measuring.spread(tasks, workers, keep)
    return {name: [found[number] for number in sorted(found)] for name, found in rows.items()}


def piece_file(kind: str, scenario: Scenario, numbers: tuple[int, ...]) -> Path:
    """Where the rows of a piece are kept."""
    key = f"{scenario.claim_hash[:12]}-{record.body_hash()[:12]}"
    return SCRATCH / f"{kind}-{scenario.id}-{key}-{numbers[0]}-{numbers[-1]}.json"


def prior(scenarios: Sequence[Scenario], workers: int) -> None:
    """Bodies of the wide prior."""
    rows: dict[str, list[Any]] = {}
    for some, at_a_time in apart(scenarios, workers):
        rows |= in_pieces("prior", some, measuring.pieces(measuring.DRAWS), at_a_time)
    for one in scenarios:
        save(one, "prior", summary.of_prior(one, [from_row(row) for row in rows[one.id]]))


def apart(scenarios: Sequence[Scenario], workers: int) -> Iterator[tuple[Sequence[Scenario], int]]:
    """Scenarios, and how many processes they are given: one to trials, each of which takes all cores by itself."""
    trials = [one for one in scenarios if is_a_trial(one)]
    yield [one for one in scenarios if not is_a_trial(one)], workers
    yield trials, 1


def people(scenarios: Sequence[Scenario], workers: int) -> None:
    """Virtual people, as many as each claim asks for; of a trial those whom it asks itself."""
    sizes = defaultdict(list)
    for one in scenarios:
        if is_a_trial(one):
            save(one, "people", summary.of_trial(one, evaluate(one).claims[0]))
        elif one.population is not None:
            sizes[one.population.n].append(one)
    for size, some in sorted(sizes.items()):
        rows = in_pieces("people", some, measuring.pieces(size), workers)
        for one in some:
            answers = [from_row(row[:-1]) for row in rows[one.id]]
            refused = [row[-1] for row in rows[one.id]]
            save(one, "people", summary.of_people(one, answers, refused))


def cut(scenarios: Sequence[Scenario], workers: int) -> None:
    """Each single mechanism cut."""
    for some, at_a_time in apart(scenarios, workers):
        tasks = [Task("cut", (one.id,)) for one in some]
        each(tasks, some, at_a_time, lambda one, found: save(one, "cut", summary.of_cut(found)))


def broken(scenarios: Sequence[Scenario], workers: int) -> None:
    """The file's own knock-outs."""
    tasks = [Task("broken", (one.id,)) for one in scenarios]
    each(tasks, scenarios, workers, lambda one, found: save(one, "broken", dict(found)))


def each(tasks: Sequence[Task], scenarios: Sequence[Scenario], workers: int, keep: Any) -> None:
    """One task for each scenario."""
    by_id = {one.id: one for one in scenarios}

    def kept(task: Task, found: dict[str, Any]) -> None:
        for name, one in found.items():
            keep(by_id[name], one)
            print(f"  {task.kind} {name}", flush=True)

    measuring.spread(tasks, workers, kept)


def decoys(scenarios: Sequence[Scenario], workers: int) -> None:
    """Every claim in every wrong body."""
    verdicts: dict[str, dict[str, str]] = {one.id: {} for one in scenarios}
    for name in DECOYS:
        print(f"  building {name}", flush=True)
        for scenario_id, verdict in rebuilt.judged(name, list(verdicts), workers).items():
            verdicts[scenario_id][name] = verdict
    for one in scenarios:
        save(one, "decoys", verdicts[one.id])


def worst(scenarios: Sequence[Scenario], workers: int) -> None:
    """The person in whom each claim holds least, with a file that runs."""
    sampler = load_sampler()

    def keep(one: Scenario, found: Worst) -> None:
        for name, text in as_files(one, found, sampler, record.worst_file_of(one.id).stem):
            (record.FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
            replace_whole(record.FOLDER / name, text.encode())
        save(one, "worst", summary.of_worst(found, measuring.budget(one), measuring.WORST_SEED))

    for some, at_a_time in apart(scenarios, workers):
        each([Task("worst", (one.id,)) for one in some], some, at_a_time, keep)


MEASURE = {
    "broken": broken,
    "cut": cut,
    "decoys": decoys,
    "prior": prior,
    "people": people,
    "worst": worst,
}


if __name__ == "__main__":
    main()
