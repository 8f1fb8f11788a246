"""`metabosim report`: every claim, plot and source as one page, and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from metabosim.cli import screen
from metabosim.cli.archives import unpacked
from metabosim.cli.jobs import Job
from metabosim.cli.judge import SCENARIOS, chosen, load_all, run_shown, show_claims, worst_code
from metabosim.cli.options import json_option, output_options, resolution_option
from metabosim.cli.reporting import REPORT_FILES, report_files
from metabosim.output import OutputFolder

if TYPE_CHECKING:
    from metabosim.engine.run import Resolution


@click.command(short_help="All claims, plots and sources as one page, and as JSON.")
@SCENARIOS
@click.option(
    "--against",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OLD.json",
    help="An earlier report.json; the report says what changed since.",
)
@output_options("metabosim-report")
@resolution_option
@json_option
def report(
    scenarios: tuple[str, ...],
    against: Path | None,
    out: Path,
    force: bool,
    units: str,
    resolution: Resolution,
    as_json: bool,
) -> int:
    """Run claims and everything that must break them, and write report.html and report.json.

    The page is one file that loads nothing: every claim with its verdict, plot, knock-outs and sources, the
    published sizes, the article's tables, and how it was made. Bundled scenarios by name, your own by file; all
    bundled ones and the published sizes if none is named.
    """
    from metabosim.report import read_earlier

    earlier = read_earlier(against) if against else None
    settings = {
        "resolution": resolution, "knock_outs": True, "complete": not scenarios, "units": units,
    }  # fmt: skip
    out = out.absolute()
    with unpacked(chosen(scenarios)) as names:
        jobs = [
            Job(
                name, us=units == "us", knock_outs=True, exhibit=True, resolution=resolution
            )
            for name in names
        ]  # fmt: skip
        load_all(jobs)
        with OutputFolder(out, force=force) as folder:
            folder.check(*REPORT_FILES)
            outcomes = run_shown("checking", jobs, as_json=False)
            bands = None if scenarios else _bands()
            made = report_files(jobs, outcomes, settings, bands=bands, earlier=earlier)
            for name, content in made.files.items():
                folder.write(name, content)
    if as_json:
        screen.say_json(made.content)
    else:
        show_claims(outcomes)
        _show_changes(made.content["changes"])
        screen.say(f"\nwritten to {out}: {', '.join(REPORT_FILES)}")
    return worst_code(outcomes)


def _bands() -> Any:
    from metabosim.bands import compute

    with screen.progress("running the published experiments", 1) as advance:
        rows = compute()
        advance("")
    return rows


def _show_changes(changes: dict[str, Any] | None) -> None:
    """What is different from an earlier report, a line each."""
    if changes is None:
        return
    screen.say(f"\nagainst {changes['file']} (metabosim {changes['version']}):")
    if not changes["claims"] and not changes["bands"]:
        screen.say("  nothing changed")
    for change in changes["claims"]:
        screen.say(
            f"  {change['id']}: {change['what']}, {_words(change, ('verdict', 'margin', 'unit'))}"
        )
    for change in changes["bands"]:
        screen.say(f"  {change['id']}: {change['what']}, {_words(change, ('value', 'unit'))}")


def _words(change: dict[str, Any], fields: tuple[str, ...]) -> str:
    """Both sides of a change: "holds 0.2 mmol/L -> fails -0.1 mmol/L"."""

    def side(found: dict[str, Any] | None) -> str:
        if found is None:
            return "none"
        values = (found[field] for field in fields if found[field] is not None)
        return " ".join(screen.number(v) if isinstance(v, float) else str(v) for v in values)

    return f"{side(change['before'])} -> {side(change['after'])}"
