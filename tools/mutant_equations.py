"""Run in a mutant's own copy by mutant_judge.py: is it a body, is it another one, and do its dimensions agree?

    python mutant_equations.py POINTS --write     of the body as it is: what it gives at random points, to compare with
    python mutant_equations.py POINTS             prints the kernels anew, and says what became of the equations

The answer is a line of JSON: `fate`, `by` and `why`, and of one that is alive what its parameters are multiplied with.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

POINTS, SEED, CLOSE = 40, 11, 1e-9
UP_TO = {"lever": 3.0, "input": 2.0, "held_at": 2.0}
SUBJECTS = ("lean-healthy", "visceral-obese")


def points() -> list[tuple[list[float], list[float]]]:
    """Random states, and constants with all that a protocol may do."""
    from metabosim.body import vector
    from metabosim.levers import constants
    from plain import resting_state

    rng = np.random.default_rng(SEED)
    found = []
    for number in range(POINTS):
        c = constants({})
        c = np.where(c == 0.0, rng.uniform(0.0, 1.0, c.size), c * rng.uniform(0.5, 1.5, c.size))
        for (block, _), i in vector.CONSTANT.items():
            if block in UP_TO:
                c[i] = rng.uniform(0.0, UP_TO[block])
            elif block in ("variant", "held"):
                c[i] = float(rng.random() < 0.2)
        found.append((resting_state(number).tolist(), c.tolist()))
    return found


def given(at: list[tuple[list[float], list[float]]]) -> list[list[float | None]]:
    """Everybody's constants, and rates and readings at these points; None where they cannot be computed."""
    from metabosim.body import vector
    from metabosim.levers import constants
    from plain import MathFunctions

    found: list[list[float | None]] = [constants({}).tolist()]
    for y, c in at:
        try:
            changes, readings = vector.evaluate(MathFunctions, y, c)
            found.append([float(x) for x in (*changes, *vector.shown(readings))])
        except (ArithmeticError, ValueError):
            found.append([None])
    return found


def same(one: list[list[float | None]], other: list[list[float | None]]) -> bool:
    """Whether two bodies gave the same. Equations without branches that agree at random points are one equation."""
    flat = [[np.nan if x is None else x for row in rows for x in row] for rows in (one, other)]
    return len(flat[0]) == len(flat[1]) and np.allclose(
        *flat, rtol=CLOSE, atol=1e-15, equal_nan=True
    )


def fate(compared: dict[str, Any]) -> dict[str, Any]:
    """What became of the equations here."""
    try:
        # what cannot be computed with numbers cannot be traced, and numbers are quicker
        if same(given(compared["points"]), compared["given"]):
            return {"fate": "equivalent", "by": "equations", "why": "the same rates and readings"}
        from metabosim.engine import kernel_source
        from metabosim.exchange import javascript_source

        modules = javascript_source.generated()
        texts = kernel_source.sources()
    except Exception as error:  # whatever it is, there is no body to judge
        return {"fate": "stillborn", "by": "equations", "why": told(error)}
    for name, text in modules.items():
        (javascript_source.FOLDER / name).write_text(text, encoding="utf-8")
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    import test_dimensions

    for subject in SUBJECTS:
        try:
            test_dimensions.test_equations_prove_their_dimensions(subject)
        except Exception as error:  # pint has many ways to say no
            return {"fate": "killed", "by": "dimensions", "why": told(error)}
    from metabosim.body import PARAMETERS
    from metabosim.body.quantities import inside_factor

    factors = {name: inside_factor(item.unit) for name, item in PARAMETERS.items()}
    return {"fate": "alive", "factors": factors}


def told(error: Exception) -> str:
    """An error in a line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:120]}"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    if "--write" in sys.argv:
        where = points()
        file.write_text(json.dumps({"points": where, "given": given(where)}))
    else:
        print(json.dumps(fate(json.loads(file.read_text()))))
