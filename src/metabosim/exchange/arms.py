"""What is exported: one body, ready to run, and what is done to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metabosim.engine import plan as planning
from metabosim.engine.plan import Plan
from metabosim.engine.run import FASTING, Body, make_body
from metabosim.errors import Fault, InputError
from metabosim.levers import constants
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


def ready(arm: Arm) -> Ready:
    """The arm's body at its start. Raises InputError for what cannot be exported, each named."""
    if faults := [fault for step in arm.protocol if (fault := _refused(step))]:
        raise InputError(faults)
    body = make_body(
        arm.subject,
        levers=arm.levers,
        lifelong=arm.lifelong,
        parameters=arm.parameters,
        variants=arm.variants,
    )
    fasting = arm.start == "fasting"
    clock = FASTING if fasting else 0.0
    plan, drugs, slots = planning.make_plan(
        arm.protocol, body.person(), arm.duration, clock, not fasting
    )
    c = constants(body.parameters | slots, body.levers, body.variants)
    y = np.array(body.rest.states[body.rest.minute[int(clock)]])
    return Ready(body, y, c, plan, drugs, fasting)


def _refused(step: ProtocolStep) -> Fault | None:
    """Why a step cannot be exported: what follows a recorded course would need all of its points."""
    hint = "hold at a number instead, or choose another arm"
    if isinstance(step, GlucoseProfile):
        what = f"of arm '{step.arm}'" if step.arm else "that was recorded"
        return Fault(
            f"replays a glucose curve {what}, which cannot be exported",
            field="glucose_profile",
            hint=hint,
        )
    if isinstance(step, Hold) and not isinstance(step.at, int | float):
        at = "its own habitual day" if step.at == "baseline" else "a recorded course"
        at = f"arm '{step.at.arm}'" if hasattr(step.at, "arm") else at
        return Fault(
            f"holds '{step.name}' at {at}, which cannot be exported", field="hold", hint=hint
        )
    return None
