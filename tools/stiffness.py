"""How stiff the body is: the numbers of docs/numerics.md. Run it with `python tools/stiffness.py`; it takes minutes.

Eigenvalues of the Jacobian along every arm of every bundled scenario, and what explicit and implicit methods need
for a habitual day.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metabosim.body import LEVERS, STATES
from metabosim.claims import bench_of
from metabosim.engine import Run, make_body, simulate
from metabosim.engine import integrate as code
from metabosim.engine.jacobian import rates_slopes
from metabosim.engine.kernel import HOISTED, prepare, rates
from metabosim.engine.rest import SCALE
from metabosim.levers import constants
from metabosim.scenario import list_scenarios, load_scenario
from metabosim.subjects import list_subjects

REAL_AXIS = 3.3  # how far along it Dormand and Prince's method is stable
LOOKS = 150  # moments of an arm at which its Jacobian is taken


def constants_along(run: Run, times: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """The constants of a run at these times: infusions, and what is held."""
    c, timeline, n = run.c.copy(), run.plan.timeline(), 0
    for t in times:
        while n < len(timeline) and timeline[n][0] <= t:
            _, kind, index, value = timeline[n]
            n += 1
            if kind == code.SET_CONSTANT:
                c[index] = value
            elif kind in (code.FOLLOW, code.LET_GO) and run.plan.tables[index][:2] == (
                0,
                code.GLUCOSE,
            ):
                c[code.GLUCOSE_HELD] = float(kind == code.FOLLOW)
        yield c


def spectrum(y: NDArray[Any], c: NDArray[Any]) -> tuple[NDArray[Any], str]:
    """The eigenvalues at one moment, per minute, and the state that most belongs to the largest."""
    values, vectors = np.linalg.eig(rates_slopes(y, c).by_state)
    left = np.abs(vectors[:, int(np.argmax(np.abs(values)))]) / SCALE
    return values, list(STATES)[int(np.argmax(left))]


def along(run: Run) -> tuple[float, float, float, str]:
    """Of a run: the largest modulus, the largest real part, the largest imaginary part, and whose the first is."""
    rows = np.unique(np.linspace(0, len(run.time_min) - 1, LOOKS).astype(int))
    found = [
        spectrum(run.states[i], c)
        for i, c in zip(rows, constants_along(run, run.time_min[rows]), strict=True)
    ]
    largest = [float(np.max(np.abs(values))) for values, _ in found]
    return (
        max(largest),
        max(float(np.max(values.real)) for values, _ in found),
        max(float(np.max(np.abs(values.imag))) for values, _ in found),
        found[int(np.argmax(largest))][1],
    )


def arms() -> None:
    """Every arm of every scenario."""
    rows = []
    for name in list_scenarios():
        bench = bench_of(load_scenario(name))
        rows += [(*along(bench.run(arm)), f"{name}/{arm}") for arm in bench.arms]
        bench.runs.clear()
    rows.sort(reverse=True)
    print(f"\n{len(rows)} arms; largest moduli of eigenvalues, per minute")
    for row in rows[:8]:
        print("  {:.3f}  most positive {:+.5f}  imaginary {:.3f}  {}  {}".format(*row))
    print(f"  smallest of the largest: {rows[-1][0]:.3f} {rows[-1][4]}")
    print(f"  most positive real part of all: {max(r[1] for r in rows):+.5f}")
    print(f"  largest imaginary part of all: {max(r[2] for r in rows):.3f}")


def days() -> None:
    """A habitual day of each subject, at several tolerances: evaluations and mean steps."""
    print(
        "\nhabitual day: largest modulus, slowest rate; mean step (min) by tolerance, against what is stable"
    )
    for name in list_subjects():
        run = simulate(name)
        values = [np.abs(spectrum(y, run.c)[0]) for y in run.states[::10]]
        fast, slow = np.max(values), np.min([np.min(v[v > 0]) for v in values])
        pauses = len({event[0] for event in run.plan.timeline()})
        steps = {
            tolerance: 1440.0 * 6 / (simulate(name, tolerance=tolerance).evaluations - pauses)
            for tolerance in (1e-3, 1e-5, 1e-7, 1e-9)
        }
        said = ", ".join(f"{tolerance:.0e} {step:.2f}" for tolerance, step in steps.items())
        print(f"  {name:20} {fast:.3f}  {slow:.1e}  {said}  stable {REAL_AXIS / fast:.1f}")


def methods() -> None:
    """Evaluations that SciPy's methods need for the night and the first meal, ours given the Jacobian."""
    from scipy.integrate import solve_ivp

    body = make_body()
    c, lasting, dy = body.c, np.empty(HOISTED), np.empty(len(STATES))
    prepare(c, lasting)

    def change(t: float, y: NDArray[Any]) -> NDArray[Any]:
        rates(y, c, lasting, dy)
        return dy.copy()

    y = body.rest.states[0].copy()
    y[code.STOMACH] += 400.0
    print("\na meal and six hours after it, SciPy at relative tolerance 1e-7")
    for method in ("RK45", "DOP853", "LSODA", "BDF", "Radau"):
        given = (
            {"jac": lambda t, y: rates_slopes(y, c).by_state}
            if method in ("LSODA", "BDF", "Radau")
            else {}
        )
        found = solve_ivp(
            change, (0.0, 360.0), y, method=method, rtol=1e-7, atol=1e-10 * SCALE, **given
        )
        print(
            f"  {method:7} {found.nfev} evaluations, {found.njev} Jacobians, {found.nlu} factorisations"
        )


def extremes() -> None:
    """How fast rates become with levers at their limits, and with parameters anywhere in their ranges."""
    body = make_body()
    print("\nat rest (lean-healthy, 07:00), with one lever at 3")
    y, found = body.rest.states[body.rest.minute[420]], []
    for lever in LEVERS:
        values, state = spectrum(y, constants(body.parameters, {lever: 3.0}))
        found.append((float(np.max(np.abs(values))), lever, state))
    for row in sorted(found, reverse=True)[:3]:
        print("  {:.3f}  {}  {}".format(*row))
    from metabosim.subjects import settable_parameters

    rng = np.random.default_rng(0)
    kinds = settable_parameters()
    largest = []
    for _ in range(2000):
        own = {name: rng.uniform(kind.low, kind.high) for name, kind in kinds.items()}
        largest.append(float(np.max(np.abs(spectrum(y, constants(body.parameters | own))[0]))))
    low, middle, high = np.quantile(largest, (0.05, 0.5, 0.95))
    print(
        f"  parameters anywhere: 5 % {low:.2f}, median {middle:.2f}, 95 % {high:.2f}, largest {max(largest):.2f}"
    )


if __name__ == "__main__":
    days()
    methods()
    extremes()
    arms()
