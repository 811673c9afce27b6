"""What can be taken away, beside the code: the state as a file, the picture, a film; and back in.

A browser saves a file by a link that holds it, so nothing is written by the kernel.
"""

import base64

import ipywidgets as widgets
import numpy as np

from ganlab.course.playground import controls
from ganlab.course.playground.state import MOST_BYTES
from ganlab.figures import film

FRAMES = 40  # of a film, at most
FPS = 8


def filmed(session, screen, member, overlay, words_of):
    """The APNG bytes of the moments that are evenly spaced, or of some of them.

    words_of  of a moment: (seeds,) words or None
    """
    moments = session.even()
    places = np.unique(np.linspace(0, len(moments) - 1, min(FRAMES, len(moments))).round())
    pictures = []
    for place in places.astype(int):
        moment = moments[place]
        screen.show(moment, session.moments, member, overlay, words_of(moment))
        pictures.append(screen.canvas.pixels().copy())
    return film(pictures, FPS).png


def link(name, kind, data):
    """HTML that saves `data` as a file of this name."""
    held = base64.b64encode(data).decode()
    look = 'style="text-decoration: underline"'
    return f'<a {look} download="{name}" href="data:{kind};base64,{held}">Save {name}</a>'


class TakeAway(widgets.VBox):
    """Buttons that make a file and a link to it, and one that takes a file back.

    files    {label: (tooltip, function that gives (name, kind, bytes))}
    take     called with the text of a file that was chosen

    What either raises of `REFUSED` is told in a line.
    """

    def __init__(self, files, take):
        self._take = take
        self.links, self.note = widgets.HTML(), widgets.HTML()
        self.buttons = {
            label: controls.button(label, tooltip, lambda make=make: self._make(make))
            for label, (tooltip, make) in files.items()
        }
        self.upload = widgets.FileUpload(
            accept=".json", description="Load a state", layout={"width": "auto"}
        )
        self.upload.observe(self._uploaded, "value")
        row = {"flex_flow": "row wrap", "align_items": "center"}
        parts = [*self.buttons.values(), self.upload, self.links]
        super().__init__([widgets.HBox(parts, layout=row), self.note])

    def _make(self, make):
        self.note.value, self.links.value = "", "..."
        try:
            self.links.value = link(*make())
        except controls.REFUSED as error:
            self.links.value, self.note.value = "", controls.warned(controls.first_line(error))

    def _uploaded(self, change):
        for file in change["new"]:
            try:
                if file["size"] > MOST_BYTES:
                    raise ValueError(
                        f"the file has {file['size']:,} bytes: wanted {MOST_BYTES:,} at most"
                    )
                self._take(bytes(file["content"]).decode("utf-8", "replace"))
            except controls.REFUSED as error:
                self.note.value = controls.warned(controls.first_line(error))
            else:
                self.note.value = ""
        if change["new"]:
            self.upload.value = ()  # so that the same file can be chosen again
