"""Drug levels, which are linear and known exactly: Bateman's solution of depot, centre and effect site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metabosim.body import vector
from metabosim.engine.averaging.loops import levels
from metabosim.protocol.meals import DAY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SLOTS = (1, 2)
DRUG_STATES = np.array(
    [vector.STATE[f"drug{n}_{part}"] for n in SLOTS for part in ("depot", "centre", "effect")]
)
DEPOTS = DRUG_STATES[::3]
AFFINITIES = ("glp1", "ghrh", "ghrp", "katp")
PARTS = 8  # of a day, over which reach is averaged


@dataclass(frozen=True)
class Doses:
    """What is put into one slot: minutes (n,), the day of each (n,), and amounts (n, bodies)."""

    minute: Floats
    day: Ints
    amount: Floats

    def turns(self) -> list[int]:
        """The days from which doses are others than before: raised, stopped or given at another hour."""
        hour = np.round(self.minute - self.day * DAY, 6)
        same = np.all(self.amount[1:] == self.amount[:-1], axis=1) & (hour[1:] == hour[:-1])
        return [int(self.day[0]), *self.day[1:][~same].tolist(), int(self.day[-1]) + self.apart]

    @property
    def apart(self) -> int:
        """Days from the first dose to the second."""
        return int(self.day[1] - self.day[0]) if self.day.size > 1 else 1


class Drugs:
    """The drugs of bodies under constants `c` (bodies, k), given `doses` by slot, over a `count` of days.

    `midnights` (bodies, count + 1, 6) are the drug states at every midnight, `reach` (bodies, count, 2) is how far
    each slot reaches its receptors, averaged over each day.
    """

    def __init__(self, c: Floats, doses: dict[int, Doses], count: int) -> None:
        self.doses = doses
        self.midnights = np.zeros((len(c), count + 1, DRUG_STATES.size))
        self.reach = np.zeros((len(c), count, len(SLOTS)))
        self._flows = {slot: _flows(c, slot) for slot in doses}  # (bodies, 3, 3), 1/min
        part = DAY / PARTS
        for slot, given in doses.items():
            affinity = np.max(
                [_constant(c, slot, f"{name}_affinity") for name in AFFINITIES], axis=0
            )
            due = np.minimum((given.minute // part).astype(np.int64), PARTS * count - 1)
            for body, flow in enumerate(self._flows[slot]):
                spent = _chain(flow, (due + 1) * part - given.minute)[:, :, 0]
                levels(
                    _chain(flow, np.array([part]))[0],
                    due,
                    spent * given.amount[:, body, None],
                    float(affinity[body]),
                    PARTS,
                    self.midnights[body, :, 3 * slot - 3 : 3 * slot],
                    self.reach[body, :, slot - 1],
                )

    def during(self, body: int, minutes: Floats) -> Floats:
        """A body's drug states at `minutes` (n,) of every day, after any dose given then (days, n, 6)."""
        found = np.zeros((self.reach.shape[1], minutes.size, DRUG_STATES.size))
        for slot, given in self.doses.items():
            mine, flow = slice(3 * slot - 3, 3 * slot), self._flows[slot][body]
            start = self.midnights[body, :-1, mine]
            found[:, :, mine] = np.einsum("mij,dj->dmi", _chain(flow, minutes), start)
            hours = np.round(given.minute - given.day * DAY, 6)
            for hour in np.unique(hours):
                later, here = np.flatnonzero(minutes >= hour), np.flatnonzero(hours == hour)
                spent = _chain(flow, minutes[later] - hour)[:, :, 0]
                given_then = given.amount[here, body, None, None] * spent
                np.add.at(found[:, :, mine], (given.day[here][:, None], later), given_then)
        return found


def _constant(c: Floats, slot: int, name: str) -> Floats:
    found: Floats = c[:, vector.CONSTANT["parameter", f"drug{slot}_{name}"]]
    return found


def _flows(c: Floats, slot: int) -> Floats:
    """What flows between the three states of a slot (bodies, 3, 3), 1/min."""
    absorbed, lost, felt = (
        _constant(c, slot, name) for name in ("absorption", "elimination", "equilibration")
    )
    found = np.zeros((len(c), 3, 3))
    found[:, 0, 0], found[:, 1, 1], found[:, 2, 2] = -absorbed, -lost, -felt
    found[:, 1, 0] = absorbed * _constant(c, slot, "bioavailability") / _constant(c, slot, "volume")
    found[:, 2, 1] = felt
    return found


def _chain(flow: Floats, span: Floats) -> Floats:
    """The exponential of a chain of three, `flow` (3, 3), over each `span` (n,): Bateman's solution (n, 3, 3)."""
    a, b, c = np.diag(flow)
    gaps = np.abs([a - b, b - c, a - c])
    if np.min(gaps) < 1e-3 * np.max(np.abs(np.diag(flow))):  # it would lose all its digits
        from scipy.linalg import expm

        return np.array(expm(flow * span[:, None, None]))
    found = np.zeros((span.size, 3, 3))
    of_a, of_b, of_c = np.exp(a * span), np.exp(b * span), np.exp(c * span)
    found[:, 0, 0], found[:, 1, 1], found[:, 2, 2] = of_a, of_b, of_c
    ab, bc = (of_a - of_b) / (a - b), (of_b - of_c) / (b - c)
    found[:, 1, 0], found[:, 2, 1] = flow[1, 0] * ab, flow[2, 1] * bc
    found[:, 2, 0] = flow[1, 0] * flow[2, 1] * (ab - bc) / (a - c)
    return found
