"""Initial weights drawn for all members at once, against those that Keras draws one by one."""

import numpy as np
import pytest
from scipy import stats

from ganlab.backend import keras
from ganlab.initial import QUANTILES, initial_weights
from ganlab.models import build, clone
from ganlab.networks import MinibatchDiscrimination, mlp, pytorch_initial

KERAS = keras.initializers
SEEDS = range(40)

STOCK = {
    "RandomNormal": KERAS.RandomNormal(0.5, 2.0),
    "RandomUniform": KERAS.RandomUniform(-0.2, 0.7),
    "TruncatedNormal": KERAS.TruncatedNormal(-0.3, 0.4),
    "VarianceScaling, in, truncated": KERAS.VarianceScaling(2.5, "fan_in", "truncated_normal"),
    "VarianceScaling, out, uniform": KERAS.VarianceScaling(0.5, "fan_out", "uniform"),
    "VarianceScaling, mean, normal": KERAS.VarianceScaling(3.0, "fan_avg", "untruncated_normal"),
    **{
        name + kind: getattr(KERAS, name + kind)()
        for name in ("Glorot", "He", "Lecun")
        for kind in ("Normal", "Uniform")
    },
}


class Weight(keras.layers.Layer):
    """A layer with one weight of any shape, (batch, 2) -> (batch, 2)."""

    def __init__(self, shape, initializer):
        super().__init__()
        self.shape = shape
        self.kernel_initializer = initializer

    def build(self, _):
        self.kernel = self.add_weight(
            shape=self.shape, initializer=self.kernel_initializer, name="kernel"
        )

    def call(self, x):
        return x

    def get_config(self):
        return {"shape": self.shape, "initializer": self.kernel_initializer}


def drawn(initializer, shape, seeds=SEEDS):
    model = keras.Sequential([keras.Input((2,)), Weight(shape, initializer)])
    build(model, 2, "model")
    return initial_weights(model, seeds, 0)[0]


def test_every_initializer_drawn_here_is_tried():
    assert {type(initializer) for initializer in STOCK.values()} == set(QUANTILES)


@pytest.mark.parametrize("shape", [(150,), (9, 16), (3, 4, 12), (2, 3, 4, 6)], ids=str)
@pytest.mark.parametrize("name", STOCK)
def test_they_have_the_distribution_that_keras_has(name, shape):
    kind, config = type(STOCK[name]), STOCK[name].get_config()
    ours = drawn(STOCK[name], shape)
    theirs = np.stack(
        [np.asarray(kind.from_config({**config, "seed": k})(shape)) for k in range(len(SEEDS))]
    )
    assert ours.shape == theirs.shape and ours.dtype == theirs.dtype
    assert stats.ks_2samp(ours.ravel(), theirs.ravel()).pvalue > 1e-3
    # The tails, where a wrong cut would show, within five standard errors of a difference.
    assert ours.std() == pytest.approx(theirs.std(), rel=5 / np.sqrt(ours.size))
    if "Uniform" in name or "uniform" in name or "runcated" in name:
        for end in (np.min, np.max):
            assert end(ours) == pytest.approx(end(theirs), abs=0.03 * float(np.ptp(theirs)))


def with_axes(**axes):
    try:
        return KERAS.GlorotUniform(**axes)
    except TypeError:
        pytest.skip("this Keras's initializers take no axes")


@pytest.mark.parametrize("inputs", [[0], [0, 1], [2]], ids=str)
def test_inputs_on_other_axes_are_counted_as_keras_counts_them(inputs):
    axes = {"input_axes": inputs, "output_axes": [k for k in range(3) if k not in inputs]}
    initializer = with_axes(**axes)
    ours, kind = drawn(initializer, (40, 3, 5)), type(initializer)
    theirs = np.asarray(kind(seed=1, **axes)((40, 3, 5)))
    assert np.abs(ours).max() == pytest.approx(np.abs(theirs).max(), rel=0.01)


