"""`python -m benchmarks`: measures metabosim beside other simulators and writes `results/`; see README.md."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import click

RESULTS = Path(__file__).with_name("results")


@click.command(help=__doc__)
@click.option(
    "--quick", is_flag=True, help="A minute or two: few repeats, most of it extrapolated."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=RESULTS,
    show_default="results/",
    help="The folder to write.",
)
@click.option(
    "--redraw", is_flag=True, help="Write table and plot again from results.json; measure nothing."
)
@click.option(
    "--gate",
    is_flag=True,
    help="Only compare with SciPy; exit code 1 if 30 % worse than committed.",
)
@click.option("--renew", is_flag=True, help="With --gate: commit to what is measured now.")
def main(quick: bool, out: Path, redraw: bool, gate: bool, renew: bool) -> None:
    """Run what was asked for."""
    if gate:
        sys.exit(_gate(renew))
    from benchmarks import plot, table

    record_file = out / "results.json"
    if redraw:
        record = json.loads(record_file.read_text(encoding="utf-8"))
    else:
        from benchmarks.report import FULL, QUICK, measured

        begun = time.monotonic()
        record = measured(QUICK if quick else FULL)
        record["took_s"] = round(time.monotonic() - begun)
        out.mkdir(parents=True, exist_ok=True)
        record_file.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    (out / "README.md").write_text(table.page(record), encoding="utf-8")
    pictures = plot.drawn(record, out)
    for path in (record_file, out / "README.md", *pictures):
        click.echo(path)


def _gate(renew: bool) -> int:
    from benchmarks import gate

    if renew:
        gate.renew()
        click.echo(f"written: {gate.FILE}")
        return 0
    found = gate.check()
    for one in found:
        click.echo(one.line)
    return 0 if all(one.passed for one in found) else 1


if __name__ == "__main__":
    main()
