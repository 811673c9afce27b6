"""The speed benchmark compares like with like, and says what it found."""

import importlib
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from ganlab.backend import tf

HERE = Path(__file__).resolve().parents[1] / "benchmarks"
sys.path.insert(0, str(HERE))
kinds, peers, pictures, rows, speed, tasks, vaes = map(
    importlib.import_module, ("kinds", "peers", "pictures", "rows", "speed", "tasks", "vaes")
)
sys.path.remove(str(HERE))

pytestmark = pytest.mark.rest

STEPS, FIRST = 10, 2
# How far rounding may lead. Adam gives a tiny slope the same step as a large one: the ten steps of
# the VAE in float32, by any library, differ from those in float64 by 1.5e-4 of the divergence.
# The DCGAN's many weights with tiny slopes feel Keras's larger epsilon: ten steps of JAX differ by
# 4e-4, and the first by 1e-6.
CLOSE = dict.fromkeys(kinds.TASKS, 1e-4) | {"vae": 5e-4, "dcgan": 1e-3}
# From N(0, 1) the small GANs start with gradients as small as Adam's epsilon, which Keras adds
# before the correction of the bias, PyTorch and optax after it. Glorot's are moderate.
TASKS = {
    name: task._replace(start=tasks.glorot)
    for name, task in kinds.TASKS.items()
    if name not in (tasks.LARGE_BATCH, *pictures.LARGER)
}


@pytest.fixture(scope="module")
def ours():
    """{task: (weights, batches of the first ten steps, what was seen of them)}, of one seed with
    three others beside it."""
    kept = {}

    def of(name):
        if name not in kept:
            kind, task = kinds.kind_of(name), TASKS[name]
            weights = [kind.initial_weights(task, seed) for seed in (FIRST, 0, 3, 4)]
            made, batches, found = kind.trainer(task, weights, 4), [], []
            while len(found) < STEPS:
                batches.append({k: np.array(v[0]) for k, v in made.batches(0).items()})
                seen = made.advance(1)
                found.append([seen[quantity][0] for quantity in kind.quantities])
            batches = {k: np.stack([batch[k] for batch in batches]) for k in batches[0]}
            kept[name] = weights[0], batches, np.array(found)
        return kept[name]

    return of


def followed(name, system, weights, batches):
    """What a system sees of these batches, from these weights. In this process there is TensorFlow,
    so the other libraries get one of their own: together they can end in a segmentation fault."""
    make, packages, allowed = kinds.kind_of(name).system(system)
    for package in packages:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    if "tensorflow" not in packages:
        return rows.follow_apart(name, system, weights, batches)
    assert allowed == (1,)
    run = make(TASKS[name], [weights], lambda: batches, 1)
    return np.array([run(1) for _ in range(len(next(iter(batches.values()))))])


PAIRS = [
    (name, system) for name in TASKS for system in kinds.kind_of(name).systems if system != "ganlab"
]


@pytest.mark.parametrize(("name", "system"), PAIRS)
def test_each_peer_has_our_first_ten_losses(name, system, ours):
    weights, batches, wanted = ours(name)
    found = followed(name, system, weights, batches)
    np.testing.assert_allclose(found, wanted, rtol=CLOSE[name], atol=1e-6)
    moved, size = np.ptp(wanted, axis=0), np.abs(wanted).max(axis=0)
    assert (moved > 10 * CLOSE[name] * size)[0]  # there is something to see


def test_a_peer_with_other_weights_has_other_losses(ours):
    _, batches, wanted = ours("gaussian")
    weights = tasks.initial_weights(TASKS["gaussian"], 5)
    found = followed("gaussian", "tf.function", weights, batches)
    assert abs(found[0, 0] - wanted[0, 0]) > 0.01


def test_a_peer_in_a_process_of_its_own_sees_what_it_sees_in_this_one(ours):
    weights, batches, wanted = ours("gaussian")
    found = rows.follow_apart("gaussian", "tf.function", weights, batches)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


def test_a_peer_that_stops_says_its_last_words(ours):
    weights, batches, _ = ours("gaussian")
    short = weights[0][:-1], weights[1]
    with pytest.raises(RuntimeError, match=r"gaussian, tf\.function: stopped with 1: ValueError: "):
        rows.follow_apart("gaussian", "tf.function", short, batches)


