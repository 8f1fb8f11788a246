"""From a scenario's result to the picture of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from metabosim.output import Stamp
from metabosim.plots.computed import computed_panels, is_table
from metabosim.plots.daily import LONG, MORNING, by_day, is_smear, looks_at_mornings, swings
from metabosim.plots.lines import inside
from metabosim.plots.marks import View, joined, marks_of
from metabosim.plots.picture import (
    Bar,
    BarPanel,
    Difference,
    Event,
    Line,
    LinePanel,
    Measured,
    Panel,
    Picture,
    Range,
    Threshold,
)
from metabosim.plots.words import arms_in_words, as_written, step_words, verdict_words
from metabosim.protocol import Diet, Dose, GlucoseBolus, Meal, OralGlucose, ProtocolStep
from metabosim.units import display_unit, to_us

if TYPE_CHECKING:
    from metabosim.claims import ClaimResult, ScenarioResult
    from metabosim.claims.verdict import CheckResult
    from metabosim.plots.overlay import Overlay
    from metabosim.scenario import Arm, Scenario
    from metabosim.scenario import Panel as PanelSpec

# a check, and what was found of it
Judged: TypeAlias = "tuple[Any, CheckResult]"
# beyond this many minutes single meals are no events any more
EVENTFUL = 4 * 1440.0
FIRST_DOSE = 2 * 1440.0


def picture_of(
    result: ScenarioResult, stamp: Stamp, *, us: bool = False, overlay: Overlay | None = None
) -> Picture:
    """The picture that the scenario's `plot` section asks for, with the verdict of `result`.

    `overlay` has points that a user measured; they are drawn where a panel shows the same.
    """
    scenario = result.scenario
    claim = result.claims[0]
    names = [scenario.control, *(name for name in scenario.arms if name != scenario.control)]
    words = arms_in_words({name: scenario.arms[name] for name in names})
    panels = [
        panel
        for spec, checks in _drawn_where(result, us)
        for panel in _panels(spec, checks, result, us)
    ]
    panels += _last_strip(result, us)
    if overlay is not None:
        panels = [_with_data(panel, overlay, us) for panel in panels]
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
        deciding=_deciding(claim),
        data=overlay.name if overlay is not None else "",
    )


def _with_data(panel: Panel, overlay: Overlay, us: bool) -> Panel:
    """A panel with the user's points of the observable that it shows, as far as it shows their time and arm."""
    if not isinstance(panel, LinePanel):
        return panel
    shown = {line.arm for line in panel.lines}
    found = []
    for series in overlay.series:
        if series.observable != panel.observable or series.arm not in {None, *shown}:
            continue
        points = [
            (time, to_us(series.observable, value)[1] if us else value)
            for time, value in zip(series.time_min, series.values, strict=True)
            if panel.start <= time <= panel.stop
        ]
        if points:
            times, values = zip(*points, strict=True)
            found.append(Measured(series.arm, times, values))
    return replace(panel, measured=tuple(found))


def _deciding(claim: ClaimResult) -> str:
    """What the check says that has the least to spare; nothing where there is only one check."""
    deciding = claim.deciding
    return (deciding.statement or as_written(deciding.id)) if len(claim.checks) > 1 else ""


def _judged(result: ScenarioResult) -> list[Judged]:
    return list(zip(result.scenario.checks, result.claims[0].checks, strict=True))


def _deciding_pair(result: ScenarioResult) -> Judged:
    deciding = result.claims[0].deciding
    return next(pair for pair in _judged(result) if pair[1] is deciding)


def _drawn_where(result: ScenarioResult, us: bool) -> list[tuple[PanelSpec, list[Judged]]]:
    """Each entry of the plot with the checks drawn into it.

    The check that decides the verdict is drawn even if no entry names it, into the first panel
    that can show it.
    """
    entries = [
        (spec, [pair for pair in _judged(result) if pair[0].id in spec.checks])
        for spec in result.scenario.plot.panels
    ]
    deciding = _deciding_pair(result)
    if not any(deciding in checks for _, checks in entries):
        for spec, checks in entries:
            if spec.kind == "lines" and _shows(spec, deciding, result, us):
                checks.append(deciding)
                break
    return entries


def _shows(spec: PanelSpec, pair: Judged, result: ScenarioResult, us: bool) -> bool:
    """Whether an entry of the plot can show what the check read beside what it asks for."""
    check, found = pair
    if spec.kind != "lines" or is_table(check):
        return any(True for _ in computed_panels(check, found, us))
    return any(
        isinstance(mark, (Threshold, Range, Difference)) and mark.label != "baseline"
        for observable in spec.observables
        for mark in marks_of(check, _view(spec, observable, result, us), found.evidence)
    )


