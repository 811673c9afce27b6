"""Layers that are told a style: against plain TensorFlow, one sample and one kernel at a time."""

import numpy as np
import pytest

from ganlab import latent, techniques
from ganlab.backend import keras, tf
from ganlab.ensemble import call, mapped_parts
from ganlab.networks import dcgan
from ganlab.style_gan import Styles, style_gan
from ganlab.styles import LearnedConstant, ModulatedConv2D, PixelNoise, PixelNorm
from ganlab.training import train

MEMBERS, N = 2, 3
PICTURE = (4, 6, 2)


def rng(seed=0):
    return np.random.default_rng(seed)


# What each layer is by its paper, of one member, in plain TensorFlow ------------------------------


def normed(weights, x):
    return x / tf.sqrt(tf.reduce_mean(x**2, axis=-1, keepdims=True) + 1e-8)


def constant(weights, x):
    return tf.stack([weights[0]] * len(x))


def noisy(weights, x, noise):
    return tf.stack(
        [
            x[..., c] + weights[0][c] * tf.reshape(noise, (len(x), *PICTURE[:2]))
            for c in range(PICTURE[2])
        ],
        axis=-1,
    )


def modulated(demodulate, x, w, scale_kernel, scale_bias, kernel, bias):
    """A kernel for each sample, as the paper's equations 1 and 3 make it."""
    made = []
    for one, style in zip(x, w, strict=True):
        scale = tf.linalg.matvec(scale_kernel, style, transpose_a=True) + scale_bias
        own = kernel * scale[None, None, :, None]
        if demodulate:
            own = own / tf.sqrt(tf.reduce_sum(own**2, axis=(0, 1, 2)) + 1e-8)
        made.append(tf.nn.conv2d(one[None], own, 1, "SAME")[0] + bias)
    return tf.stack(made)


def convolution(**options):
    layer = ModulatedConv2D(3, activation="tanh", dtype="float64", **options)

    def alone(weights, x, w):
        return tf.tanh(modulated(layer.demodulate, x, w, *weights))

    return layer, alone, [PICTURE, (5,)]


# name: (layer, the same of one member, shapes of what it is given)
LAYERS = {
    "norm of vectors": lambda: (PixelNorm(dtype="float64"), normed, [(5,)]),
    "norm of pixels": lambda: (PixelNorm(dtype="float64"), normed, [PICTURE]),
    "constant": lambda: (LearnedConstant((2, 3, 4), dtype="float64"), constant, [(5,)]),
    "noise": lambda: (PixelNoise(dtype="float64"), noisy, [PICTURE, (24,)]),
    "3x3": lambda: convolution(kernel_size=3),
    "1x1, not demodulated": lambda: convolution(kernel_size=1, demodulate=False),
    "2x2": lambda: convolution(kernel_size=2),
}


def a_case(name):
    layer, alone, shapes = LAYERS[name]()
    layer.build([(None, *shape) for shape in shapes] if len(shapes) > 1 else (None, *shapes[0]))
    draw = rng(1).standard_normal
    weights = [tf.constant(draw((MEMBERS, *v.shape))) for v in layer.trainable_variables]
    return layer, alone, weights, [tf.constant(draw((MEMBERS, N, *shape))) for shape in shapes]


def values_and_slopes(compute, weights, inputs):
    """The outputs; their slopes, along weights and inputs; the slopes of these slopes' size."""
    given = [*weights, *inputs]
    with tf.GradientTape() as outer:
        outer.watch(given)
        with tf.GradientTape() as inner:
            inner.watch(given)
            y = compute(weights, inputs)
            total = tf.reduce_sum(tf.sin(y))
        first = inner.gradient(total, given, unconnected_gradients="zero")
        size = tf.add_n([tf.reduce_sum(tf.cos(slope) * slope) for slope in first])
    return [y, *first, *outer.gradient(size, given, unconnected_gradients="zero")]


