"""The same equations in the formats of others (`formats.FORMATS`).

Nothing here is imported before something is exported. What an extra installs is looked for only then, and an error
says what to install.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from metabosim.exchange.omex import Archive
    from metabosim.output import Stamp
    from metabosim.scenario.model import Arm, Scenario

__all__ = ["combine_archive", "lab_json", "sbml_document"]


def sbml_document(arm: Arm, stamp: Stamp, title: str) -> str:
    """The arm as SBML Level 3 Version 2: its body at rest, and what is done to it.

    Raises InputError if a package is missing, or for what cannot be exported; RestNotFound.
    """
    from metabosim.exchange.formats import FORMATS

    text = FORMATS["sbml"](arm, stamp, title)
    assert isinstance(text, str)
    return text


def combine_archive(scenario: Scenario, stamp: Stamp) -> Archive:
    """The scenario as a COMBINE archive: its arms as SBML, SED-ML that runs and draws them, and itself.

    Raises InputError if a package is missing, a file cannot be read, or no arm can be exported; RestNotFound.
    """
    from metabosim.exchange.formats import need

    need("libsbml", "libsedml", "sympy")
    from metabosim.exchange import omex

    return omex.archive(scenario, stamp)


def lab_json() -> str:
    """What the lab page computes with, as compact JSON text; see lab_data. Needs no extra. Raises RestNotFound."""
    from metabosim.exchange.lab_data import lab_json

    return lab_json()