@pytest.mark.parametrize("equation", ["abc,cde->abde", "abc,cd->abd"])
def test_a_layer_that_counts_inputs_by_itself_starts_as_in_keras(equation):
    def model():
        dense = keras.layers.EinsumDense(equation, {"e": (4, 20, 5), "d": (4, 20)}[equation[-1]])
        parts = [keras.layers.Reshape((4, 3)), dense, keras.layers.Flatten(), keras.layers.Dense(1)]
        return keras.Sequential([keras.Input((12,)), *parts])

    build(one := model(), 12, "model")
    ours = initial_weights(one, range(20), 0)[0]
    theirs = np.stack([np.asarray(model().trainable_variables[0]) for _ in range(20)])
    assert np.abs(ours).max() == pytest.approx(np.abs(theirs).max(), rel=0.02)


def test_bounds_are_exact():
    uniform = drawn(KERAS.GlorotUniform(), (40, 60), range(20))
    limit = np.sqrt(6 / (40 + 60))
    assert 0.9999 * limit < np.abs(uniform).max() <= limit * (1 + 1e-6)
    cut = drawn(KERAS.TruncatedNormal(0.0, 0.5), (40, 60), range(20))
    assert 0.995 < np.abs(cut).max() <= 1.0 + 1e-6
    assert cut.std() == pytest.approx(0.5 * 0.87962566, rel=0.01)


def test_a_member_has_the_same_numbers_in_any_company():
    model = mlp((2, 5, 3, 1), kernel=KERAS.HeNormal())
    build(model, 2, "model")
    many = initial_weights(model, [4, 9, 4, 0], 1)
    for member, seed in enumerate([4, 9, 4, 0]):
        for all_of_them, alone in zip(many, initial_weights(model, [seed], 1), strict=True):
            np.testing.assert_array_equal(all_of_them[member], alone[0])


def test_no_two_numbers_are_alike():
    """Over members, networks and weights, whatever their shapes."""
    model = mlp((4, 4, 4, 1), kernel=KERAS.RandomNormal())
    build(model, 4, "model")
    found = [
        values.ravel()
        for network in (0, 1)
        for values in initial_weights(model, range(5), network)
        if values.any()  # biases start at 0
    ]
    found = np.concatenate(found)
    assert len(found) == 2 * 5 * 36
    assert len(np.unique(found)) > 0.99 * len(found)


def test_other_initializers_are_asked_themselves():
    orthogonal = drawn(KERAS.Orthogonal(), (6, 6), range(3))
    for matrix in orthogonal:
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(6), atol=1e-5)
    assert not np.allclose(orthogonal[0], orthogonal[1])

    class Doubled(KERAS.RandomNormal):
        def __call__(self, shape, dtype=None):
            return 2.0 * super().__call__(shape, dtype)

    assert drawn(Doubled(stddev=1.0), (50, 50), range(8)).std() == pytest.approx(2.0, rel=0.05)
    np.testing.assert_array_equal(drawn(KERAS.Constant(0.25), (3,), range(2)), 0.25)
    np.testing.assert_array_equal(drawn(KERAS.Identity(), (2, 2), range(2)), [np.eye(2)] * 2)


# PyTorch's default ---------------------------------------------------------------------------


def torch_like(sizes, **options):
    return mlp(sizes, "leaky_relu", kernel="pytorch", bias="pytorch", **options)


def test_pytorchs_default_is_uniform_within_the_inverse_root_of_the_inputs():
    """Weights and biases alike, of each layer by its own number of inputs."""
    model = torch_like((16, 128, 40, 2))
    build(model, 16, "model")
    found = initial_weights(model, range(200), 0)
    for i, fan_in in enumerate((16, 128, 40)):
        bound = 1 / np.sqrt(fan_in)
        for values in found[2 * i : 2 * i + 2]:
            assert values.shape[0] == 200
            assert np.abs(values).max() <= bound * (1 + 1e-6)
            assert np.abs(values).max() > 0.97 * bound  # of 400 values this fails once in 10^5
            uniform = stats.uniform(-bound, 2 * bound)
            few = np.random.default_rng(0).choice(values.ravel().astype(float), 400)
            assert stats.kstest(few, uniform.cdf).pvalue > 1e-3
            assert values.mean() == pytest.approx(0, abs=5 * bound / np.sqrt(3 * values.size))


