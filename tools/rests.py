"""Finds the rests of the bundled subjects: `python tools/rests.py` writes src/metabosim/engine/known_rests.json."""

from __future__ import annotations

import json

from metabosim.engine import known_rests
from metabosim.engine.rest import search_rest
from metabosim.engine.run import parameters_of
from metabosim.levers import constants
from metabosim.output import replace_whole
from metabosim.subjects import list_subjects, load_subject


def main() -> None:
    """Writes the file, a line for each subject."""
    lines = []
    for name in list_subjects():
        own = parameters_of(load_subject(name))
        found = search_rest(name, own, constants(own))
        rest = {
            "subject": name,
            "midnight": found.states[0].tolist(),
            "jacobian": found.jacobian.tolist(),
        }
        lines.append(f'"{known_rests.key(constants(own))}": {json.dumps(rest)}')
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    replace_whole(known_rests.FILE, text.encode())


if __name__ == "__main__":
    main()
