"""Writes what the lab needs that takes long to compute: what became of every bundled claim, and runs for its tests.

    python tools/lab_record.py               every scenario that was changed since; all of them take half an hour
    python tools/lab_record.py no-hypoglycaemia ...
    python tools/lab_record.py --judge       judges the kept runs anew, after a change of judges or words
    python tools/lab_record.py --words       writes the recorded sentences anew, after a change of how they are put

`src/metabosim/exchange/lab_recorded.json` has the verdicts (and the wiring, which takes sympy), and
`tests/exchange/lab_runs.json.gz` thinned runs with verdicts on them, by which the two judges are held equal.
After a change of the equations remove both files first.
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any

import lab_runs
from metabosim.claims import evaluate, knock_outs
from metabosim.exchange.lab_recorded import FILE, recorded, recorded_of, save, with_sentence
from metabosim.exchange.wiring import graph_data
from metabosim.exchange.wiring_data import shown
from metabosim.scenario import list_scenarios, load_scenario


def one(name: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Everything of a scenario: its id, what is recorded, and its kept runs."""
    scenario = load_scenario(name)
    result = evaluate(scenario, numerical_error=False)
    outs = knock_outs(scenario)
    recorder = lab_runs.Recorder(lab_runs.quick(scenario))
    found = lab_runs.claims(scenario, recorder)
    return (
        name,
        recorded_of(scenario, result, outs),
        lab_runs.packed(scenario, recorder.kept, found),
    )


def wiring() -> dict[str, Any]:
    """The graph of the equations, and how it is laid out."""
    graph = {
        key: value for key, value in graph_data().items() if key in ("nodes", "arrows", "paths")
    }
    columns = [list(organs) for organs in shown().columns]
    return {**graph, "columns": columns, "meals": [list(pair) for pair in shown().meals]}


def stale(results: dict[str, Any], kept: dict[str, Any]) -> list[str]:
    """Scenarios that are not recorded as they are now; those with a trial, which take minutes, first."""
    found = [
        scenario
        for scenario in map(load_scenario, list_scenarios())
        if not scenario.claim_hash
        == results.get(scenario.id, {}).get("claim")
        == kept.get(scenario.id, {}).get("claim")
    ]
    return [scenario.id for scenario in sorted(found, key=lab_runs.quick_already)]


def main() -> None:
    """Record what is stale, or the scenarios named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*")
    parser.add_argument("--judge", action="store_true", help="judge the kept runs anew")
    parser.add_argument("--words", action="store_true", help="write the sentences anew")
    arguments = parser.parse_args()
    kept = lab_runs.load() if lab_runs.FILE.exists() else {}
    results = dict(recorded()["scenarios"]) if FILE.exists() else {}
    if arguments.words:
        for name, result in results.items():
            results[name] = with_sentence(result, list(load_scenario(name).arms))
        save(results, recorded()["wiring"])
        return
    graph = wiring()
    if arguments.judge:
        for name, content in kept.items():
            replay = lab_runs.Replay(lab_runs.unpacked(content))
            content["claims"] = lab_runs.claims(load_scenario(name), replay)
    else:
        with ProcessPoolExecutor(os.cpu_count()) as pool:
            jobs = [pool.submit(one, name) for name in arguments.scenarios or stale(results, kept)]
            for job in as_completed(jobs):
                name, result, runs = job.result()
                results[name], kept[name] = result, runs
                print(name, results[name]["verdict"], flush=True)
                lab_runs.save(kept)
                save(results, graph)
    lab_runs.save(kept)
    save(results, graph)
    print(f"{FILE.stat().st_size / 1e3:.0f} kB, {lab_runs.FILE.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
