"""`metabosim bands`: published sizes of effects beside those the model gives."""

from __future__ import annotations

import click

from metabosim.cli import screen
from metabosim.cli.options import json_option


@click.command(short_help="Compare the model with published sizes of effects.")
@json_option
def bands(as_json: bool) -> int:
    """Compare the model with the published size of each effect: is it inside the published band?

    Exit code 0 whether or not every row is inside; rows outside say why in their note.
    """
    from metabosim.bands import compute

    with screen.progress("running the published experiments", 1) as advance:
        rows = compute()
        advance("")
    if as_json:
        screen.say_json({"bands": [row.as_dict() for row in rows]})
        return 0
    head = ("id", "observable", "value", "unit", "low", "high", "")
    cells = [
        (
            row.id,
            row.observable,
            screen.number(row.value),
            row.unit,
            screen.number(row.low),
            screen.number(row.high),
            "in" if row.inside else "out",
        )
        for row in rows
    ]
    screen.table(head, cells, numbers=(2, 4, 5))
    outside = [row for row in rows if not row.inside]
    screen.say(f"\n{len(rows) - len(outside)} of {len(rows)} inside")
    for row in outside:
        screen.say(f"{row.id}: {row.note or 'not explained'}")
    return 0
