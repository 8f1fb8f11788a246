"""A user's own points: read from CSV with every fault placed, drawn where the plot shows the same."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from metabosim import cli
from metabosim.claims import evaluate
from metabosim.cli.jobs import FILES
from metabosim.errors import InputError
from metabosim.output import Stamp
from metabosim.plots import draw, picture_of, read_overlay, remarks
from metabosim.plots.overlay import MAX_BYTES, MOST_FAULTS
from metabosim.plots.picture import LinePanel
from metabosim.scenario import load_scenario, parse_scenario, template

GOOD = """# from a meter
time_h,glucose_mg_dl,insulin_pmol_l,arm

8,90,40,small
9,144,,small
9.5,,200,
"""


def written(folder: Path, text: str | bytes) -> Path:
    """A CSV file."""
    path = folder / "data.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_points_come_in_inside_units(tmp_path: Path) -> None:
    """Hours become minutes and mg/dL mmol/L; empty cells are no points; an arm may be left out."""
    overlay = read_overlay(written(tmp_path, GOOD))
    found = {(one.observable, one.arm): one for one in overlay.series}
    glucose = found["glucose_mmol_l", "small"]
    assert glucose.time_min == (480, 540)
    assert glucose.values == pytest.approx((90 / 18.0156, 144 / 18.0156))
    assert found["insulin_pmol_l", "small"].values == (40,)
    assert found["insulin_pmol_l", None].time_min == (570,)
    assert overlay.observables == ("glucose_mmol_l", "insulin_pmol_l")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "data.csv: is empty"),
        ("# only a comment\n", "data.csv: is empty"),
        ("time_min,glucose_mmol_l\n", "data.csv:1:1: has names and no numbers"),
        ("time_min,glucose_mmol_l\n1,\n", "has no number but times"),
        ("glucose_mmol_l\n5\n", "data.csv:1:1: has no time; one column of time_min, time_h, time_d"),
        ("time_min,time_h,glucose_mmol_l\n1,1,5\n", "has 2 times"),
        ("time_min,arm\n1,small\n", "has no observable"),
        ("time,glucose_mmol_l\n1,5\n", "data.csv:1:1: unknown column 'time'; say the unit: time_"),
        ("time_min,glucose\n1,5\n", "data.csv:1:10: unknown column 'glucose'; say the unit: glucose_"),
        ("time_min,glucose_mg_l\n1,5\n", "did you mean 'glucose_mg_dl'?"),
        ("time_min,glucose_mmol_l,glucose_mmol_l\n1,5,5\n", "data.csv:1:25: 'glucose_mmol_l' is given twice"),
        ("time_min,glucose_mmol_l,glucose_mg_dl\n1,5,90\n", "'glucose_mmol_l' is given in two units"),
        ("time_min,,glucose_mmol_l\n1,2,5\n", "data.csv:1:10: a column has no name"),
        ("time_min,glucose_mmol_l\n1,high\n", "data.csv:2:3: glucose_mmol_l: 'high' is not a number"),
        ("time_min,glucose_mmol_l\n1,\"5,2\"\n", "glucose_mmol_l: '5,2' is not a number; use a point: 5.2"),
        ("time_min,glucose_mmol_l\n1,5,2\n", "data.csv:2:1: has 3 cells, expected 2"),
        ("time_min,glucose_mmol_l\n,5\n", "data.csv:2:1: time_min: is missing"),
        ("time_min,glucose_mmol_l\n1,nan\n", "'nan' is not a finite number"),
        ("time_min,glucose_mmol_l\n1,1e999\n", "'1e999' is not a finite number"),
        ("time_min,glucose_mmol_l\n1,1_0\n", "'1_0' is not a finite number"),
        ("time_min,glucose_mmol_l\n1,-5\n", "data.csv:2:3: glucose_mmol_l: -5 is below 0"),
        ("time_min;glucose_mmol_l\n1;5,2\n", "has no commas between its columns; save it as comma-separated"),
        ("time_min\tglucose_mmol_l\n1\t5\n", "has no commas between its columns"),
        ("time_min,glucose_mmol_l\n1,\"5\n", "data.csv:2:1: is no CSV"),
        (b"time_min,glucose_mmol_l\n1,\xff\n", "data.csv:2:3: is not text in UTF-8"),
        ("x" * (MAX_BYTES + 1), "larger than 4 MB"),
    ],
)  # fmt: skip
def test_bad_files(tmp_path: Path, text: str | bytes, wanted: str) -> None:
    """Whatever is wrong with a file is told with its line and column."""
    with pytest.raises(InputError) as raised:
        read_overlay(written(tmp_path, text))
    assert wanted in str(raised.value)


def test_a_column_is_counted_past_quotes(tmp_path: Path) -> None:
    """A comma inside quotes begins no cell."""
    with pytest.raises(InputError, match=r"data\.csv:2:9: glucose_mmol_l: 'x'"):
        read_overlay(written(tmp_path, 'arm,time_min,glucose_mmol_l\n"a,b",1,x\n'))


def test_all_faults_at_once_and_no_flood(tmp_path: Path) -> None:
    """Several faults come together; of a file that is wrong throughout the first ones are enough."""
    rows = "time_min,glucose_mmol_l\n" + "x,y\n" * 500
    with pytest.raises(InputError) as raised:
        read_overlay(written(tmp_path, rows))
    assert len(raised.value.faults) == MOST_FAULTS + 1
    assert "more faults" in str(raised.value)


def test_no_file(tmp_path: Path) -> None:
    """A missing file and a folder are told as such."""
    for path, wanted in (
        (tmp_path / "none.csv", "no such file"),
        (tmp_path, "is a folder|not a regular file"),
        (Path("/dev/zero"), "not a regular file"),
    ):
        with pytest.raises(InputError, match=wanted):
            read_overlay(path)


def test_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    """What spreadsheets on Windows write is read."""
    text = "\ufefftime_d,weight_kg\r\n0.5,80\r\n"
    (series,) = read_overlay(written(tmp_path, text)).series
    assert (series.time_min, series.values) == ((720,), (80,))


@pytest.fixture(scope="module")
def result() -> Any:
    """The template's scenario, run and judged."""
    return evaluate(parse_scenario(template("my-claim"), "my-claim.yaml"), numerical_error=False)


