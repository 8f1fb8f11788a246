"""The equations, the loops and the wiring diagrams, as the tables of MODEL.md; maths as GitHub shows it."""

from __future__ import annotations

from metabosim.body.quantities import Declared
from metabosim.exchange import wiring_loop
from metabosim.exchange.latex_math import NOTATION, equation, equation_unit
from metabosim.exchange.readable import about_equation, sections
from metabosim.exchange.symbols import LETTERS, quantities
from metabosim.exchange.wiring_data import Path, shown
from metabosim.exchange.wiring_graph import graph
from model_table import code, table

PICTURES = "docs/img/wiring"


def maths(latex: str) -> str:
    """An inline formula, in the form in which Markdown leaves it alone."""
    return f"$`{latex}`$" if latex else ""


def symbol(item: Declared) -> str:
    """The symbol of a parameter; a drug's of the first slot."""
    slot = "drug1_" if item.organ == "drugs" else ""
    return maths(quantities()[f"parameter.{slot}{item.name}"].symbol)


def equations(organ: str) -> str:
    """Every equation of an organ, with what it gives and its unit."""
    (section,) = (section for section in sections() if section.organ == organ)
    rows = [
        (maths(rf"\displaystyle {equation(q)}"), about_equation(q), maths(equation_unit(q)))
        for q in section.equations
    ]
    return table(("equation", "what it gives", "unit"), rows)


def notation() -> str:
    """What is to be known before an equation is read."""
    letters = "; ".join(f"{maths(letter)} {text}" for letter, text in LETTERS)
    shapes = "; ".join(f"{maths(formula)} is {text}" for formula, text in NOTATION)
    return f"Letters of constants: {letters}.\n\nOf our own making: {shapes}."


def loops() -> str:
    """Every loop: its way round, what it does, what cuts it."""
    rows = [
        (
            f"[{path.title}]({PICTURES}/{path.id}.svg)",
            _way(path),
            wiring_loop.KINDS[graph().sign(path)][0],
            ", ".join(map(code, graph().levers(path))) or "no lever",
        )
        for path in shown().paths
        if path.closed
    ]
    return table(("loop", "way round", "kind", "cut it with"), rows)


def _way(path: Path) -> str:
    """The nodes from the first to the last, of a loop the first again, with the sign of each arrow."""
    nodes, signs = shown().nodes, {"+": "→", "-": "⊣", "±": "⋄"}
    arrows = graph().along(path)
    texts = [f"{nodes[arrow.source].label} {signs[arrow.at_rest]}" for arrow in arrows]
    return " ".join([*texts, nodes[arrows[-1].target].label])


def picture(name: str) -> str:
    """One wiring diagram."""
    if name == "body":
        return f"![Who acts on whom in the body]({PICTURES}/body.svg)"
    (path,) = (path for path in shown().paths if path.id == name)
    return f"![{wiring_loop.told(path)}]({PICTURES}/{name}.svg)"


def ways() -> str:
    """Every way that does not come back, with what cuts it."""
    rows = [
        (
            f"[{path.title}]({PICTURES}/{path.id}.svg)",
            _way(path),
            ", ".join(map(code, graph().levers(path))),
        )
        for path in shown().paths
        if not path.closed
    ]
    return table(("way", "from, to", "cut it with"), rows)


EQUATIONS = {
    function.__name__: function for function in (equations, notation, loops, ways, picture)
}
