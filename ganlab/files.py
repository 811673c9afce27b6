"""Files that are written whole or not at all."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def written_whole(path) -> Iterator[BinaryIO]:
    """A binary file to write into, which takes the place of `path` once all of it is there.

    Whatever ends the writing before, an interrupt or a full disk, leaves `path` as it was: the file
    of before, or none. A link stays one, and what it points to is replaced.

        with written_whole("run.npz") as file:
            np.savez(file, **arrays)

    OSError if the folder or the disk does not take it.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():  # a pipe, or /dev/null: there is nothing to replace
        with open(path, "wb") as file:
            yield file
        return
    part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        with open(part, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # or a power cut might leave the new name and no content
        if path.exists():
            os.chmod(part, path.stat().st_mode)  # who might read it before may read it now
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
