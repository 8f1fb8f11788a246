"""Which mechanisms decide whether a claim holds: its margin over levers or parameters, by Morris or by Sobol."""

from metabosim.sensitivity.factors import SHARE, Factor, Over, factors_of
from metabosim.sensitivity.finding import Finding, find
from metabosim.sensitivity.indices import Method, Table, morris, require_salib, sobol
from metabosim.sensitivity.margins import Judged, Question, judged

__all__ = [
    "SHARE",
    "Factor",
    "Finding",
    "Judged",
    "Method",
    "Over",
    "Question",
    "Table",
    "factors_of",
    "find",
    "judged",
    "morris",
    "require_salib",
    "sobol",
]
