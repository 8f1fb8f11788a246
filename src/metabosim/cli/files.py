"""`metabosim validate`, `schema` and `new`: writing scenario files of one's own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click

from metabosim.cli import screen
from metabosim.cli.options import force_option, json_option
from metabosim.errors import Fault, InputError


@click.command(short_help="Check scenario files without running them.")
@click.argument("scenarios", metavar="FILE...", nargs=-1, required=True)
@json_option
def validate(scenarios: tuple[str, ...], as_json: bool) -> int:
    """Check scenario files without running them; every fault is named with its line."""
    from metabosim.scenario import validate_scenario

    faults = {name: validate_scenario(name) for name in scenarios}
    if as_json:
        shown = [
            {"file": name, "valid": not found, "faults": [str(fault) for fault in found]}
            for name, found in faults.items()
        ]
        screen.say_json({"files": shown})
    else:
        for name, found in faults.items():
            if found:
                screen.tell("\n".join(map(str, found)))
            else:
                screen.say(f"{name}: valid")
    return 2 if any(faults.values()) else 0


@click.command(short_help="Print the JSON Schema of scenario files.")
def schema() -> int:
    """Print the JSON Schema of scenario files, for editors that complete and check as you type."""
    from metabosim.scenario import scenario_schema

    screen.say(json.dumps(scenario_schema(), indent=2, ensure_ascii=False))
    return 0


@click.command(short_help="Start a scenario file of your own.")
@click.argument("file", type=click.Path(path_type=Path))
@force_option
def new(file: Path, force: bool) -> int:
    """Write a small scenario to FILE that runs as it is, to be changed into your own."""
    from metabosim.output import replace_whole
    from metabosim.scenario import template

    name = file.stem
    if file.suffix not in (".yaml", ".yml"):
        raise InputError(
            Fault("a scenario file ends in .yaml", str(file), hint=f"try '{file}.yaml'")
        )
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        wanted = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "my-scenario"
        raise InputError(
            Fault(
                f"'{name}' is no name for a scenario: use lower-case letters, digits and '-'",
                str(file),
                hint=f"try '{file.with_name(wanted + '.yaml')}'",
            )
        )
    if file.exists() and not force:
        raise InputError(Fault("exists", str(file), hint="replace it with --force"))
    try:
        replace_whole(file, template(name).encode())
    except OSError as error:
        raise InputError(Fault(f"cannot be written: {error.strerror}", str(file))) from None
    screen.say(f"{file} written; 'metabosim run {file}' runs it as it is")
    return 0
