"""What an exported document says besides its equations: notes for readers, and terms of public vocabularies."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from html import escape
from importlib.resources import files
from typing import Any, Final, NamedTuple

from metabosim.body import INPUTS, LEVERS, PARAMETERS, SIGNALS, VARIANTS
from metabosim.body.quantities import inside_factor

RESOLVER: Final = "https://identifiers.org/"
HUMAN: Final = "taxonomy:9606"
DISCLAIMER: Final = (
    "Illustrative, not clinical: directions, order and rough sizes, in invented people. "
    "Do not use it to choose, dose, start or stop a treatment, or to diagnose."
)
READING: Final = (
    "Time is in minutes. States are parameters with rate rules; observables, whose names end in their unit, "
    "are parameters with assignment rules. Levers are gains on one mechanism: 1 as it is, 0 knocked out, up to 3. "
    "Set held_X to 1 to hold signal X at held_at_X. What repeats until the end of the run that this was exported "
    "from goes on repeating."
)
_TABLES: Final = {
    "lever": LEVERS,
    "variant": VARIANTS,
    "input": INPUTS,
    "held": SIGNALS,
    "held_at": SIGNALS,
}


class Term(NamedTuple):
    """One line of annotations.csv: how a term of a vocabulary stands to a state."""

    state: str
    qualifier: str
    term: str
    label: str


def terms() -> list[Term]:
    """The table of annotations.csv."""
    text = files("metabosim.exchange").joinpath("annotations.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [Term(*row) for row in csv.reader(lines[1:])]


def about_constant(block: str, name: str, value: float) -> str:
    """What a constant is, with its range and source; `value` is the one it has here, in inside units."""
    if block == "parameter":
        kind = PARAMETERS[name].kind
        declared = value / inside_factor(kind.unit)
        return (
            f"{kind.text}. Here {declared:.6g} {kind.unit} (plausible {kind.low:g} to {kind.high:g}). "
            f"Source of the reference value: {kind.source}."
        )
    item = _TABLES[block][name]
    if block == "lever":
        return f"Lever: {item.text} ({item.kind.edge})"
    told = {
        "variant": "Variant, 1 to rewire: ",
        "input": "Input: ",
        "held": "1 while this is held: ",
        "held_at": "What this is held at: ",
    }
    return told[block] + item.text


def note(element: Any, *paragraphs: str) -> None:
    """Put paragraphs of plain text into the notes of a libSBML element."""
    body = "".join(f"<p>{escape(text, quote=False)}</p>" for text in paragraphs)
    element.setNotes(f'<body xmlns="http://www.w3.org/1999/xhtml">{body}</body>')


def annotate(element: Any, qualifier: str, found: Iterable[str]) -> None:
    """Say in RDF how each term stands to a libSBML element."""
    import libsbml

    element.setMetaId(f"about_{element.getId()}")
    for term in found:
        written = libsbml.CVTerm(libsbml.BIOLOGICAL_QUALIFIER)
        written.setBiologicalQualifierType(qualifier)
        written.addResource(RESOLVER + term)
        element.addCVTerm(written)
