"""Writes what was measured of the claims into docs/robustness.md, and their measured status into their files.

python tools/robustness_page.py
"""

from __future__ import annotations

import re
from pathlib import Path

from metabosim.output import replace_whole
from metabosim.report.trust import falls_short, listed, percent
from metabosim.robustness.summary import of_claim
from metabosim.scenario import families, list_scenarios, load_scenario
from metabosim.scenario.load import find_scenario
from model_table import table

PAGE = Path(__file__).parents[1] / "docs" / "robustness.md"
_TABLE = re.compile(r"(?<=<!-- measured -->\n).*?(?=<!-- end -->)", re.DOTALL)
_STATUS = re.compile(r"^status: [\w-]+", re.MULTILINE)
HEAD = (
    "claim",
    "status",
    "needs each of",
    "other bodies",
    "simulated subjects",
    "falls short by",
    "at least",
    "severity",
    "least margin",
)


def main() -> None:
    """Writes the page, and the files whose status is another."""
    for name in list_scenarios():
        path = find_scenario(name)
        text = path.read_text(encoding="utf-8")
        if (new := with_status(text, of_claim(load_scenario(name))["measured_status"])) != text:
            replace_whole(path, new.encode())
            print(f"{name}: status changed")
    replace_whole(PAGE, page().encode())


def with_status(text: str, status: str | None) -> str:
    """A scenario's text with the measured status, if there is one."""
    return text if status is None else _STATUS.sub(f"status: {status}", text, count=1)


def page() -> str:
    """The page with the table as it should be."""
    rows = [row(name) for family in families() for name in family.claims]
    made = table(HEAD, rows)
    return _TABLE.sub(lambda _: f"{made}\n", PAGE.read_text(encoding="utf-8"))


def row(name: str) -> tuple[str, ...]:
    """A claim's line; a dash for what was not measured."""
    found = of_claim(load_scenario(name))
    prior, people, worst = found["prior"], found["population"], found["worst"]
    return (
        f"`{name}`",
        found["measured_status"] or "–",
        listed(found["breaking"]) or "none" if found["breaking"] is not None else "–",
        f"{prior['holds']} of {prior['judged']}" if prior else "–",
        f"{people['holds']} of {people['n']}" if people else "–",
        falls_short(people) or "–" if people else "–",
        percent(people["at_least"]) if people else "–",
        "–" if found["severity"] is None else f"{found['severity']:.2f}",
        f"{worst['margin']:.2g}" if worst and worst["margin"] is not None else "–",
    )


if __name__ == "__main__":
    main()
