"""The exported body as Antimony, the text form of SBML that Tellurium reads and people can."""

from __future__ import annotations

import antimony

from metabosim.exchange.annotations import DISCLAIMER, READING
from metabosim.output import Stamp


def document(sbml: str, stamp: Stamp, title: str) -> str:
    """The SBML document in Antimony; RuntimeError if Antimony cannot read what we wrote."""
    antimony.clearPreviousLoads()
    if antimony.loadSBMLString(sbml) < 0:
        raise RuntimeError(f"Antimony does not read the SBML: {antimony.getLastError()}")
    written = str(antimony.getAntimonyString(antimony.getMainModuleName()))
    head = (stamp.line, DISCLAIMER, f"{title}.", READING)
    return "".join(f"// {line}\n" for line in head) + "\n" + written
