"""The first run on a machine: a short one does not wait for the body to be compiled."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from metabosim import machine_code
from metabosim.cli import screen

if TYPE_CHECKING:
    from metabosim.cli.jobs import Job
    from metabosim.scenario import Scenario

# min of all arms; interpreted, a day takes a second, while compiling takes fifteen or more
SHORT: Final = 8 * 1440.0
COMPILE: Final = "from metabosim.cli.jobs import compile_once; compile_once()"


def spare_compiling(jobs: Sequence[Job]) -> None:
    """Where nothing is compiled yet, has a single short run interpreted, and the body compiled behind it for the next.

    To be called before the engine is imported, since what is compiled is decided then.
    """
    if len(jobs) != 1 or "numba" in sys.modules or machine_code.is_kept():
        return
    if machine_code.PLAIN in os.environ or not is_short(jobs[0].load()):
        return
    if machine_code.cache_folder() is not None:
        subprocess.Popen(
            [sys.executable, "-c", COMPILE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    os.environ[machine_code.PLAIN] = "1"
    screen.tell("the first run on this machine goes uncompiled; the next ones will be faster")


def is_short(scenario: Scenario) -> bool:
    """Whether a scenario takes hours or days of bodies whose rest is known, a search for which would be long."""
    from metabosim.subjects import list_subjects, load_subject

    arms = scenario.arms.values()
    bundled = set(list_subjects())
    return sum(arm.duration for arm in arms) <= SHORT and all(
        arm.subject.id in bundled
        and arm.subject == load_subject(arm.subject.id)
        and not (arm.parameters or arm.lifelong or arm.references())
        for arm in arms
    )
