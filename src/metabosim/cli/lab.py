"""`metabosim lab`: the model and every scenario as one page for a classroom without a network."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from metabosim.cli import screen
from metabosim.cli.options import force_option


@click.command(short_help="Write the lab: one offline page that runs the model.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="lab.html",
    show_default=True,
    help="The file to write.",
)
@click.option("--open", "show", is_flag=True, help="Open it in the browser.")
@force_option
def lab(out: Path, show: bool, force: bool) -> int:
    """Write one HTML file with the model, every scenario and its checks.

    It opens from disk in any current browser, makes no request, and needs no Python: pass it on as a file.
    """
    from metabosim.lab import lab_page
    from metabosim.output import OutputFolder

    with OutputFolder(out.absolute().parent, force=force) as folder:
        folder.check(out.name)
        path = folder.write(out.name, lab_page())
    screen.say(f"{out} written: {path.stat().st_size / 1e6:.2f} MB, needs nothing else")
    if show:
        webbrowser.open(path.as_uri())
    return 0
