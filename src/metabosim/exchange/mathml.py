"""The body as an XHTML page with its equations in MathML 3, which browsers show without a script or a font."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Final

from latex2mathml.converter import convert

from metabosim.exchange.latex_math import NOTATION, equation, equation_unit, unit_text
from metabosim.exchange.readable import Constant, Readable, Section, about_equation
from metabosim.exchange.symbols import LETTERS, Quantity

_STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
figure { margin: 1rem 0; padding: .25rem 0 .25rem 1rem; border-left: 3px solid #8888; overflow-x: auto; }
figcaption { font-size: .9rem; }
figcaption code, td code { opacity: .7; font-size: .85em; }
math { font-size: 1.15rem; }
td math, p math, figcaption math { font-size: 1rem; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #8884; }
td.number { text-align: right; white-space: nowrap; }
.warning { font-weight: bold; }
"""


def document(body: Readable) -> str:
    """The whole page, as XML."""
    parts = [
        f'<p class="warning">{_text(body.about[0])}</p>',
        *(f"<p>{_text(text)}</p>" for text in body.about[1:]),
        "<h2>Notation</h2>",
        *(f"<p>{_math(formula)}: {_text(text)}</p>" for formula, text in NOTATION),
        "<p>The letter of a constant says what kind of quantity it is:</p>",
        _rows(("letter", "stands for"), ([_math(a), _text(b)] for a, b in LETTERS)),
        *(part for section in body.sections for part in _section(section)),
        *(part for title, rows in body.constants if rows for part in _constants(title, rows)),
        f"<p><small>{_text(body.stamp.line)}</small></p>",
    ]
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en">\n<head>\n'
        f'<meta name="generator" content="{escape(body.stamp.line)}"/>\n'
        '<meta name="viewport" content="width=device-width"/>\n'
        f"<title>The equations of the body: {_text(body.title)}</title>\n"
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>The equations of the body</h1>\n"
    )
    return head + "\n".join(parts) + "\n</body>\n</html>\n"


def _text(text: str) -> str:
    return escape(text, quote=False)


def _math(latex: str, *, display: bool = False) -> str:
    """MathML; latex2mathml sets a single letter in italics even where it is to stand upright."""
    upright = re.sub(r"\\mathrm\{(\w)\}", r"\\text{\1}", latex)
    return convert(upright, display="block" if display else "inline") if latex else ""


def _section(section: Section) -> Iterable[str]:
    yield f'<h2 id="{section.organ}">{_text(section.title)}</h2>'
    yield from map(_equation, section.equations)


def _equation(quantity: Quantity) -> str:
    unit = equation_unit(quantity)
    about = _text(about_equation(quantity)) + (f", {_math(unit)}" if unit else "")
    identity = quantity.name.replace(".", "-")
    return (
        f'<figure id="{quantity.kind}-{identity}"><figcaption>{about} <code>{quantity.name}</code>'
        f"</figcaption>{_math(equation(quantity), display=True)}</figure>"
    )


def _constants(title: str, rows: tuple[Constant, ...]) -> Iterable[str]:
    yield f"<h2>{_text(title)}</h2>"
    last = "where it acts" if "→" in rows[0].source else "source"
    heads = ("symbol", "what it is", "name", "value", "unit", "plausible", last)
    yield _rows(heads, map(_constant, rows))


def _constant(row: Constant) -> list[str]:
    name = row.quantity.declared.name if row.quantity.declared else row.quantity.name
    value = "" if row.value is None else f"{row.value:g}"
    return [
        _math(row.quantity.symbol),
        _text(row.quantity.text),
        f"<code>{name}</code>",
        value,
        _math(unit_text(row.unit)),
        row.plausible,
        _text(row.source),
    ]


def _rows(heads: Iterable[str], rows: Iterable[list[str]]) -> str:
    """A table; a cell that holds a number stands at the right."""
    top = "".join(f"<th>{head}</th>" for head in heads)
    lines = [
        "<tr>" + "".join(f"<td{_aligned(cell)}>{cell}</td>" for cell in row) + "</tr>"
        for row in rows
    ]
    return f"<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n" + "\n".join(lines) + "\n</tbody>\n</table>"  # fmt: skip


def _aligned(cell: str) -> str:
    return ' class="number"' if cell[:1].isdigit() and " " not in cell else ""
