"""A virtual trial: the arms' subject with some parameters spread, every person in both arms.

The people are drawn at once from a seeded stream, person by person, so that the first n of a
larger trial are the same people. They are run in fixed chunks over the machine's cores; neither
the number of workers nor the order in which chunks finish changes a digit.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metabosim.claims.bench import Bench
from metabosim.claims.features import CannotJudge, Look, read
from metabosim.claims.judging import judges
from metabosim.claims.verdict import Judgement, number
from metabosim.errors import MetabosimError
from metabosim.scenario import Arm
from metabosim.scenario.vocabulary import checks_cause as words

CHUNK = 10  # people; fixed, whatever the number of workers
COLUMNS = ("x", "y", "y_blocked")
CHECKED_AGAIN = 8  # people run again at a tighter tolerance, for the numerical error
ENOUGH = 20  # fewer people than this correlate too loosely to say anything

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Person:
    """One virtual subject: what its parameters are multiplied by."""

    number: int
    factors: Mapping[str, float]

    def become(self, arm: Arm, base: Callable[[Arm, str], float]) -> Arm:
        """The arm with this person in it."""
        own = {name: base(arm, name) * factor for name, factor in self.factors.items()}
        return replace(arm, parameters={**arm.parameters, **own})


def draw(trial: words.Trial) -> list[Person]:
    """n people: each parameter times exp(log-SD x z), z standard normal from the seed."""
    names = sorted(trial.spread)
    z = np.random.default_rng(trial.seed).standard_normal((trial.n, len(names)))
    factors = np.exp(z * np.array([trial.spread[name] for name in names]))
    return [
        Person(i, dict(zip(names, map(float, row), strict=True))) for i, row in enumerate(factors)
    ]


def parameter_of(arm: Arm, name: str) -> float:
    """A parameter as the arm has it: its own, else its subject's, else the body's."""
    from metabosim.body import PARAMETERS

    if name in arm.parameters:
        return arm.parameters[name]
    if name in arm.subject.parameters:
        return arm.subject.parameters[name]
    if name not in PARAMETERS:
        raise CannotJudge(f"'{name}' is no parameter, so it cannot be spread")
    return float(PARAMETERS[name].default or 0.0)


@dataclass(frozen=True)
class Job:
    """What every worker needs to put a person through the trial."""

    check: words.Correlates
    bench: Bench
    treated: str
    control: str
    base: Callable[[Arm, str], float] | None = None  # for another body than ours

    def of(self, person: Person) -> tuple[float, float, float]:
        """(x, y, y with the path blocked) of a person; y again where nothing is blocked."""
        check = self.check
        arms = {
            name: person.become(arm, self.base or parameter_of)
            for name, arm in self.bench.arms.items()
            if name in self._needed()
        }
        world = self.bench.fresh(arms)
        x, y = self._change(check.x, world), self._change(check.y, world)
        if check.through is None:
            return x, y, y
        blocked = world.with_levers(check.through.levers)
        if check.through.hold:
            held = blocked.holding(self.treated, check.through.hold, self.control)
            blocked = blocked.replaced_run(self.treated, held)
        return x, y, self._change(check.y, blocked)

    def _needed(self) -> set[str]:
        names = {self.treated, self.control}
        while more := {r for n in names for r in self.bench.arms[n].references()} - names:
            names |= more
        return names

    def _change(self, feature: Any, world: Bench) -> float:
        value = read(feature, Look(world, self.treated)).value
        if self.check.of == "difference":
            value -= read(feature, Look(world, self.control)).value
        return value


Outcome = tuple[int, tuple[float, float, float] | str]


def _run_chunk(job: Job, people: list[Person]) -> list[Outcome]:
    """The outcomes of some people; what went wrong, in words, where a run failed."""
    out: list[Outcome] = []
    for person in people:
        try:
            out.append((person.number, job.of(person)))
        except MetabosimError as error:
            out.append((person.number, str(error)))
    return out


def run_trial(
    job: Job, people: list[Person], workers: int | None = None
) -> tuple[Array, dict[int, str]]:
    """A table of shape (people, 3) in the columns COLUMNS, and what went wrong with whom.

    A row of someone whose run failed is NaN and is listed.
    """
    chunks = [people[i : i + CHUNK] for i in range(0, len(people), CHUNK)]
    workers = workers or min(os.cpu_count() or 1, len(chunks))
    if workers < 2:
        outcomes = [one for chunk in chunks for one in _run_chunk(job, chunk)]
    else:
        # spawned, not forked: the same on every system
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, context) as pool:
            outcomes = [
                one for part in pool.map(_run_chunk, [job] * len(chunks), chunks) for one in part
            ]
    table = np.full((len(people), len(COLUMNS)), np.nan)
    failed: dict[int, str] = {}
    rows = {person.number: i for i, person in enumerate(people)}
    for who, outcome in outcomes:
        if isinstance(outcome, str):
            failed[who] = outcome
        else:
            table[rows[who]] = outcome
    return table, failed


def spearman(x: Array, y: Array) -> float:
    """Rank correlation, ties by mean rank; 0 if one of the two does not vary."""
    from scipy.stats import rankdata

    a, b = rankdata(x), rankdata(y)
    if a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def bootstrap_lower(x: Array, y: Array, confidence: float, times: int, seed: int) -> float:
    """The lower bound of Spearman's rho: the (1 - confidence) quantile over resampled people."""
    from scipy.stats import rankdata

    rng = np.random.default_rng((seed, 1))  # another stream than the people's
    n = len(x)
    picked = rng.integers(0, n, (times, n))
    a, b = (rankdata(values[picked], axis=1) for values in (x, y))
    a -= a.mean(axis=1, keepdims=True)
    b -= b.mean(axis=1, keepdims=True)
    norm = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    rho = np.divide((a * b).sum(axis=1), norm, out=np.zeros(times), where=norm > 0)
    return float(np.quantile(rho, 1.0 - confidence))


