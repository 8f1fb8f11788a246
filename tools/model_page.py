"""Writes MODEL.md: the prose of docs/model.template.md, with numbers and tables read off the code.

    python tools/model_page.py             what the body declares; what was computed is kept
    python tools/model_page.py --compute   also run subjects and published experiments (minutes)
    python tools/model_page.py --check     write nothing; exit code 1 if the page is stale

In the template, `{{ name }}` or `{{ name argument }}` calls the function of that name in `DECLARED`
or `COMPUTED`. What was computed stands in the page between `<!-- computed: name -->` and
`<!-- end -->`, and is kept until asked for: the numbers of one machine differ from another's in
their last digits only.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from metabosim import __version__
from metabosim.body import OBSERVABLES
from model_table import table
from model_tables import DECLARED, people, printed, shown

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "docs" / "model.template.md"
PAGE = ROOT / "MODEL.md"

_INSERT = re.compile(r"\{\{ (\w+)(?: ([\w-]+))? \}\}")
_COMPUTED = re.compile(r"<!-- computed: (\w+) -->\n(.*?)\n<!-- end -->", re.DOTALL)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")

FASTING = 420.0  # 07:00, min
MORNING = {
    "glucose_mmol_l": "fasting glucose",
    "insulin_pmol_l": "fasting insulin",
    "homa_ir": "HOMA-IR",
    "glucagon_pmol_l": "fasting glucagon",
    "ffa_mmol_l": "fasting fatty acids",
    "triglycerides_mmol_l": "fasting triglycerides",
}
MEAN = {
    "glucose_mmol_l": "glucose, mean of the day",
    "insulin_secretion_pmol_min": "insulin secretion, mean of the day",
    "gh_ug_l": "growth hormone, mean of the day",
    "igf1_ug_l": "IGF-1",
    "inflammation_index": "inflammation",
    "beta_cell_mass_index": "beta-cell mass",
    "beta_cell_function": "beta-cell function",
    "energy_intake_mj_day": "energy eaten",
    "weight_kg": "weight",
    "lean_kg": "lean mass",
    "vat_kg": "visceral fat",
}


def at_rest() -> str:
    """Where each subject settles under its habitual day."""
    from metabosim.engine import simulate

    runs = [simulate(person, duration="8 h") for person in people()]
    clamps = [shown(run.m_value(FASTING)) for run in runs]
    rows = [
        *(
            (text, name, [shown(run.fasting_baseline(name)) for run in runs])
            for name, text in MORNING.items()
        ),
        *((text, name, [shown(run.baseline(name)) for run in runs]) for name, text in MEAN.items()),
    ]
    lines = [(text, printed(OBSERVABLES[name].unit), *cells) for text, name, cells in rows]
    lines.insert(len(MORNING), ("M of a clamp at 1 mU/kg/min", "mg/kg/min", *clamps))
    head = ("at rest", "unit", *(run.subject for run in runs))
    return table(head, lines, range(2, len(head)))


def sizes() -> str:
    """The published sizes of effects beside the model's."""
    from metabosim.bands import compute
    from metabosim.bands.table import summary

    rows = compute()
    lines = [
        (
            row.id,
            row.observable,
            row.subject,
            "" if row.unit == "ratio" else row.unit,
            row.published,
            f"{row.low:g} to {row.high:g}",
            shown(row.value),
            "in" if row.inside else "**out**",
            row.kind,
        )
        for row in rows
    ]
    head = ("id", "what", "in whom", "unit", "published", "accepted", "model", "", "kind")
    parts = [f"Version {__version__}: {summary(rows)}.", table(head, lines, (6,))]
    parts += [f"*{row.id}:* {row.note or 'not explained'}" for row in rows if not row.inside]
    return "\n\n".join(parts)


COMPUTED: dict[str, Callable[[], str]] = {"at_rest": at_rest, "sizes": sizes}


def computed_in(page: str) -> dict[str, str]:
    """The computed parts that a page has, by name."""
    return {match[1]: match[2] for match in _COMPUTED.finditer(page)}


def page(computed: dict[str, str]) -> str:
    """The page, with these computed parts; KeyError for a name that nothing answers to."""

    def filled(match: re.Match[str]) -> str:
        name, argument = match[1], match[2]
        if name in COMPUTED:
            return f"<!-- computed: {name} -->\n{computed[name]}\n<!-- end -->"
        return DECLARED[name](*([argument] if argument else []))

    return _INSERT.sub(filled, TEMPLATE.read_text(encoding="utf-8"))


def differences(old: str, new: str, relative: float = 0.02) -> Iterator[str]:
    """Where two computed parts differ by more than the last digits of their numbers."""
    before, after = old.splitlines(), new.splitlines()
    if len(before) != len(after):
        yield f"{len(before)} lines, now {len(after)}"
        return
    for was, now in zip(before, after, strict=True):
        numbers = zip(_NUMBER.findall(was), _NUMBER.findall(now), strict=False)
        close = all(
            math.isclose(float(a), float(b), rel_tol=relative, abs_tol=0.02) for a, b in numbers
        )
        if _NUMBER.sub("", was) != _NUMBER.sub("", now) or not close:
            yield f"{was}\nis now\n{now}"


def recomputed(known: dict[str, str]) -> dict[str, str]:
    """The computed parts, run anew; one that is known and still right keeps its last digits."""
    fresh = {name: compute() for name, compute in COMPUTED.items()}
    return {
        name: text if any(differences(known.get(name, ""), text)) else known[name]
        for name, text in fresh.items()
    }


def main() -> int:
    """Write the page, or check it; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--compute", action="store_true", help="run what has to be computed")
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args()
    old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    known = computed_in(old)
    new = page(recomputed(known) if options.compute else known)
    if not options.check:
        PAGE.write_text(new, encoding="utf-8")
    elif new != old:
        print(
            "MODEL.md is stale: run python tools/model_page.py, with --compute if the body changed"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
