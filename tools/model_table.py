"""A table and a name in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """A Markdown table; columns in `numbers` are aligned at the right."""
    rule = ("--:" if n in numbers else "---" for n in range(len(head)))
    lines = [head, list(rule), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def code(name: str) -> str:
    """A name as it is typed."""
    return f"`{name}`"
