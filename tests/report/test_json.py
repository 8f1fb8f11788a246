"""report.json: what machines read, and what changed since an earlier one."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest

from metabosim import cli
from metabosim.cli import report as command
from metabosim.errors import InputError
from metabosim.report import Settings, claim_entry, compared, read_earlier, report_content
from metabosim.scenario import load_scenario, template
from metabosim.version import __version__
from reports import band, judged

NAMES = {
    "id", "statement", "verdict", "margin", "unit", "evidence", "must_fail_when", "status", "severity",
    "population", "prior_share", "title", "family", "grade", "in_reality", "article", "hash", "seed", "checks",
    "positive_control", "twins", "unbroken", "scenario",
}  # fmt: skip


def test_json_has_what_was_promised(own: Path) -> None:
    """Per claim the content of verdict.json and more; what is not measured yet is null."""
    content = json.loads((own / "report.json").read_text())
    assert content["version"] == __version__
    (claim,) = content["claims"]
    assert set(claim) >= NAMES
    assert (claim["severity"], claim["population"], claim["prior_share"]) == (None, None, None)
    assert claim["family"] == "own"
    assert claim["status"] in ("imposed", "contingent", "emergent")
    assert content["bands"] is None  # only some scenarios were asked for
    assert content["summary"]["verdicts"]["holds"] == content["summary"]["claims"] == 1


def test_it_says_what_check_says(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Verdicts, margins, checks and knock-outs are those of the command that checks claims."""
    assert cli.execute(["check", str(own.parent / "mine.yaml"), "--json"]) == 0
    (checked,) = json.loads(capsys.readouterr().out)["scenarios"]
    (claim,) = json.loads((own / "report.json").read_text())["claims"]
    (wanted,) = checked["claims"]
    for out, plain in zip(claim["must_fail_when"], wanted["must_fail_when"], strict=True):
        assert {name: out[name] for name in plain} == plain
        assert out["what"]
    assert {name: claim[name] for name in wanted} | {"must_fail_when": 0} == wanted | {
        "must_fail_when": 0
    }
    assert (claim["hash"], claim["twins"]) == (checked["hash"], checked["twins"])


def test_the_same_run_gives_the_same_bytes(own: Path, tmp_path: Path) -> None:
    """A second report of the same scenario is the first."""
    assert cli.execute(["report", str(own.parent / "mine.yaml"), "--out", str(tmp_path)]) == 0
    for name in ("report.html", "report.json"):
        assert (tmp_path / name).read_bytes() == (own / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "report.json"]


def test_a_users_file_is_not_replaced(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of that name that is not ours is refused before anything is run, and stays."""
    (tmp_path / "report.json").write_text("{}")
    assert cli.execute(["report", str(own.parent / "mine.yaml"), "--out", str(tmp_path)]) == 2
    assert "--force" in capsys.readouterr().err
    assert [path.read_text() for path in tmp_path.iterdir()] == ["{}"]


def test_interrupted_it_leaves_the_earlier_one(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while it is computed leaves both files as they were."""
    arguments = ["report", str(own.parent / "mine.yaml"), "--out", str(tmp_path)]
    for name in ("report.html", "report.json"):
        (tmp_path / name).write_bytes((own / name).read_bytes())

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "report_files", interrupted)
    assert cli.execute(arguments) == 130
    for name in ("report.html", "report.json"):
        assert (tmp_path / name).read_bytes() == (own / name).read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


