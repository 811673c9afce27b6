"""One at a time: what a browser asks of widgets, and what a clock or a cell does with them.

A kernel may hear the widgets of one page in two threads: JupyterLab 4.4 and later send to a
thread of their own (a subshell), and ipykernel 7.4 answers each widget in the thread that last
changed it, which may have been a cell's. Neither a widget nor what it moves may be met by two.
"""

import functools
import threading

_LOCK = threading.RLock()  # one for all: a new playground pauses those that are there


def alone(function):
    """A function that no other thread may interrupt by another of these."""

    @functools.wraps(function)
    def locked(*given, **named):
        with _LOCK:
            return function(*given, **named)

    return locked


def in_turn(box):
    """Lets all widgets in `box` answer their page `alone`; returns `box`.

    A message is answered whole, with all that it sets and calls, before the next one of any
    widget. One that waits in the other thread may be answered before one that came earlier.
    """
    if box.comm is not None:
        box.comm.on_msg(alone(box._handle_msg))  # ipywidgets has no public name for it
    for one in getattr(box, "children", ()):
        in_turn(one)
    return box
