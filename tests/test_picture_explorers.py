"""The explorers of digits on demand and of mixed styles, on generators that are known."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from ganlab import images, latent
from ganlab.conditions import Conditioned, joint, one_hot
from ganlab.course.picture_explorers import (
    digit_explorer,
    draw_digits,
    draw_styles,
    style_explorer,
)
from ganlab.figures import render
from ganlab.networks import conditional_dcgan, dcgan
from ganlab.style_gan import Styles, style_gan
from ganlab.training import train

REAL = images.digits("train")


def shaped(given, made):
    return SimpleNamespace(input_shape=(None, given), output_shape=(None, made))


class Drawer:
    """Generators of two seeds that look up real digits: the first draws what it is asked for most,
    the second always a 3."""

    model = shaped(14, 74)

    def __init__(self):
        self.asked = []

    def __call__(self, points):
        self.asked.append(points)
        labels = points[:, -10:]
        like = [REAL.array[np.flatnonzero(REAL.labels == k)[0]] for k in range(10)]
        first = np.stack([like[k] for k in labels.argmax(axis=1)])
        second = np.stack([like[3]] * len(points))
        return np.stack([np.concatenate([x, labels], axis=1) for x in (first, second)])


def test_digits_are_asked_for_from_one_end_to_the_other():
    run = SimpleNamespace(generators=Drawer())
    fig, sentence = draw_digits(run, digit=3, towards=8, z=2)
    assert sentence == (
        "The judge reads 3 at the left with 2 of 2 seeds, 8 at the right with 1, and halfway "
        "one of the two with 2."
    )
    (points,) = run.generators.asked
    assert points.shape == (9, 14) and np.ptp(points[:, :4], axis=0).max() == 0  # of one z
    np.testing.assert_allclose(points[:, 4 + 3], np.linspace(1, 0, 9), atol=1e-6)
    np.testing.assert_allclose(points[:, 4 + 8], np.linspace(0, 1, 9), atol=1e-6)
    assert fig.axes[0].get_title() == "from 3 to 8"
    assert [each.get_text() for each in fig.axes[0].get_yticklabels()] == ["seed 0", "seed 1"]
    fig, sentence = draw_digits(run, digit=3, towards=8, z=2, seeds=[1])
    assert "3 at the left with 1 of 1 seeds, 8 at the right with 0," in sentence
    assert [each.get_text() for each in fig.axes[0].get_yticklabels()] == ["seed 1"]
    draw_digits(run, digit=3, towards=8, z=3)
    assert not np.allclose(run.generators.asked[-1][:, :4], points[:, :4])


class Discs:
    """Styles of two seeds. w is (x, spread): the coarse one says where the disc is; the fine one
    how large it is with the first seed, and with the second that is the coarse one's, too."""

    mapping = SimpleNamespace(model=shaped(2, 2))
    synthesis = SimpleNamespace(model=shaped(4, 64))

    def w(self, z):
        return np.stack([z, z])

    def make(self, coarse, fine=None):
        fine = coarse if fine is None else fine
        y, x = np.mgrid[-3.5:4, -3.5:4]
        size = np.stack([fine[0, :, 1], coarse[1, :, 1]])
        away = (x - np.tanh(coarse[..., 0])[..., None, None]) ** 2 + y**2
        radius = 1.5 + np.tanh(size)[..., None, None]
        return np.where(away < radius**2, 1.0, -1.0).reshape(2, -1, 64)


def test_the_mixed_disc_is_compared_with_both_of_its_parents():
    z = np.random.default_rng(0).normal(size=(1000, 2))
    far = int(np.argmax(np.abs(z[1:8] - z[0]).min(axis=1))) + 1  # in place and in size
    _, sentence = draw_styles(Discs(), coarse=0, fine=far, psi=1.0)
    assert sentence == (
        "The place of the mixed disc is nearer to that of the coarse style's with 2 of 2 seeds, "
        "its size with 1."
    )


