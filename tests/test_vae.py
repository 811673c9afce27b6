"""Autoencoders on the engine: members that do not mix, a loop that Keras agrees with, and runs."""

import json
import types

import numpy as np
import pytest
from scipy.special import expit

from ganlab import arguments as checks
from ganlab import data, endings, latent, program, vae
from ganlab.backend import keras, tf
from ganlab.ensemble import Ensemble
from ganlab.networks import mlp
from ganlab.runs import Run
from ganlab.streams import SHOW, VAE
from ganlab.training import Records, Scaled, Trainer, TrainingFailed
from ganlab.vae import VaeRun, VaeTrainer, training

TARGET = data.Gaussian(1.0, 0.5)


def arguments(**changed):
    return {
        "encoder": mlp((1, 8, 4), "tanh"),
        "decoder": mlp((2, 8, 1), "tanh"),
        "real": TARGET,
        "latent_dim": 2,
        "likelihood": vae.gaussian(0.1),
        "seeds": 4,
        "batch_size": 8,
        **changed,
    }


def trained(**changed):
    return vae.train_vae(**arguments(**{"steps": 20, "records": 2, **changed}))


def trainer(**changed):
    return VaeTrainer(**arguments(**changed))


BINARY = np.array([[0, 1], [1, 1], [1, 0]] * 4)
KINDS = {
    "gaussian": {},
    "learned": {"likelihood": vae.learned_gaussian(1e-4), "decoder": mlp((2, 8, 2), "tanh")},
    "bernoulli": {
        "real": BINARY,
        "likelihood": vae.bernoulli,
        "encoder": mlp((2, 8, 4), "tanh"),
        "decoder": mlp((2, 8, 2), "tanh"),
    },
}


def weights(run):
    """All weights, encoders' and decoders', arrays (members, ...)."""
    ensembles = run._ensembles() if isinstance(run, VaeTrainer) else (run.encoders, run.decoders)
    return [weight for ensemble in ensembles for weight in ensemble.weights]


def equal(left, right):
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


def refused(message, kind=ValueError):
    return pytest.raises(kind, match=r"\A[^\n]*" + message + r"[^\n]*\Z")


@pytest.fixture
def uncompiled(monkeypatch):
    """For tests to which compiling adds nothing but seconds."""
    monkeypatch.setenv("GANLAB_COMPILE", "0")


# Bits ---------------------------------------------------------------------------------------


def test_the_same_arguments_give_the_same_bits_and_the_templates_stay():
    given = arguments()
    before = [v.numpy() for role in ("encoder", "decoder") for v in given[role].trainable_variables]
    first, second = (vae.train_vae(**given, steps=300, records=3) for _ in range(2))
    for name in (*VaeRun.quantities, "samples"):
        assert np.array_equal(getattr(first, name), getattr(second, name)), name
    assert equal(weights(first), weights(second))
    after = [v.numpy() for role in ("encoder", "decoder") for v in given[role].trainable_variables]
    assert equal(before, after)


def test_a_seed_has_the_same_bits_whatever_seeds_are_trained_beside_it():
    one, other = (trained(seeds=seeds, steps=300) for seeds in ([3, 8, 0, 3], [7, 3, 3, 9]))
    for place, beside in ((0, 1), (3, 2)):
        for name in (*VaeRun.quantities, "samples"):
            found = getattr(one, name)[:, place], getattr(other, name)[:, beside]
            assert np.array_equal(*found), name
        assert equal([w[place] for w in weights(one)], [w[beside] for w in weights(other)])
    assert not np.allclose(one.elbo[:, 0], one.elbo[:, 1])


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("others", [32, 5])
def test_a_seed_alone_starts_as_it_does_among_others(others):
    alone, among = trainer(seeds=[3]), trainer(seeds=others)
    assert equal([w[0] for w in weights(alone)], [w[3] for w in weights(among)])
    for _ in range(5):
        a, b = alone.advance(1), among.advance(1)
        for name, value in a.items():
            np.testing.assert_allclose(value[0], b[name][3], rtol=1e-5, err_msg=name)


def test_records_do_not_change_what_is_trained():
    often, once = (trained(steps=300, records=n) for n in (7, 1))
    assert equal(weights(often), weights(once))


@pytest.mark.rest
def test_compiled_and_uncompiled_agree_over_the_first_steps(monkeypatch):
    compiled = trainer()
    first = [compiled.advance(1) for _ in range(10)]
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    again = trainer()
    for i, seen in enumerate(first):
        for name, value in again.advance(1).items():
            np.testing.assert_allclose(seen[name], value, rtol=2e-4, err_msg=f"{name}, {i}")


