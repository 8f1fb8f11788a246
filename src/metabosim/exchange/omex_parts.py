"""The two files that make an archive one: the manifest, which lists what is in it, and its metadata.

Both are written and read here, by the standard library. The metadata say who made the archive, under
which licence, from what, and the SHA-256 of every file as it was written, so that a reader can tell what
was changed since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from metabosim.exchange.annotations import HUMAN, RESOLVER

MANIFEST: Final = "manifest.xml"
METADATA: Final = "metadata.rdf"
AUTHORS: Final = "The metabosim authors"
LICENCE: Final = "https://spdx.org/licenses/MIT"

_COMBINE: Final = "http://identifiers.org/combine.specifications/"
_MEDIA: Final = "http://purl.org/NET/mediatypes/"
OMEX: Final = f"{_COMBINE}omex"
OMEX_MANIFEST: Final = f"{_COMBINE}omex-manifest"
OMEX_METADATA: Final = f"{_COMBINE}omex-metadata"
SBML: Final = f"{_COMBINE}sbml.level-3.version-2"
SEDML: Final = f"{_COMBINE}sed-ml.level-1.version-4"
YAML: Final = f"{_MEDIA}application/yaml"
SCENARIO: Final = f"{_MEDIA}application/vnd.metabosim.scenario+yaml"

_NAMES: Final = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dcterms": "http://purl.org/dc/terms/",
    "vCard": "http://www.w3.org/2006/vcard/ns#",
    "bqbiol": "http://biomodels.net/biology-qualifiers/",
    "prov": "http://www.w3.org/ns/prov#",
    "schema": "https://schema.org/",
}
_RDF, _SCHEMA = _NAMES["rdf"], _NAMES["schema"]


@dataclass(frozen=True)
class Entry:
    """A file of an archive: its place in it, what it is, its bytes; the master is what a runner runs."""

    place: str
    format: str
    content: bytes
    master: bool = False

    @property
    def hash(self) -> str:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class About:
    """What the metadata say of an archive as a whole; `licensed` if all of it is under metabosim's licence."""

    title: str
    description: str
    version: str
    sources: tuple[str, ...]
    licensed: bool


@dataclass(frozen=True)
class Told:
    """What could be read in an archive's metadata: the version that wrote it, and hashes by place."""

    version: str | None
    hashes: Mapping[str, str]


def manifest(entries: Iterable[Entry], stamp: str) -> bytes:
    """The manifest; the stamp stands in a comment at its beginning, where we look for it."""
    space = f"{_COMBINE}omex-manifest"
    root = ET.Element("omexManifest", {"xmlns": space})
    listed = [(".", OMEX, False), (f"./{MANIFEST}", OMEX_MANIFEST, False)]
    listed += [(f"./{entry.place}", entry.format, entry.master) for entry in entries]
    for place, format_, master in listed:
        fields = {"location": place, "format": format_}
        ET.SubElement(root, "content", fields | ({"master": "true"} if master else {}))
    return _written(root, f"<!-- {stamp} -->\n")


def contents(manifest: bytes) -> dict[str, str]:
    """place -> format, as a manifest lists them; ValueError if it is none."""
    root = _read(manifest)
    if root.tag.rpartition("}")[2] != "omexManifest":
        raise ValueError(f"its root is '{root.tag}', expected 'omexManifest'")
    listed = {}
    for item in root:
        place = item.get("location", "").removeprefix("./")
        listed[place] = item.get("format", "")
    return listed


def metadata(entries: Iterable[Entry], about: About) -> bytes:
    """The metadata as RDF."""
    for prefix, space in _NAMES.items():
        ET.register_namespace(prefix, space)
    root = ET.Element(_name("rdf:RDF"))
    whole = _description(root, ".")
    _text(whole, "dcterms:title", about.title)
    _text(whole, "dcterms:description", about.description)
    creator = _nested(whole, "dcterms:creator")
    _text(creator, "vCard:fn", AUTHORS)
    _text(creator, "vCard:organization-name", AUTHORS)
    if about.licensed:
        _resource(whole, "dcterms:license", LICENCE)
    _resource(whole, "bqbiol:hasTaxon", RESOLVER + HUMAN)
    for source in about.sources:
        _resource(whole, "dcterms:references", source)
    made_by = _nested(whole, "prov:wasGeneratedBy")
    _text(made_by, "schema:name", "metabosim")
    _text(made_by, "schema:softwareVersion", about.version)
    for entry in entries:
        one = _description(root, f"./{entry.place}")
        _text(one, "schema:sha256", entry.hash)
        if entry.format in (SBML, SEDML):
            _resource(one, "dcterms:license", LICENCE)
    return _written(root)


def told(metadata: bytes) -> Told:
    """What metadata of ours say; ValueError if they are not XML. What is not there is left out."""
    root = _read(metadata)
    version = root.find(f".//{{{_SCHEMA}}}softwareVersion")
    hashes = {}
    for one in root.iter(f"{{{_RDF}}}Description"):
        found = one.find(f"{{{_SCHEMA}}}sha256")
        if found is not None and found.text:
            place = one.get(f"{{{_RDF}}}about", "").removeprefix("./")
            hashes[place] = found.text.strip()
    return Told(version.text if version is not None else None, hashes)


def _read(content: bytes) -> ET.Element:
    """The root of an XML document that declares nothing of its own."""
    try:
        text = content.decode("utf-8")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise ValueError("it declares a document type or entities")
        return ET.fromstring(text)
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except ET.ParseError as error:
        raise ValueError(f"it is not XML: {error}") from None


def _written(root: ET.Element, comment: str = "") -> bytes:
    ET.indent(root)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f"{head}{comment}{ET.tostring(root, encoding='unicode')}\n".encode()


def _name(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_NAMES[prefix]}}}{local}"


def _description(root: ET.Element, about: str) -> ET.Element:
    return ET.SubElement(root, _name("rdf:Description"), {_name("rdf:about"): about})


def _nested(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, _name(name), {_name("rdf:parseType"): "Resource"})


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, _name(name)).text = text


def _resource(parent: ET.Element, name: str, target: str) -> None:
    ET.SubElement(parent, _name(name), {_name("rdf:resource"): target})
