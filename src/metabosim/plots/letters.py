"""Fitting text: how wide it is, where it breaks, and labels that stay clear of each other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache


@lru_cache(maxsize=4096)
def width(text: str, size: float, bold: bool = False) -> float:
    """Width of one line of text in inches at `size` points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    points, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    return float(points) / 72


def wrap(text: str, size: float, inches: float, bold: bool = False) -> list[str]:
    """`text` broken between words into lines no wider than `inches`."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, bold) <= inches:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places as near to `wanted` as they can be, at least `gap` apart and within `low` to `high`.

    Order is kept. Where there is no room for all, the gap shrinks.
    """
    if not wanted:
        return []
    if len(wanted) > 1:
        gap = min(gap, (high - low) / (len(wanted) - 1))
    order = sorted(range(len(wanted)), key=lambda n: wanted[n])
    # groups of touching labels, each centred on the mean of what its members want
    groups: list[list[int]] = []
    starts: list[float] = []
    for index in order:
        groups.append([index])
        starts.append(wanted[index])
        while True:
            size = (len(groups[-1]) - 1) * gap
            middle = sum(wanted[n] for n in groups[-1]) / len(groups[-1])
            starts[-1] = min(max(middle - size / 2, low), high - size)
            if len(groups) == 1 or starts[-1] >= starts[-2] + len(groups[-2]) * gap - 1e-9:
                break
            last = groups.pop()
            starts.pop()
            groups[-1].extend(last)
    places = [0.0] * len(wanted)
    for start, group in zip(starts, groups, strict=True):
        for n, index in enumerate(group):
            places[index] = start + n * gap
    return places
