"""JupyterLab and voila in a real browser: servers of their own, and pages that look at them.

Each test leaves pictures to look at in `tests/browser/screenshots`, or in the folder that
GANLAB_SCREENSHOTS names. Without a browser the tests are skipped; with CI set, they fail.
"""

import base64
import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = Path(__file__).with_name("screenshots")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"]
SETTINGS = {
    # Every cell is drawn, also those out of sight, so that widgets can be found.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}

# Waits for the notebook that is open, and keeps what its kernel reports from now on.
LISTEN = """async () => {
    const app = window.jupyterapp;
    await app.restored;
    while (!app.shell.currentWidget?.context) await new Promise(r => setTimeout(r, 100));
    const context = app.shell.currentWidget.context;
    await context.ready;
    await context.sessionContext.ready;
    await context.sessionContext.session.kernel.info;
    window.reported = [];
    context.sessionContext.iopubMessage.connect((_, message) => {
        const { header, content, parent_header } = message;
        if (header.msg_type === "error") window.reported.push(content.traceback.join("\\n"));
        // Outside of cells the kernel grumbles when Lab asks for widgets before their import.
        const from_cell = parent_header.msg_type === "execute_request";
        if (content.name === "stderr" && from_cell) window.reported.push(content.text);
    });
}"""

PLAYGROUND = "from ganlab.widgets import playground", "app = playground()\napp"
SIZE = {"width": 1280, "height": 720}

PICTURE = """async (image) => {
    const bytes = new Uint8Array(await (await fetch(image.src)).arrayBuffer());
    return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
}"""


class Watched:
    """A page of a browser, and what it did that it should not."""

    def __init__(self, url, page):
        self.url, self.page = url, page
        self.outside = []  # addresses outside this machine that the page asked for
        self.failed = []  # errors that kernels reported, in cells or in widgets
        page.on("request", self._note)
        page.on("websocket", lambda socket: socket.on("framereceived", self._hear))

    def _note(self, request):
        if not request.url.startswith((self.url, self.url.replace("http", "ws"), "data:", "blob:")):
            self.outside.append(request.url)

    def _hear(self, payload):
        """Looks at a kernel's message, whole, for one of type error."""
        text = payload if isinstance(payload, str) else payload.decode("utf-8", "replace")
        if re.search(r'"msg_type":\s*"error"', text):
            told = re.search(r'"traceback":\s*(\[.*?\])', text, re.DOTALL)
            self.failed.append(told[1] if told else text[:2000])

    def check(self):
        """Fail if a kernel reported an error, or the page asked for anything outside."""
        assert self.failed == []
        assert self.outside == []

    def picture(self, image):
        """Return the bytes of the picture that the widget `image`, a locator, shows."""
        return base64.b64decode(image.evaluate(PICTURE))

    def changed_picture(self, image, before, timeout=60):
        """Return the picture of `image` once it is another than `before`; wait in seconds."""
        end = time.monotonic() + timeout
        while (picture := self.picture(image)) == before:
            self.check()
            assert time.monotonic() < end, f"the picture did not change within {timeout} s"
            self.page.wait_for_timeout(100)
        return picture

    def screenshot(self, name, locator=None):
        """Leave a picture of `locator`, or of the page."""
        folder = Path(os.environ.get("GANLAB_SCREENSHOTS", SCREENSHOTS))
        folder.mkdir(parents=True, exist_ok=True)
        (locator or self.page).screenshot(path=folder / f"{name}.png")


class Lab(Watched):
    """A running JupyterLab, and the page of a browser that looks at it."""

    def __init__(self, url, folder, page):
        super().__init__(url, page)
        self.folder = folder

    def run_all(self, notebook):
        """Open `notebook` (its file name) with a fresh kernel and run all its cells.

        Fails if a cell, or a widget that answers it, reports an error or writes to stderr.
        """
        self.open(notebook)
        self.run()
        self.check()

    def open(self, notebook):
        """Open `notebook` with a fresh kernel, and listen to it."""
        for session in self._api("sessions"):
            self._api(f"sessions/{session['id']}", method="DELETE")
        self.page.goto(f"{self.url}/lab/tree/{notebook}?reset")
        self.page.wait_for_function("window.jupyterapp !== undefined", timeout=60_000)
        self._within(60, LISTEN)

    def run(self):
        """Run all cells of the notebook that is open."""
        self._within(180, "() => window.jupyterapp.commands.execute('notebook:run-all-cells')")

    def _within(self, seconds, script):
        """Run the asynchronous `script` in the page; fail if it takes longer than `seconds`."""
        late = f"new Promise(done => setTimeout(() => done('late'), {1000 * seconds}))"
        result = self.page.evaluate(f"() => Promise.race([({script})(), {late}])")
        assert result != "late", f"no answer within {seconds} s to {script}"

    def check(self):
        """Fail if the kernel reported an error, or the page asked for anything outside."""
        assert "\n".join(self.page.evaluate("window.reported")) == ""
        super().check()

    def _api(self, path, method="GET"):
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or "null")


