"""Results: of a claim, of a scenario, of everything done to try to break it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from metabosim.body import OBSERVABLES
from metabosim.claims.verdict import CheckResult, Verdict, plain, worst
from metabosim.protocol.meals import DAY
from metabosim.scenario import Scenario


@dataclass(frozen=True)
class KnockOutResult:
    """What became of the claim, and of the positive control, with a mechanism knocked out."""

    name: str
    verdict: Verdict
    positive_control: Verdict
    checks: tuple[CheckResult, ...] = ()

    @property
    def breaks(self) -> bool:
        """The claim fails while the positive control still holds."""
        return self.verdict is Verdict.FAILS and self.positive_control is Verdict.HOLDS

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "name": self.name,
            "verdict": str(self.verdict),
            "positive_control": str(self.positive_control),
            "checks": [{"id": one.id, "verdict": str(one.verdict), "margin": one.margin,
                        "unit": one.unit, "statement_rendered": one.statement_rendered}
                       for one in self.checks],
        }  # fmt: skip


@dataclass(frozen=True)
class TwinResult:
    """The claim on arms that differ in nothing, with labels swapped, or turned round."""

    name: str
    verdict: Verdict
    why: str = ""

    @property
    def ok(self) -> bool:
        """A twin must not hold."""
        return self.verdict is not Verdict.HOLDS

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {"name": self.name, "verdict": str(self.verdict), "ok": self.ok, "why": self.why}


@dataclass(frozen=True)
class ClaimResult:
    """A claim: the worst of its checks, and the margin of the one with the least to spare."""

    id: str
    statement: str
    checks: tuple[CheckResult, ...]
    positive_control: CheckResult
    knock_outs: tuple[KnockOutResult, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst of the checks; a positive control that fails makes the claim void.

        It shows that the perturbation did not take, so what the checks say means nothing.
        """
        control = self.positive_control.verdict
        if control is Verdict.FAILS:
            control = Verdict.VACUOUS
        return worst([*(check.verdict for check in self.checks), control])

    @property
    def deciding(self) -> CheckResult:
        """Of the checks with the claim's verdict, the one with the least to spare."""
        same = [check for check in self.checks if check.verdict is self.verdict]
        with_margin = [
            check for check in (same or self.checks) if check.margin_relative is not None
        ]
        if not with_margin:
            return (same or list(self.checks))[0]
        return min(with_margin, key=lambda check: check.margin_relative or 0.0)

    @property
    def margin(self) -> float | None:
        """The deciding check's margin."""
        return self.deciding.margin

    @property
    def unit(self) -> str | None:
        """Its unit."""
        return self.deciding.unit

    @property
    def margin_relative(self) -> float | None:
        """It over its scale."""
        return self.deciding.margin_relative

    def as_dict(self) -> dict[str, Any]:
        """The claim as verdict.json has it."""
        return {
            "id": self.id,
            "statement": self.statement,
            "verdict": str(self.verdict),
            "margin": self.margin,
            "unit": self.unit,
            "margin_relative": self.margin_relative,
            "evidence": {
                "deciding": self.deciding.id,
                "statement_rendered": self.deciding.statement_rendered,
                "numerical_error": self.deciding.numerical_error,
                **plain(self.deciding.evidence),
            },
            "checks": [check.as_dict() for check in self.checks],
            "positive_control": self.positive_control.as_dict(),
            "must_fail_when": [one.as_dict() for one in self.knock_outs],
        }


@dataclass(frozen=True)
class ScenarioResult:
    """A scenario run and judged: its claims, and the runs of its arms (those that ran)."""

    scenario: Scenario
    claims: tuple[ClaimResult, ...]
    arms: Mapping[str, Any] = field(repr=False)
    twins: tuple[TwinResult, ...] = ()
    checked: bool = False

    @property
    def verdict(self) -> Verdict:
        """The worst of the claims."""
        return worst(claim.verdict for claim in self.claims)

    @property
    def unbroken(self) -> tuple[str, ...]:
        """What the attempts to break the claim show to be wrong with it; empty if all is well."""
        if not self.checked:
            return ()
        faults = []
        for claim in self.claims:
            outs = claim.knock_outs
            if not any(one.breaks for one in outs):
                faults.append("no knock-out makes the claim fail while the positive control holds")
            faults += [
                f"it holds though '{one.name}' is knocked out"
                for one in outs
                if one.verdict is Verdict.HOLDS
            ]
        faults += [f"twin '{twin.name}' holds: {twin.why}" for twin in self.twins if not twin.ok]
        return tuple(faults)

    def as_dict(self) -> dict[str, Any]:
        """The content of verdict.json."""
        from metabosim.version import __version__

        out: dict[str, Any] = {
            "scenario": self.scenario.id,
            "version": __version__,
            "hash": self.scenario.hash,
            "seed": self.scenario.seed,
            "claims": [claim.as_dict() for claim in self.claims],
            "averaged": self._averaged(),
        }
        if self.checked:
            out["twins"] = [twin.as_dict() for twin in self.twins]
            out["unbroken"] = list(self.unbroken)
        return out

    def _averaged(self) -> dict[str, Any]:
        """Of each arm that was not run in full: days, days lived through, and how far off it may be.

        That is, for each observable that a check reads, the daily mean, lowest and highest, in its unit, estimated.
        """
        names = {name for check in self.scenario.checks for name in check.observables_used()}
        return {
            arm: {
                "days": run.duration_min / DAY,
                "days_lived_through": len(run.averaged.lived),
                "error": {
                    name: dict(zip(("mean", "lowest", "highest"), found, strict=True))
                    for name in sorted(names & set(OBSERVABLES))
                    if (found := run.averaging_error(name))
                },
            }
            for arm, run in self.arms.items()
            if getattr(run, "averaged", None)
        }
