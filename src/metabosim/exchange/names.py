"""What things are called in an exported document: the body's own names, with a prefix where it needs one."""

from __future__ import annotations

from metabosim.body import SIGNALS

GLUCOSE = "glucose"


def constant_id(block: str, name: str) -> str:
    """The id of a constant: a parameter's own name, `lever_...`, `input_...`, `held_...` for the others."""
    return name if block == "parameter" else f"{block}_{name}"


def term_id(name: str) -> str:
    """The id of a named term: `liver_restrained`, or `signal_...` for a signal that can be held."""
    return f"signal_{name}" if name in SIGNALS else name.replace(".", "_")


def pin_id(state: str) -> str:
    """What is 1 while a state is held; the body has one for glucose, which reports the infusion it takes."""
    return constant_id("input", "glucose_held") if state == GLUCOSE else f"pinned_{state}"


def drug_id(therapy: str) -> str:
    """The observable of a drug's concentration in plasma."""
    return f"drug_{therapy.replace('-', '_')}_nmol_l"


def drug_text(therapy: str) -> str:
    """The same in words."""
    return f"{therapy} in plasma"