def test_its_members_are_apart_and_each_has_its_own_numbers():
    model = torch_like((3, 5, 1))
    build(model, 3, "model")
    many = initial_weights(model, [4, 9, 4], 1)
    for values, alone in zip(many, initial_weights(model, [9], 1), strict=True):
        np.testing.assert_array_equal(values[1], alone[0])
        np.testing.assert_array_equal(values[0], values[2])
    flat = np.concatenate([values[:2].ravel() for values in many])
    assert len(np.unique(flat)) == len(flat)  # also weights and biases are drawn apart


def test_keras_draws_it_too_and_a_model_keeps_it(tmp_path):
    """A copy of the model, or one that was saved, starts from the same distribution."""
    model = torch_like((7, 4, 3, 1))
    path = tmp_path / "model.keras"
    model.save(path)
    for each in (model, clone(model), keras.models.load_model(path)):
        for layer, fan_in in zip(each.layers, (7, 4, 3), strict=True):
            for kind in (layer.kernel_initializer, layer.bias_initializer):
                assert type(kind) is KERAS.RandomUniform
                assert (-kind.minval, kind.maxval) == (fan_in**-0.5,) * 2
    assert np.abs(model.layers[0].kernel).max() <= 7**-0.5
    assert np.abs(np.array(model.layers[0].bias.numpy())).min() > 0
    assert not np.array_equal(*(clone(model).layers[0].bias.numpy() for _ in range(2)))


def test_it_is_offered_for_weights_or_biases_alone_and_after_layers_of_any_kind():
    kernel = mlp((4, 3, 1), kernel="pytorch")
    assert kernel.layers[1].kernel_initializer.maxval == 3**-0.5
    assert isinstance(kernel.layers[1].bias_initializer, KERAS.Zeros)
    bias = mlp((4, 3, 1), kernel=KERAS.HeNormal(), bias="pytorch")
    assert isinstance(bias.layers[1].kernel_initializer, KERAS.HeNormal)
    assert bias.layers[0].bias_initializer.maxval == 4**-0.5
    # Minibatch discrimination puts its 5 numbers beside the 8 that it is given.
    model = torch_like((1, 8, MinibatchDiscrimination(5, 3), 1))
    assert model.layers[-1].kernel_initializer.maxval == 13**-0.5
    assert isinstance(model.layers[1].kernel_initializer, KERAS.GlorotUniform)
    assert [layer.name for layer in model.layers] == ["hidden_1", "hidden_2", "output"]


def test_any_keras_layer_takes_it():
    layers = (
        keras.layers.Reshape((6, 6, 2)),
        keras.layers.Conv2D(3, 4, **pytorch_initial(4 * 4 * 2)),
        keras.layers.Flatten(),
        keras.layers.Dense(1, **pytorch_initial(27)),
    )
    model = keras.Sequential([keras.Input((72,)), *layers])
    build(model, 72, "model")
    found = initial_weights(model, range(300), 0)
    for values, fan_in in zip(found, (32, 32, 27, 27), strict=True):
        assert 0.97 / np.sqrt(fan_in) < np.abs(values).max() <= 1.000001 / np.sqrt(fan_in)
    for wrong in (0, 2.5, -1, None):
        with pytest.raises(ValueError, match=f"fan_in={wrong}: wanted a whole number, at least 1"):
            pytorch_initial(wrong)


def test_it_is_what_pytorch_does():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    model = torch_like((16, 128, 128, 2))
    build(model, 16, "model")
    ours = initial_weights(model, range(30), 0)
    theirs = []
    for inputs, outputs in ((16, 128), (128, 128), (128, 2)):
        some = [torch.nn.Linear(inputs, outputs) for _ in range(30)]
        theirs.append(np.stack([layer.weight.detach().numpy().T for layer in some]))
        theirs.append(np.stack([layer.bias.detach().numpy() for layer in some]))
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.shape == other.shape
        assert np.abs(mine).max() == pytest.approx(np.abs(other).max(), rel=0.1)
        assert stats.ks_2samp(mine.ravel(), other.ravel()).pvalue > 1e-3
    conv = [torch.nn.Conv2d(2, 3, 4) for _ in range(100)]
    for name in ("weight", "bias"):
        values = np.stack([getattr(layer, name).detach().numpy() for layer in conv])
        assert 0.9 / np.sqrt(32) < np.abs(values).max() <= 1.000001 / np.sqrt(32)
