"""simglucose: another body (UVa/Padova, type 1 diabetes), so only its time for a simulated day is comparable at all."""

from __future__ import annotations

import time
import warnings

MEALS = {480: 45.0, 780: 70.0, 1140: 80.0}  # min of the day: g of carbohydrate
PACKAGE = "simglucose"


def seconds_per_day(minutes: int = 1440) -> float:
    """Wall clock of a simulated day of its adult 1 with three meals, scaled from the first `minutes`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from simglucose.patient.t1dpatient import Action, T1DPatient

        patient = T1DPatient.withName("adult#001")
        basal = patient._params.u2ss * patient._params.BW / 6000.0
        before = time.perf_counter()
        for minute in range(minutes):
            patient.step(Action(insulin=basal, CHO=MEALS.get(minute, 0.0)))
    return (time.perf_counter() - before) * 1440.0 / minutes