def test_pytorch_stays_out_of_this_process():
    """See `followed`. JAX does not: where it is installed, TensorFlow loads it itself."""
    assert not {"torch", "triton"} & set(sys.modules)


@pytest.fixture(scope="module")
def two_steps():
    """The losses at the first step and the third, by system and task; built once for each."""
    kept = {}

    def of(system, name):
        if (system, name) not in kept:
            task = TASKS[name]
            weights = [tasks.initial_weights(task, seed) for seed in (FIRST, 0)]
            run = peers.GANS.system(system)[0](task, weights, None, 2)
            kept[system, name] = run(1), run(2)
        return kept[system, name]

    return of


@pytest.fixture
def eagerly(monkeypatch):
    """Uncompiled: a few steps take less time than a graph of them."""
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.mark.parametrize("name", peers.TECHNIQUES)
def test_a_technique_is_the_same_gan_with_more_to_do(name, two_steps, eagerly):
    pairs = [two_steps(system, peers.TECHNIQUES[name][0]) for system in ("ganlab", name)]
    first, found = zip(*pairs, strict=True)
    assert np.isfinite(first).all() and np.isfinite(found).all()
    # An average of the generators is for samples alone.
    assert np.allclose(*found, rtol=1e-6) == (name == "averaged generator")
    task_name, seeds = peers.TECHNIQUES[name][:2]
    assert (task_name, name, seeds) in set(speed.QUICK) & set(speed.FULL)
    assert (task_name, "ganlab", seeds) in set(speed.QUICK) & set(speed.FULL)


@pytest.mark.parametrize("name", pictures.TECHNIQUES)
def test_what_is_done_with_pictures_besides_trains(name, eagerly):
    task, seeds, *_ = pictures.TECHNIQUES[name]
    small = TASKS[task]._replace(channels=2)
    weights = [pictures.initial_weights(small, seed) for seed in range(2)]
    make = pictures.PICTURES.system(name)[0]
    assert np.isfinite(make(small, weights, None, 2)(1)).all()
    assert (task, name, seeds) in set(speed.QUICK) & set(speed.FULL)
    assert (task, "ganlab", seeds) in set(speed.QUICK) & set(speed.FULL)


def test_multiplications_by_hand():
    task = tasks.TASKS["gaussian"]._replace(
        generator=(2, ((3, "relu"), (1, "linear"))),
        discriminator=(1, ((5, "relu"), (1, "linear"))),
        batch_size=7,
    )
    g, d = 2 * 3 + 3 * 1, 1 * 5 + 5 * 1
    # D: samples; forward, weights, inputs but the first layer's, for real and for fake.
    d_step = g + 2 * (d + d + 5 * 1)
    # G: forward through both; inputs of D; weights of G, inputs but the first layer's.
    g_step = g + d + d + g + 3 * 1
    assert tasks.multiplications(task) == 7 * (d_step + g_step)


def test_multiplications_of_an_autoencoder_by_hand():
    task = vaes.TASKS["vae"]._replace(
        encoder=(2, ((3, "relu"), (4, "linear"))),
        decoder=(2, ((5, "relu"), (2, "linear"))),
        batch_size=7,
    )
    encoder, decoder = 2 * 3 + 3 * 4, 2 * 5 + 5 * 2
    # Forward, weights, inputs: of the encoder all but the first layer's, which are the data.
    assert vaes.multiplications(task) == 7 * (2 * encoder + 3 * 4 + 3 * decoder)


def test_multiplications_of_a_dcgan_by_hand():
    """Of each layer its kernel times the places of the small picture; forward, and as much for the
    slope by the weights and by the input, where that is wanted."""
    task = pictures.TASKS["dcgan"]._replace(channels=3, batch_size=5)
    g = [16 * 2 * 2 * 6, 4 * 4 * 3 * 6 * 2 * 2, 4 * 4 * 3 * 4 * 4]
    d = [4 * 4 * 3 * 4 * 4, 4 * 4 * 3 * 6 * 2 * 2, 2 * 2 * 6]
    d_step = sum(g) + 2 * (sum(d) + sum(d) + sum(d[1:]))
    g_step = sum(g) + sum(g) + sum(g[1:]) + sum(d) + sum(d)
    assert pictures.multiplications(task) == 5 * (d_step + g_step)


