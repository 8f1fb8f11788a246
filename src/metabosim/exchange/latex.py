"""The body as a LaTeX document: every equation with its name and unit, every constant with its source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from metabosim.exchange.latex_math import NOTATION, equation, equation_unit, unit_text
from metabosim.exchange.readable import Constant, Readable, Section, about_equation
from metabosim.exchange.symbols import LETTERS, Quantity

_HEAD: Final = r"""\documentclass[10pt,a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb}
\usepackage{longtable,array}
\usepackage[margin=20mm]{geometry}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt}
\setlength{\LTleft}{0pt}
\allowdisplaybreaks
"""
_PLAIN: Final = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "µ": r"\ensuremath{\mu}", "→": r"\ensuremath{\to}", "≥": r"\ensuremath{\ge}", "≤": r"\ensuremath{\le}",
    "×": r"\ensuremath{\times}", "–": "--", "±": r"\ensuremath{\pm}", "−": r"\ensuremath{-}",
}  # fmt: skip


def escaped(text: str) -> str:
    """Plain text as LaTeX prints it."""
    return "".join(_PLAIN.get(character, character) for character in text)


def document(body: Readable) -> str:
    """The whole document."""
    parts = [
        f"% {body.stamp.line}",
        _HEAD + rf"\title{{The equations of the body}}\author{{{escaped(body.title)}}}\date{{}}",
        r"\begin{document}\maketitle",
        rf"\textbf{{{escaped(body.about[0])}}}",
        *(escaped(text) for text in body.about[1:]),
        rf"\texttt{{\small {escaped(body.stamp.line)}}}",
        r"\section{Notation}",
        *(rf"\[{formula}\]{text}." for formula, text in NOTATION),
        _letters(),
        *map(_section, body.sections),
        *(_table(title, rows) for title, rows in body.constants if rows),
        r"\end{document}",
    ]
    return "\n\n".join(parts) + "\n"


def _letters() -> str:
    rows = "\n".join(rf"${letter}$ & {escaped(text)} \\" for letter, text in LETTERS)
    head = "The letter of a constant says what kind of quantity it is:"
    return rf"{head}\begin{{longtable}}{{@{{}}ll@{{}}}}" + f"\n{rows}\n" + r"\end{longtable}"


def _section(section: Section) -> str:
    return "\n\n".join(
        [rf"\section{{{escaped(section.title)}}}", *map(_equation, section.equations)]
    )


def _equation(quantity: Quantity) -> str:
    """An equation under a line that says what it gives, its unit, and its name in the program."""
    unit = equation_unit(quantity)
    head = escaped(about_equation(quantity)) + (f", ${unit}$" if unit else "")
    name = rf"{{\footnotesize\texttt{{{escaped(quantity.name)}}}}}"
    return f"{head} \\hfill {name}\\nopagebreak\n\\[{equation(quantity)}\\]"


_WORDS: Final = r">{\raggedright\arraybackslash}p"


def _table(title: str, rows: tuple[Constant, ...]) -> str:
    """Constants of one kind; columns that would be empty are left out."""
    columns, heads = ["l", _WORDS + "{48mm}"], ["symbol", "what it is"]
    cells: list[Callable[[Constant], str]] = [_symbol, _text]
    more: tuple[tuple[str, str, Callable[[Constant], str]], ...] = (
        ("r", "value", lambda row: "" if row.value is None else f"{row.value:g}"),
        ("l", "unit", lambda row: f"${text}$" if (text := unit_text(row.unit)) else ""),
        ("l", "plausible", lambda row: row.plausible),
        (_WORDS + "{36mm}", "source", lambda row: escaped(row.source)),
    )
    for column, head, cell in more:
        if any(map(cell, rows)):
            columns.append(column)
            heads.append("where it acts" if head == "source" and "→" in rows[0].source else head)
            cells.append(cell)
    return "\n".join(
        [
            rf"\section{{{escaped(title)}}}",
            rf"{{\footnotesize\begin{{longtable}}{{@{{}}{''.join(columns)}@{{}}}}",
            " & ".join(heads) + r" \\ \hline\noalign{\smallskip} \endhead",
            *(" & ".join(cell(row) for cell in cells) + r" \\[2pt]" for row in rows),
            r"\end{longtable}}",
        ]
    )


def _symbol(row: Constant) -> str:
    return f"${row.quantity.symbol}$"


def _text(row: Constant) -> str:
    """What it is, and below it its name in the program."""
    name = row.quantity.declared.name if row.quantity.declared else row.quantity.name
    return rf"{escaped(row.quantity.text)} {{\scriptsize\texttt{{{escaped(name)}}}}}"
