"""Compiled programs kept on disk: found by what they are, and only what was kept here is loaded."""

import functools
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ganlab import cache, losses, techniques
from ganlab.backend import tf

pytestmark = pytest.mark.rest

ROOT = Path(__file__).resolve().parents[1]

# Trains the GANs that are named, after some other tensors and functions; "again" forgets what the
# process has built. Prints {"bits": {name: a hash}, "files": what is in the folder of programs}.
SCRIPT = """
import hashlib, json, sys
import numpy as np
from ganlab import cache, data, latent, program, techniques
from ganlab.backend import tf
from ganlab.networks import MinibatchDiscrimination, mlp
from ganlab.training import Trainer

MADE = {
    "plain": {},
    "r1": {"added": techniques.r1(0.1)},
    "minibatch": {"layer": MinibatchDiscrimination(2, 2)},
}
bits = {}
for name in sys.argv[1:]:
    if name == "junk":
        for i in range(7):
            tf.function(lambda x: x + 1)(tf.constant(1.0))
    elif name == "again":
        program._kept.clear()
    else:
        more = dict(MADE[name])
        layer = more.pop("layer", 3)
        one = Trainer(mlp((1, 2, 1), "tanh"), mlp((1, 3, layer, 1), "tanh"), data.Gaussian(),
                      latent.Gaussian(), seeds=2, batch_size=4, **more)
        one.advance(20)
        values = b"".join(np.asarray(w).tobytes() for player in "gd" for w in one.weights(player))
        bits.setdefault(name, set()).add(hashlib.sha256(values).hexdigest())
files = sorted(p.name for p in cache._folder.iterdir()) if cache._folder else None
print(json.dumps({"bits": {k: sorted(v) for k, v in bits.items()}, "files": files}))
"""


def start(folder, *names, **env):
    """A process that trains the GANs named, with programs kept in `folder`."""
    env = {**os.environ, "GANLAB_COMPILE": "1", "GANLAB_CACHE": str(folder), **env}
    command = [sys.executable, "-c", SCRIPT, *names]
    return subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def end(process):
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    found = json.loads(out.splitlines()[-1])
    return found["bits"], found["files"]


def train(folder, *names, **env):
    return end(start(folder, *names, **env))


def programs(folder):
    """{file: when it was last written or used} of the programs kept in the folder."""
    return {path: path.stat().st_mtime_ns for path in folder.glob("programs-*/*.pb")}


@pytest.fixture(scope="module")
def cold(tmp_path_factory):
    """(a folder of programs, the bits of their GANs, the folder's files) after a first process."""
    folder = tmp_path_factory.mktemp("cold") / "a name with spaces"
    bits, files = train(folder, "plain", "r1", "minibatch", "again", "plain")
    return folder, bits, files


@pytest.fixture
def warm(cold, tmp_path):
    """The same in a folder of the test's own."""
    shutil.copytree(cold[0], tmp_path / "programs")
    return tmp_path / "programs", *cold[1:]


def test_what_is_compiled_is_kept_and_sealed_for_the_user_alone(cold):
    folder, bits, files = cold
    assert len(programs(folder)) == 4 and len(files) == 8  # each with its seal
    assert all(len(of_one) == 1 for of_one in bits.values())  # also of the one built again
    assert len(set(map(str, bits.values()))) == 3
    (place,) = folder.iterdir()
    assert place.stat().st_mode & 0o777 == 0o700


def test_programs_are_found_in_another_order_and_give_the_same_bits(warm):
    folder, bits, files = warm
    kept = programs(folder)
    names = ("junk", "minibatch", "plain", "r1", "again", "plain")
    assert train(folder, *names) == (bits, files)
    used = programs(folder)
    assert used.keys() == kept.keys()  # nothing was compiled
    assert all(used[path] > kept[path] for path in kept)


def test_without_them_the_bits_are_the_same(cold):
    """Also in a process that was started by one that keeps them, which is how flags are passed."""
    folder, bits, files = cold
    (place,) = folder.iterdir()
    flag = f"--{cache._FLAG}='{place}'"
    assert train("0", "plain", TF_XLA_FLAGS=flag) == ({"plain": bits["plain"]}, None)
    assert sorted(path.name for path in place.iterdir()) == files


