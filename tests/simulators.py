"""Two simulators that know nothing of metabosim, run on what it exports, and how far they are from it.

libRoadRunner compiles the document and integrates with CVODE; COPASI interprets it and integrates with
LSODA. Both are asked for more digits than metabosim's own runs usually have.
"""

from __future__ import annotations

import locale
from contextlib import contextmanager

import numpy as np

from metabosim.body import OBSERVABLES, STATES
from metabosim.engine import simulate
from metabosim.engine.rest import SCALE

NAMES = [*STATES, *OBSERVABLES]
RELATIVE, ABSOLUTE = 2e-10, 1e-13  # the second is of a state's scale
SCALES = dict(zip(STATES, SCALE, strict=True))


@contextmanager
def locale_kept():
    """COPASI sets the locale to C when it is imported, and other tests would read files as ASCII."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        yield
    finally:
        locale.setlocale(locale.LC_ALL, before)


def roadrunner(document, minutes):
    """States and observables (n, k) at evenly spaced `minutes` from 0, by libRoadRunner."""
    from roadrunner import Config, RoadRunner

    # Compiling is most of the work; neither changes a number.
    Config.setValue(Config.LLVM_BACKEND, Config.LLJIT)
    Config.setValue(Config.LOADSBMLOPTIONS_MUTABLE_INITIAL_CONDITIONS, False)
    model = RoadRunner(document)
    model.integrator.relative_tolerance = RELATIVE
    # One number would be taken times each state's value, and one that has died away would ask for the impossible.
    order = [model.model.getStateVectorId(i) for i in range(len(STATES))]
    model.integrator.absolute_tolerance = [ABSOLUTE * SCALES[name] for name in order]
    model.integrator.maximum_num_steps = 1_000_000
    model.integrator.stiff = False  # the body is not
    model.timeCourseSelections = ["time", *NAMES]
    found = np.array(model.simulate(0.0, minutes[-1], len(minutes)))
    np.testing.assert_allclose(found[:, 0], minutes)
    return found[:, 1:]


@locale_kept()
def copasi(document, minutes):
    """States and observables (n, k) at evenly spaced `minutes` from 0, by COPASI."""
    import basico

    model = basico.load_model_from_string(document)
    try:
        found = basico.run_time_course(
            model=model,
            start_time=0.0,
            duration=minutes[-1],
            intervals=len(minutes) - 1,
            method="deterministic",
            r_tol=RELATIVE,
            a_tol=ABSOLUTE,
            max_steps=1_000_000,
            use_sbml_id=True,
        )
    finally:
        basico.remove_datamodel(model)
    np.testing.assert_allclose(found.index, minutes)
    return found[NAMES].to_numpy()


SIMULATORS = {"roadrunner": roadrunner, "copasi": copasi}


def minutes_of(duration, step):
    """Evenly spaced minutes from 0 to before the end, where habits would begin another round."""
    return np.arange(0.0, duration, step)


def own(arm, minutes):
    """metabosim's own run of an arm, at these minutes and as exact as it can be."""
    return simulate(
        **{**arm.arguments(), "output": minutes, "tolerance": 1e-10, "resolution": "full"}
    )


def apart(run, found):
    """How far the other's numbers are from ours: the worst of all, as a share of |ours| + 1e-3 scale, and where.

    A scale is a state's own, and for an observable the largest value it has in the run.
    """
    worst, where = 0.0, ""
    for column, name in enumerate(NAMES):
        ours, theirs = run[name], found[:, column]
        scale = SCALES.get(name, float(np.max(np.abs(ours))))
        if scale == 0.0:
            assert not np.any(theirs), name
            continue
        share = np.abs(ours - theirs) / (np.abs(ours) + 1e-3 * scale)
        at = int(np.argmax(share))
        assert np.isfinite(share).all(), name
        if share[at] > worst:
            worst, where = float(share[at]), f"{name} at {run.time_min[at]:g} min"
    return worst, where
