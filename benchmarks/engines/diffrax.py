"""diffrax (JAX) on this machine's processor: the whole run compiled, events and all, and mapped over people."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks import straight
from benchmarks.cases import COLUMNS, Floats, Problem
from benchmarks.engines.base import Run
from benchmarks.events import Segment, hoisted, segments
from metabosim.body import STATES
from metabosim.engine import integrate as code
from metabosim.engine.rest import SCALE

LEAST = (
    1e-3  # absolute tolerance: of the relative one, times a state's scale, as in our own integrator
)
STEPS = 100_000


class Diffrax:
    """Tsit5 with a PID controller, segment by segment in a scan, people by vmap."""

    name, title = "diffrax", "diffrax"
    package, modules = "diffrax", ("jax", "diffrax")
    tolerance: float | None = None
    alone, together = True, True
    least, most, abreast = 0, 32, 8  # more take no less each, and minutes to begin with
    note = "Tsit5, double precision, one jitted scan over the events; together by vmap"

    def prepare(self, problem: Problem) -> Run:
        """Events as arrays, and the compiled run."""
        import diffrax
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        known = straight.unchanging(problem)
        lines, hungry = straight.rates(known), straight.appetite(known)
        parts = list(segments(problem))
        look, place = _looked_at(parts, problem)
        changing = _changing(parts)
        deeds = _deeds(parts, len(problem.y), changing)

        def given(y: Any, c: Any, h: Any, now: Any) -> dict[str, Any]:
            found = {f"y[{i}]": y[i] for i in range(len(STATES))}
            for name in {*straight.places(lines), *straight.places(hungry)}:
                i = int(name[2:-1])
                found[name] = h[i] if name[0] == "h" else c[i]
            return found | {f"c[{i}]": now[k] for k, i in enumerate(changing)}

        def field(t: Any, y: Any, args: Any) -> Any:
            return jnp.stack(straight.built(lines, given(y, *args), jnp))

        def one(y: Any, c: Any, h: Any, add: Any, meal: Any, put: Any, tolerance: Any) -> Any:
            controller = diffrax.PIDController(rtol=tolerance, atol=tolerance * LEAST * SCALE)

            def segment(carry: Any, this: Any) -> Any:
                y, now = carry
                start, stop, minutes, add, meal, put, mark = this
                now = jnp.where(jnp.isnan(put), now, put)
                hunger = straight.built(hungry, given(y, c, h, now), jnp)[0]
                diet = now[changing.index(code.DIET)] if code.DIET in changing else c[code.DIET]
                y = y + add + meal * hunger * diet
                full = jnp.maximum(y[code.STOMACH], 1e-9)
                at = changing.index(code.MEAL_SIZE)
                now = now.at[at].set(jnp.where(mark, full, now[at]))
                solved = diffrax.diffeqsolve(
                    diffrax.ODETerm(field),
                    diffrax.Tsit5(),
                    start,
                    stop,
                    None,
                    y,
                    (c, h, now),
                    saveat=diffrax.SaveAt(ts=minutes),
                    stepsize_controller=controller,
                    max_steps=STEPS,
                )
                return (solved.ys[-1], now), solved.ys[:, COLUMNS]

            begin = (y, c[jnp.array(changing)])
            return jax.lax.scan(segment, begin, (starts, stops, look, add, meal, put, marks))[1]

        starts, stops = (jnp.array([getattr(p, n) for p in parts]) for n in ("start", "stop"))
        marks = jnp.array([any(d[0] == code.MARK_MEAL for d in p.deeds) for p in parts])
        compiled = jax.jit(jax.vmap(one, in_axes=(0, 0, 0, 0, 0, 0, None)))
        arguments = [jnp.asarray(a) for a in (problem.y, problem.c, hoisted(problem.c), *deeds)]
        look = jnp.asarray(look)
        begun = (
            np.repeat(problem.y[:, None, COLUMNS], 1, axis=1)
            if problem.out[0] == 0.0
            else problem.y[:, :0, COLUMNS]
        )

        def run(tolerance: float) -> Floats:
            seen = np.asarray(compiled(*arguments, tolerance))
            after = seen.reshape(len(problem.y), -1, COLUMNS.size)[:, place]
            return np.concatenate([begun, after], axis=1)

        return run


def _looked_at(parts: list[Segment], problem: Problem) -> tuple[Floats, Any]:
    """For each segment the minutes it is looked at, its end again and again where there are fewer, and where in
    all of them the minutes asked for are.

    What falls on an event is taken before it, which makes no difference to what is watched.
    """
    most = max(part.out.stop - part.out.start for part in parts) + 1
    look = np.array([np.full(most, part.stop) for part in parts])
    place = []
    for row, part in enumerate(parts):
        inside = problem.out[part.out]
        look[row, : inside.size] = inside
        place += [row * most + k for k in range(inside.size)]
        if part.out.stop < problem.out.size and problem.out[part.out.stop] == part.stop:
            place.append(row * most + most - 1)
    return look, np.array(place)


def _changing(parts: list[Segment]) -> list[int]:
    """The constants that events set."""
    found = {code.MEAL_SIZE}
    found |= {d[1] for part in parts for d in part.deeds if d[0] == code.SET_CONSTANT}
    return sorted(found)


def _deeds(parts: list[Segment], people: int, changing: list[int]) -> tuple[Floats, ...]:
    """What is added (people, segments, s), added times appetite, and set (NaN: not)."""
    add = np.zeros((people, len(parts), len(STATES)))
    meal, put = np.zeros_like(add), np.full((people, len(parts), len(changing)), np.nan)
    for k, part in enumerate(parts):
        for kind, index, values in part.deeds:
            if kind == code.ADD:
                add[:, k, index] += values
            elif kind == code.ADD_MEAL:
                meal[:, k, index] += values
            elif kind == code.SET_CONSTANT:
                put[:, k, changing.index(index)] = values
    return add, meal, put
