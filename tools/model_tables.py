"""What the body declares and the data files say, as the tables and lines of MODEL.md."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from metabosim import __version__
from metabosim.body import LEVERS, OBSERVABLES, PARAMETERS, SIGNALS, STATES, VARIANTS
from metabosim.body.quantities import Declared
from metabosim.datafile import DataFile
from metabosim.engine.plan import MEAL_SHARES, MEAL_TIMES
from metabosim.report import content
from metabosim.subjects import Subject, list_subjects, load_subject
from metabosim.therapies import Therapy, list_therapies, load_therapy
from model_equations import EQUATIONS, symbol
from model_table import code, table

REFERENCE = "lean-healthy"


def printed(unit: str) -> str:
    """A unit for readers."""
    return "" if unit == "1" else unit.replace("ug", "µg").replace("umol", "µmol")


def shown(value: float) -> str:
    """Three significant digits, without an exponent; `none` for what does not happen."""
    if not math.isfinite(value):
        return "none"
    return f"{value:.3g}" if abs(value) < 1000.0 else f"{value:.0f}"


def sentence(text: str) -> str:
    """The text with its first letter small, unless it begins with an abbreviation."""
    return text if text[:2].isupper() or text.startswith("C-pep") else text[:1].lower() + text[1:]


def of_organ(items: dict[str, Declared], organ: str) -> list[Declared]:
    """The declarations of one organ; `drugs` is the first of the two alike drug slots."""
    slot = organ == "drugs"
    found = [item for item in items.values() if item.organ == ("drug1" if slot else organ)]
    if not found:
        raise KeyError(f"no organ is called '{organ}'")
    return (
        [Declared(organ, i.name.removeprefix("drug1_"), i.kind, i.default) for i in found]
        if slot
        else found
    )


def single(items: dict[str, Declared]) -> list[Declared]:
    """All declarations, the two drug slots counted once."""
    return [item for item in items.values() if item.organ != "drug2"]


def is_assumption(item: Declared) -> bool:
    """Whether a parameter's value, or at least its size, was chosen and not taken from a source."""
    return "assumption" in item.kind.source


def remembers(organ: str) -> str:
    """The states of an organ in one line."""
    texts = []
    for item in of_organ(STATES, organ):
        unit = printed(item.unit)
        texts.append(f"{sentence(item.text)} ({unit})" if unit else sentence(item.text))
    return "; ".join(texts)


def parameters(organ: str) -> str:
    """Every number of one organ."""
    rows = [
        (
            symbol(item),
            code(item.name),
            item.text,
            f"{item.default:g}",
            printed(item.unit),
            f"{item.kind.low:g} to {item.kind.high:g}"
            if item.kind.low < item.kind.high
            else "fixed",
            item.kind.source,
        )
        for item in of_organ(PARAMETERS, organ)
    ]
    head = ("symbol", "name", "what it is", "value", "unit", "plausible", "source")
    return table(head, rows, (3,))


def levers() -> str:
    """Every lever, organ by organ."""
    rows = [
        (code(name), item.text, item.kind.edge.replace("->", "→"), item.organ)
        for name, item in LEVERS.items()
    ]
    return table(("lever", "turns", "edge", "organ"), rows)


def variants() -> str:
    """Every rewiring."""
    return table(
        ("variant", "what is rewired"),
        [(code(n.replace("_", "-")), i.text) for n, i in VARIANTS.items()],
    )


def signals() -> str:
    """Every signal that can be held."""
    return table(
        ("signal", "what it is", "unit"),
        [(code(n), i.text, printed(i.unit)) for n, i in SIGNALS.items()],
    )


def observables() -> str:
    """Everything that can be read from a run."""
    return table(
        ("name", "what it is", "unit"),
        [(code(n), i.text, printed(i.unit)) for n, i in OBSERVABLES.items()],
    )


def number_of(things: str) -> str:
    """How many there are of something."""
    counts: dict[str, Callable[[], int]] = {
        "states": lambda: sum(not item.organ.startswith("drug") for item in STATES.values()),
        "slot-states": lambda: len(of_organ(STATES, "drugs")),
        "parameters": lambda: len(_counted()),
        "assumptions": lambda: sum(map(is_assumption, _counted())),
        "levers": lambda: len(LEVERS),
        "observables": lambda: len(OBSERVABLES),
        "subjects": lambda: len(list_subjects()),
        "therapies": lambda: len(list_therapies()),
    }
    return str(counts[things]())


def _counted() -> list[Declared]:
    """The parameters of the body itself: neither a drug's, nor a convention without a range."""
    return [
        item
        for item in single(PARAMETERS)
        if item.organ != "drug1" and item.kind.low < item.kind.high
    ]


