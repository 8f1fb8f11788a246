"""The physiology and nothing else: organs, their equations, and the wiring between them.

The registries below are read off the declarations; nothing is declared twice.
"""

from metabosim.body import anatomy, observe
from metabosim.body.quantities import Declared, declared

_GROUPS = {
    "states": anatomy.States,
    "parameters": anatomy.Parameters,
    "levers": anatomy.Levers,
    "variants": anatomy.Variants,
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


STATES = _collect(anatomy.States)
PARAMETERS = _collect(anatomy.Parameters) | {
    item.name: item for item in declared("observe", observe.Parameters)
}
LEVERS = _collect(anatomy.Levers)
VARIANTS = _collect(anatomy.Variants)
INPUTS = {item.name: item for item in declared("protocol", anatomy.Inputs)}
SIGNALS = {item.name: item for item in declared("wiring", anatomy.Held)}
OBSERVABLES = {item.name: item for item in declared("observe", observe.Observables)}
