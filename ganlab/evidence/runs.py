"""Outcomes of single runs as files: one for each arm, a line for each block of seeds.

Lines are only ever added, each in one write, so that whatever ends a measurement, and whoever
measures beside it, what is there stays. A line has a checksum; one that is damaged counts as
missing, and its block is measured again.
"""

import os
import sys
import zlib
from pathlib import Path
from platform import machine, python_version

import numpy as np

from ganlab.evidence.protocol import BLOCK, EvidenceError

FORMAT = "ganlab runs, format 1"
MADE = "# from here on: "


def rounded(outcomes):
    """Return outcomes (seeds,) as they are stored: with five digits."""
    return np.array([float(f"{x:.5g}") for x in outcomes])


class Runs:
    """The outcomes of one arm, in the file `path`, whether or not it exists yet.

    what  the arm in words, for the first line of a new file
    """

    def __init__(self, path, what=""):
        self.path, self.what = Path(path), what
        self.damaged, self._size, self._blocks, self._made = 0, 0, {}, None

    def blocks(self):
        """Return {first seed: (outcomes (BLOCK,), seconds)}, read anew if the file has grown.

        The seconds are those of the training, which other arms may share. EvidenceError if the
        file is of another format.
        """
        try:
            size = self.path.stat().st_size
            text = None
            if size != self._size:  # a damaged byte becomes a damaged line, which checksums tell
                text = self.path.read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, NotADirectoryError):
            return {}
        if text is not None:
            self._read(text)
            self._size = size
        return self._blocks

    def _read(self, text):
        lines = text.split("\n")
        if not lines[0].startswith(f"# {FORMAT}:"):
            what = f"{self.path} begins with {lines[0][:40]!r}"
            raise EvidenceError(f"{what}: wanted {FORMAT!r}, another version wrote it")
        self._blocks, self.damaged = {}, 0
        for line in lines[1:]:
            if line.startswith(MADE):
                self._made = line
            # Two clients may begin a file at once, and then it has two first lines.
            elif line.strip() and not line.startswith(f"# {FORMAT}:"):
                found = _parsed(line)
                if found is None:
                    self.damaged += 1
                else:
                    self._blocks.setdefault(found[0], found[1:])

    def add(self, first_seed, outcomes, seconds, made):
        """Store a block, made by `versions`. EvidenceError if the disk is full, say."""
        self.blocks()  # for what the last line was made by
        lines = [] if MADE + made == self._made else [MADE + made]
        whole = "".join(f"{line}\n" for line in [*lines, _line(first_seed, outcomes, seconds)])
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                end = os.lseek(file, 0, os.SEEK_END)
                if end == 0:  # also where a full disk took the name of the file and no more
                    whole = f"# {FORMAT}: {self.what}\n{whole}"
                elif os.pread(file, 1, end - 1) != b"\n":  # something ended in mid-line
                    whole = f"\n{whole}"
                written = os.write(file, whole.encode())
                if end == 0 and written < len(whole.encode()):
                    # A part of the first line would be taken for another format.
                    os.ftruncate(file, 0)
            finally:
                os.close(file)
        except OSError as error:
            raise EvidenceError(f"{self.path} cannot be written: {error.strerror}") from None
        if written < len(whole.encode()):
            raise EvidenceError(f"{self.path} cannot be written: the disk is full")


def _line(first_seed, outcomes, seconds):
    numbers = " ".join(f"{x:.5g}" for x in outcomes)
    text = f"{first_seed} {seconds:.2f} {numbers}"
    return f"{text} {zlib.crc32(text.encode()):08x}"


def _parsed(line):
    """(first seed, outcomes, seconds) of a line; None if it is damaged."""
    text, _, checksum = line.rpartition(" ")
    if f"{zlib.crc32(text.encode()):08x}" != checksum:
        return None
    first_seed, seconds, *numbers = text.split(" ")
    if len(numbers) != BLOCK:
        return None
    return int(first_seed), np.array(numbers, dtype=float), float(seconds)


def versions():
    """What outcomes may depend on beside their definition, in words."""
    used = [name for name in ("tensorflow", "keras", "numpy") if name in sys.modules]
    told = [f"{name} {sys.modules[name].__version__}" for name in used]
    return ", ".join([*told, f"python {python_version()}", machine()])