def drawn(result: Any, overlay: Any, **options: Any) -> tuple[Any, dict[str, Any]]:
    """The picture, and the user's points in it by observable."""
    picture = picture_of(result, Stamp("my-claim", "abc"), overlay=overlay, **options)
    panels = [panel for panel in picture.panels if isinstance(panel, LinePanel)]
    return picture, {panel.observable: panel.measured for panel in panels}


def test_points_are_drawn_where_the_plot_shows_the_same(tmp_path: Path, result: Any) -> None:
    """Each observable's points go to its panel, in the panel's unit, with a key that says whose they are."""
    overlay = read_overlay(written(tmp_path, GOOD))
    picture, points = drawn(result, overlay)
    (glucose,) = points["glucose_mmol_l"]
    assert glucose.arm == "small"
    assert glucose.values == pytest.approx((90 / 18.0156, 144 / 18.0156))
    assert {one.arm for one in points["insulin_pmol_l"]} == {"small", None}
    _, american = drawn(result, overlay, us=True)
    assert american["glucose_mmol_l"][0].values == pytest.approx((90, 144))
    figure = draw(picture)
    texts = {text.get_text() for text in figure.texts}
    assert {"your data", "data.csv"} <= texts
    lines = [line for axes in figure.axes for line in axes.lines if line.get_marker() == "D"]
    assert sorted(len(line.get_xdata()) for line in lines) == [1, 1, 2]
    for axes in figure.axes:
        low, high = axes.get_ylim()
        for line in axes.lines:
            if line.get_marker() == "D":
                assert low <= np.min(line.get_ydata()) <= np.max(line.get_ydata()) <= high


