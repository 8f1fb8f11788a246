"""Morris's screening and Sobol's indices of the margin, by SALib; and what runs without a margin do to them.

Nothing is put in the place of a margin that is not there. For Morris, an effect is the difference of two runs: where
one of them has none, that effect is left out, and the table says how many are left. For Sobol, a base point is left
out with all the runs that belong to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from metabosim.errors import SimulationError
from metabosim.extras import needed
from metabosim.sensitivity.factors import Factor
from metabosim.sensitivity.margins import Judged

Method = Literal["morris", "sobol"]
LEVELS = 4  # of Morris's grid: a step is two thirds of the way
FEWEST = 2  # effects, or base points, that anything can be said from
CONFIDENCE = 0.95

Floats = NDArray[np.float64]
Ask = Callable[[Floats], Sequence[Judged]]


@dataclass(frozen=True)
class Table:
    """The indices of each factor, the strongest first, and the runs they are from.

    `columns` are the names of the numbers in `rows`, which are by factor; None where too few runs had a margin.
    """

    method: Method
    columns: tuple[str, ...]
    rows: tuple[tuple[Factor, tuple[float | None, ...]], ...]
    settings: Floats
    judged: Sequence[Judged]
    factors: tuple[Factor, ...]  # in the order of the columns of `settings`
    kept: int  # effects, or base points, with margins
    of: int


def require_salib() -> None:
    """InputError with the command that installs it, where SALib is missing."""
    needed("SALib", "sensitivity", "sensitivity of a claim's margin needs SALib")


def _problem(factors: Sequence[Factor]) -> dict[str, Any]:
    return {
        "num_vars": len(factors),
        "names": [f.name for f in factors],
        "bounds": [[f.low, f.high] for f in factors],
    }


def _margins(found: Sequence[Judged]) -> Floats:
    return np.array([np.nan if one.margin is None else one.margin for one in found])


def _refuse(found: Sequence[Judged]) -> SimulationError:
    missing = [one for one in found if one.margin is None]
    return SimulationError(
        f"{len(missing)} of {len(found)} runs gave no margin, too many to say anything; "
        f"the first: {missing[0].why}; vary less with a smaller --share"
    )


def morris(factors: tuple[Factor, ...], trajectories: int, seed: int, ask: Ask) -> Table:
    """Elementary effects on the margin, each as if over the factor's whole span.

    mu_star is the mean of their sizes (with the half width of its 95 % interval), mu their mean, and sigma their
    standard deviation: large where the effect depends on the other factors. Raises SimulationError where no factor
    has effects enough.
    """
    from SALib.analyze import morris as analysis
    from SALib.sample import morris as sampling

    problem = _problem(factors)
    settings = np.asarray(sampling.sample(problem, trajectories, num_levels=LEVELS, seed=seed))
    found = ask(settings)
    margins = _margins(found).reshape(trajectories, len(factors) + 1)
    steps = settings.reshape(*margins.shape, len(factors))
    # which step of a trajectory moves which factor: (trajectories, factors)
    step_of = np.argmax(np.diff(steps, axis=1) != 0.0, axis=1)
    effects = np.diff(margins, axis=1)
    usable = np.isfinite(np.take_along_axis(effects, step_of, axis=1))
    filled = np.nan_to_num(margins)

    def indices(chosen: NDArray[np.bool_]) -> Any:
        return analysis.analyze(
            problem, steps[chosen].reshape(-1, len(factors)), filled[chosen].ravel(),
            conf_level=CONFIDENCE, num_levels=LEVELS, seed=seed,
        )  # fmt: skip

    whole = indices(np.ones(trajectories, dtype=bool))
    rows: list[tuple[Factor, tuple[float | None, ...]]] = []
    names = ("mu_star", "mu_star_conf", "mu", "sigma")
    for j, factor in enumerate(factors):
        n = int(np.sum(usable[:, j]))
        if n < FEWEST:
            rows.append((factor, (None,) * len(names) + (float(n),)))
            continue
        # other factors' effects in the same trajectory may be wrong then; this one's are not
        own = whole if n == trajectories else indices(usable[:, j])
        rows.append((factor, (*(float(own[name][j]) for name in names), float(n))))
    if all(values[0] is None for _, values in rows):
        raise _refuse(found)
    rows.sort(key=lambda row: -1.0 if row[1][0] is None else row[1][0], reverse=True)
    return Table(
        "morris", (*names, "effects"), tuple(rows), settings, found, factors,
        int(np.sum(usable)), usable.size,
    )  # fmt: skip


def sobol(factors: tuple[Factor, ...], points: int, seed: int, ask: Ask) -> Table:
    """First-order and total indices (Saltelli's scheme), each with the half width of its 95 % interval.

    S1 is the share of the margin's variance that the factor makes alone, ST its share with all it does together
    with others. `points` is a power of two. Raises SimulationError where too few base points have all their margins, or
    the margin does not vary.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    problem = _problem(factors)
    settings = np.asarray(sampling.sample(problem, points, calc_second_order=False, seed=seed))
    found = ask(settings)
    blocks = _margins(found).reshape(points, len(factors) + 2)
    whole = np.all(np.isfinite(blocks), axis=1)
    kept = blocks[whole]
    if len(kept) < FEWEST:
        raise _refuse(found)
    if np.ptp(kept) == 0.0:
        raise SimulationError("the margin is the same in all runs, so nothing has a share in it")
    indices = analysis.analyze(
        problem, kept.ravel(), calc_second_order=False, conf_level=CONFIDENCE, seed=seed
    )
    names = ("S1", "S1_conf", "ST", "ST_conf")
    rows = [
        (factor, tuple(float(indices[name][j]) for name in names))
        for j, factor in enumerate(factors)
    ]
    rows.sort(key=lambda row: row[1][2], reverse=True)
    return Table("sobol", names, tuple(rows), settings, found, factors, len(kept), points)
