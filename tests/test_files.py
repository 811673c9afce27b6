"""Files are written whole or not at all, whatever ends the writing."""

import os
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ganlab.files import written_whole

# Writes a file of one byte repeated, again and again with the next byte, until it is ended.
WRITER = """
import signal, sys
from itertools import count
from ganlab.files import written_whole
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
for i in count(1):
    with written_whole(sys.argv[1]) as file:
        for _ in range(50):
            file.write(bytes([i % 256]) * 20_000)
    if i == 1:
        print("begun", flush=True)
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def write(path, content):
    with written_whole(path) as file:
        file.write(content)


def test_what_is_written_is_there_under_its_name_alone(tmp_path):
    write(tmp_path / "a", b"one")
    write(str(tmp_path / "a"), b"two")
    assert names(tmp_path) == ["a"] and (tmp_path / "a").read_bytes() == b"two"


@pytest.mark.parametrize("end", [KeyboardInterrupt, OSError, ValueError])
@pytest.mark.parametrize("there", [True, False], ids=["there", "new"])
def test_what_ends_the_writing_leaves_what_was_there(tmp_path, end, there):
    if there:
        write(tmp_path / "a", b"old")
    with pytest.raises(end), written_whole(tmp_path / "a") as file:
        file.write(b"half of the new")
        raise end
    assert names(tmp_path) == ["a"] * there
    assert not there or (tmp_path / "a").read_bytes() == b"old"


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_process_that_is_ended_at_any_moment_leaves_a_whole_file(tmp_path, sent):
    rng, path = np.random.default_rng(int(sent)), tmp_path / "a"
    for _ in range(4):
        command = [sys.executable, "-c", WRITER, str(path)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdout.readline() == b"begun\n"
            time.sleep(rng.uniform(0, 0.05))
            process.send_signal(sent)
        content = path.read_bytes()
        assert len(content) == 1_000_000 and len(set(content)) == 1
        if sent == signal.SIGINT:  # the others give Python no time to clear up
            assert names(tmp_path) == ["a"]


def test_a_full_disk_is_told_and_the_old_file_stays(tmp_path):
    resource = pytest.importorskip("resource")
    write(tmp_path / "a", b"old")
    bounds = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, bounds[1]))
        with pytest.raises(OSError):
            write(tmp_path / "a", bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, bounds)
        signal.signal(signal.SIGXFSZ, ignored)
    assert names(tmp_path) == ["a"] and (tmp_path / "a").read_bytes() == b"old"


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "a").symlink_to(tmp_path / "there" / "b")
    write(tmp_path / "a", b"new")
    assert (tmp_path / "a").is_symlink() and names(tmp_path / "there") == ["b"]
    assert (tmp_path / "there" / "b").read_bytes() == b"new"


def test_who_might_read_it_may_read_it_still(tmp_path):
    write(tmp_path / "a", b"old")
    usual = stat.S_IMODE((tmp_path / "a").stat().st_mode)
    assert usual == 0o666 & ~_umask()  # as any file that is opened for writing
    (tmp_path / "a").chmod(0o604)
    write(tmp_path / "a", b"new")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o604


def _umask():
    there = os.umask(0)
    os.umask(there)
    return there


def test_what_is_not_a_file_is_written_to_and_stays(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        write(tmp_path / "pipe", b"through")
        assert os.read(reader, 100) == b"through" and names(tmp_path) == ["pipe"]
    finally:
        os.close(reader)
    assert (tmp_path / "pipe").is_fifo()


def test_threads_that_write_the_same_file_leave_one_of_theirs_whole(tmp_path):
    def write_often(byte):
        for _ in range(30):
            write(tmp_path / "a", byte * 100_000)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write_often, [b"a", b"b", b"c", b"d"]))
    content = (tmp_path / "a").read_bytes()
    assert names(tmp_path) == ["a"] and len(content) == 100_000 and len(set(content)) == 1


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "nowhere" / "a", b"")
