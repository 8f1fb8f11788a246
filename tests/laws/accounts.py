"""What a ledger must add up to: nothing below zero, and as much out as in."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from laws.balance import Ledger
from metabosim.body.vector import READING, STATE
from metabosim.engine.plan import MEAL_SHARES, MEAL_TIMES
from metabosim.engine.rest import SCALE
from metabosim.protocol import DailyMeals, Diet, Fast, GlucoseBolus, GlucoseClamp, Meal, OralGlucose
from metabosim.protocol.meals import DAY, MJ_PER_MMOL_CARBOHYDRATE

ROUNDING = 1e-9  # of a state's usual size, or of a flow's largest value in the run
CLOSED = 5e-6  # of what was turned over and stored: fifty times the tolerance of a step
# Net flows go both ways: glucose in all, granules that dock or go back to the reserve, and energy
# (food less glucose in urine).
SIGNED = {"glucose_net", "granules.docked", "energy_in", "energy_absorbed_mj_day"}


def eaten(book: Ledger) -> tuple[float, float]:
    """Carbohydrate (mmol) and energy (MJ) eaten, reckoned from the protocol alone."""
    run, p = book.run, book.run.body.parameters
    carbohydrate = energy = 0.0
    away = [s for s in run.protocol if isinstance(s, Fast | DailyMeals)]
    diets = [s for s in run.protocol if isinstance(s, Diet)]
    days = np.arange(0.0, run.duration_min + 2 * DAY, DAY) - run.plan.clock

    def within(step: Any, at: float) -> bool:
        return step.start <= at and (step.stop is None or at < step.stop)

    for step in run.protocol:
        if isinstance(step, Meal | OralGlucose) and step.at < run.duration_min:
            amount = step.carbohydrate if isinstance(step, Meal) else step.amount
            carbohydrate += amount
            energy += step.energy if isinstance(step, Meal) else amount * MJ_PER_MMOL_CARBOHYDRATE
        elif isinstance(step, GlucoseBolus) and step.at < run.duration_min:
            energy += step.amount * p["glucose_energy"]  # no carbohydrate for the gut, but energy
        elif isinstance(step, DailyMeals):
            for time, amount, brought in zip(
                step.times, step.carbohydrate, step.energy, strict=True
            ):
                times = sum(0.0 <= at < run.duration_min and within(step, at) for at in days + time)
                carbohydrate += amount * times
                energy += brought * times
    for time, share in zip(MEAL_TIMES, MEAL_SHARES, strict=True):
        for at in days + time:
            if 0.0 <= at < run.duration_min and not any(within(s, at) for s in away):
                now = int(np.searchsorted(run.time_min, at))
                assert run.time_min[now] == at, "a meal is an event, and events are recorded"
                diet = math.prod(step.energy for step in diets if within(step, at))
                meal = p["habitual_intake"] * share * run["appetite_index"][now] * diet
                energy += meal
                carbohydrate += meal * p["carbohydrate_share"] / MJ_PER_MMOL_CARBOHYDRATE
    return carbohydrate, energy


def midnight(body):
    """Every state at the start of the habitual day."""
    return body.rest.states[body.rest.minute[0]]


def assert_nothing_negative(book):
    """No state, reading, flow or concentration is below zero by more than rounding."""
    clamped = any(isinstance(step, GlucoseClamp) for step in book.run.protocol)
    for name, column in STATE.items():
        lowest = book.run.states[:, column].min()
        assert lowest >= -ROUNDING * SCALE[column], f"state {name} is {lowest:.3g}"
    readings = {name: book.run.readings[:, column] for name, column in READING.items()}
    for name, course in (readings | book.signals).items():
        if name in SIGNED or (clamped and name == "glucose_infusion_mmol_min"):
            continue  # a clamp below where glucose would be has to take glucose out
        assert course.min() >= -ROUNDING * max(1e-3, course.max()), f"{name} is {course.min():.3g}"


def assert_balances(book):
    """What went in is what came out and what is there: carbohydrate, glucose, energy, fat, granules."""
    flow, p, total = book.signals, book.run.body.parameters, book.integral

    def closed(name, gained, flowing, turnover, stock):
        left = abs(gained - total(flowing))
        assert left <= CLOSED * (total(np.abs(turnover)) + stock), (
            f"{name} does not close: {left:.3g}"
        )

    def stock(*names):
        return float(sum(book.first[0, STATE[name]] + SCALE[STATE[name]] for name in names))

    emptied, taken_up = flow["gut.emptied"], flow["gut.taken_up"]
    closed("stomach", book.gained("stomach"), -emptied, emptied, stock("stomach"))
    closed(
        "intestine",
        book.gained("intestine"),
        emptied - taken_up,
        emptied + taken_up,
        stock("intestine"),
    )
    closed(
        "food energy",
        book.gained("food_energy"),
        -flow["gut.energy"],
        flow["gut.energy"],
        stock("food_energy"),
    )

    made = book["glucose_production_mmol_min"]
    used = flow["uptake.muscle"] + flow["uptake.brain"] + flow["uptake.other"]
    used = used + flow["liver.stored"]
    came = book["glucose_appearance_mmol_min"] + book["glucose_infusion_mmol_min"] + made
    np.testing.assert_allclose(book["glucose_uptake_mmol_min"], used, rtol=1e-9)
    glucose, lean = STATE["glucose"], STATE["lean"]
    held = [p["glucose_volume"] * y[:, glucose] * y[:, lean] for y in (book.first, book.last)]
    closed(
        "glucose",
        float((held[1] - held[0]).sum()),
        came - used - flow["renal_loss"],
        came + used,
        held[0][0],
    )
    broken = flow["liver.glycogenolysis"]
    np.testing.assert_allclose(made, broken + flow["liver.gluconeogenesis"], rtol=1e-9)
    closed(
        "glycogen",
        book.gained("glycogen"),
        flow["liver.stored"] - broken,
        flow["liver.stored"] + broken,
        stock("glycogen"),
    )

    spent = flow["expenditure"]
    stored = p["fat_energy"] * book.gained("fat") + p["lean_energy"] * book.gained("lean")
    closed("energy", stored, flow["energy_in"] - spent, spent, 0.0)
    out, cleared = flow["fat.lipolysis"], flow["fat.ffa_cleared"]
    closed("fatty acids", p["ffa_volume"] * book.gained("ffa"), out - cleared, out + cleared, 1.0)
    docked, released = flow["granules.docked"], flow["granules.released"]
    closed(
        "granules",
        book.gained("docked") + book.gained("primed"),
        docked - released,
        np.abs(docked) + released,
        stock("docked", "primed"),
    )
