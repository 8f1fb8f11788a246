"""How the lab keeps up with a hand on a lever: `python -m benchmarks.lab`; `--keep` puts it into results/lab.md.

A lever is moved at every frame for some seconds. Reported are the page's frames (what a hand feels), how long after a
move the curves that belong to it were drawn, and how long the last move took, after which nothing is in the way.
Times are of this machine, whatever else it does; Chromium runs without a window and without a graphics card.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.machine import described
from benchmarks.words import table

KEPT = Path(__file__).parent / "results" / "lab.md"
CASES = {
    "meal-homeostasis": ("a day, three arms", "Insulin signalling in every tissue"),
    "delayed-gastric-emptying": (
        "twelve weeks, three arms",
        "Slowing of gastric emptying by GLP-1",
    ),
    "tesamorelin-cuts-vat": (
        "26 weeks, two arms",
        "Growth hormone moving fat out of the visceral depot",
    ),
    "inside-out-outside-in": ("53 weeks, three arms", "GLP-1 lowering appetite"),
}
SECONDS = 4
OPTIONS = ["--no-sandbox", "--disable-gpu"]

# moves a slider at every frame, and notes frames and when the first curve of the first graph changed
DRAG = """async ([label, seconds]) => {
    const input = [...document.querySelectorAll('input[type=range]')]
        .find((one) => one.labels[0]?.textContent === label);
    const curve = document.querySelector('.see .chart .curve.now');
    const frames = [], drawn = [];
    let moved = 0;
    const observer = new MutationObserver(() => { drawn.push(performance.now()); });
    observer.observe(curve.parentElement, {subtree: true, attributes: true, attributeFilter: ['d']});
    const start = performance.now();
    let before = start, n = 0;
    await new Promise((done) => {
        const frame = (now) => {
            frames.push(now - before); before = now;
            if (now - start > seconds * 1000) return done();
            input.value = String(0.3 + 0.4 * (1 + Math.sin(n++ / 12)));
            input.dispatchEvent(new Event('input', {bubbles: true}));
            moved = performance.now();
            requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
    });
    const asked = performance.now();
    await new Promise((done) => setTimeout(done, 4000));
    const last = drawn.filter((at) => at > moved);
    const distinct = drawn.filter((at, i) => i === 0 || at - drawn[i - 1] > 1);
    observer.disconnect();
    const gaps = distinct.slice(1).filter((at) => at < asked).map((at, i) => at - distinct[i]);
    return {frames: frames.slice(5), gaps, settled: last.length ? last[last.length - 1] - moved : null};
}"""


def quantile(values: list[float], share: float) -> float:
    """A quantile of some times; NaN of none."""
    return (
        sorted(values)[min(int(share * len(values)), len(values) - 1)] if values else float("nan")
    )


def measured(address: str) -> tuple[list[tuple[str, ...]], str]:
    """A row for each case: frames, how often curves were drawn anew, how long the last move took; and the browser."""
    from playwright.sync_api import sync_playwright

    rows: list[tuple[str, ...]] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=OPTIONS)
        for name, (what, lever) in CASES.items():
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{address}#view=scenario&scenario={name}&seen=1")
            page.locator(".see .verdict").first.wait_for(timeout=60_000)
            page.wait_for_timeout(1000)
            page.evaluate(
                "for (const one of document.querySelectorAll('.all-levers')) one.open = true"
            )
            found = page.evaluate(DRAG, [lever, SECONDS])
            rows.append(
                (
                    name,
                    what,
                    f"{statistics.median(found['frames']):.1f}",
                    f"{quantile(found['frames'], 0.95):.1f}",
                    f"{statistics.median(found['gaps'] or [float('nan')]):.0f}",
                    f"{quantile(found['gaps'], 0.95):.0f}",
                    f"{found['settled'] or float('nan'):.0f}",
                )
            )
            page.close()
        name = f"Chromium {browser.version}"
        browser.close()
    return rows, name


def shown(rows: list[tuple[str, ...]]) -> str:
    """The rows as a table in Markdown."""
    heads = ("scenario", "run", "frame, ms", "95 %", "curves, ms", "95 %", "last move, ms")
    return table(heads, rows, "llrrrrr")


def page(rows: list[tuple[str, ...]], name: str) -> str:
    """What was measured as a page of Markdown; `name` of the browser."""
    about = described(())
    return f"""# How the lab keeps up with a hand on a lever

Written by `python -m benchmarks.lab --keep`, not by hand.

**Machine:** {about["processor"]}, {about["cores"]} cores; {about["system"]}; {name}, without a window and a graphics
card, so that the two cores also paint; {about["date"]}; metabosim {about["versions"]["metabosim"]}.

A lever is moved at every frame for {SECONDS} s. *Frame*: how far apart the page's frames are, which is what a hand
feels (16.7 is as often as there are any). *Curves*: how far apart all arms are drawn anew. *Last move*: from the last
move to the curves that belong there.

{shown(rows)}
"""


def main() -> None:
    """Print a table in Markdown, or keep it."""
    from metabosim.lab import lab_page

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lab.html"
        file.write_text(lab_page(), encoding="utf-8")
        rows, name = measured(file.as_uri())
    if sys.argv[1:] == ["--keep"]:
        KEPT.write_text(page(rows, name), encoding="utf-8")
    print(shown(rows))


if __name__ == "__main__":
    main()
