"""Published sizes: what the model gives beside what was measured in people.

`compute()` runs every experiment and returns one row a size. The bands are judgements of what a teaching
model should land in, usually within half to twice the published value; `kind` says which rows are
predictions, which would pass with no effect at all, and which are inputs.
"""

from metabosim.bands.table import BandRow, compute

__all__ = ["BandRow", "compute"]
