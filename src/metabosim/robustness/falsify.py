"""Looks for the person and the doses for whom a claim holds least, by differential evolution on its relative margin."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import differential_evolution

from metabosim.engine.run import parameters_of
from metabosim.population.sampler import Sampler
from metabosim.protocol import Dose
from metabosim.robustness.crowd import Answer, Arms, Rests, asked, bodies_of, in_every_arm
from metabosim.robustness.draws import as_person, at_seven
from metabosim.scenario import Arm, Scenario
from metabosim.scenario.load import find_scenario

FARTHEST: Final = 2.5  # standard deviations that somebody may be away in each trait
DOSES: Final = 2.0  # times or over what a scenario gives, at most
TOGETHER: Final = 24  # people of one generation
NOBODY: Final = (
    10.0  # margin of who is implausible or could not be judged: nothing to look for there
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Worst:
    """Who was found: the answer, what their parameters and doses are multiplied by, and how many were asked."""

    answer: Answer
    factors: Floats
    doses: Mapping[str, float]
    asked: int
    plausible: int
    own: Answer


@dataclass(frozen=True)
class _Space:
    """Deviates of the sampler's traits, and a logarithm for each therapy's dose."""

    scenario: Scenario
    sampler: Sampler

    @property
    def therapies(self) -> tuple[str, ...]:
        found = {t.id for arm in self.scenario.arms.values() for t in arm.therapies()}
        return tuple(sorted(found))

    @property
    def bounds(self) -> list[tuple[float, float]]:
        traits = [(-FARTHEST, FARTHEST)] * len(self.sampler.names)
        return traits + [(-1.0, 1.0)] * len(self.therapies)

    def factors(self, x: Floats) -> Floats:
        """What the traits are multiplied by."""
        n = len(self.sampler.names)
        deviates = self.sampler.root @ x[:n]
        return np.asarray(np.exp(deviates * np.array(list(self.sampler.spread.values()))))

    def doses(self, x: Floats) -> dict[str, float]:
        """What each therapy's doses are multiplied by."""
        logarithms = x[len(self.sampler.names) :]
        return {
            name: float(DOSES**one) for name, one in zip(self.therapies, logarithms, strict=True)
        }

    def arms(self, x: Floats) -> Arms:
        """The scenario's arms in this person at these doses."""
        doses = self.doses(x)
        return {
            name: replace(arm, protocol=tuple(_at_dose(step, doses) for step in arm.protocol))
            for name, arm in as_person(self.scenario, self.sampler, self.factors(x)).items()
        }


def _at_dose(step: Any, doses: Mapping[str, float]) -> Any:
    if not isinstance(step, Dose):
        return step
    return replace(step, amount=step.amount * doses[step.therapy.id])


def falsify(
    scenario: Scenario,
    sampler: Sampler,
    budget: int,
    seed: int,
    done: Callable[[int], None] = lambda count: None,
) -> Worst:
    """The person of `budget` asked, near the subject by the sampler's bounds, in whom the claim's margin is smallest.

    `done` is told how many were asked. The scenario's own body is asked first and is the worst if nobody is worse.
    """
    space = _Space(scenario, sampler)
    (own,) = asked(scenario, [scenario.arms])
    control = scenario.control
    rests: Rests = {}
    (own_body,) = bodies_of([scenario.arms[control]], rests)
    assert own_body is not None, "a subject without a rest cannot be loaded"
    level = at_seven(sampler, own_body)
    best = Worst(own, np.ones(len(sampler.names)), dict.fromkeys(space.therapies, 1.0), 0, 0, own)
    asked_so_far, near_so_far = 0, 0

    def margins(x: Floats) -> Floats:
        nonlocal best, asked_so_far, near_so_far
        points = np.atleast_2d(x.T)
        crowd = [space.arms(point) for point in points]
        near = [
            i
            for i, bodies in enumerate(in_every_arm(crowd, rests))
            if bodies is not None and sampler.accepts(at_seven(sampler, bodies[control]), level)
        ]
        found = np.full(len(points), NOBODY)
        for i, answer in zip(near, asked(scenario, [crowd[i] for i in near], rests), strict=True):
            if answer.margin is None:
                continue
            found[i] = answer.margin
            if best.answer.margin is None or answer.margin < best.answer.margin:
                best = replace(
                    best,
                    answer=answer,
                    factors=space.factors(points[i]),
                    doses=space.doses(points[i]),
                )
        rests.clear()
        asked_so_far += len(points)
        near_so_far += len(near)
        done(asked_so_far)
        return found

    generations = max(0, budget // TOGETHER - 1)
    rng = np.random.default_rng(seed)
    low, high = np.array(space.bounds).T
    first = rng.uniform(0.6 * low, 0.6 * high, (min(TOGETHER, max(budget, 5)), len(low)))
    search: Any = differential_evolution  # typed for one point at a time
    search(
        margins, space.bounds, maxiter=generations, init=first, rng=rng, polish=False,
        vectorized=True, updating="deferred", tol=0.0, mutation=(0.4, 0.9), recombination=0.8,
    )  # fmt: skip
    return replace(best, asked=asked_so_far, plausible=near_so_far)


def as_files(
    scenario: Scenario, worst: Worst, sampler: Sampler, name: str
) -> Iterator[tuple[str, str]]:
    """The scenario under another `name`, in the person and at the doses found, which runs as any other; then the
    subjects and therapies of its own that it names. Places are relative to the folder it is put into.
    """
    from ruamel.yaml import YAML

    file = find_scenario(scenario.file or scenario.id)
    yaml = YAML()
    yaml.width = 4096
    data = yaml.load(file.read_text(encoding="utf-8"))
    data["id"] = name
    for arm_name, arm in scenario.arms.items():
        written = data["arms"][arm_name]
        numbers = _person(arm, sampler, worst.factors)
        if written is None:
            written = data["arms"][arm_name] = {}
        written["parameters"] = {**(written.get("parameters") or {}), **numbers}
    for part in _with_protocols(data):
        for step in part["protocol"]:
            dose = step.get("dose")
            if dose is not None:
                dose["amount"] = _times(str(dose["amount"]), worst.doses.get(dose["therapy"], 1.0))
    out = StringIO()
    yaml.dump(data, out)
    yield f"{name}.yaml", out.getvalue()
    for path in scenario.own_files:
        yield path.as_posix(), (file.parent / path).read_text(encoding="utf-8")


def _person(arm: Arm, sampler: Sampler, factors: Floats) -> dict[str, float]:
    own = parameters_of(arm.subject) | arm.parameters
    return {name: float(f"{value:.7g}") for name, value in sampler.person(own, factors).items()}


def _with_protocols(data: Any) -> list[Any]:
    parts = [data["context"], *(arm for arm in data["arms"].values() if arm)]
    for out in data["must_fail_when"]:
        parts += [out, *(out.get("replace") or {}).values()]
    return [part for part in parts if part and part.get("protocol")]


def _times(amount: str, factor: float) -> str:
    number, _, unit = amount.partition(" ")
    return f"{float(number) * factor:.6g} {unit}".strip()


def file_of(scenario: Scenario) -> Path:
    """The name of the worst person's file."""
    return Path(f"{scenario.id}-worst.yaml")