@pytest.mark.parametrize("place", range(8), ids=lambda i: f"{'ed'[i > 3]}{i % 4}")
def test_poisoning_one_number_of_one_seed_leaves_the_bits_of_the_others(place):
    clean, poisoned = trainer(), trainer()
    start = [weight.numpy() for weight in poisoned.weights("vae")]
    start[place][2].flat[0] = np.nan
    poisoned.begin("vae", start)
    clean.advance(50)
    poisoned.advance(50)
    others = [0, 1, 3]
    assert equal([w[others] for w in weights(clean)], [w[others] for w in weights(poisoned)])
    assert poisoned.failed == {2: 1}


@pytest.mark.usefixtures("uncompiled")
def test_the_decoder_starts_where_a_generator_would():
    """And the encoder has a stream of its own: of one architecture they start apart."""
    same = mlp((2, 3, 4))
    one = trainer(encoder=same, decoder=same, real=data.ring(), likelihood=vae.learned_gaussian())
    game = Trainer(same, mlp((4, 1)), np.zeros((2, 4)), latent.Gaussian(2), seeds=4, batch_size=8)
    encoders, decoders = one._ensembles()
    assert equal(decoders.weights, game._ensembles()[0].weights)
    assert not np.allclose(decoders.weights[0], encoders.weights[0])


@pytest.mark.usefixtures("uncompiled")
def test_each_block_of_random_numbers_is_used_once(monkeypatch):
    monkeypatch.setattr(VaeTrainer, "_blocks", lambda *_: (4, 1))
    seen = []

    class Watched(data.Distribution):
        dim = 1

        def _draw(self, shape, rng):
            drawn = rng.standard_normal(shape)
            seen.extend([drawn] if shape[:2] == (4, 8) else [])  # a block: not what only tries it
            return drawn

    one = trainer(real=Watched(), seeds=[5])
    first = one.batches(5)
    wanted = np.random.default_rng((5, VAE, 0))
    assert np.array_equal(first["real"][..., 0], wanted.standard_normal((4, 8)).astype("float32"))
    noise = wanted.standard_normal((4, 8, 2), dtype="float32")
    assert np.array_equal(first["noise"], noise)
    one.advance(3)
    assert np.array_equal(one.batches(5)["noise"], noise[3:])
    one.advance(7)
    assert np.array_equal(one.batches(5)["real"], seen[2][2:].astype("float32"))


# Against plain Keras ------------------------------------------------------------------------


def plain_log_probability(kind, outputs, x):
    """log p(x|z) (n,), written out for each kind by other formulas than the package's."""
    if kind == "bernoulli":
        given = keras.losses.binary_crossentropy(x, outputs, from_logits=True)
        return -given * x.shape[-1]
    if kind == "learned":
        mean, std = outputs[:, :1], tf.exp(outputs[:, 1:] / 2)
    else:
        mean, std = outputs, tf.sqrt(0.1)
    each = -(((x - mean) / std) ** 2) / 2 - tf.math.log(std * np.sqrt(2 * np.pi))
    return tf.reduce_sum(each, axis=-1)


def plain_keras(one, kind, steps, optimizer, beta, member):
    """The loop written out for one member, on the very batches and noise it is given."""
    encoder, decoder = (ensemble.member(member) for ensemble in one._ensembles())
    drawn, seen = one.batches(one.seeds[member]), []
    variables = encoder.trainable_variables + decoder.trainable_variables
    for real, noise in zip(drawn["real"][:steps], drawn["noise"][:steps], strict=True):
        with tf.GradientTape() as tape:
            mean, log_variance = tf.split(encoder(real), 2, axis=1)
            std = tf.sqrt(tf.exp(log_variance))
            reconstruction = tf.reduce_mean(
                plain_log_probability(kind, decoder(mean + std * noise), real)
            )
            kl = tf.reduce_mean(tf.reduce_sum(std**2 + mean**2 - 1 - log_variance, axis=1)) / 2
            loss = beta * kl - reconstruction
        optimizer.apply(tape.gradient(loss, variables), variables)
        seen.append((float(reconstruction), float(kl)))
    return np.array(seen), [variable.numpy() for variable in variables]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "make",
    [lambda: keras.optimizers.SGD(0.03), lambda: keras.optimizers.Adam(1e-2)],
    ids=["sgd", "adam"],
)
def test_the_loop_is_the_one_that_keras_would_run(kind, make, monkeypatch):
    monkeypatch.setenv("GANLAB_COMPILE", str(int(isinstance(make(), keras.optimizers.Adam))))
    one = trainer(**KINDS[kind], optimizer=make(), beta=[1.0, 2.0, 0.5, 0.0])
    wanted = [plain_keras(one, kind, 20, make(), beta, i) for i, beta in ((1, 2.0), (3, 0.0))]
    got = [one.advance(1) for _ in range(20)]
    for member, (numbers, final) in zip((1, 3), wanted, strict=True):
        found = np.array([(seen["reconstruction"][member], seen["kl"][member]) for seen in got])
        np.testing.assert_allclose(found, numbers, rtol=2e-4, atol=1e-5)
        for stacked, variable in zip(weights(one), final, strict=True):
            np.testing.assert_allclose(stacked[member], variable, rtol=2e-3, atol=2e-5)


