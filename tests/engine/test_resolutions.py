"""Every arm of every scenario longer than four weeks: averaged and full agree as closely as is promised."""

import numpy as np
import pytest

from metabosim.claims import Bench
from metabosim.engine import simulate
from metabosim.engine.averaging import FEW
from metabosim.protocol.meals import DAY
from metabosim.scenario import list_scenarios, load_scenario

SLOW = ("vat_kg", "fat", "lean", "beta_mass", "beta_function")
DAILY = ("inflammation_index", "igf1_ug_l", "glucose_mmol_l")


def long_scenarios():
    """Their names."""
    arms = {name: load_scenario(name).arms.values() for name in list_scenarios()}
    return [n for n, some in arms.items() if max(arm.duration for arm in some) > FEW * DAY]


def of_days(run, name):
    """Mean, lowest and highest of each whole day (3, days); the run is recorded hourly."""
    days = int(run.time_min[-1] // DAY)
    hours = np.arange(24 * days).reshape(days, 24)
    values = run[name][np.column_stack([hours, hours[:, -1] + 1])]
    mean = np.trapezoid(values, axis=1) / 24.0
    return np.array([mean, values[:, :24].min(axis=1), values[:, :24].max(axis=1)])


@pytest.mark.parametrize("name", long_scenarios())
def test_both_resolutions_agree(name):
    """Fat, lean and beta cells within 0.2 %, inflammation, IGF-1 and daily glucose within 1 % and the estimate."""
    scenario = load_scenario(name)
    bench = Bench(scenario.arms, scenario.control, simulate)
    for arm in scenario.arms:
        asked = bench.resolved(arm).arguments()
        if asked["duration"] <= FEW * DAY:
            continue
        output = np.arange(0.0, asked["duration"] + 1.0, 60.0)
        quick = simulate(**asked, output=output, resolution="averaged")
        if quick.resolution == "full":
            continue  # something is held: there is nothing to compare
        full = simulate(**asked, output=output, resolution="full")
        for one in SLOW:
            np.testing.assert_allclose(quick[one], full[one], rtol=2e-3, err_msg=f"{arm}: {one}")
        for one in DAILY:
            seen, true = of_days(quick, one), of_days(full, one)
            np.testing.assert_allclose(seen[0], true[0], rtol=1e-2, err_msg=f"{arm}: {one}")
            off = np.max(np.abs(seen - true), axis=1)
            estimate = np.array(quick.averaging_error(one)) + 1e-4 * np.mean(true, axis=1)
            assert np.all(off <= estimate), (arm, one, off, estimate)
