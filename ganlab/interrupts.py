"""Ctrl-C, held back for the few moments in which it would leave something half done."""

import signal
import threading
from contextlib import contextmanager


@contextmanager
def held_back():
    """While this lasts an interrupt waits; it comes at the end.

    Elsewhere than in the main thread no interrupt arrives, and where the program has a handler that
    was not set from Python there is nothing to give back: there this does nothing.

        with held_back():
            self.state, self.step = state, self.step + steps
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual, came = signal.getsignal(signal.SIGINT), []
    if usual is None:
        yield
        return
    signal.signal(signal.SIGINT, lambda *given: came.append(given))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
        if came:  # whatever was to happen: an exception, the end of the process, or nothing
            signal.raise_signal(signal.SIGINT)
