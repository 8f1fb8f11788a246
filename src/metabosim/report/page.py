"""report.html: one file that loads nothing, runs nothing, and is read on a projector, a phone, paper or aloud."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from metabosim.output import GENERATOR, policy_source
from metabosim.plots.style import DARK, shown_number, shown_unit
from metabosim.plots.words import as_written, verdict_words
from metabosim.report import wording
from metabosim.report.content import GRADES
from metabosim.report.trust import percent, sentences
from metabosim.robustness.status import SAYS
from metabosim.scenario import Family, families
from metabosim.scenario.families import OWN
from metabosim.version import NOTE, __version__

if TYPE_CHECKING:
    import jinja2

    from metabosim.plots import Exhibit

FOLDER: Final = Path(__file__).with_name("templates")
POLICY: Final = (
    "default-src 'none'; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'"
)


def report_page(content: Mapping[str, Any], exhibits: Mapping[str, Exhibit]) -> str:
    """The page of a report's `content`; `exhibits` has the plot of each claim by id."""
    style = _style()
    return _template().render(
        report=content,
        claims={claim["id"]: claim for claim in content["claims"]},
        families=_families(content),
        exhibits=exhibits,
        style=_markup(style),
        policy=POLICY.format(style=policy_source(style)),
        generator=GENERATOR,
        version=__version__,
        note=NOTE,
        words=wording,
        statuses=SAYS,
        grades=GRADES,
    )


def _families(content: Mapping[str, Any]) -> list[tuple[Family, list[Mapping[str, Any]]]]:
    """The families that have a claim in the report, each with its claims in the report's order."""
    found = []
    for family in (*families(), OWN):
        claims = [claim for claim in content["claims"] if claim["family"] == family.id]
        if claims:
            found.append((family, claims))
    return found


@cache
def _style() -> str:
    """The style sheet; colours in plots become their dark counterparts on a dark page."""
    text = (FOLDER / "report.css").read_text(encoding="utf-8")
    night = "\n".join(
        f'  .plot [{what}="{light.lower()}"] {{ {what}: {dark}; }}'
        for light, dark in DARK.items()
        for what in ("fill", "stroke")
    )
    return f"{text}@media screen and (prefers-color-scheme: dark) {{\n{night}\n}}\n"


@cache
def _template() -> jinja2.Template:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "svg": _markup,  # made by us of parsed SVG, in which every text was escaped
        "name": as_written,
        "size": size,
        "spare": lambda claim: verdict_words(
            claim["verdict"], claim["margin"], claim["unit"] or ""
        ),
        "percent": percent,
        "trust": sentences,
        "doi": lambda doi: f"https://doi.org/{quote(doi, safe='/().:;-_')}",
    }
    return environment.get_template("report.html")


def size(value: float | None, unit: str | None = None) -> str:
    """A number with its unit as one would write it; a dash where there is none."""
    if value is None:
        return "–"
    return f"{shown_number(value)} {shown_unit(unit or '1')}".strip()


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)
