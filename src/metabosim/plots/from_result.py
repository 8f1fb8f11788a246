"""From a scenario's result to the picture of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from metabosim.output import Stamp
from metabosim.plots.computed import computed_panels, is_table
from metabosim.plots.daily import LONG, MORNING, by_day, looks_at_mornings, swings
from metabosim.plots.lines import inside
from metabosim.plots.marks import View, joined, marks_of
from metabosim.plots.picture import Bar, BarPanel, Event, Line, LinePanel, Panel, Picture
from metabosim.plots.words import arms_in_words, as_written, step_words, verdict_words
from metabosim.protocol import Diet, Dose, GlucoseBolus, Meal, OralGlucose, ProtocolStep
from metabosim.units import display_unit, to_us

if TYPE_CHECKING:
    from metabosim.claims import ScenarioResult
    from metabosim.scenario import Panel as PanelSpec
    from metabosim.scenario import Scenario

# beyond this many minutes single meals are no events any more
EVENTFUL = 4 * 1440.0


def picture_of(result: ScenarioResult, stamp: Stamp, *, us: bool = False) -> Picture:
    """The picture that the scenario's `plot` section asks for, with the verdict of `result`."""
    scenario = result.scenario
    claim = result.claims[0]
    names = [scenario.control, *(name for name in scenario.arms if name != scenario.control)]
    words = arms_in_words({name: scenario.arms[name] for name in names})
    panels: list[Panel] = []
    for spec in scenario.plot.panels:
        panels += _panels(spec, result, us)
    return Picture(
        title=scenario.title,
        claim=scenario.claim,
        verdict=claim.verdict,
        margin=verdict_words(claim.verdict, claim.margin, claim.unit or ""),
        arms=words,
        panels=tuple(_events_once(panels)),
        footer=(
            f"In reality ({scenario.in_reality.strength}): {scenario.in_reality.text}",
            stamp.line,
        ),
        caption=scenario.plot.caption or "",
    )


def _panels(spec: PanelSpec, result: ScenarioResult, us: bool) -> Iterator[Panel]:
    """The panels of one entry of the plot: a table, what checks computed, or courses."""
    judged = zip(result.scenario.checks, result.claims[0].checks, strict=True)
    drawn = [(check, found) for check, found in judged if check.id in spec.checks]
    if spec.kind != "lines" or any(is_table(check) for check, _ in drawn):
        computed = [panel for check, found in drawn for panel in computed_panels(check, found, us)]
        yield from _titled(computed, spec.title) if computed else _means(spec, result, us)
        return
    for observable in spec.observables:
        title = spec.title if len(spec.observables) == 1 else None
        yield _line_panel(spec, observable, title, result, us)


def _titled(panels: list[Panel], title: str | None) -> list[Panel]:
    """The panels, a single one under the title that the scenario gives it."""
    return [replace(panels[0], title=title)] if title and len(panels) == 1 else panels


def _means(spec: PanelSpec, result: ScenarioResult, us: bool) -> Iterator[Panel]:
    """A bar for each arm: the mean of each observable over the panel's stretch of time."""
    for observable in spec.observables:
        panel = _line_panel(spec, observable, spec.title, result, us)
        means = [
            Bar(as_written(line.arm), float(line.values[shown].mean()), line.arm)
            for line in panel.lines
            if (shown := inside(panel, line)).any()
        ]
        yield BarPanel(panel.title, panel.unit, tuple(means))