def test_without_an_overlay_nothing_is_said_of_data(result: Any) -> None:
    """A plot without anybody's points has no key for them."""
    picture, points = drawn(result, None)
    assert not any(points.values())
    assert "your data" not in {text.get_text() for text in draw(picture).texts}


def test_what_is_not_drawn_is_told(tmp_path: Path, result: Any) -> None:
    """Points outside the time, quantities outside the plot, and values in what looks like another unit."""
    rows = "time_min,glucose_mmol_l,weight_kg\n500,95,80\n520,101,80\n5000,99,80\n"
    overlay = read_overlay(written(tmp_path, rows))
    told = "\n".join(remarks(overlay, drawn(result, overlay)[0]))
    assert "not in the plot, so not drawn: weight_kg" in told
    assert "glucose_mmol_l: 1 of 3 points are outside the time" in told
    assert "is the unit in the column's name theirs?" in told
    good = read_overlay(written(tmp_path, GOOD))
    assert remarks(good, drawn(result, good)[0]) == []


def test_the_scenario_must_have_the_arm_and_the_quantity(tmp_path: Path) -> None:
    """Another arm, or nothing that the plot shows, is refused before anything runs."""
    scenario = load_scenario("meal-homeostasis")
    overlay = read_overlay(written(tmp_path, "time_h,weight_kg,arm\n9,80,smal\n"))
    with pytest.raises(InputError) as raised:
        overlay.check(scenario)
    assert "did you mean 'small'?" in str(raised.value)
    assert "shows nothing that was measured; it shows" in str(raised.value)


def test_run_with_an_overlay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command draws the points, changes no verdict, and leaves nothing behind where the file is bad."""
    monkeypatch.chdir(tmp_path)
    Path("my-claim.yaml").write_text(template("my-claim"))
    written(tmp_path, GOOD)
    assert cli.execute(["run", "my-claim.yaml", "--out", "plain"]) == 0
    assert cli.execute(["run", "my-claim.yaml", "--overlay", "data.csv", "--out", "with"]) == 0
    plain, with_data = (
        {name: (tmp_path / folder / "my-claim" / name).read_bytes() for name in FILES}
        for folder in ("plain", "with")
    )
    changed = {name for name in FILES if plain[name] != with_data[name]}
    assert changed == {"plot.png", "plot.svg"}
    written(tmp_path, "time_h,glucose\n8,5\n")
    assert cli.execute(["run", "my-claim.yaml", "--overlay", "data.csv", "--out", "bad"]) == 2
    assert capsys.readouterr().err.startswith("data.csv:1:8: unknown column 'glucose'")
    assert not (tmp_path / "bad").exists()


def test_our_own_trajectories_can_be_laid_over(tmp_path: Path, result: Any) -> None:
    """What a run wrote is read back, and lies on its own curves."""
    from metabosim.output import trajectories_csv

    tables = {name: run.table for name, run in result.arms.items()}
    text = trajectories_csv(tables, Stamp("my-claim", "abc"), [], us=True)
    overlay = read_overlay(written(tmp_path, text))
    _, points = drawn(result, overlay)
    for one in points["glucose_mmol_l"]:
        run = result.arms[one.arm]
        on_curve = np.interp(one.time_min, run.time_min, run["glucose_mmol_l"])
        assert one.values == pytest.approx(on_curve, rel=1e-6)
    assert {one.arm for one in points["glucose_mmol_l"]} == set(result.arms)


def test_remarks_of_nothing(result: Any) -> None:
    """An overlay without points of an observable says nothing of it."""
    empty = SimpleNamespace(observables=(), series=())
    assert remarks(empty, drawn(result, None)[0]) == []  # type: ignore[arg-type]
