"""Putting the page together: template, style, bundles, texts, pictures and data in one file with its policy."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, Final

from metabosim.body import LEVERS, SIGNALS, STATES, VARIANTS
from metabosim.exchange.lab_data import lab_json
from metabosim.output import GENERATOR, policy_source
from metabosim.protocol import Dose
from metabosim.scenario import Scenario, list_scenarios, load_scenario
from metabosim.version import NOTE

FOLDER: Final = Path(__file__).parent
PAGE: Final = FOLDER / "page"
BUNDLE: Final = FOLDER / "bundle"

# What the file may do: run the two scripts it carries, the second in a worker made of text, use its own style, and
# make pictures of its own graphs. It may fetch nothing, send nothing, and be framed by nobody's form.
POLICY: Final = (
    "default-src 'none'; script-src {script}; style-src {style}; worker-src blob:; img-src blob: data:; "
    "base-uri 'none'; form-action 'none'"
)


def lab_page() -> str:
    """The lab as one HTML file that needs nothing else."""
    style = (PAGE / "style.css").read_text(encoding="utf-8")
    script = _bundle("page.js")
    return Template((PAGE / "index.html").read_text(encoding="utf-8")).substitute(
        GENERATOR=GENERATOR,
        NOTE=NOTE,
        POLICY=POLICY.format(script=policy_source(script), style=policy_source(style)),
        STYLE=style,
        DATA=_within(lab_json()),
        PAGE=_within(
            json.dumps(page_data(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        ),
        WORKER=_bundle("worker.js"),
        SCRIPT=script,
    )


def page_data() -> dict[str, Any]:
    """What the page has besides the model's data: texts, pictures of the wiring, and names in English."""
    return {
        "languages": {
            path.stem: _read_json(path) for path in sorted((PAGE / "text").glob("*.json"))
        },
        "pictures": {path.stem: _picture(path) for path in sorted(wiring_folder().glob("*.svg"))},
        "organs": {name: item.organ for name, item in LEVERS.items()},
        "names": english_names(),
        "typical": typical_doses(),
        "minutes": {s.id: max(arm.duration for arm in s.arms.values()) for s in _scenarios()},
        "licences": (BUNDLE / "LICENCES.txt").read_text(encoding="utf-8"),
    }


def english_names() -> dict[str, dict[str, str]]:
    """What states, signals and variants are called; other names are in the model's data."""
    return {
        "holdable": {name: item.text for name, item in {**STATES, **SIGNALS}.items()},
        "variants": {name.replace("_", "-"): item.text for name, item in VARIANTS.items()},
    }


def typical_doses() -> dict[str, dict[str, float | None]]:
    """For each therapy that scenarios give, the amount (mg) and interval (min) they give most often.

    A repeated dose counts for more than a single one, which is given to show an effect.
    """
    given: dict[str, Counter[tuple[float, float | None]]] = defaultdict(Counter)
    for scenario in _scenarios():
        for arm in scenario.arms.values():
            for step in arm.protocol:
                if isinstance(step, Dose):
                    given[step.therapy.id][step.amount, step.every] += (
                        1 if step.every is None else 2
                    )
    most = {therapy: counts.most_common(1)[0][0] for therapy, counts in sorted(given.items())}
    return {name: {"amount": amount, "every": every} for name, (amount, every) in most.items()}


@cache
def _scenarios() -> tuple[Scenario, ...]:
    return tuple(load_scenario(name) for name in list_scenarios())


def wiring_folder() -> Path:
    """Where the diagrams are: in the package, or among the documents of a checkout."""
    inside = FOLDER / "wiring"
    return inside if inside.is_dir() else FOLDER.parents[2] / "docs" / "img" / "wiring"


def _bundle(name: str) -> str:
    text = (BUNDLE / name).read_text(encoding="utf-8")
    if re.search(r"</script|<!--", text, re.IGNORECASE):
        raise ValueError(f"{name} cannot stand within a page: it has '</script' or '<!--' in it")
    return text


def _picture(path: Path) -> str:
    """A diagram without its style and notes: the page has its own."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"<\?xml.*?\?>\n?|<metadata>.*?</metadata>\n?|<style>.*?</style>\n?", "", text)


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _within(text: str) -> str:
    """JSON so that it can stand within a script element."""
    return text.replace("<", "\\u003c")
