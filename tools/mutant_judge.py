"""Judges one mutant: its own copy of the package, kernels printed anew, dimensions, claims, laws, knock-outs.

numba would take longer to compile a kernel than claims take to kill, so claims are judged in JavaScript, whose verdicts
are held equal to Python's elsewhere, and laws are run uncompiled.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from metabosim.errors import MetabosimError
from mutant_equations import SUBJECTS
from mutants import BODY, Mutant

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / "tools"
PACKAGE = BODY.parent
TIME = 3600.0  # s that a stage may take; half a minute is usual

Fate = dict[str, Any]
Task = tuple[str, bool]  # a scenario, and whether its knock-outs are meant


class Judge:
    """A copy of the package in a folder of its own, in which one file at a time is replaced."""

    def __init__(self, folder: Path, lab: str) -> None:
        """`lab` is the data of the lab's page, of the body as it is (exchange/lab_data.py)."""
        if shutil.which("node") is None:
            raise MetabosimError("claims are judged by Node.js, which is not installed: install it")
        self.folder, self.lab = folder, lab
        self.package = folder / "src" / "metabosim"
        self.points = folder / "points.json"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(
            PACKAGE,
            self.package,
            ignore=shutil.ignore_patterns("__pycache__", "bundle", "measured"),
        )
        self._python("mutant_equations.py", self.points, "--write", bytecode=True)

    def fate(
        self, mutant: Mutant | None, claims: Sequence[Task], knock_outs: Sequence[Task]
    ) -> Fate:
        """What becomes of a mutant (None: of the body as it is, which is only judged)."""
        if mutant is None:
            return self._judged({}, claims, knock_outs)
        (self.package / "body" / mutant.file).write_text(mutant.text(), encoding="utf-8")
        try:
            found = json.loads(self._python("mutant_equations.py", self.points))
            if found["fate"] != "alive":
                return dict(found)
            return self._judged(found["factors"], claims, knock_outs)
        except subprocess.TimeoutExpired:
            return {"fate": "killed", "by": "time", "why": f"no answer within {TIME:g} s"}
        finally:
            for pattern in (f"body/{mutant.file}", "engine/*kernel.py", "exchange/js/**/*.js"):
                for file in PACKAGE.glob(pattern):
                    shutil.copy2(file, self.package / file.relative_to(PACKAGE))

    def _judged(
        self, factors: Mapping[str, float], claims: Sequence[Task], knock_outs: Sequence[Task]
    ) -> Fate:
        data = json.loads(self.lab)
        for parameter in data["parameters"]:
            parameter["factor"] = factors.get(parameter["name"], parameter["factor"])
        seconds: list[float] = []
        rests: dict[str, Any] = {}
        for tasks in (claims, knock_outs):
            found = self._claims(data, tasks, rests)
            seconds += found["seconds"]
            rests = found["rests"]
            if found["killed"]:
                return {"fate": "killed", **found["killed"], "seconds": seconds}
            if tasks is claims and rests.keys() >= set(SUBJECTS) and (broken := self._laws(rests)):
                law, why = broken
                return {"fate": "killed", "by": "law", "of": law, "why": why, "seconds": seconds}
        return {"fate": "survived", "seconds": seconds}

    def _claims(self, data: Any, tasks: Sequence[Task], rests: Mapping[str, Any]) -> Any:
        given = json.dumps({"data": data, "tasks": tasks, "rests": rests})
        folder = self.package / "exchange" / "js"
        return json.loads(_run(["node", TOOLS / "mutant_claims.mjs", folder], given))

    def _laws(self, rests: Mapping[str, Any]) -> Any:
        states = {name: rests[name]["rest"] for name in SUBJECTS}
        return json.loads(self._python("mutant_laws.py", given=json.dumps(states)))

    def _python(self, script: str, *arguments: Any, given: str = "", bytecode: bool = False) -> str:
        paths = (self.package.parent, ROOT / "tests", ROOT / "tests" / "body", TOOLS)
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "NUMBA_DISABLE_JIT": "1",
            "METABOSIM_LAWS": "dev",
        }
        if not bytecode:  # two mutants in one second would have bytecode of one time
            environment["PYTHONDONTWRITEBYTECODE"] = "1"
        return _run([sys.executable, TOOLS / script, *arguments], given, environment, self.folder)


def _run(
    command: Sequence[Any],
    given: str,
    environment: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        input=given, capture_output=True, text=True, env=environment, cwd=cwd, timeout=TIME,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{done.stderr[-2000:]}")
    return done.stdout
