"""metabosim built anew around other equations, in a folder of its own, and every claim judged with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import metabosim
from metabosim.scenario.load import scenario_folder

PACKAGE = Path(metabosim.__file__).parent
PRINT = """
import sys
from metabosim.robustness.decoys import DECOYS
DECOYS[sys.argv[1]].rewire()
from metabosim.engine.kernel_source import sources
for path, text in sources().items():
    path.write_text(text, encoding="utf-8")
"""
JUDGE = """
import json, sys
from metabosim.claims import evaluate
from metabosim.errors import MetabosimError
from metabosim.scenario import load_scenario
for name in sys.argv[1:]:
    try:
        verdict = str(evaluate(load_scenario(name), numerical_error=False).claims[0].verdict)
    except MetabosimError:
        verdict = "error"
    print(json.dumps([name, verdict]), flush=True)
"""


def judged(decoy: str, scenarios: Sequence[str], workers: int) -> dict[str, str]:
    """The verdict of each scenario's claim in a decoy's body."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "src")
        shutil.copytree(
            PACKAGE, source / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__", "*.js")
        )
        shutil.copytree(scenario_folder(), Path(folder, "scenarios"))
        environment = {**os.environ, "PYTHONPATH": str(source)}
        environment.pop("NUMBA_CACHE_DIR", None)
        subprocess.run([sys.executable, "-c", PRINT, decoy], env=environment, check=True)
        # compiled once, before several processes need it
        first = _judge(scenarios[:1], environment).communicate()[0]
        running = [
            _judge(scenarios[1 + k :: workers], environment)
            for k in range(workers)
            if scenarios[1 + k :: workers]
        ]
        lines = [*first.splitlines()]
        for process in running:
            lines += process.communicate()[0].splitlines()
            if process.returncode:
                raise RuntimeError(f"decoy {decoy}: a judge ended with code {process.returncode}")
    return dict(json.loads(line) for line in lines)


def _judge(scenarios: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", JUDGE, *scenarios],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
