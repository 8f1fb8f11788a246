"""Lists what scenarios say that a language of the lab has no words for, and drops what nobody says any more.

    python tools/lab_texts.py de      adds the missing texts to the file with null for the words, to be filled in

A language's file (`src/metabosim/lab/page/text/`) has them under `texts`, by their English.
"""

from __future__ import annotations

import argparse
import html
import json
import re
from collections.abc import Iterator
from typing import Any

from metabosim.exchange.lab_data import lab_data
from metabosim.lab.pages import PAGE, page_data
from metabosim.output import replace_whole
from metabosim.plots.words import as_written
from metabosim.version import NOTE

SAID = ("statement", "title", "caption")


def main() -> None:
    """Writes the file with what is said, and tells what has no words yet."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("language", choices=sorted(path.stem for path in PAGE.glob("text/*.json")))
    path = PAGE / "text" / f"{parser.parse_args().language}.json"
    language = json.loads(path.read_text(encoding="utf-8"))
    known = language.get("texts", {})
    language["texts"] = {text: known.get(text) for text in texts()}
    replace_whole(path, (json.dumps(language, ensure_ascii=False, indent=2) + "\n").encode())
    missing = [text for text, words in language["texts"].items() if words is None]
    print(f"{len(missing)} of {len(language['texts'])} texts have no words in {path.name}")
    for text in missing:
        print(f"  {text}")


def texts() -> list[str]:
    """Everything that the bundled scenarios say on the page, each text once."""
    said = [text for entry in lab_data()["scenarios"] for text in texts_of(entry)]
    return list(dict.fromkeys([*said, *texts_in_pictures()]))


def texts_in_pictures() -> Iterator[str]:
    """What stands in the diagrams, without the signs beside it; levers as words."""
    for picture in page_data()["pictures"].values():
        for text in re.findall(r"<text[^>]*>(.*?)</text>", picture, re.DOTALL):
            plain = re.sub(r"^[+−±] | [+−±]$", "", html.unescape(text))
            if re.search(r"[a-z0-9]_[a-z]", plain):
                yield from map(as_written, re.findall(r"[a-z0-9]+(?:_[a-z0-9]+)+", plain))
            elif re.search(r"[a-z]{2}|[A-Z]{2}", plain) and NOTE not in plain:
                yield plain


def texts_of(entry: dict[str, Any]) -> Iterator[str]:
    """What one scenario of the lab's data says, names of its arms and knock-outs among it."""
    written, about = entry["written"], entry["about"]
    reality, predict = written["in_reality"], written["predict"]
    yield from (written["title"], written["claim"], written["source"]["section"])
    yield from (written["source"]["mechanism"], reality["text"])
    yield from (predict["question"], *predict["choices"], predict["answer"])
    if "because" in predict:
        yield predict["because"]
    if "domain" in (written.get("population") or {}):
        yield written["population"]["domain"]
    for part in (written["checks"], written["positive_control"], written["plot"]):
        yield from _labels(part)
    for name in (*written["arms"], *(out["name"] for out in written["must_fail_when"])):
        yield as_written(name)
    for name, arm in written["arms"].items():
        subject = (arm or {}).get("subject", written["context"].get("subject", ""))
        done = about.get(name, "")
        if done == subject or done.startswith(f"{subject}, "):
            done = done[len(subject) + 2 :]
        done = done.replace("cjc-1295", "CJC-1295")
        if done not in ("", name, as_written(name)):
            yield done


def _labels(part: Any) -> Iterator[str]:
    """Statements, titles and captions within, and the rows and columns of tables."""
    if isinstance(part, list):
        for item in part:
            yield from _labels(item)
    elif isinstance(part, dict):
        for key, item in part.items():
            if key in SAID and isinstance(item, str):
                yield item
            elif key in ("rows", "columns"):
                yield from map(as_written, item)
            else:
                yield from _labels(item)


if __name__ == "__main__":
    main()
