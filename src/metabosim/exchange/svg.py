"""The little SVG that the wiring diagrams are drawn in, legible on light and on dark ground.

Signs are shapes and not only colours: what raises ends in a point, what lowers in a bar, and what does either, as the
state of the body has it, in a diamond.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from math import hypot
from typing import Final

from metabosim.exchange.symbols import ORGANS
from metabosim.output import Stamp
from metabosim.version import NOTE

SIGNS: Final = {"+": "+", "-": "−", "±": "±"}
WORDS: Final = {"+": "raises", "-": "lowers", "±": "raises or lowers"}
_HUES: Final = dict(zip(ORGANS, (35, 0, 265, 20, 340, 50, 120, 205, 300, 175, 0), strict=True))
_PLAIN: Final = "blood"  # grey: everybody's
HEAD: Final = 7.0  # length of an arrow's head


def style() -> str:
    """The style sheet of every diagram."""

    def colours(dark: bool) -> str:
        ground, ink, quiet = (
            ("#0d1117", "#e6edf3", "#9da7b3") if dark else ("#ffffff", "#1f2328", "#59636e")
        )
        lines = [f"svg{{--ground:{ground};--ink:{ink};--quiet:{quiet}}}"]
        for organ, hue in _HUES.items():
            share = 0 if organ == _PLAIN else 1
            fill = (
                f"hsl({hue} {30 * share}% 19%)"
                if dark
                else f"hsl({hue} {75 * share}% {95 - 2 * (1 - share)}%)"
            )
            line = f"hsl({hue} {55 * share}% 68%)" if dark else f"hsl({hue} {65 * share}% 36%)"
            lines.append(f".{organ}{{--fill:{fill};--line:{line}}}")
        return "".join(lines)

    return (
        colours(False) + f"@media(prefers-color-scheme:dark){{{colours(True)}}}"
        ".ground{fill:var(--ground)}"
        "text{font-family:system-ui,'Segoe UI',Helvetica,Arial,sans-serif;fill:var(--ink)}"
        ".title{font-size:17px;font-weight:600}.kind{font-size:13px}"
        ".quiet{fill:var(--quiet);font-size:11px}"
        ".lever{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,monospace;font-size:10.5px;fill:var(--quiet)}"
        ".organ{font-size:10px;fill:var(--line)}.name{font-size:12.5px;font-weight:500}"
        ".box{fill:var(--fill);stroke:var(--line);stroke-width:1.2}"
        ".room{fill:var(--fill);fill-opacity:.45}"
        ".wire{fill:none;stroke:var(--line);stroke-width:1.6}.thin .wire{stroke-width:1.1}"
        ".meal .wire{stroke-dasharray:5 3}"
        ".head{fill:var(--line);stroke:var(--line);stroke-width:1}"
        ".open{fill:var(--ground);stroke:var(--line);stroke-width:1.2}"
        ".bar{stroke:var(--line);stroke-width:2.6}"
        ".sign{font-size:13px;font-weight:700;fill:var(--line)}"
        ".heard{font-size:10px;fill:var(--line)}"
        ".leader{stroke:var(--quiet);stroke-width:.8;stroke-dasharray:1 2}"
    )


def document(
    width: float, height: float, title: str, text: str, parts: Iterable[str], stamp: Stamp
) -> str:
    """A whole picture; `text` says it in words, for whoever cannot see it."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img" aria-labelledby="title text">\n'
        '<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Description rdf:about="">'
        f"<dc:title>{_plain(stamp.svg()['Title'])}</dc:title>"
        f"<dc:description>{_plain(stamp.line)}</dc:description><dc:rights>{NOTE}</dc:rights>"
        "</rdf:Description></rdf:RDF></metadata>\n"
        f'<title id="title">{_plain(title)}</title>\n<desc id="text">{_plain(text)}</desc>\n'
        f"<style>{style()}</style>\n"
        f'<rect class="ground" width="{width:g}" height="{height:g}"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _plain(text: str | None) -> str:
    return escape(text or "", quote=False)


def group(parts: Iterable[str], classes: str, title: str = "", **data: str) -> str:
    """Parts that belong together, with data that a page may find them by."""
    attributes = "".join(f' data-{key}="{escape(value)}"' for key, value in data.items() if value)
    told = f"<title>{_plain(title)}</title>" if title else ""
    return f'<g class="{classes}"{attributes}>{told}{"".join(parts)}</g>'


def words(x: float, y: float, text: str, classes: str, anchor: str = "start") -> str:
    """A line of text, its baseline at `y`."""
    return (
        f'<text x="{x:g}" y="{y:g}" class="{classes}" text-anchor="{anchor}">{_plain(text)}</text>'
    )


def box(
    x: float, y: float, width: float, height: float, classes: str = "box", radius: float = 7.0
) -> str:
    """A box with rounded corners, its corner at `x` and `y`."""
    return f'<rect class="{classes}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}"/>'


def wire(points: Iterable[tuple[float, float]]) -> str:
    """A line through points."""
    return f'<polyline class="wire" points="{" ".join(f"{x:g},{y:g}" for x, y in points)}"/>'


def dot(x: float, y: float) -> str:
    """Where two wires are joined."""
    return f'<circle class="head" cx="{x:g}" cy="{y:g}" r="2"/>'


def head(start: tuple[float, float], tip: tuple[float, float], sign: str) -> str:
    """The end of a wire that comes from `start`: a point, a bar or a diamond at `tip`."""
    (x0, y0), (x, y) = start, tip
    length = hypot(x - x0, y - y0)
    u, v = (x - x0) / length, (y - y0) / length

    def at(along: float, aside: float) -> str:
        return f"{x - along * u - aside * v:.4g},{y - along * v + aside * u:.4g}"

    if sign == "-":
        (x1, y1), (x2, y2) = (at(2.5, side).split(",") for side in (5.0, -5.0))
        return f'<line class="bar" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'
    if sign == "±":
        corners = (at(0, 0), at(HEAD / 1.6, 4), at(2 * HEAD / 1.6, 0), at(HEAD / 1.6, -4))
        return f'<polygon class="open" points="{" ".join(corners)}"/>'
    return f'<polygon class="head" points="{" ".join((at(0, 0), at(HEAD, 3.6), at(HEAD, -3.6)))}"/>'
