"""Mediation by intervention: the mediator is held at the course it took in the other arm."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from metabosim.claims.bench import Bench
from metabosim.claims.features import Look, read
from metabosim.claims.judging import judges
from metabosim.claims.verdict import Judgement, number, quantity, weakest
from metabosim.scenario.vocabulary import checks_cause as words
from metabosim.scenario.vocabulary.features import FeatureBase


@dataclass(frozen=True)
class Mediation:
    """The four worlds Y(arm, mediator of arm) and what follows from them, in the outcome's unit.

    `y11_held` is Y(1,M1) with the mediator held at the very course it takes there: it differs
    from `y11` only by what holding itself costs in accuracy.
    """

    y00: float
    y11: float
    y10: float
    y01: float
    y11_held: float

    @property
    def total(self) -> float:
        """TE = Y(1,M1) - Y(0,M0)."""
        return self.y11 - self.y00

    @property
    def direct(self) -> float:
        """PNDE = Y(1,M0) - Y(0,M0), the part past the mediator."""
        return self.y10 - self.y00

    @property
    def through(self) -> float:
        """TNIE = Y(1,M1) - Y(1,M0), the part through the mediator."""
        return self.y11 - self.y10

    @property
    def total_direct(self) -> float:
        """TNDE = Y(1,M1) - Y(0,M1)."""
        return self.y11 - self.y01

    @property
    def pure_through(self) -> float:
        """PNIE = Y(0,M1) - Y(0,M0)."""
        return self.y01 - self.y00

    @property
    def holding_error(self) -> float:
        """How far holding a mediator at its own course moves the outcome."""
        return abs(self.y11_held - self.y11)

    def opposing(self, least: float) -> bool:
        """Whether the two paths pull in opposite directions, each by at least `least`."""
        return self.through * self.direct < 0 and min(abs(self.through), abs(self.direct)) >= least

    def as_evidence(self) -> dict[str, float]:
        """The four worlds and the two decompositions."""
        return {
            **asdict(self),
            "total_effect": self.total,
            "pure_direct": self.direct,
            "total_through": self.through,
            "total_direct": self.total_direct,
            "pure_through": self.pure_through,
            "holding_error": self.holding_error,
        }


def mediation(
    bench: Bench, feature: FeatureBase, mediators: tuple[str, ...], treated: str, control: str
) -> Mediation:
    """Run the four worlds (and the one that measures the cost of holding) and read the outcome."""

    def outcome(arm: str, mediator_of: str | None = None) -> float:
        if mediator_of is None:
            return read(feature, Look(bench, arm)).value
        world = bench.replaced_run(arm, bench.holding(arm, mediators, mediator_of))
        return read(feature, Look(world, arm)).value

    found = Mediation(
        y00=outcome(control),
        y11=outcome(treated),
        y10=outcome(treated, control),
        y01=outcome(control, treated),
        y11_held=outcome(treated, treated),
    )
    scale = max(abs(found.total), abs(found.direct), abs(found.through), 1e-300)
    # exact in real numbers; a run read twice with different results would break it
    for parts in (found.direct + found.through, found.total_direct + found.pure_through):
        assert abs(found.total - parts) <= 1e-9 * scale + 1e-12 * abs(found.y11), (
            "TE = PNDE + TNIE does not hold"
        )
    return found


@judges(words.MediatedBy)
def mediated_by(check: words.MediatedBy, bench: Bench) -> Judgement:
    """TNIE - through_at_least x TE, each path's sign by the minimum effect; void if |TE| less."""
    treated, control = bench.treated(check.treated), check.control or bench.control
    found = mediation(bench, check.feature, check.mediators, treated, control)
    measure = check.feature.measure
    least = measure.effect(check.minimum_effect).of(found.y00)
    opposing = found.opposing(least)
    share = found.through / found.total if found.total else 0.0
    said = (
        f"total {found.total:+.3g} {measure.unit} = {found.through:+.3g} through "
        f"{' and '.join(check.mediators)} {found.direct:+.3g} past it"
        + (" (opposing paths)" if opposing else f" ({100 * share:.0f} % through)")
    )
    evidence = {
        **found.as_evidence(),
        "share_through": share,
        "opposing_paths": opposing,
        "minimum_effect": least,
    }
    demands: list[tuple[float, str]] = []
    if check.through_at_least is not None:
        # in the outcome's unit, so that a small total does not blow the margin up
        sign = 1.0 if found.total >= 0 else -1.0
        demands.append((sign * found.through - check.through_at_least * abs(found.total), "share"))
    if check.expect is not None:
        for effect, wanted in (
            (found.through, check.expect.through),
            (found.direct, check.expect.direct),
        ):
            if wanted is not None:
                demands.append((_demand(effect, wanted, least), wanted))
    # with both paths opposing, the total may be small though neither path is: that is no void
    void = None
    if abs(found.total) < least and not opposing:
        void = (
            f"the total effect {quantity(abs(found.total), measure.unit)} is smaller than "
            f"{quantity(least, measure.unit)}"
        )
    return weakest(
        Judgement(
            margin, measure.unit, least, f"{said}; {number(margin)} to spare", evidence, void,
            found.holding_error,
        )
        for margin, _ in demands
    )  # fmt: skip


def _demand(effect: float, wanted: str, least: float) -> float:
    """By how much an effect has the sign wanted; smaller than `least` counts as none."""
    return {
        "positive": effect - least,
        "negative": -effect - least,
        "none": least - abs(effect),
        "not positive": least - effect,
        "not negative": effect + least,
    }[wanted]