def test_the_json_on_the_screen_is_the_file(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--json` prints the content of report.json."""
    source = str(own.parent / "mine.yaml")
    assert cli.execute(["report", source, "--out", str(tmp_path), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    written = json.loads((tmp_path / "report.json").read_text())
    assert printed == {name: written[name] for name in printed}


# --- against an earlier one -----------------------------------------------------------------------


def content(*claims: dict[str, Any], bands: Any = None) -> dict[str, Any]:
    """A report of the template, changed as each of `claims` says."""
    scenario = load_scenario("meal-homeostasis")
    entries = [claim_entry(scenario, judged(scenario)) | change for change in claims]
    return report_content(entries, bands, Settings("averaged", True))


def saved(folder: Path, what: dict[str, Any]) -> Path:
    """It as a file, which may have been made by another version."""
    path = folder / "old.json"
    path.write_text(json.dumps({"generator": "metabosim 0.0.9", "note": "", **what, "more": 1}))
    return path


def test_nothing_changed(tmp_path: Path) -> None:
    """A report against itself, and against last digits of another machine."""
    now = content({}, bands=[band("A1"), band("A2", math.nan)])
    earlier = read_earlier(saved(tmp_path, now))
    nearly = content({"margin": 0.25 * 1.005}, bands=[band("A1", 7.01), band("A2", math.nan)])
    for found in (compared(earlier, now), compared(earlier, nearly)):
        assert found["claims"] == found["bands"] == []
    assert (found["file"], found["version"]) == ("old.json", __version__)


def test_what_changed(tmp_path: Path) -> None:
    """Verdicts come first; margins, new and missing claims, sizes, and scenarios that were edited are told."""
    before = content(
        {"id": "a", "margin": 1.0}, {"id": "b"}, {"id": "c"}, {"id": "e", "unit": "kg"}, {"id": "f", "margin": None},
        bands=[band("A1"), band("A2"), band("A3", math.nan)],
    )  # fmt: skip
    after = content(
        {"id": "a", "margin": 1.1}, {"id": "b", "verdict": "fails", "hash": "0"}, {"id": "d"}, {"id": "e"},
        {"id": "f"}, bands=[band("A1", 9.5), band("A2", 8.0), band("A3")],
    )  # fmt: skip
    found = compared(read_earlier(saved(tmp_path, before)), after)
    assert found["claims"][0]["id"] == "b"
    changes = {change["id"]: change for change in found["claims"]}
    assert {name: change["what"] for name, change in changes.items()} == {
        "a": "margin", "b": "verdict", "c": "gone", "d": "new", "e": "margin", "f": "margin",
    }  # fmt: skip
    assert changes["b"]["definition"]
    assert not changes["a"]["definition"]
    assert changes["a"]["before"]["margin"] == 1.0
    assert changes["c"]["after"] is changes["d"]["before"] is None
    assert {change["id"]: change["what"] for change in found["bands"]} == {
        "A1": "inside", "A2": "value", "A3": "inside",
    }  # fmt: skip


def test_claims_that_were_not_asked_for_are_not_gone(tmp_path: Path) -> None:
    """A report of some claims says nothing of the others."""
    earlier = read_earlier(saved(tmp_path, content({"id": "a"}, {"id": "b"})))
    some = content({"id": "a", "verdict": "fails"})
    some["made"]["complete"] = False
    assert [change["id"] for change in compared(earlier, some)["claims"]] == ["a"]


def test_sizes_are_compared_only_where_both_have_them(tmp_path: Path) -> None:
    """A report of some scenarios has no sizes, which is no change of them."""
    earlier = read_earlier(saved(tmp_path, content({}, bands=[band("A1")])))
    assert compared(earlier, content({}))["bands"] == []
    earlier = read_earlier(saved(tmp_path, content({})))
    assert compared(earlier, content({}, bands=[band("A1")]))["bands"] == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "old.json:1:1: Invalid JSON"),
        ('{\n  "generator": metabosim', "old.json:2:16: Invalid JSON"),
        ("[]", "old.json"),
        ("null", "old.json"),
        ("[" * 100_000, "old.json"),
        ('{"generator": "another 1", "version": "1", "claims": []}', "is no report of metabosim's"),
        ('{"version": "1", "claims": []}', "is no report of metabosim's"),
        ('{"generator": "metabosim 0.1.0", "version": "1"}', "claims"),
        ('{"generator": "metabosim 0.1.0", "version": "1", "claims": [{"id": "a"}]}', "claims.0.verdict"),
        ('{"generator": "metabosim 0.1.0", "version": "1", "claims": [{"id": "a", "verdict": "holds", "margin": NaN}]}',
         "claims.0.margin"),
    ],
)  # fmt: skip
def test_no_report(tmp_path: Path, text: str, wanted: str) -> None:
    """What is no report.json is told, with what to give instead."""
    path = tmp_path / "old.json"
    path.write_text(text)
    with pytest.raises(InputError) as raised:
        read_earlier(path)
    assert wanted in str(raised.value)
    assert "that an earlier 'metabosim report' wrote" in str(raised.value)


def test_no_earlier_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing one is refused before anything runs."""
    arguments = ["report", "--against", str(tmp_path / "none.json"), "--out", str(tmp_path / "out")]
    assert cli.execute(arguments) == 2
    assert "no such file" in capsys.readouterr().err
    assert not os.listdir(tmp_path)  # noqa: PTH208


def test_the_command_says_what_changed(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Changes are printed, written and shown."""
    old = json.loads((own / "report.json").read_text())
    old["claims"][0] |= {"verdict": "fails", "margin": -3.0}
    (tmp_path / "old.json").write_text(json.dumps(old))
    source = str(own.parent / "mine.yaml")
    assert (
        cli.execute(
            [
                "report",
                source,
                "--against",
                str(tmp_path / "old.json"),
                "--out",
                str(tmp_path / "out"),
            ]
        )
        == 0
    )
    assert "mine: verdict, fails -3 pmol/L -> holds" in capsys.readouterr().out
    found = json.loads((tmp_path / "out" / "report.json").read_text())["changes"]
    assert [change["what"] for change in found["claims"]] == ["verdict"]
    assert "What changed" in (tmp_path / "out" / "report.html").read_text()


def test_all_scenarios_come_with_the_sizes(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no scenario is named, all are run, and the published sizes are computed."""
    from metabosim import bands

    (tmp_path / "second.yaml").write_text(template("second"))
    monkeypatch.setattr(bands, "compute", lambda: (band("A1"),))
    monkeypatch.setattr(command, "chosen", lambda _: [str(tmp_path / "second.yaml")])
    assert cli.execute(["report", "--out", str(tmp_path / "out")]) == 0
    found = json.loads((tmp_path / "out" / "report.json").read_text())
    assert [row["id"] for row in found["bands"]] == ["A1"]
    assert {"id", "observable", "value", "unit", "low", "high", "inside"} <= set(found["bands"][0])


def test_demo_reports_what_it_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The demo's report has its verdicts and plots, and says that no knock-out was run."""
    from metabosim.cli import judge

    (tmp_path / "mine.yaml").write_text(template("mine"))
    monkeypatch.setattr(judge, "chosen", lambda _: [str(tmp_path / "mine.yaml")])
    out = tmp_path / "demo"
    assert cli.execute(["demo", "--out", str(out)]) == 0
    assert "report.html, report.json" in capsys.readouterr().out
    found = json.loads((out / "report.json").read_text())
    verdict = json.loads((out / "mine" / "verdict.json").read_text())
    (claim,) = found["claims"]
    assert claim["margin"] == verdict["claims"][0]["margin"]
    assert [one["verdict"] for one in claim["must_fail_when"]] == [None] * len(
        claim["must_fail_when"]
    )
    assert (found["made"]["knock_outs"], found["bands"]) == (False, None)
    page = (out / "report.html").read_text()
    assert "not run here" in page
    assert page.count("<svg viewBox") == 1
