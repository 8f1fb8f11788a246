"""Where the body's machine code is kept, and whether it is there: known without importing what is compiled.

numba's own cache does not notice that a function called from another file has changed. So the code is kept
in the user's cache folder under the hash of every source it is made of.
"""

import hashlib
import os
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

_SOURCES = (
    "kernel.py",
    "integrate.py",
    "jacobian_kernel.py",
    "lanes_kernel.py",
    "lane_functions.py",
    "lanes.py",
    "averaging/loops.py",
    "compiling.py",
)
PLAIN: Final = "NUMBA_DISABLE_JIT"  # set before numba is imported, nothing is compiled


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))


@cache
def cache_folder() -> Path | None:
    """Where the machine code of exactly these sources is kept; None where that cannot be written."""
    from importlib.metadata import version  # a tenth of the time that `metabosim --help` takes

    engine = Path(__file__).with_name("engine")
    made_of = b"".join((engine / name).read_bytes() for name in _SOURCES)
    digest = hashlib.sha256(made_of + version("numba").encode()).hexdigest()[:16]
    try:
        folder = _user_cache() / "metabosim" / f"compiled-{digest}"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return None


@cache
def passing_folder() -> Path:
    """Where it goes instead, to be compiled anew by the next process."""
    return Path(tempfile.mkdtemp(prefix="metabosim-compiled-"))


def is_kept() -> bool:
    """Whether this body was compiled on this machine before."""
    folder = cache_folder()
    return folder is not None and any(folder.rglob("integrate.integrate-*.nbi"))
