"""The body for a page that works without Python: the modules of js/, and what they are handed as plain JSON.

`write_javascript` puts the modules where they are wanted. `subject_of` and `therapy_of` say what a body at
rest and a drug are; `plan_of` what is done in a run: its events as they were planned here, and apart from
them the meals and doses, from which js/plan.js builds the events anew after a change. Times are in minutes,
amounts in the inside units of the body.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from metabosim.body import PARAMETERS, vector
from metabosim.body.quantities import inside_factor
from metabosim.engine import Body, Run
from metabosim.engine import plan as planning
from metabosim.engine.integrate import ADD
from metabosim.engine.run import starting_state
from metabosim.output import Stamp, stamped_json
from metabosim.protocol import DailyMeals, Dose, Fast, Meal, OralGlucose
from metabosim.protocol.meals import MJ_PER_MMOL_CARBOHYDRATE
from metabosim.therapies import Therapy

FOLDER = Path(__file__).with_name("js")

Json: TypeAlias = dict[str, Any]

_EDITABLE = (Meal, OralGlucose, DailyMeals, Fast, Dose)


def write_javascript(path: str | Path) -> list[Path]:
    """Put every module a page needs into the folder `path`, and say which files these are."""
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for module in sorted(FOLDER.glob("*.js")):
        (folder / module.name).write_bytes(module.read_bytes())
        written.append(folder / module.name)
    return written


def stamped_modules(body: Body, stamp: Stamp) -> dict[str, str]:
    """The modules as files that say where they are from, with what Node.js wants to know, and a body as `body.json`."""
    files = {
        module.name: f"// {stamp.line}\n{module.read_text(encoding='utf-8')}"
        for module in sorted(FOLDER.glob("*.js"))
    }
    files["package.json"] = stamped_json({"type": "module", "private": True})
    files["body.json"] = stamped_json({"stamp": stamp.line, **subject_of(body)})
    return files


def subject_of(body: Body) -> Json:
    """A body at its habitual rest at midnight, and what a search for another rest starts from."""
    return {
        "id": body.subject.id,
        "constants": body.c.tolist(),
        "rest": body.rest.states[0].tolist(),
        "jacobian": body.rest.jacobian.tolist(),
        "habitual": _habitual(body.parameters),
    }


def therapy_of(therapy: Therapy) -> Json:
    """A drug: its molar mass, and the constants of a slot that takes it (`parameter.drug1_<name>`)."""
    slot = {
        name.removeprefix("drug1_"): item
        for name, item in PARAMETERS.items()
        if name.startswith("drug1_")
    }
    return {
        "id": therapy.id,
        "molar_mass_g_mol": therapy.molar_mass_g_mol,
        "constants": {
            name: therapy.parameters.get(name, item.default or 0.0) * inside_factor(item.unit)
            for name, item in slot.items()
        },
    }


def plan_of(run: Run) -> Json:
    """What is done in a run, where it starts, and under which constants."""
    steps = run.protocol
    rest = [step for step in steps if not isinstance(step, _EDITABLE)]
    others, _, _ = planning.make_plan(
        rest, run.body.person(), run.duration_min, run.plan.clock, meals=False
    )
    pulses = (ADD, vector.STATE["pulse"])
    return {
        "clock": run.plan.clock,
        "stop": run.duration_min,
        "state": starting_state(run.body, run.start).tolist(),
        "constants": run.c.tolist(),
        "habitual": _habitual(run.body.parameters),
        "away": [
            *([[0.0, None]] if run.start == "fasting" else []),
            *([s.start, s.stop] for s in steps if isinstance(s, Fast | DailyMeals)),
        ],
        "meals": [
            *(_meal(s.at, s.carbohydrate, s.energy) for s in steps if isinstance(s, Meal)),
            *(
                _meal(s.at, s.amount, s.amount * MJ_PER_MMOL_CARBOHYDRATE)
                for s in steps
                if isinstance(s, OralGlucose)
            ),
        ],
        "daily": [_daily(s) for s in steps if isinstance(s, DailyMeals)],
        "doses": [_dose(s, run.drugs) for s in steps if isinstance(s, Dose)],
        "others": _columns(event for event in others.timeline() if event[1:3] != pulses),
        "events": _columns(run.plan.timeline()),
        "courses": _courses(run.plan),
    }


def _meal(at: float, carbohydrate: float, energy: float) -> Json:
    return {"at": at, "carbohydrate": carbohydrate, "energy": energy}


def _habitual(parameters: Mapping[str, float]) -> Json:
    eaten = [parameters["habitual_intake"] * share for share in planning.MEAL_SHARES]
    share = parameters["carbohydrate_share"]
    pulses = planning.pulse_times(parameters["pulses_per_day"], parameters["night_pulse"])
    return {
        "meals": [
            _meal(at, energy * share / MJ_PER_MMOL_CARBOHYDRATE, energy)
            for at, energy in zip(planning.MEAL_TIMES, eaten, strict=True)
        ],
        "pulses": [{"at": at, "size": size} for at, size in pulses],
    }


def _daily(step: DailyMeals) -> Json:
    meals = zip(step.times, step.carbohydrate, step.energy, strict=True)
    return {"meals": [_meal(*meal) for meal in meals], "start": step.start, "stop": step.stop}


def _dose(step: Dose, slots: Mapping[str, int]) -> Json:
    return {
        "therapy": step.therapy.id,
        "slot": slots[step.therapy.id],
        "amount": step.amount / step.therapy.molar_mass_g_mol * 1e6,
        "start": step.start,
        "every": step.every,
        "stop": step.stop,
    }


def _columns(events: Iterable[tuple[float, int, int, float]]) -> Json:
    listed = [(float(t), int(kind), int(index), float(v)) for t, kind, index, v in events]
    columns = zip(*listed, strict=True) if listed else ([], [], [], [])
    return dict(zip(("time", "kind", "index", "value"), map(list, columns), strict=True))


def _courses(plan: planning.Plan) -> Json:
    _, courses = plan.arrays([])
    names = ("kind", "index", "bounds", "period", "times", "values", "slopes")
    return {name: np.asarray(part).tolist() for name, part in zip(names, courses, strict=True)}
