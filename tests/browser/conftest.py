"""JupyterLab in a real browser: a server of its own on a copy of the notebooks, and a page.

Set GANLAB_SCREENSHOTS to a folder and each test leaves pictures there to look at.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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

PICTURE = """async (image) => {
    const bytes = new Uint8Array(await (await fetch(image.src)).arrayBuffer());
    return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
}"""


class Lab:
    """A running JupyterLab, and the page of a browser that looks at it."""

    def __init__(self, url, folder, page):
        self.url, self.folder, self.page = url, folder, page
        self.outside = []  # addresses outside this machine that the page asked for
        page.on("request", self._note)

    def _note(self, request):
        if not request.url.startswith((self.url, self.url.replace("http", "ws"), "data:", "blob:")):
            self.outside.append(request.url)

    def run_all(self, notebook):
        """Open `notebook` (its file name) with a fresh kernel and run all its cells.

        Fails if a cell, or a widget that answers it, reports an error or writes to stderr.
        """
        for session in self._api("sessions"):
            self._api(f"sessions/{session['id']}", method="DELETE")
        self.page.goto(f"{self.url}/lab/tree/{notebook}?reset")
        self.page.wait_for_function("window.jupyterapp !== undefined", timeout=60_000)
        self._within(60, LISTEN)
        self._within(180, "() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.check()

    def _within(self, seconds, script):
        """Run the asynchronous `script` in the page; fail if it takes longer than `seconds`."""
        late = f"new Promise(done => setTimeout(() => done('late'), {1000 * seconds}))"
        result = self.page.evaluate(f"() => Promise.race([({script})(), {late}])")
        assert result != "late", f"no answer within {seconds} s to {script}"

    def check(self):
        """Fail if the kernel reported an error, or the page asked for anything outside."""
        assert "\n".join(self.page.evaluate("window.reported")) == ""
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
        """Leave a picture of `locator`, or of the page, if GANLAB_SCREENSHOTS is set."""
        if folder := os.environ.get("GANLAB_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            (locator or self.page).screenshot(path=Path(folder) / f"{name}.png")

    def _api(self, path, method="GET"):
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or "null")


@pytest.fixture(scope="module")
def browser():
    """Chromium, able to reach nothing but this machine."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a JupyterLab without password, and the folder with the notebooks it serves."""
    home = tmp_path_factory.mktemp("jupyter")
    shutil.copytree(ROOT / "notebooks", home / "notebooks")  # running a notebook saves it
    for name, settings in SETTINGS.items():
        path = home / f"settings/{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        *("--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True"),
        *("--LabApp.expose_app_in_browser=True", f"--LabApp.user_settings_dir={home}/settings"),
        f"--ServerApp.root_dir={home}/notebooks",
    ]
    folders = {
        f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")
    }
    own = {"JUPYTER_PATH": f"{sys.prefix}/share/jupyter", "JUPYTER_PREFER_ENV_PATH": "1"}
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            command, env={**os.environ, **folders, **own}, stdout=log, stderr=log
        )
        try:
            _wait_for(url, process, home / "log")
            yield url, home / "notebooks"
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_for(url, process, log, timeout=60):
    end = time.monotonic() + timeout
    while True:
        try:
            urllib.request.urlopen(f"{url}/api/status").close()
            return
        except OSError:
            running = process.poll() is None and time.monotonic() < end
            assert running, f"JupyterLab did not start:\n{log.read_text()}"
            time.sleep(0.2)


@pytest.fixture
def lab(server, browser):
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    yield Lab(*server, page)
    page.close()