def test_weights_of_a_dcgan_are_those_of_its_keras_models():
    from ganlab.networks import dcgan

    task = pictures.TASKS["dcgan"]
    models = dcgan(16, (8, 8), 32)
    for model, arrays in zip(models, pictures.initial_weights(task), strict=True):
        assert [w.shape for w in arrays] == [tuple(v.shape) for v in model.trainable_variables]


@pytest.mark.parametrize("name", kinds.TASKS)
def test_a_block_of_batches_is_what_the_systems_take(name):
    kind, task = kinds.kind_of(name), kinds.TASKS[name]
    rng = np.random.default_rng(0)
    one, three = kind.batches(task, rng), kind.batches(task, rng, 3)
    for found, seeds in ((one, ()), (three, (3,))):
        for values in found.values():
            assert values.shape[:-1] == (task.block, *seeds, task.batch_size)
            assert values.dtype == np.float32
    made = kind.trainer(task, [kind.initial_weights(task, 0)], 1)
    assert {k: v.shape[1:] for k, v in made.batches(0).items()} == {
        k: v.shape[1:] for k, v in one.items()
    }


def test_the_rows_of_one_task():
    rows = speed.chosen_rows(only="vae")
    wanted = [("ganlab", 1), ("ganlab", 8), ("ganlab", 32), ("JAX scan", 1), ("PyTorch eager", 1)]
    wanted += [("JAX scan of vmap", 8), ("JAX scan of vmap", 32)]
    assert {("vae", *row) for row in wanted} < set(rows) < set(speed.chosen_rows())
    assert {task for task, _, _ in rows} == {"vae"}
    assert set(speed.chosen_rows(quick=True)) <= set(speed.chosen_rows())


def test_targets_are_reached_or_missed():
    def row(task, system, seeds, us):
        return {"task": task, "system": system, "seeds": seeds, "us_per_seed_step": us}

    rows = [
        row("gaussian", "ganlab", 1, 10.0),
        row("gaussian", "ganlab", 32, 2.0),
        row("gaussian", "TF1 session.run", 1, 290.0),
        row("gaussian-minibatch", "ganlab", 32, 9.0),
        row("gaussian", "instance noise", 32, 5.0),
        row("gaussian-minibatch", "real and fake together", 32, 13.5),
        row("ring", "ganlab", 1, 100.0),
        row("ring", "r1, large layers", 1, 410.0),
        row("plane", "ganlab", 32, 1000.0),
    ]
    aims = {aim[0]: aim[2:] for aim in speed.targets(rows, 100.0, [3.0, 1.0, 2.0])}
    assert aims["gaussian, 1 seed: TF1 session.run / ganlab"] == ("29.00", False)
    assert aims["gaussian, 32 seeds: TF1 session.run / ganlab"] == ("145.00", True)
    assert aims["gaussian-minibatch / gaussian, 32 seeds"] == ("4.50", True)
    assert aims["gaussian, 32 seeds: instance noise / bare"] == ("2.50", False)
    together = "gaussian-minibatch, 32 seeds: real and fake together / bare"
    assert aims[together] == ("1.50", True)
    assert aims["ring, 1 seed: r1, large layers / bare"] == ("4.10", False)
    assert not any("paired features" in what for what in aims)  # not measured
    assert aims["plane, 32 seeds: share of the products' rate"] == ("0.94", True)
    assert aims["gaussian: a seed among many / alone"] == ("0.20", True)
    assert aims["a fresh cell of 32 seeds and 5,000 steps, s"] == ("3.00", True)
    assert aims["the same cell with another rate, s"] == ("1.50", True)
    assert not any("JAX" in what for what in aims)  # not measured


def test_a_worker_answers_for_its_row():
    worker = rows.Worker("gaussian", "ganlab", 2, 0.01)
    worker.turn()
    worker.stop()
    result = worker.result()
    assert set(result) == {
        "task",
        "system",
        "seeds",
        "us_per_step",
        "us_per_seed_step",
        "compile_s",
        "peak_mb",
    }
    assert 0.1 < result["us_per_step"] < 1e5
    assert result["us_per_seed_step"] == pytest.approx(result["us_per_step"] / 2, abs=0.01)
    assert result["compile_s"] > 0.1
    assert result["peak_mb"] > 100
