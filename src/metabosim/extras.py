"""Packages that only some commands need, and that an extra of ours installs."""

from importlib import import_module
from typing import Any

from metabosim.errors import InputError


def needed(package: str, extra: str, why: str) -> Any:
    """The module of a package; where it is missing, InputError with `why` and the command that installs it."""
    try:
        return import_module(package)
    except ImportError:
        hint = f"install it with: pip install 'metabosim[{extra}]'"
        raise InputError(why, hint=hint) from None