def test_what_is_damaged_or_was_not_kept_here_is_not_loaded(warm):
    folder, bits, files = warm
    one, other, *_ = programs(folder)
    whole = one.read_bytes()
    one.write_bytes(whole[:-1000])  # the disk was full, say
    turned = bytearray(other.read_bytes())
    turned[len(turned) // 2] ^= 1
    other.write_bytes(turned)
    foreign = one.with_name("foreign.pb")
    foreign.write_bytes(whole)
    lost = one.with_name("lost.pb.seal")
    lost.write_text("0 0\n")
    names = ("plain", "r1", "minibatch", "again", "plain")
    assert train(folder, *names) == (bits, files)  # compiled and kept anew
    assert all(cache._sealed(path) for path in programs(folder))


def test_two_processes_at_once_keep_the_same_program(tmp_path, cold):
    both = [start(tmp_path, "plain") for _ in range(2)]
    found = [end(process) for process in both]
    assert [bits for bits, _ in found] == [{"plain": cold[1]["plain"]}] * 2
    (kept,) = programs(tmp_path)
    assert cache._sealed(kept)


# In this process ----------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of programs in use, as after `prepare`."""
    place = tmp_path / "programs-0123456789ab"
    place.mkdir(mode=0o700)
    monkeypatch.setattr(cache, "_folder", place)
    monkeypatch.setattr(cache, "_of_program", {})
    checking = threading.Thread(target=lambda: None)
    checking.start()
    monkeypatch.setattr(cache, "_checking", checking)
    return place


def kept(folder, name, size, age=0.0):
    path = folder / name
    path.write_bytes(bytes(size))
    cache._seal("program", set(cache._files()) - {path})
    os.utime(path, (time.time() - age,) * 2)
    return path


def test_names_are_by_the_program_and_functions_get_theirs_back(folder):
    def traced():
        body = tf.function(lambda x: tf.while_loop(lambda x: x < 3.0, lambda x: [x + 1.0], [x]))
        concrete = body.get_concrete_function(tf.TensorSpec((), tf.float32))
        nodes = concrete.graph.as_graph_def().node
        parts = [a.func.name for node in nodes for a in node.attr.values() if a.func.name]
        return [concrete.name.decode(), *parts]

    plain = [getattr(*maker) for maker in cache._name_makers()]
    found = []
    for _ in range(2):
        with cache.named("one"):
            found.append(traced())
    with pytest.raises(KeyError), cache.named("other"):
        found.append(traced())
        raise KeyError
    assert [getattr(*maker) for maker in cache._name_makers()] == plain
    names = [name for names in found for name in names]
    assert len(set(names)) == len(names) >= 9
    time = cache._times_named["one"] - 1
    for names, mark in zip(found, (f"one_{time}", f"one_{time + 1}", "other_"), strict=True):
        assert all(f"_{mark}" in name for name in names)
    assert not any("_one_" in name for name in traced())


@pytest.mark.parametrize("lacks", [0, 1])
def test_without_the_functions_that_give_names_nothing_is_named(folder, monkeypatch, lacks):
    module, attribute = cache._name_makers()[lacks]
    monkeypatch.delattr(module, attribute)
    assert cache._name_makers() is None
    before = dict(cache._times_named)
    with cache.named("without"):
        pass
    assert cache._times_named == before


def test_what_was_not_used_for_longest_goes_first(folder, monkeypatch):
    monkeypatch.setattr(cache, "MOST", 1000)
    old, used, new = (
        kept(folder, f"{n}.pb", 400, age) for n, age in (("a", 9), ("b", 5), ("c", 3))
    )
    assert not old.exists() and not cache._seal_of(old).exists()  # when the third came
    newest = kept(folder, "d.pb", 500)
    assert not used.exists() and new.exists() and newest.exists()


def test_a_folder_that_others_have_a_hand_in_is_left_alone(tmp_path, monkeypatch):
    mine, opened, link = (tmp_path / name for name in ("mine", "open", "link"))
    assert cache._own(mine) and cache._own(mine)
    opened.mkdir()
    opened.chmod(0o777)
    link.symlink_to(mine)
    for folder, told in ((opened, "open to others"), (link, "a link")):
        with pytest.warns(RuntimeWarning, match=f"{folder.name} is {told}: compiled programs are"):
            assert not cache._own(folder)
    monkeypatch.setattr(os, "getuid", lambda: mine.stat().st_uid + 1)
    with pytest.warns(RuntimeWarning, match="mine is another user's"):
        assert not cache._own(mine)


def test_a_disk_that_is_nearly_full_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2 * cache.MOST))
    assert not cache._own(tmp_path / "programs")