def value(name: str) -> str:
    """A parameter of the reference person, with its unit."""
    item = PARAMETERS[name]
    return f"{item.default:g} {printed(item.unit)}".strip()


def version() -> str:
    """The package's version."""
    return __version__


def meals() -> str:
    """When the habitual day's meals are, and their share of its energy."""
    texts = [
        f"{int(at // 60):02d}:{int(at % 60):02d} ({100 * share:.0f} %)"
        for at, share in zip(MEAL_TIMES, MEAL_SHARES, strict=True)
    ]
    return ", ".join(texts[:-1]) + " and " + texts[-1]


def people() -> list[Subject]:
    """All subjects, the reference person first."""
    names = sorted(list_subjects(), key=lambda name: (name != REFERENCE, name))
    return [load_subject(name) for name in names]


def notes(files: Iterable[DataFile]) -> str:
    """What each data file says of itself, and where its numbers are from."""
    return "\n".join(
        f"- {code(file.id)}: {file.text} Sources: {'; '.join(s.rstrip('.') for s in file.sources)}."
        for file in files
    )


def subjects() -> str:
    """Who they are."""
    return notes(people())


def subject_numbers() -> str:
    """What sets each subject apart from the reference person."""
    everybody = people()
    differing = [
        name for name in PARAMETERS if any(name in person.parameters for person in everybody)
    ]
    rows = []
    for name in differing:
        item = PARAMETERS[name]
        values = [
            person.parameters.get(name, item.default if person.id == REFERENCE else None)
            for person in everybody
        ]
        cells = ["" if v is None else f"{v:g}" for v in values]
        rows.append((code(name), item.text, printed(item.unit), *cells))
    head = ("parameter", "what it is", "unit", *(person.id for person in everybody))
    return table(head, rows, range(3, len(head)))


def not_modelled() -> str:
    """What the article says and the model leaves out."""
    return "\n".join(f"- **{one['said']}.** {one['why']}" for one in content.not_modelled())


def drugs() -> list[Therapy]:
    """All therapies."""
    return [load_therapy(name) for name in list_therapies()]


def half_life(per_hour: float) -> str:
    """The half-life of a first-order rate, in the unit a reader would choose."""
    hours = math.log(2.0) / per_hour
    if hours < 1.0:
        return f"{60.0 * hours:.2g} min"
    return f"{hours:.2g} h" if hours < 48.0 else f"{hours / 24.0:.2g} d"


_RECEPTORS = {
    "glp1_affinity": "GLP-1 receptor",
    "ghrh_affinity": "GHRH receptor",
    "ghrp_affinity": "ghrelin receptor",
    "katp_affinity": "K-ATP channel",
}
_HORMONES = {
    "glp1_delivery": "GLP-1",
    "insulin_delivery": "insulin",
    "gh_delivery": "growth hormone",
}


def therapies() -> str:
    """How each drug moves and what it reaches."""
    rows = []
    for drug in drugs():
        p = drug.parameters
        joins = [hormone for name, hormone in _HORMONES.items() if p.get(name)]
        reaches = [
            f"{text}, EC50 {shown(1.0 / p[name])} nmol/L"
            for name, text in _RECEPTORS.items()
            if p.get(name)
        ]
        if p.get("glp1_efficacy", 1.0) != 1.0:
            reaches.append(f"efficacy {p['glp1_efficacy']:g} of GLP-1's")
        share = p.get("bioavailability", 1.0)
        rows.append(
            (
                code(drug.id),
                drug.kind,
                half_life(p["absorption"]),
                "" if joins else half_life(p["elimination"]),
                "" if joins else half_life(p["equilibration"]),
                "" if joins else f"{p['volume']:g}",
                f"{100 * share:.0f} %",
                "; ".join([*(f"joins the body's own {hormone}" for hormone in joins), *reaches]),
            )
        )
    head = (
        "therapy",
        "what it is",
        "t½ in",
        "t½ out",
        "t½ effect",
        "volume, L",
        "absorbed",
        "reaches",
    )
    return table(head, rows, (2, 3, 4, 5, 6))


def therapy_notes() -> str:
    """What to know of each drug."""
    return notes(drugs())


DECLARED: dict[str, Callable[..., str]] = {
    function.__name__: function
    for function in (
        remembers,
        parameters,
        levers,
        variants,
        signals,
        observables,
        version,
        number_of,
        value,
        meals,
        subjects,
        subject_numbers,
        therapies,
        therapy_notes,
        not_modelled,
    )
} | EQUATIONS
