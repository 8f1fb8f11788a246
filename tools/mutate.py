"""Whether claims and laws notice a wrong body: judges mutants of it, and writes tests/mutation/record.json.

    python tools/mutate.py                       every mutant that is missing or stale; it can be stopped and goes on
    python tools/mutate.py --workers 2           so many at a time
    python tools/mutate.py --only ID ...         says what becomes of these, and writes nothing

Mutants are every coupling of the body dropped, flipped or tenfold, and a random sample of what mutmut makes of the
body's functions. For each of them the kernels are printed anew, and it is killed by the first of: dimensions, a claim
that no longer holds, a subject without a rest, a law, a knock-out in spite of which a claim holds. Mutants that are no
body (stillborn) or the same one (equivalent) do not count. Those that survive are explained in
tests/mutation/survivors.yaml. What is done is kept in .measuring/ until all is there; after a change of claims only
they are asked again, and after one of the laws those mutants that they decide about.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src")]

from metabosim.output import replace_whole, stamped_json  # noqa: E402
from metabosim.robustness.record import physiology_hash  # noqa: E402
from metabosim.scenario import list_scenarios, load_scenario  # noqa: E402
from mutant_judge import Fate, Judge, Task  # noqa: E402
from mutants import Mutant, couplings, of_code  # noqa: E402

RECORD = ROOT / "tests" / "mutation" / "record.json"
SURVIVORS = RECORD.with_name("survivors.yaml")
SCRATCH = ROOT / ".measuring"
SEED, REQUIRED = 3, 0.9
CODE = (
    150  # mutations of the code that can be killed; there are some 500, and one takes half a minute
)
# Knock-outs that take longer than all others together, and one that needs a trial, which JavaScript does not run.
LONG = ("vicious-cycle", "vat-mediates-the-benefit", "visceral-fat-goes-first", "four-actions-add-up",
        "protocols-compared", "one-pathway-two-doors", "stopping-the-agonist", "direct-anti-inflammatory",
        "pathways-compared", "benefit-follows-vat-loss")  # fmt: skip

Record = dict[str, Any]


# --- what it is measured on -----------------------------------------------------------------------


def claims() -> dict[str, str]:
    """The claims that judge, by what decides their verdicts."""
    return {name: load_scenario(name).claim_hash[:16] for name in list_scenarios()}


def laws() -> str:
    """The laws that judge, by their text."""
    files = [ROOT / "tools" / "mutant_laws.py", *sorted((ROOT / "tests" / "laws").glob("*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def read() -> Record:
    """What was measured; empty if nothing was."""
    return dict(json.loads(RECORD.read_text(encoding="utf-8"))) if RECORD.exists() else {}


def counts(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """How many of each kind had each fate."""
    found: dict[str, Counter[str]] = {}
    for row in rows:
        found.setdefault(row["kind"], Counter())[row["fate"]] += 1
    return {kind: dict(sorted(fates.items())) for kind, fates in sorted(found.items())}


def rate(rows: Iterable[Mapping[str, Any]]) -> float:
    """The share that was killed, of those that were bodies of their own."""
    fates = Counter(row["fate"] for row in rows)
    return fates["killed"] / (fates["killed"] + fates["survived"])


# --- judging --------------------------------------------------------------------------------------


class Work:
    """Mutants judged by several judges at a time; what was found of one is kept under its id."""

    def __init__(self, workers: int) -> None:
        self.claims, self.laws, self.workers = claims(), laws(), workers
        self.folder = SCRATCH / f"mutation-{physiology_hash()[:12]}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.judges: SimpleQueue[Judge] = SimpleQueue()
        lab = self._lab()
        for number in range(workers):
            self.judges.put(Judge(self.folder / f"judge-{number}", lab))
        self.tasks = self._tasks()
        self.begun, self.done = time.monotonic(), 0

    def _lab(self) -> str:
        """The data of the lab's page, which takes a while."""
        from metabosim.exchange.lab_data import lab_json

        file = self._of_claims("lab")
        if not file.exists():
            replace_whole(file, lab_json().encode())
        return file.read_text(encoding="utf-8")

    def _of_claims(self, name: str) -> Path:
        key = hashlib.sha256(repr(self.claims).encode()).hexdigest()[:12]
        return self.folder / f"{name}-{key}.json"

    def _tasks(self) -> list[Task]:
        """Every claim, then the knock-outs, those first that take least; all stand in the body as it is."""
        file = self._of_claims("order")
        if not file.exists():
            tasks = [(name, False) for name in self.claims]
            tasks += [(name, True) for name in self.claims if name not in LONG]
            judge = self.judges.get()
            fate = judge.fate(None, *_apart(tasks))
            self.judges.put(judge)
            if fate["fate"] != "survived":
                raise RuntimeError(f"the body as it is does not survive: {fate}")
            took = dict(zip(tasks, fate["seconds"], strict=True))
            replace_whole(file, json.dumps(sorted(tasks, key=lambda task: took[task])).encode())
        return [(name, bool(outs)) for name, outs in json.loads(file.read_text())]

    def fate(self, mutant: Mutant, known: Mapping[str, Any] = {}) -> Fate:
        """What becomes of a mutant: what is kept of it, brought up to the claims as they are now."""
        file = self.folder / f"{mutant.id.replace(':', '-')}.json"
        kept = json.loads(file.read_text()) if file.exists() else known
        changed = {
            name for name in self.claims if kept.get("claims", {}).get(name) != self.claims[name]
        }
        other_laws = kept.get("laws") != self.laws
        survived, by_law = kept.get("fate") == "survived", kept.get("by") == "law"
        doubtful = (survived and changed) or ((survived or by_law) and other_laws)
        if kept and not doubtful and kept.get("of") not in changed:
            return dict(kept)
        # One that survived is judged by the claims that are new; of another it is not known what others would say.
        # Laws are tried on the rests that all claims leave.
        only = changed if survived and not other_laws else set(self.claims)
        judge = self.judges.get()
        try:
            tasks = [task for task in self.tasks if task[0] in only]
            found = judge.fate(mutant, *_apart(tasks))
            found |= {"claims": self.claims, "laws": self.laws}
        finally:
            self.judges.put(judge)
        replace_whole(file, json.dumps(found).encode())
        self.done += 1
        print(
            f"{self.done:4} {time.monotonic() - self.begun:6.0f} s  {mutant.id:42} {told(found)}",
            flush=True,
        )
        return found

    def fates(self, mutants: Sequence[Mutant], known: Mapping[str, Fate]) -> list[Fate]:
        """Of several, in their order."""
        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(lambda one: self.fate(one, known.get(one.id, {})), mutants))