@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "compiled"])
@pytest.mark.parametrize("name", LAYERS)
def test_values_and_both_orders_of_slopes_are_those_of_each_member_by_the_paper(name, compiled):
    layer, alone, weights, inputs = a_case(name)
    assert mapped_parts(layer) == []

    def ours(weights, inputs):
        return call(layer, weights, inputs if len(inputs) > 1 else inputs[0])

    def theirs(weights, inputs):
        members = range(MEMBERS)
        return tf.stack([alone([w[i] for w in weights], *(x[i] for x in inputs)) for i in members])

    def compute(weights, inputs):
        return values_and_slopes(ours, weights, inputs)

    found = (tf.function(compute, jit_compile=True) if compiled else compute)(weights, inputs)
    wanted = values_and_slopes(theirs, weights, inputs)
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)
    assert max(np.abs(slope).max() for slope in wanted) > 0.1


@pytest.mark.parametrize("name", LAYERS)
def test_as_a_keras_layer_each_is_a_member_of_itself_and_comes_back_from_its_configuration(name):
    layer, _, weights, inputs = a_case(name)
    layer.set_weights([w[1] for w in weights])
    given = [x[1] for x in inputs] if len(inputs) > 1 else inputs[0][1]
    stacked = inputs if len(inputs) > 1 else inputs[0]
    np.testing.assert_allclose(layer(given), call(layer, weights, stacked)[1], rtol=1e-9, atol=1e-9)
    shape = [x.shape for x in given] if len(inputs) > 1 else given.shape
    assert layer.compute_output_shape(shape) == layer(given).shape
    copy = type(layer).from_config(layer.get_config())
    assert copy.get_config() == layer.get_config()
    copy.build(shape)
    copy.set_weights(layer.get_weights())
    np.testing.assert_array_equal(copy(given), layer(given))


def test_of_inputs_of_variance_one_come_outputs_of_variance_one_whatever_the_style():
    layer = ModulatedConv2D(4, 3, dtype="float64")
    x, w = rng(1).standard_normal((1, 60, 60, 8)), 5 * rng(2).standard_normal((1, 3))
    y = layer([x, w])[0, 1:-1, 1:-1]
    np.testing.assert_allclose(np.var(y, axis=(0, 1)), 1, rtol=0.15)


def test_a_style_of_zeros_leaves_a_new_layer_a_plain_convolution():
    """Scales begin at 1, about which w moves them."""
    layer = ModulatedConv2D(3, 3, demodulate=False, dtype="float64")
    x, w = rng(1).standard_normal((2, 5, 5, 4)), np.zeros((2, 6))
    y = layer([x, w])
    np.testing.assert_allclose(y, tf.nn.conv2d(x, layer.kernel, 1, "SAME"), atol=1e-12)
    assert np.abs(layer([x, w + 1]) - y).max() > 0.01


def test_other_shapes_are_refused_in_one_line():
    for layer, shapes in (
        (ModulatedConv2D(2, 3), (3, 4, 4, 2)),
        (ModulatedConv2D(2, 3), [(3, 4, 4, 2), (3, 1, 1, 5)]),
        (PixelNoise(), [(3, 4, 4, 2), (3, 15)]),
    ):
        given = [np.ones(s) for s in shapes] if isinstance(shapes, list) else np.ones(shapes)
        with pytest.raises(ValueError, match=r"is given .*: wanted \[\(n, ") as told:
            layer(given)
        assert layer.name.split("_")[0] in str(told.value).lower()
    with pytest.raises(ValueError, match="wanted"):
        LearnedConstant(())


# Networks of them ---------------------------------------------------------------------------------


def networks(noise=True):
    G, D = style_gan(3, (8, 4), channels=2, depth=2, noise=noise)
    return G, D, latent.Gaussian(G.input_shape[-1])


def test_a_generator_has_noise_for_every_pixel_of_three_sizes():
    assert networks()[0].input_shape == (None, 3 + 2 + 8 + 32)
    assert networks(noise=False)[0].input_shape == (None, 3)
    G, D = style_gan(3, (8, 4, 3), channels=2)
    assert G.output_shape == (None, 96) and D.input_shape == (None, 96)
    assert D.count_params() == dcgan(3, (8, 4, 3), 2)[1].count_params()
    for model in (*networks()[:2], *networks(noise=False)[:2]):
        assert mapped_parts(model) == []  # all members at once, and none by a map