# Knobs --------------------------------------------------------------------------------------


def traces():
    return sum(kept._run.experimental_get_tracing_count() for kept in program._kept.values())


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.rest
def test_another_rate_beta_or_variance_builds_nothing_anew(monkeypatch):
    monkeypatch.setattr(program, "_kept", {})
    trained(steps=3)
    before = traces()
    assert before > 0
    for beta in (0.0, [0.1, 1.0, 2.0, 4.0]):
        for variance in (2.0, [0.1, 0.2, 0.3, 0.4]):
            adam = Scaled(keras.optimizers.Adam(1.0), [1e-2, 1e-3, 1e-4, 0.0])
            trained(steps=5, beta=beta, likelihood=vae.gaussian(variance), optimizer=adam)
    trained(steps=3, real=data.Gaussian(-2.0, 0.1), seeds=[9, 8, 7, 6])
    assert traces() == before
    assert len(program._kept) == 1
    others = {"batch_size": 9}, {"decoder": mlp((2, 9, 1))}, {"likelihood": LAPLACE}
    for other in (*others, KINDS["learned"]):
        trained(steps=3, **other)
    assert len(program._kept) == 5


@pytest.mark.usefixtures("uncompiled")
def test_numbers_of_each_members_own_are_that_member_trained_with_them():
    betas, variances, rates = [0.0, 0.5, 1.0, 4.0], [0.1, 1.0, 0.01, 2.0], [1e-2, 1e-3, 1e-2, 3e-3]
    together = trainer(
        seeds=[5] * 4,
        beta=betas,
        likelihood=vae.gaussian(variances),
        optimizer=Scaled(keras.optimizers.Adam(1.0), rates),
    )
    seen = together.advance(5)
    for i in range(4):
        alone = trainer(
            seeds=[5],
            beta=betas[i],
            likelihood=vae.gaussian(variances[i]),
            optimizer=keras.optimizers.Adam(rates[i]),
        )
        for name, value in alone.advance(5).items():
            np.testing.assert_allclose(seen[name][i], value[0], rtol=1e-4, err_msg=name)
        for many, one in zip(weights(together), weights(alone), strict=True):
            np.testing.assert_allclose(many[i], one[0], rtol=1e-3, atol=1e-5)


@pytest.mark.usefixtures("uncompiled")
def test_a_large_beta_leaves_nothing_in_z():
    run = trained(steps=600, beta=[0.01, 0.01, 300.0, 300.0], optimizer=keras.optimizers.Adam(0.01))
    assert (run.kl[-1, :2] > 1).all()
    assert (run.kl[-1, 2:] < 0.01).all()


# What is recorded ---------------------------------------------------------------------------


@pytest.mark.usefixtures("uncompiled")
def test_a_run_has_the_promised_shapes():
    run = trained(steps=100, records=4, seeds=3)
    assert list(run.steps) == [0, 25, 50, 75, 100]
    assert all(getattr(run, name).shape == (5, 3) for name in VaeRun.quantities)
    assert run.samples.shape == (5, 3, 500, 1)
    assert run.latent_dim == 2
    assert run.latent == latent.Gaussian(2 + 1)
    assert repr(run) == "VaeRun of 3 seeds over 100 steps"
    assert trained(steps=0).steps.tolist() == [0]


@pytest.mark.usefixtures("uncompiled")
def test_records_are_averages_over_the_steps_between():
    run, one = trained(steps=40, records=2), trainer()
    steps = [one.advance(1) for _ in range(40)]
    for name in ("reconstruction", "kl"):
        mean = np.mean([seen[name] for seen in steps[20:]], axis=0)
        np.testing.assert_allclose(getattr(run, name)[2], mean, rtol=1e-4, err_msg=name)
    np.testing.assert_allclose(run.elbo, run.reconstruction - run.kl, rtol=1e-5, atol=1e-5)


@pytest.mark.usefixtures("uncompiled")
def test_the_first_record_is_of_untrained_networks_and_every_sample_has_its_noise():
    run, fresh = trained(records=3, likelihood=vae.gaussian([0.1, 0.4, 0.1, 0.9])), trainer()
    for i, seed in enumerate(run.seeds):
        shown = np.random.default_rng((seed, SHOW, 0)).standard_normal((500, 3), dtype="float32")
        for networks, record in ((fresh._ensembles()[1], 0), (run.decoders, -1)):
            mean = networks.member(i)(shown[:, :2]).numpy()
            noise = np.sqrt(run.likelihood.scalars["variance"][i]) * shown[:, 2:]
            np.testing.assert_allclose(run.samples[record, i], mean + noise, rtol=1e-4, atol=1e-5)


