"""What was measured on: the machine, and the version of everything."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("metabosim", "numba", "llvmlite", "numpy", "scipy")


def described(packages: Iterable[str]) -> dict[str, Any]:
    """Processor, cores, memory, system, Python, and versions of packages (None: not installed)."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": _memory(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": {name: installed(name) for name in (*PACKAGES, *packages)},
    }


def installed(package: str) -> str | None:
    """The version of a package, None if it is missing."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def load() -> float | None:
    """How many processes wanted a core in the last minute, where the system says."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def _processor() -> str:
    """The model as the system names it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    known = {key.strip(): value.strip() for key, value in facts.items()}
    vectors = [name for name in ("avx2", "avx512f") if name in known.get("flags", "").split()]
    family = f"family {known.get('cpu family', '?')} model {known.get('model', '?')}"
    return f"{known.get('model name', platform.machine())} ({family}; {', '.join(vectors)})"


def _memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError, OSError):
        return None
