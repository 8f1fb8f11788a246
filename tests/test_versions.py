"""The Pythons and the lower bounds that are tried are those that pyproject.toml names."""

from __future__ import annotations

import re
import sys

import pytest

import versions


def test_every_named_python_is_tried() -> None:
    """From the oldest that may be installed on, in order; all of them if nothing else is asked for."""
    named = versions.supported()
    assert versions.project()["requires-python"] == f">={named[0]}"
    assert len(named) >= 3
    assert [int(version.split(".")[1]) for version in named] == sorted({int(v[2:]) for v in named})


def test_this_python_is_found_and_no_other_is_taken_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program has to say that it is that Python; else it is left to uv to find one."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    monkeypatch.setattr(versions, "candidates", lambda _: iter([sys.executable]))
    assert versions.interpreter(own) == sys.executable
    assert versions.interpreter("3.99") == "3.99"


def test_what_is_not_to_be_had_is_said_and_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No such Python: the reason is told. A package that cannot be installed is a failure."""
    python = ["import sys; sys.exit('no interpreter found')"]
    monkeypatch.setattr(versions, "UV", (sys.executable, "-c", *python))
    assert versions.newest_packages("3.99")
    assert "Python 3.99 is not to be had here: no interpreter found" in capsys.readouterr().out
    monkeypatch.setattr(versions, "environment", lambda version, folder: sys.executable)
    assert not versions.newest_packages("3.99")
    assert "cannot be installed" in capsys.readouterr().out


def test_a_database_that_does_not_answer_is_not_taken_for_a_clean_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """pip-audit ends well when it knows of nothing at all; a known fault is a failure, with its name."""
    listed = type("Done", (), {"returncode": 0, "stdout": "click==8.4\nnumpy==2.0.0\n"})
    monkeypatch.setattr(versions, "run", lambda *_, **__: listed)
    told = "the database of known faults does not answer here"
    monkeypatch.setattr(versions, "_audit", lambda _: told)
    assert versions.audited()
    assert f"nothing is known: {told}" in capsys.readouterr().out
    faulty = [{"name": "numpy", "version": "2.0.0", "vulns": [{"id": "PYSEC-1"}]}]
    monkeypatch.setattr(versions, "_audit", lambda _: faulty)
    assert not versions.audited()
    assert "numpy 2.0.0: PYSEC-1" in capsys.readouterr().out


def test_every_bound_is_tried() -> None:
    """Each extra that users may add is among those whose oldest packages are tried, and every package has a bound."""
    project = versions.project()
    assert set(versions.EXTRAS) == set(project["optional-dependencies"]) - {"benchmarks", "dev"}
    needed = project["dependencies"] + [
        one for extra in versions.EXTRAS for one in project["optional-dependencies"][extra]
    ]
    assert all(re.search(r">=\d", one) for one in needed)
