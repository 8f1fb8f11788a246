"""The report: every claim with its verdict, plot and evidence, as one page and as JSON.

- `claim_entry(scenario, content)` is a claim as report.json has it.
- `report_content(...)` is all of report.json; `compared(earlier, content)` what changed since an earlier one.
- `report_page(content, exhibits)` is report.html: one file that loads nothing and runs nothing.
"""

from metabosim.report.changes import Earlier, compared, read_earlier
from metabosim.report.content import Settings, claim_entry, report_content
from metabosim.report.page import report_page

__all__ = [
    "Earlier",
    "Settings",
    "claim_entry",
    "compared",
    "read_earlier",
    "report_content",
    "report_page",
]
