"""A virtual trial: the arms' subject with some parameters spread, every person in both arms.

The people are drawn at once from a seeded stream, person by person, so that the first n of a
larger trial are the same people. They are run in fixed chunks over the machine's cores; neither
the number of workers nor the order in which chunks finish changes a digit.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metabosim.claims.bench import Bench
from metabosim.claims.features import CannotJudge, Look, read
from metabosim.claims.judging import judges
from metabosim.claims.verdict import Judgement, number
from metabosim.errors import MetabosimError
from metabosim.processes import processes
from metabosim.scenario import Arm, Scenario
from metabosim.scenario.vocabulary import checks_cause as words

CHUNK = 10  # people; fixed, whatever the number of workers
COLUMNS = ("x", "y", "y_blocked")
CHECKED_AGAIN = 8  # people run again at a tighter one, and counted as the numerical error
ASKED = "trials"  # what a bench remembers of trials is under this name
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
    """What every worker needs to put a person through the trial.

    `checks` ask the same of the arms and block the same path, so that one set of runs answers all.
    """

    checks: tuple[words.Correlates, ...]
    bench: Bench
    treated: str
    control: str
    base: Callable[[Arm, str], float] | None = None  # for another body than ours

    def of(self, person: Person) -> list[tuple[float, float, float]]:
        """(x, y, y with the path blocked) for each check; y again where nothing is blocked."""
        arms = {
            name: person.become(arm, self.base or parameter_of)
            for name, arm in self.bench.arms.items()
            if name in self._needed()
        }
        world = blocked = self.bench.fresh(arms)
        if path := self.checks[0].through:
            blocked = world.with_levers(path.levers)
            if path.hold:
                held = blocked.holding(self.treated, path.hold, self.control)
                blocked = blocked.replaced_run(self.treated, held)
        return [
            (
                self._change(check, check.x, world),
                self._change(check, check.y, world),
                self._change(check, check.y, blocked),
            )
            for check in self.checks
        ]

    def _needed(self) -> set[str]:
        names = {self.treated, self.control}
        while more := {r for n in names for r in self.bench.arms[n].references()} - names:
            names |= more
        return names

    def _change(self, check: words.Correlates, feature: Any, world: Bench) -> float:
        value = read(feature, Look(world, self.treated)).value
        if check.of == "difference":
            value -= read(feature, Look(world, self.control)).value
        return value


Outcome = tuple[int, list[tuple[float, float, float]] | str]


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
    """A table of shape (people, checks, 3), last in COLUMNS, and what went wrong with whom.

    The numbers of someone whose run failed are NaN, and who it was is listed.
    """
    chunks = [people[i : i + CHUNK] for i in range(0, len(people), CHUNK)]
    workers = workers or min(os.cpu_count() or 1, len(chunks))
    if workers < 2:
        outcomes = [one for chunk in chunks for one in _run_chunk(job, chunk)]
    else:
        with processes(workers, "run fewer scenarios at a time") as pool:
            outcomes = [
                one for part in pool.map(_run_chunk, [job] * len(chunks), chunks) for one in part
            ]
    table = np.full((len(people), len(job.checks), len(COLUMNS)), np.nan)
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


def together(checks: Iterable[object], bench: Bench) -> None:
    """Tell a bench which checks it will be asked, so that trials that can share their runs do."""
    bench.more[ASKED] = tuple(check for check in checks if isinstance(check, words.Correlates))


def _runs_of(check: words.Correlates) -> object:
    """What has to be run for a check; where it is equal, the runs are the same."""
    path = check.through and (check.through.hold, check.through.levers)
    return check.trial, check.treated, check.control, path


def is_a_trial(scenario: Scenario) -> bool:
    """Whether a check is a virtual trial: hundreds of people, who cannot be asked hundreds of times."""
    return any(isinstance(check, words.Correlates) for check in scenario.checks)


def trial_table(
    check: words.Correlates, bench: Bench, *, again: bool = False
) -> tuple[Array, dict[int, str]]:
    """The check's trial, shape (n, 3), and whose run failed; kept on the bench.

    With `again`, only the first few people, at a tighter tolerance.
    """
    asked = bench.more.get(ASKED, ())
    alike = tuple(other for other in asked if _runs_of(other) == _runs_of(check))
    checks = alike if check in alike else (check,)
    key = (ASKED, again, repr(checks))
    if key not in bench.more:
        windows = tuple(window for one in checks for window in one.windows())
        # without its runs, recording only what the checks read, to be sent to workers
        exact = replace(bench, windows=windows)
        sent = exact.tighter() if again else replace(exact, runs={}, more={})
        job = Job(checks, sent, bench.treated(check.treated), check.control or bench.control)
        people = draw(check.trial)
        bench.more[key] = (
            run_trial(job, people[:CHECKED_AGAIN], workers=1) if again else run_trial(job, people)
        )
    table, failed = bench.more[key]
    return table[:, checks.index(check)], failed


@judges(words.Correlates)
def correlates(check: words.Correlates, bench: Bench) -> Judgement:
    """min(lower bound of Spearman's rho - rho_at_least, share carried - carried_at_least).

    The numerical error comes from a few of the people run again at a tighter tolerance: the
    change of the margin with their rows exchanged, scaled up to all.
    """
    table, failed = trial_table(check, bench)
    if failed:
        who, why = next(iter(sorted(failed.items())))
        raise CannotJudge(
            f"{len(failed)} of {check.trial.n} virtual subjects could not be run, "
            f"first number {who} of seed {check.trial.seed}: {why}"
        )
    margin, scale, evidence = _margins(check, table)
    void = None
    spread = table[:, :2].std(axis=0)
    if np.any(spread <= 1e-9 * np.maximum(np.abs(table[:, :2]).max(axis=0), 1e-9)):
        void = "the virtual subjects do not differ"
    elif len(table) < ENOUGH:
        void = f"{len(table)} virtual subjects are too few"
    rerun, failed = trial_table(check, bench, again=True)
    error = 0.0
    if not failed and not void:
        exchanged = table.copy()
        exchanged[: len(rerun)] = rerun
        error = abs(_margins(check, exchanged)[0] - margin) * len(table) / len(rerun)
    said = (
        f"of {len(table)} virtual subjects: Spearman rho {number(evidence['rho'])}, at least "
        f"{number(evidence['rho_lower'])} with {100 * check.confidence:.0f} % confidence"
    )
    if "share_carried" in evidence:
        said += f"; {100 * evidence['share_carried']:.0f} % of it through the blocked path"
    return Judgement(margin, "1", scale, said, evidence, void, error)
