"""`metabosim list` and `metabosim explain`: everything that has a name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from metabosim.cli import screen
from metabosim.cli.moves import moves, say_moves
from metabosim.cli.options import json_option, parse_subject
from metabosim.errors import Fault, InputError, did_you_mean

if TYPE_CHECKING:
    from pydantic import BaseModel

    from metabosim.body.quantities import Declared
    from metabosim.datafile import DataFile


class Entry(NamedTuple):
    """Something with a name: a line of `text` about it, and `details` as lines for `explain`."""

    text: str
    details: Sequence[str] = ()


class Kind(NamedTuple):
    """One kind of thing: which names there are, and what each is."""

    names: Callable[[], Iterable[str]]
    entry: Callable[[str], Entry]


def _scenarios() -> Kind:
    from metabosim.scenario import list_scenarios, load_scenario

    def entry(name: str) -> Entry:
        scenario = load_scenario(name)
        details = (
            scenario.claim,
            "",
            f"file: {scenario.file}",
            f"mechanism: {scenario.source.mechanism}",
            f"status: {scenario.status}",
            f"arms: {', '.join(scenario.arms)} (control: {scenario.control})",
            f"must fail when: {', '.join(item.name for item in scenario.must_fail_when)}",
            f"in reality ({scenario.in_reality.strength}): {scenario.in_reality.text}",
            f"ask first: {scenario.predict.question}",
            *(f"  - {choice}" for choice in scenario.predict.choices),
        )
        return Entry(scenario.title, details)

    return Kind(list_scenarios, entry)


def _levers() -> Kind:
    from metabosim.body import LEVERS

    def entry(name: str) -> Entry:
        item = LEVERS[name]
        scale = "a gain on this mechanism: 0 knocked out, 1 as is, up to 3"
        return Entry(item.text, (f"organ: {item.organ}", f"edge: {item.kind.edge}", scale))

    return Kind(lambda: LEVERS, entry)


def _variants() -> Kind:
    from metabosim.body import VARIANTS

    return Kind(
        lambda: [name.replace("_", "-") for name in VARIANTS],
        lambda name: Entry(VARIANTS[name.replace("-", "_")].text),
    )


def _parameters() -> Kind:
    from metabosim.body import PARAMETERS

    def entry(name: str) -> Entry:
        item = PARAMETERS[name]
        plausible = f"plausible: {item.kind.low:g} to {item.kind.high:g} {item.unit}"
        return Entry(
            f"{item.text} ({item.default:g} {item.unit})",
            (f"organ: {item.organ}", plausible, f"source: {item.kind.source}"),
        )

    return Kind(lambda: PARAMETERS, entry)


def _observables() -> Kind:
    from metabosim.body import OBSERVABLES

    return Kind(lambda: OBSERVABLES, lambda name: Entry(_with_unit(OBSERVABLES[name])))


def _states() -> Kind:
    from metabosim.body import STATES

    return Kind(
        lambda: STATES,
        lambda name: Entry(_with_unit(STATES[name]), (f"organ: {STATES[name].organ}",)),
    )


def _signals() -> Kind:
    from metabosim.body import SIGNALS

    held = "a protocol may hold it"
    return Kind(lambda: SIGNALS, lambda name: Entry(_with_unit(SIGNALS[name]), (held,)))


def _subjects() -> Kind:
    from metabosim.subjects import list_subjects, load_subject

    return Kind(list_subjects, lambda name: _data_file(load_subject(name)))


def _therapies() -> Kind:
    from metabosim.therapies import list_therapies, load_therapy

    def entry(name: str) -> Entry:
        item = load_therapy(name)
        return _data_file(
            item, f"kind: {item.kind}", f"molar mass: {item.molar_mass_g_mol:g} g/mol"
        )

    return Kind(list_therapies, entry)


def _checks() -> Kind:
    from metabosim.scenario.checks import CHECKS

    return Kind(lambda: CHECKS, lambda name: _model(CHECKS[name]))


def _features() -> Kind:
    from metabosim.scenario.checks import FEATURES

    return Kind(lambda: FEATURES, lambda name: _model(FEATURES[name]))


def _steps() -> Kind:
    from dataclasses import fields

    from metabosim.protocol import STEPS

    def entry(name: str) -> Entry:
        names = ", ".join(item.name for item in fields(STEPS[name]))
        return Entry(_first_line(STEPS[name]), (f"fields: {names}",))

    return Kind(lambda: STEPS, entry)


def _with_unit(item: Declared) -> str:
    return item.text if item.unit == "1" else f"{item.text} ({item.unit})"


def _data_file(item: DataFile, *more: str) -> Entry:
    values = [f"{name}: {value:g}" for name, value in item.parameters.items()]
    sources = [f"source: {source}" for source in item.sources]
    return Entry(item.title, (item.text, "", *more, *values, "", *sources))


def _model(model: type[BaseModel]) -> Entry:
    described = [
        f"{field.alias or name}: {field.description}"
        for name, field in model.model_fields.items()
        if field.description
    ]
    return Entry(_first_line(model), described)


def _first_line(thing: type) -> str:
    return (thing.__doc__ or "").strip().partition("\n")[0]


KINDS: dict[str, Callable[[], Kind]] = {
    "scenarios": _scenarios,
    "levers": _levers,
    "subjects": _subjects,
    "therapies": _therapies,
    "observables": _observables,
    "checks": _checks,
    "features": _features,
    "steps": _steps,
    "parameters": _parameters,
    "variants": _variants,
    "states": _states,
    "signals": _signals,
}
MOVED = ("observables", "states", "signals")  # what parameters are said to move


@click.command("list", short_help="List scenarios, levers, subjects, therapies ...")
@click.argument("kind", type=click.Choice(list(KINDS)), default="scenarios")
@json_option
def list_(kind: str, as_json: bool) -> int:
    """List the names of one KIND of thing, each with a line about it."""
    names, entry = KINDS[kind]()
    texts = {name: entry(name).text for name in names()}
    if as_json:
        screen.say_json({kind: [{"name": name, "text": text} for name, text in texts.items()]})
        return 0
    width = max(map(len, texts), default=0)
    for name, text in texts.items():
        screen.say(f"{name:<{width}}  {text}")
    return 0


@click.command(short_help="Explain one scenario, lever, subject, check ...")
@click.argument("name")
@click.option(
    "--subject",
    metavar="NAME|FILE",
    callback=parse_subject,
    help="In whom to say what moves an observable, state or signal; lean-healthy if left out.",
)
@json_option
def explain(name: str, subject: str | None, as_json: bool) -> int:
    """Explain whatever has this NAME: a scenario, lever, subject, therapy, observable, check ...

    Of an observable, state or signal it also says which parameters move it most, at rest and after 75 g of
    glucose: by how many per cent for 1 % more of each.
    """
    kinds = {label: kind() for label, kind in KINDS.items()}
    found = {label: kind.entry(name) for label, kind in kinds.items() if name in kind.names()}
    if not found:
        names = [known for kind in kinds.values() for known in kind.names()]
        hint = did_you_mean(name, names) or "see 'metabosim list'"
        raise InputError(f"nothing is called '{name}'", hint=hint)
    moved = any(label in MOVED for label in found)
    if subject is not None and not moved:
        fault = "only what moves an observable, state or signal depends on the subject"
        raise InputError(Fault(f"{fault}; '{name}' is none", field="--subject"))
    if as_json:
        shown: dict[str, Any] = {
            "name": name,
            "found": [
                {"kind": label, "text": entry.text, "details": list(entry.details)}
                for label, entry in found.items()
            ],
        }
        screen.say_json(shown | ({"moved_by": moves(name, subject)} if moved else {}))
        return 0
    for n, (label, entry) in enumerate(found.items()):
        screen.say(("\n" if n else "") + f"{name} ({label})\n  {entry.text}")
        for line in entry.details:
            screen.say(f"  {line}".rstrip())
    if moved:
        sys.stdout.flush()
        say_moves(moves(name, subject))
    return 0
