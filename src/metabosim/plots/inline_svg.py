"""matplotlib's SVG made fit to stand in a page: smaller, without styles or a background of its own.

A page whose content security policy forbids styles in attributes shows nothing that is styled so; what is an
attribute of its own (`fill="#0072b2"`) it shows, and its style sheet can answer to, in the dark for example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, fromstring, tostring

SVG: Final = "{http://www.w3.org/2000/svg}"
HREF: Final = "{http://www.w3.org/1999/xlink}href"
_LEFT_OUT: Final = {f"{SVG}metadata", f"{SVG}style"}
_NUMBER: Final = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_SIZE: Final = re.compile(r"([\d.]+)px")
_BOLD: Final = re.compile(r"\b(?:bold|[6-9]00)\b")
_REFERENCE: Final = re.compile(r"(?:url\(#|^#)([^)]+)")
_LONG: Final = 200  # letters of a path; of longer ones a tenth of a point is enough
# declarations that change nothing, with the value that does so, or whatever the value
_UNSAID: Final = {
    "stroke-linejoin": "round",  # said once, of the whole
    "stroke-miterlimit": "100000",
    "opacity": "1",
    "fill-opacity": "1",
    "stroke-opacity": "1",
    "white-space": None,
    "font-family": None,  # the page's own
}


def inline_svg(text: str, name: str) -> str:
    """An `<svg>` element from a document of matplotlib's; `name` begins every id in it."""
    root = fromstring(text)
    view = _rounded(root.attrib["viewBox"], 1)
    root.attrib.clear()
    for element in root.iter():
        _unstyled(element)
    _pruned(root)
    _renamed(root, name)
    # matplotlib leaves black unsaid, and a page may want to answer to it
    root.attrib |= {"viewBox": view, "stroke-linejoin": "round", "fill": "#000000"}
    for element in root.iter():
        element.tag = element.tag.removeprefix(SVG)
        element.tail = None
        if element.tag != "text":
            element.text = None
    return tostring(root, encoding="unicode")


def _unstyled(element: Element) -> None:
    """What a `style` says as attributes, and numbers as short as they can be."""
    for name, value in _declared(element.attrib.pop("style", "")):
        if name not in _UNSAID or _UNSAID[name] not in (None, value):
            element.set(name, value)
    if HREF in element.attrib:
        element.set("href", element.attrib.pop(HREF))
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]
    for name, value in element.attrib.items():
        if name == "d":
            element.set(name, _path(value))
        elif name != "id" and "#" not in value:
            element.set(name, _rounded(value, 2))


def _declared(style: str) -> Iterator[tuple[str, str]]:
    """The declarations of a style; `font` is taken apart, since it is no attribute."""
    for declaration in filter(None, map(str.strip, style.split(";"))):
        name, _, value = declaration.partition(":")
        name, value = name.strip(), value.strip()
        if name != "font":
            yield name, value.removesuffix("px")
            continue
        if size := _SIZE.search(value):
            yield "font-size", size[1]
        if _BOLD.search(value):
            yield "font-weight", "bold"


def _path(text: str) -> str:
    """A path without what nobody sees: a tenth of a point in a long one, spaces around its letters."""
    text = _rounded(text, 1 if len(text) > _LONG else 2)
    text = re.sub(r"\s*([A-Za-z])\s*", r"\1", " ".join(text.split()))
    # after M and L, L goes without saying
    return re.sub(r"([ML][^A-Za-z]*)(?=L)", r"\1\0", text).replace("\0L", " ")


def _rounded(text: str, digits: int) -> str:
    def short(match: re.Match[str]) -> str:
        number = f"{float(match[0]):.{digits}f}".rstrip("0").rstrip(".")
        return "0" if number == "-0" else number

    return _NUMBER.sub(short, text)


def _pruned(element: Element) -> None:
    """Without what is not seen, and with the content of groups that say nothing in their place."""
    kept: list[Element] = []
    for child in element:
        _pruned(child)
        if child.tag in _LEFT_OUT or _unseen(child):
            continue
        plain = child.tag == f"{SVG}g" and not child.attrib.keys() - {"id"}
        kept.extend(child if plain else [child])
    element[:] = kept


def _unseen(element: Element) -> bool:
    """An empty group, or a shape with neither inside nor outline."""
    if element.tag in (f"{SVG}g", f"{SVG}defs"):
        return len(element) == 0
    return (
        element.tag == f"{SVG}path"
        and element.get("fill") == "none"
        and "stroke" not in element.attrib
    )


def _renamed(root: Element, name: str) -> None:
    """Ids that begin with `name`, only where something refers to them."""
    references = [
        (element, attribute, found[1])
        for element in root.iter()
        for attribute, value in element.attrib.items()
        if (found := _REFERENCE.search(value)) and attribute in ("href", "clip-path")
    ]
    new = {old: f"{name}-{n}" for n, old in enumerate(dict.fromkeys(old for *_, old in references))}
    for element in root.iter():
        if (old := element.attrib.pop("id", None)) in new:
            element.set("id", new[str(old)])
    for element, attribute, old in references:
        element.set(attribute, element.attrib[attribute].replace(f"#{old}", f"#{new[old]}"))
