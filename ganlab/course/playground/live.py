"""The picture that a browser draws: what stands still as a PNG, what moves as a list of shapes.

A frame is some tens of kilobytes and takes the kernel a few milliseconds, where a PNG of all takes
tens of them. The browser says of every second frame that it is drawn, and no more than `AHEAD` are
sent before that: so nothing piles up where a page is slow, hidden or closed.
"""

import time
from pathlib import Path

import anywidget
import traitlets

from ganlab.course.playground.shown import packed

AHEAD = 4  # frames on their way
PATIENCE = 2.0  # seconds after which a page that says nothing is tried again
STYLE = ".ganlab-live { width: 100%; height: auto; display: block; background: #fff; }"


def _bytes():
    # Without `from_json` what a browser sends back is lost without a word.
    return traitlets.Bytes(b"").tag(sync=True, from_json=lambda value, _: bytes(value))


class Live(anywidget.AnyWidget):
    """A canvas that shows a `Canvas`, for as long as a page is there to draw it.

    `seen` is whether a page has said that it draws; `heard` is called when the first one does.
    """

    _esm = Path(__file__).with_name("live.js").read_text(encoding="utf-8")
    _css = STYLE
    still, frame = _bytes(), _bytes()
    alt = traitlets.Unicode("").tag(sync=True)

    def __init__(self, alt, heard=lambda: None):
        super().__init__(alt=alt, layout={"width": "990px", "max_width": "100%"})
        self.seen, self._heard = False, heard
        self._number = self._drawn = 0
        self._sent = 0.0  # when
        self.on_msg(self._told)

    def _told(self, _, content, buffers):
        drawn = content.get("drawn")
        if isinstance(drawn, int):
            self._drawn = max(self._drawn, min(drawn, self._number))
        if content.get("ready") and not self.seen:
            self.seen = True
            self._heard()

    @property
    def free(self):
        """Whether another frame may be sent while it plays."""
        late = time.monotonic() - self._sent > PATIENCE
        return self._number - self._drawn < AHEAD or late

    def show(self, canvas):
        """Sends what has changed of a `Canvas`."""
        still, shapes, data = canvas.parts()
        if still is not self.still:
            self.still = still
        self._number += 1
        self._sent = time.monotonic()
        self.frame = packed(self._number, shapes, data)