def _apart(tasks: Sequence[Task]) -> tuple[list[Task], list[Task]]:
    return [task for task in tasks if not task[1]], [task for task in tasks if task[1]]


def sampled(
    mutants: Sequence[Mutant], wanted: int, fates: Callable[[Sequence[Mutant]], list[Fate]]
) -> list[tuple[Mutant, Fate]]:
    """The first of these, up to the one that is the `wanted`-th to be a body of its own."""
    found: list[tuple[Mutant, Fate]] = []

    def missing() -> int:
        return wanted - sum(fate["fate"] in ("killed", "survived") for _, fate in found)

    while (n := missing()) > 0 and len(found) < len(mutants):
        some = mutants[len(found) : len(found) + n]
        found += zip(some, fates(some), strict=True)
    return found


def told(fate: Fate) -> str:
    """A fate in a line."""
    return ": ".join(str(fate[part]) for part in ("fate", "by", "of", "why") if fate.get(part))


def rows(judged: Iterable[tuple[Mutant, Fate]]) -> Iterator[dict[str, str]]:
    """What the record has of each mutant."""
    for mutant, fate in judged:
        of = {part: fate[part] for part in ("fate", "by", "of", "why") if fate.get(part)}
        yield {"id": mutant.id, "kind": mutant.kind, "what": mutant.what(), **of}


def recorded(code: int, workers: int) -> Record:
    """Judges what is missing, and gives what is then known."""
    before = read()
    known: dict[str, Fate] = {}
    if before.get("body") == physiology_hash():
        known = {
            row["id"]: row | {part: before[part] for part in ("claims", "laws")}
            for row in before["mutants"]
        }
    work = Work(workers)
    own = couplings()
    judged = list(zip(own, work.fates(own, known), strict=True))
    judged += sampled(of_code(SEED), code, lambda some: work.fates(some, known))
    found = list(rows(judged))
    return {
        "body": physiology_hash(), "claims": work.claims, "laws": work.laws, "seed": SEED,
        "rate": round(rate(found), 4), "counts": counts(found),
        "killed_by": dict(Counter(row["by"] for row in found if row["fate"] == "killed").most_common()),
        "knock_outs_not_judged": sorted(LONG), "mutants": found,
    }  # fmt: skip


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--code", type=int, default=CODE)
    parser.add_argument("--only", nargs="+", metavar="ID", default=[])
    asked = parser.parse_args()
    if asked.only:
        mutants = {one.id: one for one in (*couplings(), *of_code(SEED))}
        if unknown := [one for one in asked.only if one not in mutants]:
            parser.error(
                f"there is no mutant {', '.join(unknown)}; tests/mutation/record.json has some"
            )
        Work(asked.workers).fates([mutants[one] for one in asked.only], {})
        return
    found = recorded(asked.code, asked.workers)
    RECORD.parent.mkdir(exist_ok=True)
    replace_whole(RECORD, stamped_json(found).encode())
    print(f"{found['rate']:.1%} killed; {found['counts']}; by {found['killed_by']}")
    for row in found["mutants"]:
        if row["fate"] == "survived":
            print(f"survived: {row['id']}  {row['what']}")


if __name__ == "__main__":
    main()
