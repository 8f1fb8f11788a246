"""Broken inputs that are no YAML documents: texts for `--set`, archives, earlier reports, tables of points."""

from __future__ import annotations

import io
import json
import random
import string
import warnings
import zipfile
from functools import cache

from broken_input import VALID, Input
from metabosim.body import LEVERS
from metabosim.exchange.omex_parts import SCENARIO, YAML, Entry, manifest
from metabosim.subjects import FOLDER as SUBJECTS
from mutator import HOSTILE
from mutator_text import TEXT, broken, flipped


def setting(draw: random.Random) -> Input:
    """Something for `--set`."""
    name = draw.choice(sorted(LEVERS))
    i = draw.randrange(len(name))
    names = [
        name,
        name[:i] + name[i + 1 :],
        name.upper(),
        f" {name} ",
        "",
        name * 500,
        str(draw.choice(HOSTILE)),
    ]
    heads = [
        "lever.",
        "lever.",
        "lever.",
        "Lever.",
        "levers.",
        "",
        ".",
        "lever..",
        "\x1b[31m",
        "\udcff",
    ]
    values = ["1", "0", "3", "0.5", "-0", "1e-3", "3.0000001", "1_0", "٣", "0x1", "nan", "-inf", "1e999", "1,5", " 1 ",
              "9" * 5000, "", "true", "None", "1=1", "\x00", "\n1", str(draw.choice(HOSTILE))]  # fmt: skip
    made = (
        draw.choice(heads)
        + draw.choice(names)
        + draw.choice(["=", "=", "=", "==", " = ", ":", ""])
        + draw.choice(values)
    )
    if draw.random() < 0.2:
        made = "".join(
            draw.choice(string.printable + "\u202eé\x00") for _ in range(draw.randrange(40))
        )
    return Input("--set", "random text", {}, ("run", str(VALID), f"--set={made}"))


@cache
def _archived() -> dict[str, bytes]:
    """The parts of an archive: a scenario, and a subject that it names."""
    subject = (SUBJECTS / "lean-healthy.yaml").read_bytes()
    scenario = VALID.read_bytes().replace(b"lean-healthy", b"lean-healthy.yaml")
    entries = [Entry("valid.yaml", SCENARIO, scenario), Entry("lean-healthy.yaml", YAML, subject)]
    return {
        "manifest.xml": manifest(entries, "for tests"),
        **{one.place: one.content for one in entries},
    }


PLACES = [
    "../x.yaml",
    "/x.yaml",
    "a/../../x",
    "C:\\x",
    "x\x00y",
    "VALID.yaml",
    "valid.yaml/",
    "a" * 300,
    "a/" * 200,
    ".",
]


def archive(draw: random.Random) -> Input:
    """An archive with a part, its list of parts or its bytes broken."""
    parts = dict(_archived())
    mutation = draw.choice(
        ["manifest", "scenario", "names", "bomb", "lost", "bytes flipped", "truncated", "directory"]
    )
    if mutation == "manifest":
        change = draw.choice(
            [
                TEXT["sign"],
                TEXT["truncated"],
                TEXT["line lost or doubled"],
                TEXT["lines shuffled"],
                _xml,
            ]
        )
        parts["manifest.xml"] = change(parts["manifest.xml"].decode(), draw).encode(
            "utf-8", "replace"
        )
    elif mutation == "scenario":
        place = draw.choice(["valid.yaml", "lean-healthy.yaml"])
        parts[place] = broken(parts[place].decode(), draw).content
    elif mutation == "names":
        parts[draw.choice(PLACES)] = parts.pop(draw.choice(sorted(parts)), b"")
    elif mutation == "bomb":
        parts[draw.choice(["x.xml", "manifest.xml", "valid.yaml"])] = (
            draw.choice([b" ", b"<a/>"]) * 2**20
        )
    elif mutation == "lost":
        del parts[draw.choice(sorted(parts))]
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(
            stream, "w", draw.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
        ) as file:
            for place, content in parts.items():
                file.writestr(place, content)
    content = stream.getvalue()
    if mutation == "bytes flipped":
        content = flipped(content, draw)
    elif mutation == "truncated":
        content = content[: draw.randrange(len(content))]
    elif mutation == "directory":  # sizes, offsets, names and flags stand at the end
        tail = len(content) - content.rfind(b"PK\x01\x02", 0, content.find(b"PK\x01\x02") + 1)
        i = len(content) - draw.randrange(1, tail)
        content = content[:i] + draw.randbytes(draw.choice([1, 2, 4])) + content[i:][4:]
    return Input("archive", mutation, {"x.omex": content}, ("run", "x.omex"))


def _xml(text: str, draw: random.Random) -> str:
    """XML with something in it that a reader may stumble over."""
    things = ["<a>" * 50_000, "<!DOCTYPE a>", "<a xmlns='b'/>", "&#0;", "&lol;", "<?x?>", "<![CDATA[x]]>", "<content/>",

              "<content location='.' format='x'/>", "\x00", "a" * 10**6,
              "<content location='./a/../../b.yaml' format='x'/>"]  # fmt: skip
    i = draw.choice([i for i, sign in enumerate(text) if sign == "<"])
    return text[:i] + draw.choice(things) + text[i:]


REPORT = {
    "generator": "metabosim 0.1.0", "note": "", "version": "0.1.0",
    "claims": [{"id": name, "verdict": "holds", "margin": 0.1, "unit": "kg", "hash": "ab"} for name in ("a", "b")],
    "bands": [{"id": "A1", "value": 1.0, "unit": "1", "inside": True}],
}  # fmt: skip


def earlier(draw: random.Random) -> Input:
    """Something for `report --against`."""
    made = broken(json.dumps(REPORT, indent=1), draw, flow=True)
    return Input(
        "report",
        made.mutation,
        {"old.json": made.content},
        ("report", str(VALID), "--against", "old.json"),
    )


CSV = "time_min,arm,glucose_mmol_l,insulin_pmol_l\n# a comment\n480,small,5.0,\n540,large,,300\n570,,7.5,40\n"


def overlay(draw: random.Random) -> Input:
    """Something for `--overlay`: a table with a cell, a line or a letter broken."""
    mutation = draw.choice(
        [
            "cell",
            "flood",
            "bytes flipped",
            *("sign", "line lost or doubled", "control character", "long line"),
        ]
    )
    content: bytes
    if mutation == "cell":
        rows = [line.split(",") for line in CSV.splitlines()]
        row = draw.choice(rows)
        row[draw.randrange(len(row))] = str(draw.choice(HOSTILE)).replace(
            "\x00", draw.choice(["\x00", "0"])
        )
        content = "\n".join(",".join(row) for row in rows).encode("utf-8", "replace")
    elif mutation == "flood":
        fragment = draw.choice(
            [
                ",",
                ",,\n",
                "x\n",
                "\n",
                '"',
                "a,",
                "time_min,",
                "1,2,3,4\n",
                "#",
                ",".join(f"c{n}" for n in range(9000)),
            ]
        )
        block = fragment * (draw.choice([10**4, 10**6, 4 * 10**6]) // len(fragment))
        content = (draw.choice(["", CSV, CSV.splitlines()[0]]) + block).encode()
    elif mutation == "bytes flipped":
        content = flipped(CSV.encode(), draw)
    else:
        content = TEXT[mutation](CSV, draw).encode("utf-8", "replace")
    return Input("overlay", mutation, {"x.csv": content}, ("run", str(VALID), "--overlay", "x.csv"))
