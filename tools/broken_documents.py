"""Breaks thousands of inputs and reads each, up to the simulation: `python tools/broken_documents.py`.

    python tools/broken_documents.py [--count 10000] [--others 1000] [--seed 1] [--write]

`--count` YAML documents (scenarios, therapies, subjects, samplers), and `--others` of each other kind of input: texts
for `--set`, archives, tables for `--overlay`, reports for `--against`. Each must be accepted, or refused with words
and a place, within 5 s and 1 GiB; whatever else happens is a violation, is shown, and ends the program with code 1.
`--write` keeps the counts in tests/faults/measured.json; a test tells when they are of an older loader.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from broken_inputs import MAKERS, SHARES, Input, documents, inputs, put, told  # noqa: E402

MEASURED = ROOT / "tests" / "faults" / "measured.json"
SECONDS = 5.0
BYTES = 2**30
# whatever reads an input; what is done with it afterwards is not measured here
LOADERS = ("yamlfile.py", "datafile.py", "errors.py", "levers.py", "units.py", "scenario/**/*.py", "protocol/*.py",
           "subjects/*.py", "therapies/*.py", "population/sampler.py", "exchange/omex_reading.py",
           "exchange/omex_parts.py", "report/changes.py", "plots/overlay.py", "cli/archives.py",
           "cli/options.py")  # fmt: skip


def source_hash() -> str:
    """SHA-256 of everything that reads an input, and of what breaks one."""
    package = ROOT / "src" / "metabosim"
    files = {file for pattern in LOADERS for file in package.glob(pattern)}
    files |= {
        ROOT / "tests" / name
        for name in ("mutator.py", "mutator_text.py", "broken_inputs.py", "broken_others.py")
    }
    return _hash((file.relative_to(ROOT).as_posix(), file.read_bytes()) for file in sorted(files))


def corpus_hash() -> str:
    """SHA-256 of the documents that are broken."""
    return _hash(
        (f"{kind}/{name}", text.encode())
        for kind, texts in sorted(documents().items())
        for name, text in sorted(texts.items())
        if name != "my-claim"  # it has the path of the schema in it
    )


def _hash(parts: Iterator[tuple[str, bytes]]) -> str:
    found = hashlib.sha256()
    for name, content in parts:
        found.update(f"{name}\0{len(content)}\0".encode() + content)
    return found.hexdigest()[:16]


class TooSlow(BaseException):
    """It took longer than anybody would wait."""


def _too_slow(*_: Any) -> None:
    raise TooSlow


def _outcome(given: Input) -> tuple[str, float, str]:
    """(accepted, refused or violation, how long it took, what was wrong)."""
    with tempfile.TemporaryDirectory() as folder:
        put(given, Path(folder))
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        begun = time.perf_counter()
        try:
            wrong = told(given)
            outcome = (
                ("accepted", "")
                if wrong is None
                else ("violation", wrong[0])
                if wrong
                else ("refused", "")
            )
        except TooSlow:
            outcome = ("violation", f"more than {SECONDS:g} s\n{_last(20)}")
        except (Exception, SystemExit):
            outcome = ("violation", _last(4))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
        return outcome[0], time.perf_counter() - begun, outcome[1]


def _last(lines: int) -> str:
    return "".join(traceback.format_exc().splitlines(keepends=True)[-lines:])


def _peak() -> int:
    """The most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )


def measure(count: int, others: int, seed: int, keep: Path | None = None) -> dict[str, Any]:
    """Break and read; the counts of what became of them, by kind of input and by kind of break."""
    signal.signal(signal.SIGALRM, _too_slow)
    for warm in islice(inputs(SHARES, 0), 20):  # imports, and what is kept from then on
        _outcome(warm)
    before = _peak()
    address_space = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (address_space + BYTES, resource.RLIM_INFINITY))
    kinds: dict[str, Counter[str]] = {}
    breaks: dict[str, Counter[str]] = {}
    slowest, shown = 0.0, Counter[str]()
    streams = [islice(inputs(SHARES, seed), count)]
    streams += [islice(inputs({kind: 1}, seed), others) for kind in MAKERS if kind not in SHARES]
    for stream in streams:
        for number, given in enumerate(stream):
            outcome, seconds, wrong = _outcome(given)
            slowest = max(slowest, seconds)
            kinds.setdefault(given.kind, Counter())[outcome] += 1
            if given.kind in SHARES:
                breaks.setdefault(given.mutation, Counter())[outcome] += 1
            if wrong:
                said = f"{given.kind} {number}, {given.mutation}: {wrong}"
                shown[wrong[-80:]] += 1
                if shown[wrong[-80:]] <= 2:
                    print(said, file=sys.stderr, flush=True)
                    if keep:
                        folder = keep / f"{given.kind}-{number}"
                        folder.mkdir(parents=True)
                        put(given, folder)
                        (folder / "why.txt").write_text(
                            f"{said}\n{given.arguments}", errors="replace"
                        )
    grown = max(0, _peak() - before)
    total = sum(kinds.values(), Counter())
    return {
        "documents": count,
        "others_of_each_kind": others,
        "seed": seed,
        "loader": source_hash(),
        "corpus": corpus_hash(),
        "violations": total["violation"] + (grown > BYTES),
        "slowest_s": round(slowest, 2),
        "memory_grew_by_mib": round(grown / 2**20),
        "inputs": {kind: _counts(found) for kind, found in kinds.items()},
        "breaks": {kind: _counts(found) for kind, found in sorted(breaks.items())},
    }


def _counts(found: Counter[str]) -> dict[str, int]:
    return {name: found[name] for name in ("accepted", "refused", "violation")}


def main() -> int:
    """Measure and print; 1 if anything was violated."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--others", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="keep the counts")
    parser.add_argument("--keep", type=Path, help="a folder for the inputs that were badly read")
    given = parser.parse_args()
    found = measure(given.count, given.others, given.seed, given.keep and given.keep.resolve())
    text = json.dumps(found, indent=1) + "\n"
    print(text, end="")
    if given.write:
        MEASURED.write_text(text)
    return 1 if found["violations"] else 0


if __name__ == "__main__":
    sys.exit(main())
