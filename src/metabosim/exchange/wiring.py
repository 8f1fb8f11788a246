"""Who acts on whom: the pictures of the body and of its loops, and the graph that they are drawn from, as JSON.

A page can find the arrows of a picture by `data-source` and `data-target`, its boxes by `data-node`; both are the
names of the graph.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from metabosim.body import OBSERVABLES
from metabosim.exchange import wiring_body, wiring_loop
from metabosim.exchange.named import named
from metabosim.exchange.symbols import quantities
from metabosim.exchange.wiring_data import Node, shown
from metabosim.exchange.wiring_graph import Arrow, graph
from metabosim.output import Stamp, json_text, stamped_json

GRAPH: Final = "wiring.json"


def pictures() -> dict[str, str]:
    """`body.svg`, a picture of every loop and way by its name, and the graph as `wiring.json`."""
    data = graph_data()
    stamp = Stamp("wiring", hashlib.sha256(json_text(data).encode()).hexdigest()[:12])
    drawn = {f"{path.id}.svg": wiring_loop.picture(path, stamp) for path in shown().paths}
    return {
        "body.svg": wiring_body.picture(stamp),
        **drawn,
        GRAPH: stamped_json({"stamp": stamp.line, **data}),
    }


def graph_data() -> dict[str, Any]:
    """The graph as plain data: nodes, arrows, loops and ways, and the levers that cut no arrow."""
    whole = graph()
    paths = shown().paths
    on = {step: [path.id for path in paths if step in path.steps] for step in whole.arrows}
    return {
        "nodes": [_node(node) for node in shown().nodes.values()],
        "arrows": [_arrow(arrow, on[step]) for step, arrow in whole.arrows.items()],
        "paths": [
            {
                "id": path.id,
                "title": path.title,
                "closed": path.closed,
                "nodes": list(path.nodes),
                "sign": whole.sign(path),
                "levers": whole.levers(path),
            }
            for path in paths
        ],
        "other_levers": {lever: list(nodes) for lever, nodes in whole.loose_levers.items()},
    }


def _node(node: Node) -> dict[str, Any]:
    known = quantities()
    symbols = _observed()
    first = known[node.terms[0]]
    return {
        "id": node.id,
        "label": node.label,
        "organ": node.organ,
        "text": "; ".join(known[term].text for term in node.terms),
        "symbol": first.symbol if len(node.terms) == 1 else None,
        "unit": first.unit.id,
        "observable": symbols.get(frozenset(node.terms)),
    }


def _observed() -> Mapping[frozenset[str], str]:
    """The observable that shows a term, or the sum of several."""
    found = {}
    for name, expression in named().readings.items():
        terms = expression.args if expression.is_Add else (expression,)
        if name in OBSERVABLES and all(term.is_Symbol for term in terms):
            found[frozenset(term.name for term in terms)] = name
    return found


def _arrow(arrow: Arrow, paths: list[str]) -> dict[str, Any]:
    return {
        "from": arrow.source,
        "to": arrow.target,
        "sign": arrow.sign,
        "at_rest": arrow.at_rest,
        "levers": list(arrow.levers),
        "paths": paths,
        "at_meals": arrow.meal,
        "weak": arrow.weak,
    }