def carried(x: Array, y: Array, y_blocked: Array) -> float:
    """Share of the association on the blocked path: cov(x, y - y_blocked) / cov(x, y)."""
    centred = x - x.mean()
    whole = float(centred @ (y - y.mean()))
    if whole == 0.0:
        return 0.0
    part = y - y_blocked
    return float(centred @ (part - part.mean())) / whole


def _margins(check: words.Correlates, table: Array) -> tuple[float, float, dict[str, Any]]:
    """(margin, scale, evidence) of a table."""
    x, y, y_blocked = table.T
    rho = spearman(x, y)
    lower = bootstrap_lower(x, y, check.confidence, check.bootstrap, check.trial.seed)
    demands = [(lower - check.rho_at_least, check.rho_at_least)]
    evidence: dict[str, Any] = {
        "n": len(x), "rho": rho, "rho_lower": lower, "confidence": check.confidence,
        "x": {"mean": x.mean(), "sd": x.std()}, "y": {"mean": y.mean(), "sd": y.std()},
    }  # fmt: skip
    if check.through is not None:
        share = carried(x, y, y_blocked)
        evidence |= {"share_carried": share, "y_blocked": {"mean": y_blocked.mean()}}
        demands.append((share - check.through.carried_at_least, check.through.carried_at_least))
    margin, scale = min(demands, key=lambda one: one[0] / one[1])
    return margin, scale, evidence


def trial_table(check: words.Correlates, bench: Bench, workers: int | None = None) -> Array:
    """The whole trial, shape (n, 3); CannotJudge if a person's run failed."""
    job = Job(
        check, _portable(check, bench), bench.treated(check.treated), check.control or bench.control
    )
    table, failed = run_trial(job, draw(check.trial), workers)
    if failed:
        who, why = next(iter(sorted(failed.items())))
        raise CannotJudge(
            f"{len(failed)} of {check.trial.n} virtual subjects could not be run, "
            f"first number {who} of seed {check.trial.seed}: {why}"
        )
    return table


def _portable(check: words.Correlates, bench: Bench) -> Bench:
    """The bench without its runs, recording only what the check reads, to be sent to workers."""
    return replace(bench, windows=check.windows(), runs={}, more={})


@judges(words.Correlates)
def correlates(check: words.Correlates, bench: Bench) -> Judgement:
    """min(lower bound of Spearman's rho - rho_at_least, share carried - carried_at_least).

    The numerical error comes from a few of the people run again at a tighter tolerance: the
    change of the margin with their rows exchanged, scaled up to all.
    """
    table = trial_table(check, bench)
    margin, scale, evidence = _margins(check, table)
    void = None
    spread = table[:, :2].std(axis=0)
    if np.any(spread <= 1e-9 * np.maximum(np.abs(table[:, :2]).max(axis=0), 1e-9)):
        void = "the virtual subjects do not differ"
    elif len(table) < ENOUGH:
        void = f"{len(table)} virtual subjects are too few"
    again = draw(check.trial)[:CHECKED_AGAIN]
    job = Job(check, _portable(check, bench.tighter()), bench.treated(check.treated),
              check.control or bench.control)  # fmt: skip
    rerun, failed = run_trial(job, again, workers=1)
    error = 0.0
    if not failed and not void:
        exchanged = table.copy()
        exchanged[: len(again)] = rerun
        error = abs(_margins(check, exchanged)[0] - margin) * len(table) / len(again)
    said = (
        f"of {len(table)} virtual subjects: Spearman rho {number(evidence['rho'])}, at least "
        f"{number(evidence['rho_lower'])} with {100 * check.confidence:.0f} % confidence"
    )
    if "share_carried" in evidence:
        said += f"; {100 * evidence['share_carried']:.0f} % of it through the blocked path"
    return Judgement(margin, "1", scale, said, evidence, void, error)