@pytest.mark.usefixtures("uncompiled")
def test_records_may_keep_what_a_function_makes_of_samples(tmp_path):
    run = trained(records=Records(2, 7, keep=lambda samples: samples.mean(axis=1)))
    whole = trained(records=Records(2, 7))
    assert run.samples.shape == (3, 4, 0, 1)
    np.testing.assert_array_equal(run.kept, whole.samples.mean(axis=2))
    run.save(tmp_path / "run")
    np.testing.assert_array_equal(VaeRun.load(tmp_path / "run").kept, run.kept)


@pytest.mark.usefixtures("uncompiled")
def test_records_that_would_not_fit_are_refused_before_anything_starts(monkeypatch):
    free = types.SimpleNamespace(available=500_000_000)
    monkeypatch.setattr(checks.psutil, "virtual_memory", lambda: free)
    monkeypatch.setattr(VaeTrainer, "record", None)
    with refused("3 seeds with 70000 records of 500 samples would need"):
        trained(seeds=3, steps=70_000, records=70_000)
    with refused("100000 seeds of 500 samples would need"):
        trained(seeds=100_000, steps=1, records=1)


# What a run is asked ------------------------------------------------------------------------


@pytest.mark.usefixtures("uncompiled")
def test_samples_are_what_the_model_says_or_its_means():
    run = trained(likelihood=vae.gaussian([0.1, 0.4, 0.1, 0.9]))
    drawn = np.random.default_rng(7).standard_normal((20_000, 3), dtype="float32")
    means, samples = run.generate(20_000, 7, noise=False), run.generate(20_000, 7)
    np.testing.assert_allclose(means, run.decoders(drawn[:, :2]), rtol=1e-5, atol=1e-6)
    # Its standard error is sqrt(2 / 20,000) = 1 % of the variance.
    np.testing.assert_allclose((samples - means).var(axis=1)[:, 0], [0.1, 0.4, 0.1, 0.9], rtol=0.04)
    np.testing.assert_array_equal(samples, run.generators(drawn))


@pytest.mark.usefixtures("uncompiled")
def test_samples_of_a_learned_variance_have_it():
    run = trained(**KINDS["learned"])
    mean, log_variance = np.split(run.decoders(np.zeros((1, 2))), 2, axis=-1)
    numbers = np.zeros((20_000, 3), "float32")
    numbers[:, 2] = np.random.default_rng(0).standard_normal(20_000)
    found = run.generators(numbers)
    np.testing.assert_allclose(found.mean(axis=1), mean[:, 0], atol=0.05)
    np.testing.assert_allclose(found.var(axis=1), np.exp(log_variance[:, 0]), rtol=0.04)
    np.testing.assert_allclose(run.generators(numbers[:1], noise=False), mean, rtol=1e-5)
    np.testing.assert_allclose(run.generators(numbers[:1, :2], noise=False), mean, rtol=1e-5)
    for width, noise in ((2, True), (4, True), (4, False)):
        with pytest.raises(ValueError, match=rf"^numbers have shape \(1, {width}\): wanted 3 in"):
            run.generators(np.zeros((1, width)), noise=noise)
    narrow = trained(**KINDS["learned"] | {"likelihood": vae.learned_gaussian(1e-7, 1e-6)})
    assert np.abs(narrow.generate(1000) - narrow.generate(1000, noise=False)).max() < 6e-3


@pytest.mark.usefixtures("uncompiled")
def test_samples_of_a_bernoulli_decoder_are_0_or_1_with_its_probability():
    run = trained(**KINDS["bernoulli"])
    numbers = np.zeros((20_000, 4), "float32")
    numbers[:, 2:] = np.random.default_rng(0).standard_normal((20_000, 2))
    found, share = run.generators(numbers), expit(run.decoders(np.zeros((1, 2))))[:, 0]
    assert set(np.unique(found)) == {0.0, 1.0}
    np.testing.assert_allclose(found.mean(axis=1), share, atol=0.015)  # 4 standard errors
    np.testing.assert_allclose(run.generators(numbers[:1], noise=False)[:, 0], share, rtol=1e-5)


