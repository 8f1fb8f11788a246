"""Tellurium, which knows nothing of metabosim, runs exported archives as they are and sees the same courses."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import metabosim as ms

# libRoadRunner's other compiler is faster, and changes no number
RUN = """
import json, sys
import matplotlib
matplotlib.use("Agg")
import roadrunner, tellurium
roadrunner.Config.setValue(roadrunner.Config.LLVM_BACKEND, roadrunner.Config.LLJIT)
for archive, folder in json.loads(sys.argv[1]):
    tellurium.setDefaultPlottingEngine("matplotlib")
    tellurium.executeCombineArchive(archive, saveOutputs=True, outputDir=folder)
"""
CLOSE = 1e-6
NAMES = (
    "incretin-effect",
    "mine",
)  # a fasting morning by the minute; weeks, a late day, and a drug long gone


@pytest.fixture(scope="module")
def outputs(archives, tmp_path_factory):
    """By archive, the folder of tables and plots that Tellurium wrote, in a process of its own."""
    folders = {name: tmp_path_factory.mktemp(name) for name in NAMES}
    jobs = [(str(archives[name]), str(folder)) for name, folder in folders.items()]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUN, json.dumps(jobs)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return folders


@pytest.mark.parametrize("name", NAMES)
def test_tellurium_draws_the_same_courses(outputs, own_scenario, name):
    """Every value of every report is metabosim's, within a millionth; every plot is drawn."""
    scenario = ms.load_scenario(own_scenario if name == "mine" else name)
    reports = sorted(outputs[name].glob("*.csv"))
    compared = set()
    for report in reports:
        table = pd.read_csv(report)
        minutes = table.pop("time_min").to_numpy()
        for arm in {label.partition(": ")[0] for label in table}:
            arguments = scenario.arms[arm].arguments()
            own = ms.simulate(**{**arguments, "output": minutes, "tolerance": 1e-10})
            for label in (label for label in table if label.startswith(f"{arm}: ")):
                observable = label.partition(": ")[2]
                ours, theirs = own[observable], table[label].to_numpy()
                scale = float(np.max(np.abs(ours)))
                np.testing.assert_allclose(theirs, ours, rtol=CLOSE, atol=CLOSE * 1e-3 * scale)
                compared.add((arm, observable))
    shown = {what for panel in scenario.plot.panels for what in panel.observables}
    assert {observable for _, observable in compared} == shown
    assert len(list(outputs[name].glob("*_plot_*.pdf"))) >= len(shown)
