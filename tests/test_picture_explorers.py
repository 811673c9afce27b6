"""The explorers of digits on demand and of mixed styles, on generators that are known."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from evidence.trainings.glyphs import BOLD
from ganlab import images, latent
from ganlab.conditions import Conditioned, joint, one_hot
from ganlab.course.picture_explorers import (
    FONTS,
    digit_explorer,
    draw_digits,
    draw_fonts,
    draw_styles,
    font_explorer,
    style_explorer,
)
from ganlab.figures import render
from ganlab.images import drawn
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


GLYPHS = images.glyphs(600, np.random.default_rng(5))


class Fonts:
    """Generators of two seeds that look up real glyphs: one as it is asked, the other a 0."""

    model = shaped(20, 272)

    def __init__(self):
        self.asked = []

    def __call__(self, points):
        self.asked.append(points)
        digits, fonts = points[:, 4:14].argmax(axis=1), points[:, 14:].argmax(axis=1)
        known = GLYPHS.factors
        found = [
            [np.flatnonzero((known["character"] == d) & (known["font"] == f))[0] for d, f in pairs]
            for pairs in (zip(digits, fonts, strict=True), zip(0 * digits, fonts, strict=True))
        ]
        return np.stack([np.concatenate([GLYPHS.array[k], points[:, 4:]], axis=1) for k in found])


def test_a_font_is_asked_for_from_another_and_beyond():
    run = SimpleNamespace(generators=Fonts())
    fig, sentence = draw_fonts(run, digit=7, font=0, towards=1, z=2)
    assert sentence == (
        "At 0, 1 and 1.5 the nearest real glyph is a 7 for 1, 1 and 1 of 2 seeds, "
        "and bold for 0, 2 and 2."
    )
    (points,) = run.generators.asked
    assert points.shape == (7, 20) and np.ptp(points[:, :4], axis=0).max() == 0  # of one z
    assert (points[:, 4 + 7] == 1).all() and points[:, 4:14].sum() == 7
    np.testing.assert_allclose(points[:, 14], np.linspace(1, -0.5, 7), atol=1e-6)
    np.testing.assert_allclose(points[:, 15], np.linspace(0, 1.5, 7), atol=1e-6)
    assert fig.axes[0].get_title() == "7, from sans to sans bold at 1"
    assert [each.get_text() for each in fig.axes[0].get_yticklabels()] == ["seed 0", "seed 1"]
    _, sentence = draw_fonts(run, digit=0, font=3, towards=5, z=0, seeds=[1])
    assert sentence == (
        "At 0, 1 and 1.5 the nearest real glyph is a 0 for 1, 1 and 1 of 1 seeds, "
        "and bold for 0, 1 and 1."
    )


def test_fonts_are_named_in_their_order():
    for name, file in zip(FONTS, drawn.FONTS, strict=True):
        assert name.split()[0].lower() in file.lower()
    bold = [k for k, file in enumerate(drawn.FONTS) if "Bol" in file]
    assert [k for k, name in enumerate(FONTS) if "bold" in name] == bold == list(BOLD)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"digit": 10}, "digit=10: wanted a whole number below 10"),
        ({"font": 6}, "font=6: wanted a whole number below 6"),
        ({"towards": -1}, "towards=-1: wanted a whole number, at least 0"),
        ({"z": 8}, "z=8: wanted a whole number below 8"),
        ({"seeds": [2]}, "each of seeds=2: wanted a whole number below 2"),
    ],
)
def test_a_wrong_font_gets_one_line(wrong, told):
    run = SimpleNamespace(generators=Fonts())
    with pytest.raises(ValueError, match=f"^{re.escape(told)}"):
        draw_fonts(run, **{"digit": 3, "font": 0, "towards": 1, "z": 0, **wrong})


def test_a_font_explorer_draws_a_trained_run():
    labels = np.concatenate(
        [one_hot(GLYPHS.labels, 10), one_hot(GLYPHS.factors["font"], 6)], axis=1
    )
    asked = Conditioned(latent.Gaussian(3), labels)
    networks = conditional_dcgan(3, (16, 16), 16, channels=2)
    run = train(*networks, joint(GLYPHS.array, labels), asked, steps=1, seeds=2, batch_size=4)
    app = font_explorer(run, digit=4, towards=5, seeds=[1])
    assert bytes(app.picture.value).startswith(b"\x89PNG") and " a 4 for" in app.verdict.value
    app.knobs["digit"].value = 6
    assert " a 6 for" in app.verdict.value
    with pytest.raises(
        ValueError, match=r"^run has a generator of 14 to 74 numbers: wanted one of"
    ):
        draw_fonts(SimpleNamespace(generators=Drawer()), digit=1, font=0, towards=1, z=0)


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
