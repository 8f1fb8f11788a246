"""What `metabosim check --robustness` says: how far claims can be trusted, as was measured of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from metabosim.cli import screen

if TYPE_CHECKING:
    from metabosim.cli.jobs import Job


def trust_of(jobs: Sequence[Job]) -> dict[str, dict[str, Any]]:
    """What was measured of each job's claim, by scenario; of one that was changed nothing was."""
    from metabosim.robustness.summary import of_claim

    loaded = [job.load() for job in jobs]
    return {one.id: of_claim(one) for one in loaded}


def show_trust(trusted: Mapping[str, Mapping[str, Any]]) -> None:
    """A line for each thing that was measured of each claim."""
    from metabosim.report.trust import sentences

    for name, one in trusted.items():
        screen.say(f"\nhow far {name} can be trusted")
        for title, text in sentences(one):
            screen.say(f"  {title.lower()}: {text}")