def skip(told):
    """Skips with a reason; in CI that is a failure."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(told)


def browser_program():
    """The path of a browser; None where there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session")
def browser():
    """Chromium, able to reach nothing but this machine."""
    program = browser_program()
    if program is None:
        told = f"no browser: none of {', '.join(BROWSERS)} is installed"
        skip(told)
    if find_spec("playwright") is None:
        skip("playwright is not installed: .venv/bin/pip install playwright")
    from playwright import sync_api

    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The address of a JupyterLab, and the folder with the notebooks that it serves."""
    with jupyterlab(tmp_path_factory.mktemp("jupyter")) as found:
        yield found


@contextlib.contextmanager
def jupyterlab(home):
    """(address, folder) of a JupyterLab without password on a copy of the notebooks in `home`."""
    shutil.copytree(ROOT / "notebooks", home / "notebooks")  # running a notebook saves it
    for name, settings in SETTINGS.items():
        path = home / f"settings/{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), encoding="utf-8")
    options = [
        *("-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *("--port={port}", "--ServerApp.port_retries=0"),
        *("--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True"),
        *("--LabApp.expose_app_in_browser=True", f"--LabApp.user_settings_dir={home}/settings"),
        f"--ServerApp.root_dir={home}/notebooks",
    ]
    with served(home, options, home, "/api/status") as url:
        yield url, home / "notebooks"


@pytest.fixture(scope="session")
def voila(tmp_path_factory):
    """The address of a voila that serves the playground, as `make playground` has it."""
    if find_spec("voila") is None:
        skip("voila is not installed: .venv/bin/pip install voila")
    home, folder = tmp_path_factory.mktemp("voila"), ROOT / "notebooks/voila"
    options = ["-m", "voila", "playground.py", "--no-browser", "--port={port}"]
    with served(home, options, folder, "/voila/static/voila.js") as url:
        yield url


@contextlib.contextmanager
def served(home, options, folder, path):
    """The address of a server that `python OPTIONS` starts in `folder`, once `path` is there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, *(option.format(port=port) for option in options)]
    own = {
        f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")
    }
    own["JUPYTER_PATH"] = f"{ROOT}/notebooks/voila{os.pathsep}{sys.prefix}/share/jupyter"
    own["JUPYTER_PREFER_ENV_PATH"] = "1"
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            command, env={**os.environ, **own}, cwd=folder, stdout=log, stderr=log
        )
        try:
            _wait_for(url + path, process, home / "log")
            yield url
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_for(url, process, log, timeout=120):
    end = time.monotonic() + timeout
    while True:
        try:
            urllib.request.urlopen(url).close()
            return
        except OSError:
            running = process.poll() is None and time.monotonic() < end
            assert running, f"the server did not start:\n{log.read_text()}"
            time.sleep(0.2)


@pytest.fixture
def lab(server, browser):
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    yield Lab(*server, page)
    page.close()


@pytest.fixture(scope="module", params=["lab", "voila"])
def place(request, browser):
    """A page with the playground on it, a `Watched`."""
    page = browser.new_page(viewport=SIZE, accept_downloads=True)
    if request.param == "lab":
        url, folder = request.getfixturevalue("server")
        opened = Lab(url, folder, page)
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}  # else Lab asks
        cells = [nbformat.v4.new_code_cell(source) for source in PLAYGROUND]
        notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
        nbformat.write(notebook, folder / "play.ipynb")
        opened.run_all("play.ipynb")
    else:
        opened = Watched(request.getfixturevalue("voila"), page)
        page.goto(opened.url, timeout=120_000)
    opened.name = request.param
    opened.canvas = page.locator("canvas.ganlab-live").first
    opened.canvas.wait_for(timeout=120_000)
    yield opened
    page.close()