def test_at_psi_0_all_discs_are_the_mean_one():
    fig, sentence = draw_styles(Discs(), coarse=0, fine=1, psi=0.0)
    assert sentence == "Both styles are one, and so are the discs."
    canvas = fig.axes[0].images[0].get_array()
    disc = canvas[1:9, 1:9]
    for row in range(3):
        for column in range(2):
            top, left = row * 9 + 1, column * 9 + 1
            np.testing.assert_array_equal(canvas[top : top + 8, left : left + 8], disc)


@pytest.fixture(scope="module")
def runs():
    """A conditional GAN and a StyleGAN of 8 x 8 digits, hardly trained."""
    labels = one_hot(REAL.labels)
    few = dict(steps=2, seeds=2, batch_size=8)
    asked = Conditioned(latent.Gaussian(4), labels)
    networks = conditional_dcgan(4, (8, 8), 10)
    conditional = train(*networks, joint(REAL.array, labels), asked, **few)
    G, D = style_gan(3, (8, 8), channels=2)
    styled = train(G, D, REAL, latent.Gaussian(G.input_shape[-1]), **few)
    return conditional, Styles.of(styled)


def test_trained_ones_are_explored(runs):
    conditional, styles = runs
    app = digit_explorer(conditional, digit=1, towards=7, seeds=[1])
    assert (
        bytes(app.picture.value).startswith(b"\x89PNG")
        and "reads 1 at the left" in app.verdict.value
    )
    app.knobs["digit"].value = 4
    assert "reads 4 at the left" in app.verdict.value
    app = style_explorer(styles, coarse=2, psi=0.5)
    assert app.knobs["coarse"].value == 2 and "of 2 seeds" in app.verdict.value
    figure, _ = draw_styles(styles, coarse=2, fine=3, psi=1.0)
    assert render(figure).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"digit": 10}, "digit=10: wanted a whole number below 10"),
        ({"towards": -1}, "towards=-1: wanted a whole number, at least 0"),
        ({"z": 8}, "z=8: wanted a whole number below 8"),
        ({"seeds": [0, 2]}, "each of seeds=2: wanted a whole number below 2"),
        ({"seeds": []}, "seeds=[]: wanted one or more of 0 to 1"),
    ],
)
def test_a_wrong_digit_gets_one_line(wrong, told):
    run = SimpleNamespace(generators=Drawer())
    with pytest.raises(ValueError, match=f"^{re.escape(told)}"):
        draw_digits(run, **{"digit": 3, "towards": 8, "z": 0, **wrong})


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"coarse": 8}, "coarse=8: wanted a whole number below 8"),
        ({"fine": 0.5}, "fine=0.5: wanted a whole number"),
        ({"psi": -1}, "psi=-1: wanted 0 to 10"),
        ({"psi": 11}, "psi=11: wanted 0 to 10"),
    ],
)
def test_a_wrong_style_gets_one_line(wrong, told):
    with pytest.raises(ValueError, match=f"^{re.escape(told)}"):
        draw_styles(Discs(), **{"coarse": 0, "fine": 1, "psi": 1.0, **wrong})


def test_other_networks_are_refused():
    with pytest.raises(TypeError, match=r"^run is 3: wanted the Run of a conditional GAN"):
        digit_explorer(3)
    plain = SimpleNamespace(generators=SimpleNamespace(model=dcgan(4, (8, 8))[0]))
    with pytest.raises(ValueError, match=r"^run has a generator of 4 to 64 numbers: wanted one of"):
        draw_digits(plain, digit=1, towards=2, z=0)
    with pytest.raises(TypeError, match=r"^styles is 3: wanted"):
        style_explorer(3)
    with pytest.raises(ValueError, match=r"^styles make pictures of 16 pixels: wanted 8 x 8"):
        few = SimpleNamespace(mapping=Discs.mapping, synthesis=SimpleNamespace(model=shaped(4, 16)))
        draw_styles(few, coarse=0, fine=1, psi=1.0)
    with pytest.raises(ValueError, match=r"^there is no knob 'size'; there are: digit, towards"):
        digit_explorer(SimpleNamespace(generators=Drawer()), size=3)
