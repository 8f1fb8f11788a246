"""The formats that a body is exported in: what each is called, what it needs, and how it is written.

One line of `FORMATS` is all that the command needs to know of a format. Whatever it needs is imported only when it
is asked for, and where a package is missing, the error says what to install.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from metabosim.extras import needed

if TYPE_CHECKING:
    from metabosim.output import Stamp
    from metabosim.scenario.model import Arm

Files = Mapping[str, str | bytes]


def need(*packages: str) -> None:
    """InputError with the command that installs them, where packages are missing."""
    for package in packages:
        why = f"this format needs the package '{package}', which is not installed"
        needed(package, "exchange", why)


@dataclass(frozen=True)
class Format:
    """A format: a line about it, the packages it needs, and its writer.

    The writer takes an arm, a stamp and a title, and gives the content of the file, or of several by their names,
    which then go into a folder.
    """

    text: str
    packages: tuple[str, ...]
    write: Callable[[Arm, Stamp, str], str | bytes | Files]

    def __call__(self, arm: Arm, stamp: Stamp, title: str) -> str | bytes | Files:
        """What is to be written. InputError if a package is missing, or for what cannot be exported; RestNotFound."""
        need(*self.packages)
        return self.write(arm, stamp, title)


def _sbml(arm: Arm, stamp: Stamp, title: str) -> str:
    from metabosim.exchange import arms, sbml

    return sbml.document(arms.ready(arm), stamp, title)


def _antimony(arm: Arm, stamp: Stamp, title: str) -> str:
    from metabosim.exchange import antimony_text, arms, sbml

    return antimony_text.document(sbml.document(arms.ready(arm), stamp, title), stamp, title)


def _latex(arm: Arm, stamp: Stamp, title: str) -> str:
    from metabosim.exchange import latex
    from metabosim.exchange.readable import readable

    return latex.document(readable(arm, stamp, title))


def _mathml(arm: Arm, stamp: Stamp, title: str) -> str:
    from metabosim.exchange import mathml
    from metabosim.exchange.readable import readable

    return mathml.document(readable(arm, stamp, title))


def _javascript(arm: Arm, stamp: Stamp, title: str) -> Files:
    from metabosim.exchange import arms, javascript

    return javascript.stamped_modules(arms.body_of(arm), stamp)


def _wiring(arm: Arm, stamp: Stamp, title: str) -> Files:
    from metabosim.exchange.wiring import pictures

    return pictures()


FORMATS: Final = {
    "sbml": Format(
        "SBML Level 3 Version 2, for Tellurium, COPASI and the like", ("libsbml", "sympy"), _sbml
    ),
    "antimony": Format("the same as text", ("libsbml", "sympy", "antimony"), _antimony),
    "latex": Format("the equations as a LaTeX document", ("sympy",), _latex),
    "mathml": Format("the equations as a page for a browser", ("sympy", "latex2mathml"), _mathml),
    "javascript": Format("modules that run the body, and the body itself: a folder", (), _javascript),
    "wiring": Format(
        "diagrams of who acts on whom (in everybody alike) and their graph: a folder", ("sympy",), _wiring
    ),
}  # fmt: skip