def test_a_folder_that_was_deleted_meanwhile_is_made_again(folder):
    folder.rmdir()
    with cache.named("gone"):
        assert folder.stat().st_mode & 0o777 == 0o700
        folder.rmdir()  # and once more


def test_other_versions_count_too(folder, monkeypatch):
    monkeypatch.setattr(cache, "MOST", 1000)
    other = folder.with_name("programs-ba9876543210")
    other.mkdir()
    old = other / "old.pb"
    old.write_bytes(bytes(600))
    os.utime(old, (time.time() - 9,) * 2)
    assert kept(folder, "new.pb", 600).exists() and not old.exists()


def test_a_home_that_cannot_be_written_to_is_no_error(tmp_path):
    (tmp_path / "file").touch()
    assert not cache._own(tmp_path / "file" / "programs")


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    """Prepares with these variables set, and returns (the folder or None, TF_XLA_FLAGS)."""
    for name in ("_folder", "_checking"):
        monkeypatch.setattr(cache, name, None)

    def prepare(given=str(tmp_path), flags=None):
        monkeypatch.setattr(cache, "_folder", None)
        for name, value in (("GANLAB_CACHE", given), ("TF_XLA_FLAGS", flags)):
            monkeypatch.delenv(name) if value is None and name in os.environ else None
            monkeypatch.setenv(name, value) if value is not None else None
        cache.prepare()
        if cache._folder:
            cache._checking.join()
        return cache._folder, os.environ.get("TF_XLA_FLAGS")

    return prepare


def test_flags_that_are_set_stay_set(prepared, tmp_path):
    place, flags = prepared()
    assert place.parent == tmp_path and flags == f"--{cache._FLAG}='{place}'"
    other, more = prepared(flags="--tf_xla_clustering_debug")
    assert more == f"--tf_xla_clustering_debug --{cache._FLAG}='{other}'"
    assert other != place  # flags may change what is compiled
    # A process started by this one finds its own folder, or none.
    assert prepared(flags=flags) == (place, flags)
    assert prepared(flags=more) == (other, more)
    assert prepared("0", flags) == (None, "")
    assert prepared("0") == (None, None)
    own = f"--{cache._FLAG}=/somewhere --tf_xla_clustering_debug"
    assert prepared(flags=own) == (None, own)


def test_the_folder_is_the_users_if_none_is_given(monkeypatch):
    for given in ("", None):
        monkeypatch.delenv("GANLAB_CACHE") if given is None else monkeypatch.setenv(
            "GANLAB_CACHE", given
        )
        assert cache.root().name == "ganlab" or "ganlab" in cache.root().parts
        assert not cache.root().is_relative_to(ROOT)
    monkeypatch.setenv("GANLAB_CACHE", "~/programs")
    assert cache.root() == Path.home() / "programs"


def test_other_flags_of_xla_are_another_folder(prepared, monkeypatch):
    before, _ = prepared()
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_max_isa=SSE4_2")
    assert prepared()[0] != before


def scaled(factor):
    return lambda x: factor * x


def test_a_key_has_one_name_wherever_it_is_made():
    key = (losses.nonsaturating, scaled(2), np.mean, {"rate": 0.1}, [1, "a", None])
    same = (losses.nonsaturating, scaled(2), np.mean, {"rate": 0.1}, [1, "a", None])
    assert cache.name_of(key) == cache.name_of(same)
    others = [
        (losses.minimax, *key[1:]),
        (key[0], scaled(3), *key[2:]),
        (*key[:2], np.sum, *key[3:]),
        (*key[:3], {"rate": 0.2}, key[4]),
        (*key[:4], [1, "b", None]),
        (techniques.packing(2), *key[1:]),
        (techniques.packing(3), *key[1:]),
        (functools.partial(scaled, 2), *key[1:]),
        (functools.partial(scaled, 3), *key[1:]),
    ]
    names = [cache.name_of(other) for other in (key, *others)]
    assert len(set(names)) == len(names)
    assert all("0x" not in repr(cache._plain(other)) for other in (key, *others))


def test_a_function_that_holds_itself_has_a_name():
    def loop(n):
        return n and loop(n - 1)

    assert cache.name_of(loop)


def test_as_much_is_kept_as_the_readme_says():
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"at most {cache.MOST // 2**20} MB of it" in " ".join(readme.split())
