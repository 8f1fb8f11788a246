"""`metabosim sensitivity`: which mechanisms decide whether a claim holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from metabosim.cli import screen
from metabosim.cli.options import change_options, force_option, json_option
from metabosim.errors import Fault, InputError
from metabosim.output import OutputFolder, Stamp, stamped_json

if TYPE_CHECKING:
    from metabosim.engine.run import Resolution
    from metabosim.sensitivity import Finding, Judged, Method, Over, Question
    from metabosim.sensitivity.indices import Floats

FILES = ("sensitivity.json", "sensitivity.csv", "runs.csv", "plot.png", "plot.svg")
SHOWN = 15
HEADS = {
    "mu_star": "µ*", "mu_star_conf": "± (95 %)", "mu": "µ", "sigma": "σ", "effects": "effects",
    "S1": "S1", "S1_conf": "± (95 %)", "ST": "ST", "ST_conf": "± (95 %)",
}  # fmt: skip


@click.command(short_help="Which mechanisms decide whether a claim holds.")
@click.argument("scenario", metavar="SCENARIO|FILE")
@click.option(
    "--method",
    type=click.Choice(["morris", "sobol"]),
    default="morris",
    show_default=True,
    help="Morris: the size of each one's effect. Sobol: its share of the margin's variance.",
)
@click.option(
    "--over",
    type=click.Choice(["levers", "parameters"]),
    default="levers",
    show_default=True,
    help="What is varied.",
)
@click.option(
    "--samples",
    type=click.IntRange(2, 2**20),
    help="Trajectories (Morris; 20 over levers, 4 over parameters) or base points (Sobol; a power of two, 256).",
)
@click.option(
    "--share",
    type=click.FloatRange(0.0, 1.0, min_open=True),
    help="How much of the way to either end of its declared range each goes: 0.5 for levers (halved to doubled), "
    "0.3 for parameters.",
)
@click.option("--only", metavar="NAME", multiple=True, help="Vary only this one. Repeatable.")
@click.option(
    "--most",
    type=click.IntRange(1, 50),
    default=6,
    show_default=True,
    help="Of how many the Sobol indices are found if --only names none: the first of a Morris screening.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=1,
    show_default=True,
    help="The same seed, the same runs.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 1024),
    help="Processes on this machine; all cores if not given.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default="metabosim-sensitivity",
    show_default=True,
    help="The folder to write to.",
)
@change_options
@force_option
@json_option
def sensitivity(
    scenario: str, method: Method, over: Over, samples: int | None, share: float | None,
    only: tuple[str, ...], most: int, seed: int, workers: int | None, out: Path,
    levers: dict[str, float], subject: str | None, resolution: Resolution, force: bool, as_json: bool,
) -> int:  # fmt: skip
    """Vary levers or parameters in every arm of a scenario, and see what its claim's margin answers to.

    The margin is that of the check with the least to spare, in units of the smallest effect that counts: above 0
    the claim holds. Writes sensitivity.json, sensitivity.csv, runs.csv, plot.png and plot.svg into a folder.
    """
    from metabosim.cli.jobs import compile_once
    from metabosim.plots import decisive_picture, decisive_png_and_svg
    from metabosim.scenario import load_scenario
    from metabosim.sensitivity import SHARE, Question, factors_of, find, judged, require_salib

    require_salib()
    loaded = load_scenario(scenario, levers=levers, subject=subject)
    wide = SHARE[over] if share is None else share
    question = Question(loaded, over, factors_of(loaded, over, wide, only), resolution)
    _refuse(question, method, samples)
    stamp = Stamp(loaded.id, loaded.hash[:12], seed)

    def ask(of: Question, label: str, settings: Floats) -> Sequence[Judged]:
        with screen.progress(label, len(settings), left=True) as advance:
            return judged(of, settings, workers, advance)

    with OutputFolder(out.absolute() / f"{loaded.id}-{method}-{over}", force=force) as folder:
        folder.check(*FILES)
        compile_once()
        found = find(question, method, wide, samples, seed, None if only else most, ask)
        pictures = decisive_png_and_svg(decisive_picture(found, stamp), stamp)
        contents: tuple[bytes | str, ...] = (
            stamped_json(found.as_dict()),
            f"# {stamp.line}\n{found.table_csv()}",
            f"# {stamp.line}\n{found.runs_csv()}",
            *pictures,
        )
        for name, content in zip(FILES, contents, strict=True):
            folder.write(name, content)
    if as_json:
        screen.say_json(found.as_dict())
    else:
        _show(found)
        screen.say(f"\nwritten to {folder.path}: {', '.join(FILES)}")
    return 0


def _refuse(question: Question, method: Method, samples: int | None) -> None:
    """InputError for what cannot be analysed."""
    if len(question.factors) < 2:
        raise InputError(Fault("expected at least two things to vary", field="--only"))
    if method == "sobol" and samples is not None and samples & (samples - 1):
        below = 1 << (samples.bit_length() - 1)
        fault = f"expected a power of two, got {samples}"
        raise InputError(Fault(fault, field="--samples", hint=f"such as {below} or {2 * below}"))


def _show(found: Finding) -> None:
    """The strongest factors as a table, and under it what they are from."""
    table, own = found.table, found.own
    rows = [
        (factor.name, f"{factor.low:.4g} to {factor.high:.4g}", *map(_number, values), factor.text)
        for factor, values in table.rows[:SHOWN]
    ]
    head = (found.question.over, "between", *(HEADS[name] for name in table.columns), "what it is")
    screen.table(head, rows, numbers=range(2, 2 + len(table.columns)))
    if len(table.rows) > SHOWN:
        screen.say(f"and {len(table.rows) - SHOWN} more in sensitivity.csv")
    margin = "no margin" if own.margin is None else f"margin {_number(own.margin)}"
    screen.say(f"\nwith nothing changed: {own.verdict}, {margin} (in sizes that count)")
    screen.say(found.in_words())
    if found.screened is not None:
        screen.say(
            f"the first {len(table.rows)} of {found.screened} by a Morris screening; the others stay as they are"
        )
    if found.unjudged:
        screen.tell(f"first run without a margin: {found.unjudged[0].why}")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