def _last_strip(result: ScenarioResult, us: bool) -> Iterator[Panel]:
    """The deciding check in a few bars beneath the panels, where none of them shows it."""
    deciding = _deciding_pair(result)
    entries = _drawn_where(result, us)
    if any(deciding in checks and _shows(spec, deciding, result, us) for spec, checks in entries):
        return
    for panel in computed_panels(*deciding, us):
        yield replace(panel, wide=True) if isinstance(panel, BarPanel) else panel


def _panels(
    spec: PanelSpec, drawn: list[Judged], result: ScenarioResult, us: bool
) -> Iterator[Panel]:
    """The panels of one entry of the plot: a table, what checks computed, or courses."""
    if spec.kind != "lines" or any(is_table(check) for check, _ in drawn):
        computed = [panel for check, found in drawn for panel in computed_panels(check, found, us)]
        yield from _titled(computed, spec.title) if computed else _means(spec, drawn, result, us)
        return
    for observable in spec.observables:
        title = spec.title if len(spec.observables) == 1 else None
        yield _line_panel(spec, observable, title, drawn, result, us)


def _titled(panels: list[Panel], title: str | None) -> list[Panel]:
    """The panels, a single one under the title that the scenario gives it."""
    return [replace(panels[0], title=title)] if title and len(panels) == 1 else panels


def _means(
    spec: PanelSpec, drawn: list[Judged], result: ScenarioResult, us: bool
) -> Iterator[Panel]:
    """A bar for each arm: the mean of each observable over the panel's stretch of time."""
    for observable in spec.observables:
        panel = _line_panel(spec, observable, spec.title, drawn, result, us)
        means = [
            Bar(as_written(line.arm), float(line.values[shown].mean()), line.arm)
            for line in panel.lines
            if (shown := inside(panel, line)).any()
        ]
        yield BarPanel(panel.title, panel.unit, tuple(means))


def _view(spec: PanelSpec, observable: str, result: ScenarioResult, us: bool) -> View:
    """What a panel sees of the runs."""
    scenario = result.scenario
    arms = {
        name: run
        for name, run in result.arms.items()
        if name in (spec.arms or scenario.arms) and observable in run.names
    }

    def convert(values: Any) -> Any:
        return to_us(observable, values)[1] if us else values

    longest = max(scenario.arms[name].duration for name in spec.arms or scenario.arms)
    others = tuple(name for name in scenario.arms if name != scenario.control)
    return View(
        observable,
        display_unit(to_us(observable, 1.0)[0] if us else observable),
        spec.start or 0.0,
        longest if spec.stop is None else spec.stop,
        arms,
        others or (scenario.control,),
        scenario.control,
        convert,
    )


def _line_panel(
    spec: PanelSpec,
    observable: str,
    title: str | None,
    drawn: list[Judged],
    result: ScenarioResult,
    us: bool,
) -> LinePanel:
    scenario = result.scenario
    view = _view(spec, observable, result, us)
    start, stop = view.start, view.stop
    clock = all(arm.start == "midnight" for arm in scenario.arms.values())
    lines = [
        Line(
            name, np.asarray(run.time_min, float), np.asarray(view.convert(run[observable]), float)
        )
        for name, run in _control_first(view.arms, scenario)
    ]
    title = title or _title(observable)
    if is_smear(stop - start, lines):
        morning = (
            (MORNING if clock else 0.0)
            if looks_at_mornings((check for check, _ in drawn), observable)
            else None
        )
        if any(swings(line.time_min, line.values) for line in lines):
            title += ", daily mean" if morning is None else ", fasting"
        lines = [Line(x.arm, *by_day(x.time_min, x.values, morning)) for x in lines]
    return LinePanel(
        title=title,
        unit=view.unit,
        lines=tuple(lines),
        start=start,
        stop=stop,
        marks=(
            *joined(
                mark for check, found in drawn for mark in marks_of(check, view, found.evidence)
            ),
            *_events([scenario.arms[name] for name in spec.arms or scenario.arms], start, stop),
        ),
        time_unit=spec.time_unit,
        clock=clock,
        observable=observable,
    )


def _control_first(arms: Mapping[str, Any], scenario: Scenario) -> list[tuple[str, Any]]:
    return sorted(arms.items(), key=lambda item: item[0] != scenario.control)


def _title(observable: str) -> str:
    """The observable's name in words."""
    from metabosim.body import OBSERVABLES

    if observable in OBSERVABLES:
        return OBSERVABLES[observable].text
    drug = observable.removeprefix("drug_").removesuffix("_nmol_l").replace("_", "-")
    return f"{drug} in plasma"


def _events(arms: list[Arm], start: float, stop: float) -> list[Event]:
    """What is done at a moment in any of these arms, where the picture can show it."""
    steps = [step for arm in arms for step in arm.protocol]
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
    # in a long course the first dose is at its beginning, and the arm's words say it
    if stop - start > LONG:
        unsaid |= {Event(one.start, f"{one.therapy.id} starts") for one in doses
                   if one.start < FIRST_DOSE}  # fmt: skip
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