def _line_panel(
    spec: PanelSpec, observable: str, title: str | None, result: ScenarioResult, us: bool
) -> LinePanel:
    scenario = result.scenario
    arms = {name: run for name, run in result.arms.items() if name in scenario.arms}
    column = to_us(observable, 1.0)[0] if us else observable

    def convert(values: Any) -> Any:
        return to_us(observable, values)[1] if us else values

    start = spec.start or 0.0
    longest = max(arm.duration for arm in scenario.arms.values())
    stop = longest if spec.stop is None else spec.stop
    others = tuple(name for name in scenario.arms if name != scenario.control)
    view = View(
        observable, display_unit(column), start, stop, arms, others or (scenario.control,), convert
    )
    drawn = [check for check in scenario.checks if check.id in spec.checks]
    clock = all(arm.start == "midnight" for arm in scenario.arms.values())
    lines = [
        Line(name, np.asarray(run.time_min, float), np.asarray(convert(run[observable]), float))
        for name, run in _control_first(arms, scenario)
        if observable in run.names
    ]
    title = title or _title(observable)
    if stop - start > LONG:
        morning = (MORNING if clock else 0.0) if looks_at_mornings(drawn, observable) else None
        if any(swings(line.time_min, line.values) for line in lines):
            title += ", daily mean" if morning is None else ", fasting"
        lines = [Line(x.arm, *by_day(x.time_min, x.values, morning)) for x in lines]
    return LinePanel(
        title=title,
        unit=display_unit(column),
        lines=tuple(lines),
        start=start,
        stop=stop,
        marks=(
            *joined(mark for check in drawn for mark in marks_of(check, view)),
            *_events(scenario, start, stop),
        ),
        time_unit=spec.time_unit,
        clock=clock,
    )


def _control_first(arms: dict[str, Any], scenario: Scenario) -> list[tuple[str, Any]]:
    return sorted(arms.items(), key=lambda item: item[0] != scenario.control)


def _title(observable: str) -> str:
    """The observable's name in words."""
    from metabosim.body import OBSERVABLES

    if observable in OBSERVABLES:
        return OBSERVABLES[observable].text
    drug = observable.removeprefix("drug_").removesuffix("_nmol_l").replace("_", "-")
    return f"{drug} in plasma"


def _events(scenario: Scenario, start: float, stop: float) -> list[Event]:
    """What is done at a moment in any arm, where the picture can show it."""
    steps = [step for arm in scenario.arms.values() for step in arm.protocol]
    found = dict.fromkeys(event for step in steps for event in _step_events(step, stop - start))
    doses = [step for step in steps if isinstance(step, Dose)]
    diets = [step for step in steps if isinstance(step, Diet)]
    # where one dose of a drug follows another, nothing starts or stops; nor does at the very end
    unsaid = {
        Event(at, f"{one.therapy.id} {verb}")
        for one in doses
        for other in doses
        if one.stop is not None and one.therapy.id == other.therapy.id
        if one.stop <= other.start <= one.stop + (one.every or 0.0)
        for at, verb in ((one.stop, "stops"), (other.start, "starts"))
    }
    unsaid |= {Event(stop, f"{step.therapy.id} stops") for step in doses}
    unsaid |= {Event(step.start, "diet ends") for step in diets} | {Event(stop, "diet ends")}
    return [event for event in found if start <= event.time_min <= stop and event not in unsaid]


def _step_events(step: ProtocolStep, span: float) -> Iterator[Event]:
    match step:
        case Meal() if span <= EVENTFUL:
            yield Event(step.at, "meal")
        case OralGlucose() | GlucoseBolus() if span <= EVENTFUL:
            yield Event(step.at, step_words(step))
        case Dose():
            # a dose at the very start needs no telling: the arm's words say it
            if step.start > 0:
                yield Event(step.start, f"{step.therapy.id} starts" if step.every else "dose")
            if step.stop is not None:
                yield Event(step.stop, f"{step.therapy.id} stops")
        case Diet() if step.stop is not None:
            yield Event(step.stop, "diet ends")
        case _:
            return


def _events_once(panels: list[Panel]) -> Iterator[Panel]:
    """Events named in the first panel of each stretch of time; once is enough."""
    seen = set()
    for panel in panels:
        if not isinstance(panel, LinePanel):
            yield panel
            continue
        stretch = (panel.start, panel.stop)
        if stretch in seen:
            kept = tuple(mark for mark in panel.marks if not isinstance(mark, Event))
            panel = replace(panel, marks=kept)
        seen.add(stretch)
        yield panel
