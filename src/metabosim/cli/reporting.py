"""From outcomes to the two files of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from metabosim.cli.jobs import Job, Outcome
from metabosim.output import stamped_json

if TYPE_CHECKING:
    from metabosim.bands import BandRow
    from metabosim.report import Earlier

REPORT_FILES: Final = ("report.html", "report.json")


class Report(NamedTuple):
    """A report: its content, and its files by name."""

    content: dict[str, Any]
    files: dict[str, str]


def report_files(
    jobs: Sequence[Job],
    outcomes: Sequence[Outcome],
    settings: Mapping[str, Any],
    *,
    bands: Sequence[BandRow] | None = None,
    earlier: Earlier | None = None,
) -> Report:
    """The report of jobs that drew their exhibits; `settings` are those of `report.Settings`."""
    from metabosim import report

    claims = [
        report.claim_entry(job.load(), outcome.content)
        for job, outcome in zip(jobs, outcomes, strict=True)
    ]
    content = report.report_content(claims, bands, report.Settings(**settings))
    content["changes"] = report.compared(earlier, content) if earlier else None
    exhibits = {one.scenario: one.exhibit for one in outcomes if one.exhibit is not None}
    files = (report.report_page(content, exhibits), stamped_json(content))
    return Report(content, dict(zip(REPORT_FILES, files, strict=True)))