@pytest.mark.usefixtures("uncompiled")
def test_points_are_encoded_and_reconstructed():
    run, x = trained(steps=50), np.linspace(0, 2, 5, dtype="float32")
    mean, std = run.encode(x)
    assert mean.shape == std.shape == (4, 5, 2)
    outputs = run.encoder(2)(x[:, None]).numpy()
    np.testing.assert_allclose(mean[2], outputs[:, :2], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(std[2] ** 2, np.exp(outputs[:, 2:]), rtol=1e-5)
    np.testing.assert_array_equal(run.encode(x[:, None])[0], mean)
    found = run.reconstruct(x)
    np.testing.assert_allclose(found[2], run.decoder(2)(mean[2]), rtol=1e-5, atol=1e-6)
    drawn = np.random.default_rng(3).standard_normal((5, 3), dtype="float32")
    z = mean[2] + std[2] * drawn[:, :2]
    wanted = run.decoder(2)(z).numpy() + np.sqrt(0.1) * drawn[:, 2:]
    np.testing.assert_allclose(run.reconstruct(x, rng=3)[2], wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.usefixtures("uncompiled")
def test_log_variances_of_an_encoder_are_clipped_wherever_they_are_used():
    far = mlp((1, 4), bias=keras.initializers.Constant(1000.0))
    run = trained(encoder=far, steps=0)
    np.testing.assert_allclose(run.encode([0.0])[1], np.exp(5.0), rtol=1e-6)
    assert np.isfinite(vae.log_likelihood_bound(run, [0.0]).elbo).all()
    # Each of two coordinates: mean^2, variance, log variance; the mean is 1000.
    np.testing.assert_allclose(run.kl[0], 1000**2 + np.exp(10.0) - 10 - 1, rtol=2e-3)


@pytest.mark.usefixtures("uncompiled")
def test_members_are_plain_keras_models_asked_for_by_seed_or_place(tmp_path):
    run = trained(seeds=[7, 3, 7])
    x, z = np.ones((2, 1), "float32"), np.ones((2, 2), "float32")
    run.decoder(3).save(tmp_path / "decoder.keras")
    loaded = keras.saving.load_model(tmp_path / "decoder.keras")
    np.testing.assert_allclose(loaded.predict(z, verbose=0), run.decoders(z)[1], rtol=1e-5)
    found = run.encoder(member=2).predict(x, verbose=0)
    np.testing.assert_allclose(found, run.encoders(x)[2], rtol=1e-5, atol=1e-6)
    for ask in (run.encoder, run.decoder):
        with refused("seed 7 was trained 2 times: name one by member="):
            ask(7)
        with refused("seed=5 is not in this run: it has seeds 7, 3, 7"):
            ask(5)
        with refused("member=3: wanted 0 to 2"):
            ask(member=3)
        with refused("seed=3 and member=1 are both given: wanted one"):
            ask(3, member=1)


@pytest.mark.usefixtures("uncompiled")
def test_what_judges_a_run_of_gans_judges_samples_with_their_noise():
    """A decoder that gives the mean of the data, whatever z is, has all its width from noise."""
    run = trained(steps=0, likelihood=vae.gaussian([0.25, 1e-4, 25.0, 0.25]))
    flat = [np.zeros_like(weight) for weight in run.decoders.weights]
    flat[-1] += 1.0
    run = VaeRun(
        {name: getattr(run, name) for name in ("steps", "samples", *VaeRun.quantities)},
        run.seeds,
        {3: 5},
        run.encoders,
        Ensemble(run.decoders.model, run.seeds, flat),
        run.likelihood,
    )
    assert endings.end_of(run, TARGET).tolist() == ["close", "narrow", "partly", "lost"]
    samples = endings.final_samples(run)
    np.testing.assert_allclose(samples.std(axis=1)[:3, 0], [0.5, 0.01, 5.0], rtol=0.03)


# Saved and loaded ---------------------------------------------------------------------------


@pytest.mark.usefixtures("uncompiled")
def test_a_damaged_name_is_refused_whichever_it_is(tmp_path):
    """An archive has no sums of its names: a variance that is lost would be the usual one's."""
    trained(**KINDS["gaussian"]).save(tmp_path / "run")
    with np.load(tmp_path / "run") as file:
        held = dict(file)
    assert "likelihood variance" in held
    for name in held:
        bad = {n[:-1] + "~" if n == name else n: held[n] for n in held}
        np.savez(tmp_path / "bad.npz", **bad)
        with pytest.raises(ValueError, match="is not a run: wanted a file that VaeRun"):
            VaeRun.load(tmp_path / "bad.npz")


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_comes_back_whole(kind, tmp_path):
    given = dict(KINDS[kind])
    if kind == "gaussian":
        given["likelihood"] = vae.gaussian([0.1, 0.2, 0.3, 0.4])
    run = trained(**given)
    run.failed = {2: 5}
    run.save(tmp_path / "run")
    again = VaeRun.load(tmp_path / "run")
    for name in (*VaeRun.quantities, "steps", "samples", "seeds"):
        np.testing.assert_array_equal(getattr(again, name), getattr(run, name), err_msg=name)
        assert getattr(again, name).dtype == getattr(run, name).dtype
    assert equal(weights(run), weights(again))
    assert again.failed == {2: 5} and repr(again) == repr(run)
    np.testing.assert_array_equal(run.generate(5), again.generate(5))
    x = np.ones((3, run.encoders.model.input_shape[-1]))
    for one, two in zip(run.encode(x), again.encode(x), strict=True):
        np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(run.reconstruct(x, 1), again.reconstruct(x, 1))
    again.save(tmp_path / "twice")
    np.testing.assert_array_equal(VaeRun.load(tmp_path / "twice").generate(5), run.generate(5))
    with np.load(tmp_path / "run", allow_pickle=False) as file:
        assert all(file[name].dtype.kind in "fiuU" for name in file.files)
        assert json.loads(str(file["about"]))["likelihood"] in vae.likelihoods.NAMED


def laplace_log_probability(outputs, x, scale):
    each = tf.abs(x - outputs) / scale + tf.math.log(2 * scale)
    return -tf.reduce_sum(each, axis=-1)


def same(outputs, scale):
    return outputs


def laplace_sample(outputs, noise, scale):
    share = 0.5 * (1.0 + tf.math.erf(noise / 2.0**0.5))
    return outputs - scale * tf.sign(share - 0.5) * tf.math.log(1 - 2 * tf.abs(share - 0.5))


LAPLACE = vae.Likelihood(laplace_log_probability, same, laplace_sample, scalars={"scale": 0.5})


@pytest.mark.usefixtures("uncompiled")
def test_a_likelihood_of_ones_own_is_trained_and_handed_in_again(tmp_path):
    run = trained(likelihood=LAPLACE._replace(scalars={"scale": [0.1, 0.5, 1.0, 2.0]}))
    run.save(tmp_path / "run")
    with refused("load it with likelihood="):
        VaeRun.load(tmp_path / "run")
    with refused("likelihood is 'laplace': wanted a Likelihood", TypeError):
        VaeRun.load(tmp_path / "run", likelihood="laplace")
    again = VaeRun.load(tmp_path / "run", likelihood=LAPLACE)
    np.testing.assert_array_equal(run.generate(5), again.generate(5))
    np.testing.assert_allclose(again.likelihood.scalars["scale"], [0.1, 0.5, 1.0, 2.0])
    away = run.generate(20_000) - run.generate(20_000, noise=False)
    np.testing.assert_allclose(np.abs(away).mean(axis=1)[:, 0], [0.1, 0.5, 1.0, 2.0], rtol=0.04)


@pytest.mark.usefixtures("uncompiled")
def test_runs_of_another_kind_are_refused(tmp_path):
    trained().save(tmp_path / "vae")
    game = Trainer(mlp((1, 2, 1)), mlp((1, 2, 1)), TARGET, latent.Gaussian(), seeds=2)
    game.run().save(tmp_path / "gan")
    with refused("gan is not a run: wanted a file that VaeRun.save wrote"):
        VaeRun.load(tmp_path / "gan")
    with refused("vae is not a run: wanted a file that Run.save wrote"):
        Run.load(tmp_path / "vae")


class Doubled(keras.layers.Layer):
    """A layer of one's own."""

    def call(self, x):
        return 2 * x


@pytest.mark.usefixtures("uncompiled")
def test_layers_of_ones_own_and_graphs_are_trained_and_named_when_loading(tmp_path):
    x = keras.Input((1,))
    hidden = keras.layers.Dense(4, "tanh")(x)
    parts = [keras.layers.Dense(2)(hidden), keras.layers.Dense(2)(hidden)]
    encoder = keras.Model(x, keras.layers.Concatenate()(parts))
    decoder = keras.Sequential([keras.Input((2,)), Doubled(), keras.layers.Dense(1)])
    run = trained(encoder=encoder, decoder=decoder)
    run.save(tmp_path / "run")
    again = VaeRun.load(tmp_path / "run", custom_objects={"Doubled": Doubled})
    np.testing.assert_array_equal(run.generate(5), again.generate(5))
    with refused("the decoder cannot be rebuilt: .* what Doubled is", TypeError):
        VaeRun.load(tmp_path / "run")


# Trouble ------------------------------------------------------------------------------------

EXPLODING = Scaled(keras.optimizers.SGD(1.0), [1e-3, 1e38, 1e-3, 1e-3])


@pytest.mark.usefixtures("uncompiled")
def test_a_seed_that_stops_being_finite_is_frozen_and_named(capsys):
    run = trained(optimizer=EXPLODING, steps=60, records=6)
    assert list(run.failed) == [1] and 1 <= run.failed[1] <= 5
    assert "frozen there: seed 1 (step" in capsys.readouterr().out
    assert np.isnan(run.samples[-1, 1]).all() and np.isfinite(run.samples[0, 1]).all()
    assert all(np.isnan(getattr(run, name)[-1, 1]) for name in VaeRun.quantities)
    assert np.isfinite(run.elbo[:, [0, 2, 3]]).all()
    assert all(np.isfinite(weight).all() for weight in weights(run))
    assert np.isnan(vae.log_likelihood_bound(run, [1.0]).elbo[:, 0]).tolist() == [0, 1, 0, 0]
    among = trained(optimizer=keras.optimizers.SGD(1e-3), steps=60, records=6)
    for one, two in zip(weights(run), weights(among), strict=True):
        np.testing.assert_allclose(one[[0, 2, 3]], two[[0, 2, 3]], rtol=1e-4, atol=1e-6)


@pytest.mark.usefixtures("uncompiled")
def test_when_all_have_failed_the_error_says_so_in_one_line_and_has_the_run():
    with pytest.raises(TrainingFailed, match=r"\Aall 4 seeds .*learning rate: up to 1e\+38\Z") as e:
        trained(optimizer=keras.optimizers.SGD(1e38), steps=50)
    assert e.value.run.steps.tolist() == [0]
    assert np.isfinite(e.value.run.elbo).all()


@pytest.mark.usefixtures("uncompiled")
def test_training_goes_on_from_a_run_and_failed_seeds_stay_failed():
    run = trained(optimizer=EXPLODING, steps=10)
    more = trained(encoder=run.encoders, decoder=run.decoders, steps=10)
    assert more.failed == {1: 0}
    assert np.isnan(more.elbo[:, 1]).all() and np.isfinite(more.elbo[:, [0, 2, 3]]).all()
    again = trained(encoder=run.encoders, decoder=run.decoders, steps=0)
    assert equal(weights(again), weights(run))
    with refused("encoder was trained before for other seeds"):
        trained(encoder=run.encoders, seeds=5)


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("at, wanted", [(3, [0, 10, 20]), (1, [0])])
def test_an_interruption_returns_what_was_recorded_and_says_so(at, wanted, capsys, monkeypatch):
    calls = []

    def interrupted(self, most, original=VaeTrainer.advance_block):
        calls.append(most)
        if len(calls) == at:
            raise KeyboardInterrupt
        return original(self, most)

    monkeypatch.setattr(VaeTrainer, "advance_block", interrupted)
    run = trained(steps=50, records=5)
    assert run.steps.tolist() == wanted
    assert f"Interrupted at step {wanted[-1]} of 50" in capsys.readouterr().out
    assert run.generate(3).shape == (4, 3, 1)
    monkeypatch.undo()
    monkeypatch.setenv("GANLAB_COMPILE", "0")
    assert equal(weights(run), weights(trained(steps=wanted[-1])))


@pytest.mark.usefixtures("uncompiled")
def test_a_record_at_an_interruption_keeps_what_was_seen(monkeypatch):
    def interrupted(self, most, original=VaeTrainer.advance_block):
        if self.step:
            raise KeyboardInterrupt
        return original(self, 7)

    monkeypatch.setattr(VaeTrainer, "advance_block", interrupted)
    run = trained(steps=50, records=1)
    assert list(run.steps) == [0, 7]
    assert np.isfinite(run.elbo).all()


@pytest.mark.usefixtures("uncompiled")
def test_the_bar_says_what_is_trained(monkeypatch):
    said, original = [], training.VaeTrainer.run_through
    monkeypatch.setattr(
        VaeTrainer,
        "run_through",
        lambda self, stops, record, what, first: (
            said.append(what) or original(self, stops, record, what, first)
        ),
    )
    for seeds in (3, 1):
        trained(seeds=seeds, steps=2)
    assert said == ["training 3 VAEs", "training 1 VAE"]


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("wrong", [{}, {"kl": np.zeros(4)}])
def test_a_record_wants_what_advance_returns(wrong):
    with refused("wanted what advance returns"):
        trainer().record(wrong)


@pytest.mark.usefixtures("uncompiled")
def test_a_likelihood_that_mixes_the_members_is_refused():
    own = LAPLACE._replace(
        log_probability=lambda outputs, x, scale: -tf.reduce_sum(tf.abs(x - outputs), axis=(1, 2))
    )
    with refused(r"log_probability, averaged over the batch, has shape \(\): wanted \(4,\)"):
        trainer(likelihood=own).advance(1)


class Outside(data.Distribution):
    dim = 1

    def _draw(self, shape, rng):
        return np.full(shape, 1.5)


@pytest.mark.parametrize(
    "changed, message, kind",
    [
        ({"encoder": "mlp"}, "encoder is str: wanted a Keras model", TypeError),
        ({"decoder": None}, "decoder is NoneType: wanted a Keras model", TypeError),
        ({"encoder": mlp((2, 4))}, "encoder takes inputs of size 2: .* given size 1", ValueError),
        ({"decoder": mlp((3, 1))}, "decoder takes inputs of size 3: .* given size 2", ValueError),
        ({"encoder": mlp((1, 2))}, "encoder gives 2 numbers for .*: wanted 4, a mean", ValueError),
        ({"decoder": mlp((2, 2))}, "decoder gives 2 numbers .*: wanted 1, 1 for each", ValueError),
        (
            {"likelihood": vae.learned_gaussian()},
            "decoder gives 1 numbers for each sample: wanted 2, 2 for each number",
            ValueError,
        ),
        (
            {"encoder": mlp((1, 4), output_activation="relu")},
            "encoder ends in a relu: wanted numbers of any size",
            ValueError,
        ),
        (
            KINDS["bernoulli"] | {"decoder": mlp((2, 2), output_activation="sigmoid")},
            "decoder ends in a sigmoid: wanted numbers of any size",
            ValueError,
        ),
        (
            KINDS["learned"] | {"decoder": mlp((2, 2), output_activation="tanh")},
            "decoder ends in a tanh",
            ValueError,
        ),
        ({"latent_dim": 0}, "latent_dim=0: wanted a whole number, at least 1", ValueError),
        ({"latent_dim": latent.Gaussian(2)}, "latent_dim=Gaussian", ValueError),
        ({"likelihood": "gaussian"}, "likelihood is 'gaussian': wanted a Likelihood", TypeError),
        ({"likelihood": vae.gaussian}, "likelihood is <function gaussian", TypeError),
        (
            {"likelihood": vae.gaussian([0.1, 0.2])},
            r"likelihood variance has shape \(2,\): wanted a number, or one for each of 4",
            ValueError,
        ),
        ({"beta": -1.0}, "beta is -1.0: wanted at least 0", ValueError),
        ({"beta": [1.0, 2.0]}, r"beta has shape \(2,\): wanted a number, or one", ValueError),
        ({"beta": np.inf}, "beta is inf", ValueError),
        ({"optimizer": "adam"}, "optimizer is 'adam': wanted a Keras optimizer", TypeError),
        ({"optimizer": keras.optimizers.Lamb()}, "optimizer is Lamb", ValueError),
        ({"steps": -1}, "steps=-1", ValueError),
        ({"seeds": []}, "seeds is empty", ValueError),
        ({"batch_size": 0}, "batch_size=0", ValueError),
        ({"records": [30]}, "records asks for step 30", ValueError),
        ({"records": Records(samples=0)}, "samples=0", ValueError),
        (
            {"records": Records(keep=np.mean)},
            r"keep gives shape \(\): wanted \(4, ...\)",
            ValueError,
        ),
        ({"real": "ring"}, "real is 'ring'; wanted a distribution", TypeError),
        (
            KINDS["bernoulli"] | {"real": BINARY * 255.0},
            "real holds 255: wanted numbers from 0 to 1",
            ValueError,
        ),
        (
            {"real": Outside(), "likelihood": vae.bernoulli},
            "real holds 1.5: wanted numbers from 0 to 1",
            ValueError,
        ),
    ],
)
def test_wrong_arguments_get_one_line_before_anything_runs(changed, message, kind, monkeypatch):
    monkeypatch.setattr(program.Program, "__call__", lambda *_: pytest.fail("something ran"))
    with refused(message, kind):
        trained(**changed)


def test_an_array_is_looked_through_before_the_first_batch():
    """A single wrong number might be met after an hour, or never."""
    real = np.random.default_rng(0).integers(0, 2, (10**5, 2)).astype(float)
    binary = arguments(**KINDS["bernoulli"]) | {"real": real}
    del binary["seeds"], binary["batch_size"]
    binary["real"][777, 1] = 2.0
    with refused("real holds 2: wanted numbers from 0 to 1"):
        vae.Vae(**binary)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: vae.gaussian(0.0), "variance is 0.0: wanted above 0"),
        (lambda: vae.gaussian([1.0, -2.0]), r"variance is \[1.0, -2.0\]: wanted above 0"),
        (lambda: vae.gaussian(np.nan), "variance is nan: wanted above 0"),
        (lambda: vae.gaussian("small"), "variance is 'small': wanted above 0"),
        (lambda: vae.learned_gaussian(0.0), "least is 0.0: wanted above 0"),
        (lambda: vae.learned_gaussian(most=np.inf), "most is inf: wanted above 0"),
        (lambda: vae.learned_gaussian(2.0, 1.0), "least is 2.0, most is 1.0: wanted least below"),
    ],
)
def test_likelihoods_refuse_wrong_numbers_in_one_line(make, message):
    with refused(message):
        make()


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("ask", ["encode", "reconstruct", "bound"])
def test_points_of_a_wrong_shape_or_range_are_refused(ask):
    run, binary = trained(steps=0), trained(steps=0, **KINDS["bernoulli"])

    def asked(run, x):
        return vae.log_likelihood_bound(run, x) if ask == "bound" else getattr(run, ask)(x)

    with refused(r"x has shape \(3, 2\): wanted \(n, 1\)"):
        asked(run, np.ones((3, 2)))
    with refused(r"x has shape \(\): wanted \(n, 1\)"):
        asked(run, 1.0)
    with refused("x holds nan: wanted numbers that are finite"):
        asked(run, [np.nan])
    with refused("x holds -1: wanted numbers from 0 to 1"):
        asked(binary, [[0.0, -1.0]])
