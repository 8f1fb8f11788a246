"""The physiology and nothing else: organs, their equations, and the wiring between them.

The registries below are read off the declarations; nothing is declared twice.
"""

from metabosim.body import observe, wiring
from metabosim.body.quantities import Declared, declared

_GROUPS = {
    "states": wiring.States,
    "parameters": wiring.Parameters,
    "levers": wiring.Levers,
    "variants": wiring.Variants,
}


def _collect(group: type) -> dict[str, Declared]:
    """Every declaration of a group, by name; drug slots carry their slot's number."""
    found: dict[str, Declared] = {}
    for organ, table in group.__annotations__.items():
        for item in declared(organ, table):
            name = f"{organ}_{item.name}" if organ.startswith("drug") else item.name
            if name in found:
                raise TypeError(f"{name} is declared by {found[name].organ} and by {organ}")
            found[name] = Declared(organ, name, item.kind, item.default)
    return found


STATES = _collect(wiring.States)
PARAMETERS = _collect(wiring.Parameters) | {
    item.name: item for item in declared("observe", observe.Parameters)
}
LEVERS = _collect(wiring.Levers)
VARIANTS = _collect(wiring.Variants)
INPUTS = {item.name: item for item in declared("protocol", wiring.Inputs)}
SIGNALS = {item.name: item for item in declared("wiring", wiring.Held)}
OBSERVABLES = {item.name: item for item in declared("observe", observe.Observables)}
