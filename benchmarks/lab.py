"""How the lab keeps up with a hand on a lever: `python -m benchmarks.lab [lab.html]`.

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


def measured(address: str) -> list[tuple[str, ...]]:
    """A row for each case: frames, how often curves were drawn anew, how long the last move took."""
    from playwright.sync_api import sync_playwright

    rows = []
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
        browser.close()
    return rows


def main() -> None:
    """Print a table in Markdown."""
    if len(sys.argv) > 1:
        file = Path(sys.argv[1]).resolve()
    else:
        from metabosim.lab import lab_page

        file = Path(tempfile.mkdtemp()) / "lab.html"
        file.write_text(lab_page(), encoding="utf-8")
    heads = ("scenario", "run", "frame ms", "95 %", "curves every ms", "95 %", "last move ms")
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))
    for row in measured(file.as_uri()):
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
