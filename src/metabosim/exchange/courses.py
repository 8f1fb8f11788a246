"""What of a scenario's plot others can draw: courses over time, and the moments at which to note them.

A panel of bars is drawn as the courses that its bars are computed from, since judging stays behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from metabosim.body import OBSERVABLES
from metabosim.engine.run import FASTING
from metabosim.exchange.names import drug_text
from metabosim.protocol.meals import DAY
from metabosim.scenario.model import Arm, Panel, Scenario
from metabosim.units import best_unit, display_unit

# up to a length (min) a course is noted every so many minutes; beyond all of them once a day, at 07:00
STEPS: Final = ((3 * DAY, 1.0), (15 * DAY, 10.0))


@dataclass(frozen=True)
class Grid:
    """Evenly spaced times of a run, min: from `start` to `stop` in so many steps."""

    start: float
    stop: float
    steps: int


@dataclass(frozen=True)
class Courses:
    """One plot: the course of an observable in several arms, the control first; `unit` is the time axis's."""

    title: str
    observable: str
    unit: str
    arms: Mapping[str, Grid]

    @property
    def value_unit(self) -> str:
        """The unit of the values, empty if they are plain numbers."""
        unit = display_unit(self.observable)
        return "" if unit == "1" else unit


def courses(scenario: Scenario, arms: Iterable[str]) -> Iterator[Courses]:
    """The plots of a scenario, of those `arms` only; what several panels show is drawn once."""
    order = list(dict.fromkeys([scenario.control, *scenario.arms]))
    kept = sorted(arms, key=order.index)
    drawn = set()
    for panel in sorted(scenario.plot.panels, key=lambda panel: panel.kind != "lines"):
        start, stop = panel.start or 0.0, panel.stop or _longest(panel, scenario)
        shown = [name for name in kept if name in (panel.arms or kept)]
        texts = {name: _readings(scenario.arms[name]) for name in shown}
        for observable in panel.observables:
            grids = {
                name: grid
                for name in shown
                if observable in texts[name]
                if (grid := grid_of(scenario.arms[name], start, stop))
            }
            if not grids or (key := (observable, *grids.items())) in drawn:
                continue
            drawn.add(key)
            text = texts[next(iter(grids))][observable]
            given = panel.kind == "lines" and len(panel.observables) == 1 and panel.title
            title = (given or text) + (", at 07:00" if step_of(start, stop) == DAY else "")
            unit = panel.time_unit or best_unit(start, stop)
            yield Courses(title, observable, unit, grids)


def step_of(start: float, stop: float) -> float:
    """Minutes between the moments at which a stretch of time is noted."""
    return next((step for span, step in STEPS if stop - start <= span), DAY)


def grid_of(arm: Arm, start: float, stop: float) -> Grid | None:
    """When to note an arm's course between two times (min); None if there is nothing between them.

    The end of the run is left out: what is done at that moment, such as letting go of a clamp, belongs to
    what would come next.
    """
    step = step_of(start, stop)
    if step == DAY:  # the first morning that is not before the start
        morning = 0.0 if arm.start == "fasting" else FASTING
        start = morning - (morning - start) // DAY * DAY
    steps = int((min(stop, arm.duration) - start) / step + 1e-9)
    if start + steps * step >= arm.duration:
        steps -= 1
    return Grid(start, start + steps * step, steps) if steps > 0 else None


def _longest(panel: Panel, scenario: Scenario) -> float:
    return max(scenario.arms[name].duration for name in panel.arms or scenario.arms)


def _readings(arm: Arm) -> dict[str, str]:
    """What can be read of an arm, in words."""
    drugs = {therapy.column: drug_text(therapy.id) for therapy in arm.therapies()}
    return {name: item.text for name, item in OBSERVABLES.items()} | drugs
