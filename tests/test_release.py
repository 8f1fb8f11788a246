"""What is built for a release: every page whose command exists, and nothing when a claim does not hold."""

from __future__ import annotations

from pathlib import Path

import pytest

import release
from metabosim import cli


def test_pages_are_those_whose_commands_exist(tmp_path: Path) -> None:
    """The report always; the lab as soon as there is one."""
    found = release.pages(tmp_path, Path("old.json"))
    assert found["report.html"][:2] == ["report", "--out"]
    assert found["report.html"][-2:] == ["--against", "old.json"]
    assert ("lab.html" in found) == ("lab" in cli.cli.commands)


def test_each_is_built_once_and_a_failure_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page is measured after its command; the first code that is not 0 is the whole one's."""
    done: list[str] = []

    def execute(line: list[str]) -> int:
        done.append(line[0])
        (tmp_path / f"{line[0]}.html").write_bytes(b"x" * 1000)
        return codes.get(line[0], 0)

    codes: dict[str, int] = {}
    monkeypatch.setattr(cli, "execute", execute)
    monkeypatch.setattr(
        release, "pages", lambda *_: {"report.html": ["report"], "lab.html": ["lab"]}
    )
    assert release.main(["--out", str(tmp_path)]) == 0
    assert done == ["report", "lab"]
    assert "report.html: 0.00 MB" in capsys.readouterr().out
    codes["report"] = 1
    done.clear()
    assert release.main(["--out", str(tmp_path)]) == 1
    assert done == ["report"]
    codes.clear()
    monkeypatch.setitem(release.MOST, "report.html", 999)
    assert release.main(["--out", str(tmp_path)]) == 1
