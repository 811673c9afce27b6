"""The same words on every processor: notebooks' texts, and firm verdicts of the ledger, measured
again with other instructions, which round otherwise.

`make test-processors` runs this file, with ONE=1 a small part of it under one setting, another each
day; its name keeps it out of other runs. A setting under which trained weights and samples are the
same to the last bit proves nothing and is skipped; one at least has to differ.
"""

import functools
import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from ganlab.evidence.protocol import LOOKS
from ganlab.evidence.store import load_result

ROOT = Path(__file__).resolve().parents[2]
ONE = os.environ.get("ONE", "") not in ("", "0")
SETTINGS = {
    "AVX2": {"XLA_FLAGS": "--xla_cpu_max_isa=AVX2"},
    "SSE4.2": {"XLA_FLAGS": "--xla_cpu_max_isa=SSE4_2"},
    "SSE4.1 in oneDNN": {"ONEDNN_MAX_CPU_ISA": "SSE41"},
    # TensorFlow takes it on newer processors alone.
    "with oneDNN": {"TF_ENABLE_ONEDNN_OPTS": "1"},
    "without oneDNN": {"TF_ENABLE_ONEDNN_OPTS": "0"},
    "uncompiled": {"GANLAB_COMPILE": "0"},
}
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
# Firm at 64 or 128 seeds and cheap, from several notebooks, of both signs; the cheapest first.
CLAIMS = ["E5a.2", "E1a.2", "D4.2", "A5d.2", "E4.2", "H1d.1", "C1a.2", "E5b.2", "F4a.1"]
if ONE:  # the two that are quickest
    NOTEBOOKS = [name for name in NOTEBOOKS if name.startswith(("00", "08"))]
    CLAIMS = CLAIMS[:2]

BITS = """
import hashlib, json
import numpy as np
from ganlab import data, latent
from ganlab.backend import keras
from ganlab.networks import mlp
from ganlab.training import train

layers = keras.layers
picture = [keras.Input((64,)), layers.Reshape((8, 8, 1)), layers.Conv2D(8, 4, 2, "same")]
pictures = np.random.default_rng(0).normal(size=(256, 64)).astype("float32")
trained = {
    "small": (mlp((1, 8, 1)), mlp((1, 16, 1)), data.Gaussian(4.0, 0.5), latent.Gaussian()),
    "wide": (mlp((2, 64, 64, 2)), mlp((2, 64, 64, 1)), data.ring(8), latent.Gaussian(2)),
    "convolution": (
        mlp((4, 64, 64)),
        keras.Sequential([*picture, layers.LeakyReLU(), layers.Flatten(), layers.Dense(1)]),
        pictures,
        latent.Gaussian(4),
    ),
}
found = {}
for kind, networks in trained.items():
    run = train(*networks, steps=100, seeds=4, records=1)
    weights = [*run.generators.weights, *run.discriminators.weights]
    made = run.generators(networks[-1].sample(1000, np.random.default_rng(0)))  # by TensorFlow
    for what, arrays in ((kind, weights), (f"{kind}, called", [made])):
        whole = b"".join(np.asarray(array).tobytes() for array in arrays)
        found[what] = hashlib.sha256(whole).hexdigest()
print(json.dumps(found))
"""


def under(setting, *command):
    """Runs a command of this Python under the settings of an imitated processor."""
    ours = {name for some in SETTINGS.values() for name in some}
    plain = {name: value for name, value in os.environ.items() if name not in ours}
    environment = plain | {"PYTHONPATH": str(ROOT), "TF_NUM_INTEROP_THREADS": "1"} | setting
    command = [sys.executable, *command]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


@functools.cache
def bits(name):
    """{kind of GAN: hash of its weights after 100 steps, or of what it makes} under a setting.

    "" is the setting of this machine.
    """
    done = under(SETTINGS.get(name, {}), "-W", "ignore", "-c", BITS)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def other_bits(name):
    """The kinds of GAN that come out otherwise than by default."""
    return [kind for kind, value in bits(name).items() if value != bits("")[kind]]


def of_today():
    """The setting whose turn it is: the first, from today's, with other bits."""
    names, today = list(SETTINGS), date.today().toordinal() % len(SETTINGS)
    turn = (name for name in [*names[today:], *names[:today]] if other_bits(name))
    return next(turn, names[today])


@pytest.fixture(scope="module", params=["today's"] if ONE else SETTINGS)
def setting(request):
    name = of_today() if ONE else request.param
    if not (differ := other_bits(name)):
        pytest.skip(f"{name} changes no bit here, so it would prove nothing")
    print(f"{name} changes the bits of: {', '.join(differ)}")
    return SETTINGS[name]


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebooks_texts_are_the_same(setting, notebook):
    options = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout", "600", "-n", "0"]
    alike = ["--nbval-sanitize-with", str(Path(__file__).with_name("alike.cfg"))]
    path = f"notebooks/{notebook}.ipynb"
    done = under(setting, "-m", "pytest", "-q", "--tb=short", *options, *alike, path)
    assert done.returncode == 0, done.stdout[-4000:]
    print(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_firm_verdict_is_found_again(setting, claim):
    stored = load_result(claim)["settings"]
    seeds = max(part["looks"][-1]["seeds"] for part in stored.values())
    upto = LOOKS[LOOKS.index(seeds) + 1]  # one look more, where the last was decided by little
    command = ["-m", "ganlab.evidence", claim, "--again", "--scheduler", "none"]
    done = under(setting, *command, "--upto", str(upto))
    assert done.returncode == 0, done.stderr[-2000:]
    print(done.stdout)
    for name, part in stored.items():
        told = rf"^{re.escape(f'{claim}, {name}')}: (.*?); stored: (.*?)(?:, |$)"
        (found,) = re.findall(told, done.stdout, re.MULTILINE)
        assert found == (part["verdict"], part["verdict"])


def test_some_setting_changes_bits():
    names = [of_today()] if ONE else SETTINGS
    assert any(other_bits(name) for name in names), "every setting gives the same bits"
