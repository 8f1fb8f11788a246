"""What is exported: one body, ready to run, and what is done to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metabosim.engine.plan import Plan
from metabosim.engine.run import Body, make_body, starting_state
from metabosim.errors import Fault, InputError
from metabosim.protocol import GlucoseProfile, Hold, ProtocolStep
from metabosim.protocol.meals import DAY
from metabosim.scenario.model import Arm

HABIT = 7.0 * DAY  # of the habitual day; enough for what repeats to be seen to repeat


@dataclass(frozen=True)
class Ready:
    """A body at the start of a run: its state `y` (s,), constants `c` (k,), and the plan of what is done."""

    body: Body
    y: NDArray[np.float64]
    c: NDArray[np.float64]
    plan: Plan
    drugs: dict[str, int]  # therapy -> slot
    fasting: bool


def habitual_day(subject: Any) -> Arm:
    """A subject left to its habits."""
    return Arm(subject, HABIT)


def body_of(arm: Arm) -> Body:
    """The arm's body at its rest, before anything is done to it. Raises RestNotFound."""
    return make_body(
        arm.subject,
        levers=arm.levers,
        lifelong=arm.lifelong,
        parameters=arm.parameters,
        variants=arm.variants,
    )


def ready(arm: Arm) -> Ready:
    """The arm's body at its start. Raises InputError for what cannot be exported, each named."""
    if reasons := refusals(arm):
        hint = "only holds at a number can; see docs/exchange.md"
        raise InputError(
            Fault(f"{reason}; a course cannot be exported", field="protocol", hint=hint)
            for reason in reasons
        )
    body = body_of(arm)
    plan, drugs, c = body.planned_from(arm.start, arm.protocol, arm.duration)
    return Ready(body, starting_state(body, arm.start), c, plan, drugs, arm.start == "fasting")


def refusals(arm: Arm) -> list[str]:
    """What an arm's protocol does that cannot be exported, in words."""
    return [reason for step in arm.protocol if (reason := _refused(step))]


def _refused(step: ProtocolStep) -> str | None:
    """What a step follows that cannot be exported: a recorded course would need all of its points."""
    if isinstance(step, GlucoseProfile):
        return f"replays the glucose of {_whose(step.arm)}"
    if isinstance(step, Hold) and not isinstance(step.at, int | float):
        if step.at == "baseline":
            return f"holds '{step.name}' at baseline, which is the course of a habitual day"
        return f"holds '{step.name}' at {_whose(getattr(step.at, 'arm', None))}"
    return None


def _whose(arm: str | None) -> str:
    return f"arm '{arm}'" if arm else "a recorded run"
