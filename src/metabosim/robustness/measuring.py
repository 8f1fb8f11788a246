"""Measures how far a claim can be trusted, a piece at a time; a piece is the same whoever measures it, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from metabosim.claims import Verdict, knock_outs
from metabosim.claims.trial import is_a_trial
from metabosim.population.sampler import TRIES, Sampler, load_sampler
from metabosim.processes import processes
from metabosim.robustness.crowd import Answer, Arms, Rests, asked, bodies_of, in_every_arm
from metabosim.robustness.draws import (
    as_person,
    at_seven,
    mechanisms,
    places,
    varied,
    wide,
    without,
)
from metabosim.robustness.falsify import Worst, falsify
from metabosim.scenario import Scenario, load_scenario
from metabosim.scenario.checks import Check
from metabosim.scenario.vocabulary.checks_cause import Correlates

DRAWS: Final = 300
SEED: Final = 20
PIECE: Final = 20  # bodies asked at a time
BUDGET: Final = 240
OF_A_TRIAL: Final = 60  # subjects around each body that a trial is asked of
BUDGET_OF_TRIALS: Final = 48
WORST_SEED: Final = 5


@dataclass
class Prior:
    """Answers of wide draws by their number; `rests` are kept between scenarios asked of the same draws."""

    seed: int = SEED
    rests: Rests = field(default_factory=dict)

    def piece(self, scenario: Scenario, numbers: Sequence[int]) -> list[Answer]:
        """What becomes of the claim in the draws of these numbers."""
        names = varied(scenario)
        crowd = [wide(scenario, names, places(self.seed, number)) for number in numbers]
        return asked(scenario, crowd, self.rests)


def cut(scenario: Scenario) -> dict[str, Answer]:
    """What becomes of the claim without each single mechanism.

    A trial is asked of few subjects first; without which mechanism it does not hold in those, of all.
    """
    found = _without_each(shortened(scenario), mechanisms(scenario))
    if is_a_trial(scenario):
        missed = [name for name, answer in found.items() if answer.judged and not answer.holds]
        found |= _without_each(scenario, missed)
    return found


def _without_each(scenario: Scenario, names: Sequence[str]) -> dict[str, Answer]:
    return dict(
        zip(names, asked(scenario, [without(scenario, name) for name in names]), strict=True)
    )


def people(
    scenario: Scenario, sampler: Sampler, numbers: Sequence[int], rests: Rests
) -> list[tuple[Answer, int]]:
    """What becomes of the claim in virtual people, and how many draws were refused before each as implausible.

    Whose body has no rest in one of the arms (where an arm is in another subject, say) is nobody either.
    """
    assert scenario.population is not None, "every bundled claim says in whom it must hold"
    seed = scenario.population.seed
    control = scenario.control
    own_body = bodies_of([scenario.arms[control]], rests)[0]
    assert own_body is not None, "a bundled subject has a rest"
    own = at_seven(sampler, own_body)
    accepted: dict[int, tuple[Arms, int]] = {}
    for attempt in range(TRIES):
        waiting = [number for number in numbers if number not in accepted]
        if not waiting:
            break
        crowd = [
            as_person(scenario, sampler, sampler.factors(seed, number, attempt))
            for number in waiting
        ]
        for number, arms, bodies in zip(waiting, crowd, in_every_arm(crowd, rests), strict=True):
            if bodies is not None and sampler.accepts(at_seven(sampler, bodies[control]), own):
                accepted[number] = arms, attempt
    missing = [number for number in numbers if number not in accepted]
    if missing:
        raise RuntimeError(f"after {TRIES} draws nobody was plausible as number {missing[0]}")
    answers = asked(scenario, [accepted[number][0] for number in numbers], rests)
    return [(answer, accepted[number][1]) for answer, number in zip(answers, numbers, strict=True)]


def worst(scenario: Scenario) -> Worst:
    """The person in whom the claim holds least, of as many as are asked."""
    return falsify(scenario, load_sampler(), budget(scenario), WORST_SEED)


def budget(scenario: Scenario) -> int:
    """How many are asked for the worst: fewer where the file asks few, which it does of a claim that takes long."""
    if is_a_trial(scenario):
        return BUDGET_OF_TRIALS
    return min(BUDGET, 4 * scenario.population.n // 5) if scenario.population else BUDGET


def shortened(scenario: Scenario) -> Scenario:
    """The scenario with the first OF_A_TRIAL subjects of its trials, if it has any: it is to be asked many times."""

    def short(check: Check) -> Check:
        if not isinstance(check, Correlates):
            return check
        n = min(check.trial.n, OF_A_TRIAL)
        return check.model_copy(update={"trial": check.trial.model_copy(update={"n": n})})

    return scenario.model_copy(update={"checks": tuple(map(short, scenario.checks))})


def broken(scenario: Scenario) -> dict[str, Verdict]:
    """The verdict under each knock-out of the file."""
    return {one.name: one.verdict for one in knock_outs(scenario)}


# --- over the machine's cores ---------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """One piece of the work: what is asked, of which scenarios, and which numbers are drawn."""

    kind: str  # prior, people, cut, worst or broken
    names: tuple[str, ...]
    numbers: tuple[int, ...] = ()


def done(task: Task) -> dict[str, Any]:
    """What a worker finds for each scenario of a task."""
    found: dict[str, Any] = {}
    prior = Prior()
    rests: Rests = {}
    for name in task.names:
        scenario = load_scenario(name)
        if task.kind == "prior":
            found[name] = prior.piece(shortened(scenario), task.numbers)
        elif task.kind == "people":
            found[name] = people(scenario, load_sampler(), task.numbers, rests)
        elif task.kind == "cut":
            found[name] = cut(scenario)
        elif task.kind == "worst":
            found[name] = worst(shortened(scenario))
        else:
            found[name] = broken(scenario)
    return found


def spread(
    tasks: Sequence[Task], workers: int, keep: Callable[[Task, dict[str, Any]], None]
) -> None:
    """Has tasks done by so many processes; `keep` is given each with what was found, as it comes."""
    if workers < 2:
        for task in tasks:
            keep(task, done(task))
        return
    with processes(workers, "use fewer --workers") as pool:
        futures = {pool.submit(done, task): task for task in tasks}
        for future in as_completed(futures):
            keep(futures[future], future.result())


def pieces(count: int, size: int = PIECE) -> Iterator[tuple[int, ...]]:
    """The numbers below `count`, a piece at a time."""
    for first in range(0, count, size):
        yield tuple(range(first, min(first + size, count)))


def as_row(answer: Answer) -> list[Any]:
    """An answer as JSON has it: verdict, positive control's, relative margin, the check, why, the checks missed."""
    margin = None if answer.margin is None else float(f"{answer.margin:.4g}")
    why = answer.why if np.isscalar(answer.why) else str(answer.why)
    verdicts = [str(answer.verdict), str(answer.control)]
    return [*verdicts, margin, answer.decides, why, list(answer.missed)]


def from_row(row: Sequence[Any]) -> Answer:
    """An answer from its row."""
    verdict, control, margin, decides, why, missed = row
    return Answer(Verdict(verdict), Verdict(control), margin, decides, why, tuple(missed))
