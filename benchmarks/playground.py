"""The playground in a headless Chromium on JupyterLab, and an hour of its frames in one process.

    python benchmarks/playground.py              about twelve minutes; `make bench` runs it too
    python benchmarks/playground.py --quick      without the hour: two minutes

On the ring of eight with 500 points a seed, 16 seeds of a GAN with two hidden layers of 32 train as
fast as they can. Prints a table and writes results/playground.json.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import psutil
from speed import cores, table

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests/browser"))

SETTINGS = dict(target="ring", g_hidden=(32, 32), d_hidden=(32, 32), seeds=16, batch_size=64)
OPEN = "from ganlab.widgets import playground\n"
OPEN += f"app = playground('ours in the plane', **{SETTINGS})\napp"
HOUR = 25 * 3600  # frames
WATCHED = 20  # seconds

# Runs code in the kernel beside what is playing, and returns what it prints.
ASK = """async (code) => {
    const { kernel } = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
    const future = kernel.requestExecute({ code });
    let said = "";
    future.onIOPub = ({ content }) => { if (content.name === "stdout") said += content.text; };
    await future.done;
    return said;
}"""
# How fast the same GAN trains with nobody looking: steps a second, the median of three seconds.
ALONE = """
import time
rates = []
for _ in range(3):
    began, step = time.perf_counter(), app.session.step
    while time.perf_counter() - began < 1:
        app.session.advance(50)
    rates.append((app.session.step - step) / (time.perf_counter() - began))
print(sorted(rates)[1])
"""
NOTED = """
changed, change = [], app.session.change
def noted(settings):
    change(settings)
    changed.append(time.time())
app.session.change = noted
"""


def in_a_browser():
    """{what: value} of the rows that want a page."""
    missing = [name for name in ("playwright", "anywidget") if find_spec(name) is None]
    if missing:
        print(f"Left out, for want of {', '.join(missing)}: what is measured in a browser.")
        return {}
    import nbformat
    from playwright.sync_api import sync_playwright

    import conftest

    found, program = {}, conftest.browser_program()
    if program is None:
        print("Left out, for want of Chromium: what is measured in a browser.")
        return {}
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        cell = nbformat.v4.new_code_cell(OPEN)
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        with conftest.jupyterlab(Path(home)) as (url, folder):
            nbformat.write(
                nbformat.v4.new_notebook(cells=[cell], metadata=kernel), folder / "play.ipynb"
            )
            browser = playwright.chromium.launch(executable_path=program, args=conftest.OPTIONS)
            lab = conftest.Lab(url, folder, browser.new_page(viewport=conftest.SIZE))
            lab.open("play.ipynb")
            began = time.perf_counter()
            lab.run()
            canvas = lab.page.locator("canvas.ganlab-live").first
            canvas.wait_for(timeout=120_000)
            found["first picture, cold kernel, s"] = time.perf_counter() - began
            found |= _while_it_plays(lab, canvas)
            lab.check()
            browser.close()
    return found


def _while_it_plays(lab, canvas):
    page, found = lab.page, {}
    buttons = page.locator(".jupyter-widgets").get_by_role("button", name="Play")
    page.get_by_label("speed", exact=True).first.select_option("as fast as it can")
    page.evaluate(ASK, "app.advance(200)")
    alone = float(page.evaluate(ASK, ALONE))
    page.evaluate(ASK, NOTED)
    buttons.first.click()
    page.wait_for_timeout(5000)

    def state():
        step = int(page.evaluate(ASK, "print(app.session.step)"))
        return time.perf_counter(), step, int(canvas.get_attribute("data-frame"))

    (t0, step0, frame0), heap = state(), _heap(page)
    page.wait_for_timeout(1000 * WATCHED)
    t1, step1, frame1 = state()
    found["frames a second"] = (frame1 - frame0) / (t1 - t0)
    found["share of the training speed that is kept"] = (step1 - step0) / (t1 - t0) / alone
    found["page's memory in that time, MB"] = _heap(page) - heap
    delays = []
    handle = page.locator(".jupyter-widgets .noUi-handle").first
    for key in ("ArrowRight", "ArrowLeft") * 3:
        pressed = time.time()
        handle.press(key)
        page.wait_for_timeout(1500)
        delays.append(float(page.evaluate(ASK, "print(changed[-1])")) - pressed)
    found["a knob is acted on after, s"] = statistics.median(delays)
    page.get_by_text("networks", exact=True).click()
    field = page.get_by_label("G's hidden layers").first
    field.fill("31, 32")
    began = time.perf_counter()
    field.press("Enter")
    page.locator(".widget-html").filter(has_text="Begun anew").first.wait_for(timeout=120_000)
    while int(page.evaluate(ASK, "print(app.session.step)")) == 0:
        page.wait_for_timeout(50)
    found["another size trains after, s"] = time.perf_counter() - began
    return found


def _heap(page):
    """The page's JavaScript memory in MB, after what is not needed was freed."""
    tools = page.context.new_cdp_session(page)
    tools.send("HeapProfiler.collectGarbage")
    tools.send("Performance.enable")
    metrics = tools.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in metrics if one["name"] == "JSHeapUsedSize") / 2**20


def an_hour(frames=HOUR):
    """{what: value}: the kernel's memory after so many frames, less that after a tenth of them."""
    from ganlab.widgets import playground

    app = playground("ours in the plane", **SETTINGS)
    app.live._handle_custom_msg({"ready": True}, [])  # as a page does that draws
    sizes = []
    for frame in range(frames):
        app.session.advance(1)
        app._refresh(app.session.now())
        if frame in (frames // 10, frames - 1):
            sizes.append(psutil.Process().memory_info().rss / 2**20)
    return {f"kernel's memory over {frames:,} frames, MB": sizes[1] - sizes[0]}


AIMS = {
    "frames a second": ("at least", 25),
    "share of the training speed that is kept": ("at least", 0.6),
    "first picture, cold kernel, s": ("at most", 10),
    "a knob is acted on after, s": ("at most", 0.3),
    "another size trains after, s": ("at most", 4),
    "page's memory in that time, MB": ("at most", 5),
    "kernel's memory": ("at most", 50),
}


def aimed(found):
    """[(what, wanted, found, whether it is reached)]."""
    rows = []
    for what, value in found.items():
        how, wanted = next(aim for name, aim in AIMS.items() if what.startswith(name))
        reached = value >= wanted if how == "at least" else value <= wanted
        rows.append((what, f"{how} {wanted:g}", f"{value:.2f}", "reached" if reached else "missed"))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="without the hour of frames")
    parser.add_argument("--frames", type=int, default=HOUR, help="how long that hour is")
    chosen = parser.parse_args()
    os.environ["GANLAB_QUIET"] = "1"
    found = in_a_browser()
    if not chosen.quick:
        found |= an_hour(chosen.frames)
    rows = aimed(found)
    out = HERE / "results" / "playground.json"
    keys = "what", "wanted", "found", "reached"
    report = {"machine": cores(), "rows": [dict(zip(keys, row, strict=True)) for row in rows]}
    out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"\n{cores()}\n")
    table(("the playground", "wanted", "found", ""), rows)
    print(f"\nWritten to {out.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
