"""The part of `metabosim explain` that says which parameters move a quantity most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from metabosim.cli import screen
from metabosim.version import NOTE

if TYPE_CHECKING:
    from metabosim.engine.elasticity import Elasticity

MOST = 10


def moves(name: str, subject: str | None) -> dict[str, Any]:
    """What moves an observable, state or signal in a subject, ready for JSON; the strongest parameter first.

    Raises RestNotFound for a subject without a rest.
    """
    from metabosim.body import OBSERVABLES, PARAMETERS, SIGNALS, STATES
    from metabosim.engine import make_body
    from metabosim.engine.elasticity import GLUCOSE_LOAD, elasticities
    from metabosim.scenario.model import DEFAULT_SUBJECT

    body = make_body(subject or DEFAULT_SUBJECT)
    rest, meal = elasticities(name, body)
    strength = {
        p: max(abs(moment.per_cent.get(p, 0.0)) for moment in (rest, meal)) for p in PARAMETERS
    }
    names = [p for p, size in sorted(strength.items(), key=lambda item: -item[1]) if size > 0.0]
    return {
        "subject": body.subject.id,
        "unit": (OBSERVABLES | STATES | SIGNALS)[name].unit,
        "meaning": "per cent of change for 1 % more of the parameter",
        "at_rest": {"clock": "07:00", **_moment(rest)},
        "after_glucose": {"amount": GLUCOSE_LOAD, "at_min": meal.at_min, **_moment(meal)},
        "parameters": [
            {
                "parameter": p,
                "text": PARAMETERS[p].text,
                "at_rest": rest.per_cent.get(p),
                "after_glucose": meal.per_cent.get(p),
            }
            for p in names
        ],
        "note": NOTE,
    }


def _moment(found: Elasticity) -> dict[str, Any]:
    return {"value": found.value, "relative": bool(found.per_cent)}


def say_moves(found: dict[str, Any]) -> None:
    """The strongest of them as a table."""
    unit = "" if found["unit"] == "1" else f" {found['unit']}"
    rest, meal = found["at_rest"], found["after_glucose"]
    screen.say(
        f"\nWhat moves it most in {found['subject']}: its change for 1 % more of a parameter"
    )
    screen.say(
        f"  at rest:  07:00 of the habitual day, {screen.number(rest['value'])}{unit}; the rest is solved anew"
    )
    screen.say(
        f"  meal:     {meal['at_min']:g} min after {meal['amount']} of glucose at 07:00, when it is furthest from "
        f"rest, {screen.number(meal['value'])}{unit}"
    )
    for label, moment in (("at rest", rest), ("then", meal)):
        if not moment["relative"]:
            screen.say(f"  it is 0 {label}, and nothing is a share of 0")
    rows = [
        (one["parameter"], _per_cent(one["at_rest"]), _per_cent(one["after_glucose"]), one["text"])
        for one in found["parameters"][:MOST]
    ]
    screen.say()
    if rows:
        screen.table(("parameter", "at rest", "meal", "what it is"), rows, numbers=(1, 2))
    else:
        screen.say("No parameter moves it.")
    others = len(found["parameters"]) - len(rows)
    more = f"{others} others move it less (--json lists all). " if others else ""
    screen.say(f"\n{more}Small changes, one at a time. {NOTE[0].upper()}{NOTE[1:]}.")


def _per_cent(share: float | None) -> str:
    return (
        "" if share is None else f"{share:+.2f} %".replace("-0.00", "0.00").replace("+0.00", "0.00")
    )
