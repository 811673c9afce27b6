"""A progress bar for anything longer than about two seconds."""

import os

from tqdm.auto import tqdm


def bar(total, description, *, delay=2.0, unit="step"):
    """A tqdm bar that appears after `delay` seconds; GANLAB_QUIET=1 leaves it out."""
    quiet = os.environ.get("GANLAB_QUIET", "0") not in ("", "0")
    return tqdm(total=total, desc=description, delay=delay, unit=unit, disable=quiet, leave=False)
