"""The bench: a scenario's arms, run once each when first asked for, in the order they depend.

A bench also makes variations of itself: levers set in every arm, a mediator held in one, arms
relabelled or replaced, a tighter tolerance. Each keeps its own runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metabosim.claims.reading import CannotJudge
from metabosim.engine.integrate import TOLERANCE
from metabosim.protocol import ArmReference, GlucoseProfile, Hold
from metabosim.scenario import Arm
from metabosim.scenario.vocabulary.base import DAY, Window

Simulate = Callable[..., Any]
SHORT = 3 * DAY  # runs up to here are recorded every minute throughout
# windows up to this length (min) are recorded at least this often (min)
GRIDS = ((SHORT, 1.0), (28 * DAY, 5.0), (366 * DAY, 15.0), (float("inf"), 60.0))
# runs up to this length are recorded throughout at least this often: a day's mean needs it
THROUGHOUT = ((SHORT, 1.0), (900 * DAY, 20.0), (float("inf"), 60.0))


def grid_for(length: float, wanted: float) -> float:
    """How far apart the output is in a window of this length, in min, as memory allows."""
    return max(wanted, next(step for limit, step in GRIDS if length <= limit))


def output_minutes(
    duration: float, windows: Iterable[Window], *, replayed: bool = False
) -> NDArray[np.float64]:
    """The minutes to record: a few an hour throughout, finer inside windows, and their edges exactly.

    Short runs are recorded every minute, and so is, as finely as its length allows, an arm that
    another one replays. Windows that reach beyond the run are left to whoever reads them.
    """
    step = next(step for limit, step in THROUGHOUT if duration <= limit)
    pieces = [np.arange(0.0, duration, step), np.array([duration])]
    if replayed:
        windows = [*windows, Window(0.0, duration, (), 1.0)]
    for window in windows:
        start = 0.0 if window.start is None else max(window.start, 0.0)
        stop = duration if window.stop is None else min(window.stop, duration)
        if start > duration or stop < start:
            continue
        pieces.append(np.array([start, stop]))
        if window.grid_min is not None and stop > start:
            pieces.append(np.arange(start, stop, grid_for(stop - start, window.grid_min)))
    return np.unique(np.concatenate(pieces))


@dataclass
class Bench:
    """Arms and how to run them. `runs` fills up as arms are asked for."""

    arms: dict[str, Arm]
    control: str
    simulate: Simulate
    windows: tuple[Window, ...] = ()
    tolerance: float = TOLERANCE
    runs: dict[str, Any] = field(default_factory=dict)
    more: dict[Any, Any] = field(default_factory=dict, repr=False)

    def run(self, name: str) -> Any:
        """The run of an arm, simulated on first use (with the arms it replays before it)."""
        if name not in self.runs:
            if name not in self.arms:
                raise CannotJudge(f"there is no arm '{name}'; the arms are {', '.join(self.arms)}")
            self.runs[name] = self._simulate(name, self.resolved(name))
        return self.runs[name]

    def resolved(self, name: str) -> Arm:
        """The arm with every reference to another arm replaced by that arm's run."""
        arm = self.arms[name]
        steps = tuple(
            replace(step, at=self.run(step.at.arm))
            if isinstance(step, Hold) and isinstance(step.at, ArmReference)
            else replace(step, frame=self.run(step.arm), arm=None)
            if isinstance(step, GlucoseProfile) and step.arm
            else step
            for step in arm.protocol
        )
        return replace(arm, protocol=steps)

    def _simulate(self, name: str, arm: Arm) -> Any:
        return self.simulate(
            **arm.arguments(), output=self.output(name, arm), tolerance=self.tolerance
        )

    def output(self, name: str, arm: Arm | None = None) -> NDArray[np.float64]:
        """The minutes that a run of an arm (as it is on the bench, unless given) is recorded at."""
        replayed = any(name in other.references() for other in self.arms.values())
        mine = [window for window in self.windows if not window.arms or name in window.arms]
        return output_minutes((arm or self.arms[name]).duration, mine, replayed=replayed)

    # --- variations ---------------------------------------------------------------------------

    def treated(self, name: str | None = None) -> str:
        """`name`, or the only arm beside the control."""
        if name:
            return name
        others = [arm for arm in self.arms if arm != self.control]
        if len(others) == 1:
            return others[0]
        if not others:
            return self.control
        raise CannotJudge(f"which arm is meant? name one of {', '.join(others)}")

    def holding(self, arm: str, names: tuple[str, ...], at: str) -> Any:
        """The run of `arm` with states or signals held at the course they took in arm `at`."""
        key = ("hold", arm, names, at)
        if key not in self.more:
            source = self.run(at)
            base = self.resolved(arm)
            held = tuple(Hold(name, source) for name in names)
            self.more[key] = self._simulate(arm, replace(base, protocol=(*base.protocol, *held)))
        return self.more[key]

    def with_levers(self, levers: Mapping[str, float]) -> Bench:
        """A bench with these levers set in every arm."""
        if not levers:
            return self
        key = ("levers", tuple(sorted(levers.items())))
        if key not in self.more:
            arms = {
                name: replace(arm, levers={**arm.levers, **levers})
                for name, arm in self.arms.items()
            }
            self.more[key] = self.fresh(arms)
        bench = self.more[key]
        assert isinstance(bench, Bench)
        return bench

    def fresh(self, arms: dict[str, Arm]) -> Bench:
        """A bench for other arms, nothing run yet."""
        return Bench(arms, self.control, self.simulate, self.windows, self.tolerance)

    def tighter(self, factor: float = 10.0) -> Bench:
        """The same arms at a tighter tolerance."""
        return replace(self, tolerance=self.tolerance / factor, runs={}, more={})

    def relabelled(self, names: Mapping[str, str]) -> Bench:
        """The same runs under other names: arm `a` becomes what arm `names[a]` was."""
        new = {name: names.get(name, name) for name in self.arms}
        return replace(
            self,
            arms={name: self.resolved(old) for name, old in new.items()},
            runs={name: self.run(old) for name, old in new.items()},
            more={},
        )

    def replaced_run(self, name: str, run: Any) -> Bench:
        """The same bench with one arm's run exchanged."""
        return replace(self, runs={**self.runs, name: run}, more={})


def same_run(a: Any, b: Any, columns: Iterable[str] | None = None) -> bool:
    """Whether two runs are the same in everything they record: nothing was perturbed."""
    if a is b:
        return True
    if len(a.time_min) != len(b.time_min) or not np.array_equal(a.time_min, b.time_min):
        return False
    if set(a.names) != set(b.names):
        return False
    return all(np.allclose(a[name], b[name], rtol=1e-9, atol=1e-12) for name in columns or a.names)
