"""The time axis: which unit, where the ticks are, what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from metabosim.units import MINUTES, best_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABELS = {
    "min": "time (min)",
    "h": "time (h)",
    "clock": "time of day",
    "d": "time (days)",
    "weeks": "time (weeks)",
    "years": "time (years)",
}
# ticks that people count in, by unit
STEPS = {
    "min": (5, 10, 15, 30, 60),
    "h": (0.5, 1, 2, 3, 4, 6, 12, 24),
    "d": (1, 2, 7, 14, 28),
    "weeks": (1, 2, 4, 8, 13, 26),
    "years": (0.5, 1, 2, 5),
}
MOST_TICKS = 9
TICK_ROOM = 0.55  # inches that a tick and its text need


def ticks(start: float, stop: float, unit: str, most: int = MOST_TICKS) -> list[float]:
    """Where to put ticks, in min: whole steps of the unit, fewer than `most`."""
    size = MINUTES[unit]
    steps = [step * size for step in STEPS[unit]]
    step = next((step for step in steps if (stop - start) / step < most), steps[-1])
    while (stop - start) / step >= most:
        step *= 2
    first = -(-start // step)
    return [n * step for n in range(int(first), int(stop // step + 1e-9) + 1)]


def tick_text(time_min: float, unit: str, clock: bool) -> str:
    """What a tick says: 08:00 on a clock, "day 2" where a day begins, a plain number elsewhere."""
    if unit in ("h", "min") and clock:
        day, minute = divmod(round(time_min), 1440)
        if minute == 0 and day:
            return f"day {day + 1}"
        return f"{minute // 60:02d}:{minute % 60:02d}"
    return f"{time_min / MINUTES[unit]:g}"


def set_time_axis(
    axes: Axes, start: float, stop: float, unit: str | None, clock: bool, labelled: bool
) -> None:
    """Set limits, ticks and, where `labelled`, the texts of a time axis from `start` to `stop`."""
    unit = unit or best_unit(start, stop)
    clock = clock and unit in ("h", "min")
    inches = axes.get_window_extent().width / axes.figure.dpi
    places = ticks(start, stop, unit, max(2, min(MOST_TICKS, int(inches / TICK_ROOM))))
    axes.set_xlim(start, stop)
    axes.set_xticks(places)
    if not labelled:
        axes.set_xticklabels([])
        return
    axes.set_xticklabels([tick_text(place, unit, clock) for place in places])
    axes.set_xlabel(LABELS["clock" if clock else unit], labelpad=2)
