"""One figure per scenario: small multiples with the check drawn into the picture."""

from metabosim.plots.cohort import CohortPicture, Outcome, cohort_png_and_svg
from metabosim.plots.decisive import decisive_picture, decisive_png_and_svg
from metabosim.plots.exhibit import Exhibit, exhibit_of
from metabosim.plots.figure import draw, png_and_svg
from metabosim.plots.from_result import picture_of
from metabosim.plots.overlay import Overlay, read_overlay, remarks
from metabosim.plots.picture import Picture

__all__ = [
    "CohortPicture",
    "Exhibit",
    "Outcome",
    "Overlay",
    "Picture",
    "cohort_png_and_svg",
    "decisive_picture",
    "decisive_png_and_svg",
    "draw",
    "exhibit_of",
    "picture_of",
    "png_and_svg",
    "read_overlay",
    "remarks",
]
