"""The scaling curves as a picture: cost against days, and against people."""

from __future__ import annotations

from math import log10
from pathlib import Path
from typing import Any

from benchmarks.words import seconds
from metabosim.plots.style import BLACK, COLOURS, LETTER_COLOURS, QUIET, SETTINGS

NAME = "scaling"
OWN = ("averaged", "lanes", "lanes-averaged", "scalar")  # drawn black
TICKS = {"days": (1, 7, 28, 182, 730, 3650), "people": (2, 8, 32, 128)}


def drawn(record: dict[str, Any], folder: Path) -> list[Path]:
    """Write scaling.png and scaling.svg."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    with mpl.rc_context(SETTINGS):
        figure, axes = plt.subplots(1, 2, figsize=(15.0, 6.6), layout="constrained")
        colours = _colours(record)
        _panel(axes[0], record, "days", colours)
        axes[0].set(xlabel="simulated days", title="One person, a drug once a week")
        _panel(axes[1], record, "people", colours)
        axes[1].set(
            xlabel="people", title=f"One day of many people, {record['processes']} processes"
        )
        for axis in axes:
            axis.set_ylabel("wall clock")
        machine = record["machine"]
        figure.text(
            0.5, -0.045,
            f"{machine['processor'].split(' (')[0]}, {machine['cores']} cores, {machine['date']}; all engines within "
            f"one part in {1.0 / record['target']:,.0f} of the reference, but the averaged one: see the table",
            ha="center", fontsize=11.0, color=QUIET,
        )  # fmt: skip
        paths = [folder / f"{NAME}.{kind}" for kind in ("png", "svg")]
        for path in paths:
            meta = {"Date": None} if path.suffix == ".svg" else None
            figure.savefig(path, dpi=110, bbox_inches="tight", metadata=meta)
        plt.close(figure)
    return paths


def _colours(record: dict[str, Any]) -> dict[str, str]:
    names = [curve["engine"] for part in record["curves"].values() for curve in part]
    others = [name for name in dict.fromkeys(names) if name not in OWN]
    found = dict.fromkeys(OWN, BLACK)
    return found | {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(others)}


def _panel(axis: Any, record: dict[str, Any], part: str, colours: dict[str, str]) -> None:
    """One curve for each engine, named at its end."""
    from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

    curves = [curve for curve in record["curves"][part] if curve["at"]]
    axis.set_xscale("log")
    axis.set_yscale("log")
    for curve in curves:
        name = curve["engine"]
        axis.plot(
            curve["at"],
            curve["seconds"],
            marker="o",
            markersize=4.5,
            color=colours[name],
            linestyle="--" if name == "averaged" else "-",
            linewidth=3.0 if name in OWN else 2.0,
        )
    axis.xaxis.set_minor_locator(NullLocator())
    axis.set_xticks(TICKS[part], [f"{tick:,}" for tick in TICKS[part]])
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: seconds(value)))
    axis.yaxis.set_minor_formatter(NullFormatter())
    axis.grid(axis="y", color="#e6e6e6", linewidth=0.8)
    if not curves:
        return
    furthest = max(max(curve["at"]) for curve in curves)
    nearest = min(min(curve["at"]) for curve in curves)
    axis.set_xlim(nearest / 1.3, furthest * 1.25)
    _names(axis, record, curves, colours, furthest)


def _names(
    axis: Any,
    record: dict[str, Any],
    curves: list[dict[str, Any]],
    colours: dict[str, str],
    right: float,
) -> None:
    """The engines' names to the right of the panel, as near to the ends of their curves as there is room."""
    low, high = (log10(limit) for limit in axis.get_ylim())
    apart = 0.062
    ends = sorted(curves, key=lambda curve: curve["seconds"][-1])
    heights: list[float] = []
    for curve in ends:
        wanted = (log10(curve["seconds"][-1]) - low) / (high - low)
        heights.append(max(wanted, heights[-1] + apart) if heights else wanted)
    over = max(0.0, heights[-1] - 1.0)
    for curve, height in zip(ends, heights, strict=True):
        colour = colours[curve["engine"]]
        place = (1.015, height - over)
        axis.annotate(
            record["engines"][curve["engine"]]["title"],
            (curve["at"][-1], curve["seconds"][-1]),
            xytext=place,
            textcoords=axis.transAxes,
            va="center",
            fontsize=11.5,
            color=LETTER_COLOURS.get(colour, colour),
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.6, "alpha": 0.6}
            if curve["at"][-1] < right
            else None,
        )
