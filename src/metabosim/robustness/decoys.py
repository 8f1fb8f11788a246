"""Decoys: bodies that a wrong explanation would build. The claims together must reject each of them.

A decoy is a function that changes the equations of a `body` (the package metabosim.body, organ by organ); its title and
docstring say what somebody believes who would build it so. To write one, replace a function of an organ by one of your
own, as those below do, and run
`python tools/measure.py decoys`: the kernels are printed and compiled anew for each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any

from metabosim import body as organs
from metabosim.body import adipose, immune, islet, liver, muscle, pituitary, wiring  # noqa: F401  # of organs
from metabosim.body.shapes import rises

ADDED = 150.0  # pmol/min of insulin by each arm at full GLP-1; an assumption, about what a fasting islet secretes
HABITUAL_VAT = 2.0  # kg; an assumption, between the lean and the obese


@dataclass(frozen=True)
class Decoy:
    """A wrong body. Rewired equations stay so: it belongs into a process of its own."""

    id: str
    title: str
    text: str
    rewiring: Callable[[Any], None]

    def rewire(self) -> None:
        """Make the equations its own."""
        self.rewiring(organs)


DECOYS: dict[str, Decoy] = {}


def decoy(title: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Enters a rewiring into the table; its docstring is the belief."""

    def enter(rewiring: Callable[[Any], None]) -> Callable[[Any], None]:
        name = rewiring.__name__.replace("_", "-")
        DECOYS[name] = Decoy(name, title, cleandoc(rewiring.__doc__ or ""), rewiring)
        return rewiring

    return enter


def _levers_always(body: Any, **values: float) -> None:
    """The whole body with these levers times `values`, whatever a scenario sets."""
    plain = body.wiring.body

    def turned_body(f: Any, s: Any, p: Any, lever: Any, variant: Any, u: Any, tap: Any) -> Any:
        turned = lever._make(
            organ._replace(
                **{
                    name: values[name] * getattr(organ, name)
                    for name in organ._fields
                    if name in values
                }
            )
            for organ in lever
        )
        return plain(f, s, p, turned, variant, u, tap)

    body.wiring.body = turned_body


@decoy("A common cause")
def common_cause(body: Any) -> None:
    """The GHRH drug raises insulin's effect by itself; visceral fat falls beside it and has no say in anything."""
    signalling, sensitivity = body.muscle.signalling, body.liver.sensitivity
    body.muscle.signalling = lambda p, variant, hearing, against, ghrh: signalling(
        p, variant._replace(common_cause=1.0), hearing, against, ghrh
    )
    body.immune.vat_drive = lambda p, vat: (
        p.vat_inflammation_gain * HABITUAL_VAT / (1.0 + HABITUAL_VAT / p.vat_inflammation_half)
    )
    body.liver.sensitivity = lambda p, lever, hears, against, spill: sensitivity(
        p, lever._replace(vat_lipid_spill=0.0), hears, against, spill
    )


@decoy("Growth hormone acts directly, and for the better")
def gh_directly(body: Any) -> None:
    """Growth hormone helps insulin in muscle and liver by itself, at once; it does not remodel the body."""
    opposition = body.pituitary.opposition
    body.pituitary.opposition = lambda s, p: -0.3 * opposition(s, p)
    _levers_always(body, gh_vat_lipolysis=0.0, gh_lean_mass=0.0, gh_acute_lipolysis=0.0)


@decoy("No feedback")
def no_feedback(body: Any) -> None:
    """Causes have effects and effects have none: every loop of the body is open at one place."""
    _levers_always(
        body,
        hyperinsulinaemia_fat_storage=0.0,
        beta_cell_compensation=0.0,
        vat_gh_suppression=0.0,
        igf1_feedback=0.0,
        fuel_cravings=0.0,
        counterregulation=0.0,
    )


@decoy("Secretion is added, not gated")
def secretion_added(body: Any) -> None:
    """GLP-1 makes the islet secrete so much more insulin, whatever glucose is."""
    flows = body.islet.flows

    def added(s: Any, p: Any, lever: Any, variant: Any, cell: Any, somatostatin: Any) -> Any:
        plain = flows(s, p, lever, variant, cell._replace(pka=0.0, epac2=0.0), somatostatin)
        more = ADDED * (cell.pka + cell.epac2) * lever.insulin_secretion * s.beta_mass
        return plain._replace(secretion=plain.secretion + more)

    body.islet.flows = added


@decoy("PKA and Epac2 are one")
def one_arm(body: Any) -> None:
    """cAMP has one way to act, on release; that two molecules carry it makes no difference."""
    cascade, flows = body.islet.cascade, body.islet.flows

    def one(p: Any, lever: Any, trigger: Any, drive: Any) -> Any:
        cell = cascade(p, lever, trigger, drive)
        arms = 0.5 * (lever.pka_arm + lever.epac2_arm)
        return cell._replace(pka=rises(arms * (cell.camp - 1.0), p.pka_half), epac2=0.0)

    def released(s: Any, p: Any, lever: Any, variant: Any, cell: Any, somatostatin: Any) -> Any:
        merged = p._replace(pka_gain=p.pka_gain + p.epac2_gain, pka_mobilisation=0.0)
        return flows(s, merged, lever, variant, cell, somatostatin)

    body.islet.cascade, body.islet.flows = one, released


@decoy("Only the mean of growth hormone counts")
def mean_only(body: Any) -> None:
    """Fat does not care whether growth hormone comes in pulses or steadily: its answer is a straight line."""
    boost = body.adipose.gh_boost
    body.adipose.gh_boost = lambda p, lever, gh: boost(
        p._replace(gh_lipolysis_linear=1.0), lever, gh
    )
