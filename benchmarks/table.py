"""The record as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.aims import Record, aims
from benchmarks.words import digits, error, power, seconds, table
from metabosim.body import STATES

_WRITTEN = (
    "Written by `python -m benchmarks` from [results.json](results.json), not by hand. "
    "What is measured and how is in [the page above](../README.md)."
)


def page(record: Record) -> str:
    """The whole page."""
    parts = [
        "# Benchmarks: results",
        _WRITTEN,
        *_about(record),
        "## Aims",
        *aims(record),
        "## One person",
        *(_case(record, name) for name, case in record["cases"].items() if not case["people"]),
        "## Many people",
        *(_case(record, name) for name, case in record["cases"].items() if case["people"]),
        "## Cost against days and people",
        "![Seconds of a run against its days, and of a day against people](scaling.png)",
        "## Cold starts",
        _starts(record),
        "## The engines",
        _engines(record),
        "## What the body allows",
        *_limits(record),
    ]
    return "\n\n".join(parts) + "\n"


def _about(record: Record) -> Iterator[str]:
    machine = record["machine"]
    memory = f", {machine['memory_gib']:g} GiB" if machine["memory_gib"] else ""
    versions = ", ".join(
        f"{name} {number or '(not installed)'}" for name, number in machine["versions"].items()
    )
    load = [f"{value:.1f}" for value in record["load"] if value is not None]
    yield (
        f"**Machine:** {machine['processor']}, {machine['cores']} cores{memory}; {machine['system']}; "
        f"Python {machine['python']}; {machine['date']}. **Versions:** {versions}."
    )
    reference = record["reference"]
    worst = max(value for found in reference["apart"].values() for value in _fast(found))
    yield (
        f"A {record['extent']} run on {record['processes']} processes; wall clock, medians of "
        f"{record['effort']['repeats']} repeats, in each of which every engine had its turn. "
        f"Load of the machine before and after: {' and '.join(load) or 'unknown'}. Engines are run at the "
        f"loosest tolerance with which a week is within {power(record['target'])} of the reference. That is "
        f"metabosim's own integrator at {power(reference['tolerance'])}; SciPy's DOP853 at "
        f"{power(reference['checked_at'])} is nowhere further than {power(worst)} from it."
    )
    if record["extent"] != "full":
        yield "> This was a quick run: few repeats, and most of it extrapolated. Do not cite it."


def _fast(errors: Record) -> list[float]:
    return [errors["glucose"], errors["insulin"], errors["slow"]]


def _case(record: Record, name: str) -> str:
    case = record["cases"][name]
    many = bool(case["people"])
    head = ["engine", "tolerance", "1,000", "100,000"] if many else ["engine", "tolerance", "time"]
    head += [
        "times libRoadRunner",
        "glucose",
        "insulin",
        "slow states",
        "daily glucose",
        "measured",
    ]
    rows = [_line(record, case, row) for row in case["rows"]]
    every = f"{case['looked_at_every_min']:g} min"
    return (
        f"### {case['title'][0].upper()}{case['title'][1:]}\n\n"
        f"Arm `{case['arm']}` of [{case['scenario']}](../../scenarios/{case['scenario']}.yaml), "
        f"looked at every {every}. Errors are the largest relative ones of the run; of "
        "daily glucose, of each day's mean.\n\n"
        + table(head, rows, "-" + "r" * (len(head) - 2) + "-")
    )


def _line(record: Record, case: Record, row: Record) -> list[str]:
    title = record["engines"][row["engine"]]["title"]
    many = bool(case["people"])
    if row["failed"]:
        return [title, *[""] * (8 if many else 7), row["failed"]]
    times = [seconds(row["median"])] + ([seconds(100.0 * row["median"])] if many else [])
    against = row["times_baseline"]
    found = row["errors"] or dict.fromkeys(("glucose", "insulin", "slow", "daily_glucose"))
    errors = [error(found[key]) for key in ("glucose", "insulin", "slow", "daily_glucose")]
    part = []
    if many:
        part.append(f"{row['people']} people")
    if row["days"] < case["days"]:
        part.append(f"{row['days']} days")
    return [
        title,
        power(row["tolerance"]),
        *times,
        "–" if against is None else digits(against),
        *errors,
        f"on {', '.join(part)}; scaled" if part else "in full",
    ]


def _starts(record: Record) -> str:
    rows = []
    for start in record["starts"]:
        memory = f"{max(start['memory']):.0f} MB" if start["memory"] else "–"
        rows.append([start["title"], start["failed"] or seconds(median(start["seconds"])), memory])
    return table(("a process, from nothing to its end", "wall clock", "peak memory"), rows, "-rr")


def _engines(record: Record) -> str:
    rows = []
    for engine in record["engines"].values():
        title, version = engine["title"], f"{engine['package']} {engine['version'] or ''}".strip()
        if "absent" in engine:
            rows.append([title, version, "", "", "", "", engine["absent"]])
            continue
        own = engine["package"] == "metabosim"  # see the cold starts
        cold = [
            "–" if own or not engine[key] else seconds(engine[key])
            for key in ("importing", "building", "first")
        ]
        memory = f"{engine['memory']:.0f} MB" if engine["memory"] and not own else "–"
        rows.append([title, version, *cold, memory, engine["note"]])
    other = record["simglucose"]
    day = (
        other.get("absent")
        or f"{seconds(other['seconds'])} for a simulated day ({other['minutes']} min of it measured)"
    )
    version = f"simglucose {record['machine']['versions'].get('simglucose') or ''}".strip()
    rows.append(["simglucose, another body", version, "", "", "", "", day])
    head = ("engine", "version", "import", "build its model", "first day", "memory", "note")
    return (
        table(head, rows, "--rrrr-")
        + "\n\nTimes are of a process in which the problem is already made, compiled code of metabosim kept; memory is "
        "what the process's peak rose by since the engine's library was imported."
    )


def _limits(record: Record) -> Iterator[str]:
    limits = record["limits"]
    counted = ", ".join(f"{number} {kind}" for kind, number in limits["operations"].items())
    yield (
        f"One evaluation of the rates of all {len(STATES)} states is {counted}: {limits['alone_ns']:.0f} ns for one "
        f"person, {limits['lanes_ns']:.0f} ns for one of several abreast. Evaluations of a run, and what would be "
        "left if it were nothing else:"
    )
    rows = []
    for case in record["cases"].values():
        for row in case["rows"]:
            if row["failed"] or not row.get("rates_alone"):
                continue
            whole = row["rates_alone"]
            rows.append(
                [
                    case["title"],
                    record["engines"][row["engine"]]["title"],
                    seconds(whole),
                    seconds(row["median"]),
                    f"{whole / row['median']:.0%}",
                ]
            )
    yield table(("case", "engine", "its evaluations", "measured", "share"), rows, "--rrr")
    yield _evaluations(record)
    lived = "; ".join(
        f"{record['cases'][name]['title']}: {days} of {of}"
        for name, (days, of) in limits["lived"].items()
        if name in record["cases"]
    )
    yield f"Days that averaged runs live through in full: {lived}."


def _evaluations(record: Record) -> str:
    """Evaluations a day of one person by each engine that counts them."""
    found = []
    for name, case in record["cases"].items():
        if case["people"]:
            continue
        rows = [row for row in case["rows"] if not row["failed"] and row["evaluations"]]
        told = [
            f"{record['engines'][row['engine']]['title']} {row['evaluations'] / row['days']:,.0f}"
            for row in rows
        ]
        if told:
            found.append(f"- {record['cases'][name]['title']}: {', '.join(told)}")
    return "Evaluations for each simulated day:\n\n" + "\n".join(found)