@pytest.fixture(scope="module")
def trained():
    real = rng().uniform(-1, 1, (50, 32))
    G, D, z = networks()
    return train(G, D, real, z, steps=3, seeds=3, batch_size=4, records=1, added=techniques.r1(1.0))


def test_a_member_is_what_its_own_keras_model_says(trained):
    z = rng(1).standard_normal((5, 45)).astype("float32")
    for seed in trained.seeds:
        alone = trained.generator(seed=seed)(z)
        np.testing.assert_allclose(trained.generators(z)[seed], alone, atol=1e-5)


def test_members_never_mix_bit_for_bit_where_one_is_not_a_number():
    """Values and both orders of slopes, of a whole generator, its three sizes with noise."""
    model = networks()[0]
    draw = rng(2).standard_normal
    weights = [draw((3, *v.shape)).astype("float32") for v in model.trainable_variables]
    z = draw((3, 4, 45)).astype("float32")

    @tf.function(jit_compile=True)
    def all_of(weights, z):
        return values_and_slopes(lambda w, x: call(model, w, x[0]), weights, [z])

    def found(weights, z):
        return all_of([tf.constant(w) for w in weights], tf.constant(z))

    before = found(weights, z)
    for each in (*weights, z):
        each[1] = np.nan
    after = found(weights, z)
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a.numpy()[[0, 2]], b.numpy()[[0, 2]])
    assert np.isnan(after[0].numpy()[1]).all()


def test_halves_put_together_are_the_generator(trained):
    styles = Styles.of(trained)
    z = rng(1).standard_normal((5, 45)).astype("float32")
    w = styles.w(z)
    assert w.shape == (3, 5, 3) and styles.noises == 42
    np.testing.assert_array_equal(w, styles.w(z[:, :3]))
    made = styles.make(w, noise=z[:, 3:])
    np.testing.assert_allclose(made, trained.generators(z), atol=1e-6)
    np.testing.assert_allclose(styles.make(w, w, noise=0 * z[:, 3:]), styles.make(w), atol=1e-6)


def test_a_fine_style_changes_nothing_before_the_last_size(trained):
    """What the layers before it put out is that of the coarse style alone."""
    styles = Styles.of(trained)
    a, b = (styles.w(rng(seed).standard_normal((4, 3)))[0] for seed in (1, 2))
    synthesis = styles.synthesis.model
    convolutions = [layer for layer in synthesis.layers if isinstance(layer, ModulatedConv2D)]
    inside = keras.Model(synthesis.input, [layer.output for layer in convolutions])
    points = [np.concatenate([a, fine, np.zeros((4, 42))], axis=1) for fine in (a, b)]
    one, two = (inside(point) for point in points)
    same = [bool(np.array_equal(x, y)) for x, y in zip(one, two, strict=True)]
    assert same == [True, True, False, False]


def test_what_is_no_run_of_it_and_other_shapes_are_refused(trained):
    styles = Styles.of(trained)
    with pytest.raises(TypeError, match="run is 3: wanted the Run of a GAN"):
        Styles.of(3)
    plain = train(*dcgan(3, (8, 4), 2), np.zeros((9, 32)), latent.Gaussian(3), steps=1, seeds=1,
                  batch_size=4, records=1)  # fmt: skip
    with pytest.raises(ValueError, match="wanted a run whose generator style_gan made"):
        Styles.of(plain)
    w = styles.w(np.ones((4, 3)))
    with pytest.raises(
        ValueError, match=r"fine has shape \(4, 2\): wanted \(n, 3\) or \(3, n, 3\)"
    ):
        styles.make(w, np.ones((4, 2)))
    with pytest.raises(ValueError, match="4 of coarse, 5 of fine"):
        styles.make(w, np.ones((5, 3)))
    for size in ((6, 8), (8,)):
        with pytest.raises(ValueError, match="size="):
            style_gan(3, size)
