"""Explorers of trained generators of pictures: digits on demand, and in fonts, and mixed styles.

They train nothing: a knob asks the networks of notebooks 10 to 12 for other pictures.
"""

import functools

import numpy as np

from ganlab import plots
from ganlab.arguments import in_short, whole
from ganlab.course.explorer import Explorer, choice_slider, slider, turn
from ganlab.guards import a_number, several
from ganlab.picture_plots import nearest, wall

SIZE = (8, 8)
DIGITS, STEPS = 10, 9  # classes of the judge; pictures from one digit to the other
LATENTS, MANY = 8, 1000  # offered by number; of which the mean style is taken
MOST_PSI = 10
GLYPHS, LARGER = 6000, (16, 16)  # real ones to compare with, those of notebook 12
SHARES = (0, 0.25, 0.5, 0.75, 1, 1.25, 1.5)  # of the way from one font to the other, and beyond
FONTS = ("sans", "sans bold", "mono", "serif", "STIX", "STIX bold")  # as in images.drawn.FONTS
BOLD = [number for number, name in enumerate(FONTS) if "bold" in name]
PIXELS = SIZE[0] * SIZE[1]


def digit_explorer(run, *, seeds=None, **start):
    """A conditional GAN of digits: a digit, another, and which z, to turn.

    `run` is a `Run` of `conditional_dcgan(dim, (8, 8), 10)`; `seeds` are the places among its seeds
    of those that are shown, all without. `start` sets knobs: digit, towards, z.
    """
    knobs = {
        "digit": choice_slider("digit at the left", range(DIGITS), 3),
        "towards": choice_slider("digit at the right", range(DIGITS), 8),
        "z": choice_slider("which z", range(LATENTS), 0),
    }
    turn(knobs, start)
    alt = "A row for each seed, all of one z: from one digit to another, the label in nine steps."
    return Explorer(lambda **values: draw_digits(run, seeds=seeds, **values), knobs, alt=alt)


def draw_digits(run, *, digit, towards, z, seeds=None):
    """What each seed draws of one z between two labels: (figure, sentence), as an `Explorer` wants
    them.

    digit, towards  labels at the left and at the right, 0 to 9; between them their weighted mean
    z               which of eight draws of the latent, 0 to 7
    seeds           the places among the run's seeds of those that are shown; all without
    """
    from ganlab.conditions import joint, one_hot
    from ganlab.images import digit_judge
    from ganlab.latent import Gaussian

    generators = _generators(run, PIXELS + DIGITS)
    ends = [whole("digit", digit, 0, below=DIGITS), whole("towards", towards, 0, below=DIGITS)]
    share = np.linspace(0, 1, STEPS)[:, None]
    first, last = one_hot(ends, DIGITS)
    noise = Gaussian(generators.model.input_shape[-1] - DIGITS)
    of_one = noise.sample(LATENTS, np.random.default_rng(0))[
        [whole("z", z, 0, below=LATENTS)] * STEPS
    ]
    made = generators(joint(of_one, (1 - share) * first + share * last))[..., :PIXELS]
    shown = _places(seeds, len(made))
    made = made[shown]
    read = digit_judge().labels(made)  # (seeds, STEPS)
    fig, ax = plots.figure(width=6.0, height=0.6 + 0.62 * len(made))
    wall(ax, made.reshape(-1, PIXELS), SIZE, columns=STEPS)
    ax.set_yticks(4.5 + 9 * np.arange(len(made)), [f"seed {place}" for place in shown])
    ax.set_title(f"from {ends[0]} to {ends[1]}")
    either = np.isin(read[:, STEPS // 2], ends)
    sentence = (
        f"The judge reads {ends[0]} at the left with {np.sum(read[:, 0] == ends[0])} of "
        f"{len(made)} seeds, {ends[1]} at the right with {np.sum(read[:, -1] == ends[1])}, and "
        f"halfway one of the two with {np.sum(either)}."
    )
    return fig, sentence


def font_explorer(run, *, seeds=None, **start):
    """A conditional GAN of digits in fonts: a digit, from one font to another and beyond it.

    `run` is a `Run` of `conditional_dcgan(dim, (16, 16), 16)` that is told ten numbers for the
    digit and six for the font; `seeds` are the places of those that are shown, all without. `start`
    sets knobs: digit, font, towards, z; fonts by their number in `images.drawn.FONTS`.
    """
    fonts = list(zip(FONTS, range(len(FONTS)), strict=True))
    knobs = {
        "digit": choice_slider("digit", range(DIGITS), 7),
        "font": choice_slider("font at the left", fonts, 0),
        "towards": choice_slider("font at 1", fonts, 1),
        "z": choice_slider("which z", range(LATENTS), 0),
    }
    turn(knobs, start)
    alt = "A row for each seed, all of one z: a digit from one font to another, and beyond it."
    return Explorer(lambda **values: draw_fonts(run, seeds=seeds, **values), knobs, alt=alt)


def draw_fonts(run, *, digit, font, towards, z, seeds=None):
    """What each seed draws of one digit between two fonts and beyond: (figure, sentence), as an
    `Explorer` wants them.

    digit          0 to 9
    font, towards  numbers in `images.drawn.FONTS`; the wish is font + share (towards - font), with
                   a share from 0 to 1.5
    z              which of eight draws of the latent, 0 to 7
    seeds          the places among the run's seeds of those that are shown; all without
    """
    from ganlab.conditions import joint, one_hot
    from ganlab.latent import Gaussian

    wished, pixels = DIGITS + len(FONTS), LARGER[0] * LARGER[1]
    generators = _generators(run, pixels + wished, f"(dim, (16, 16), {wished})", wished)
    digit = whole("digit", digit, 0, below=DIGITS)
    label = one_hot([digit] * len(SHARES), DIGITS)
    ends = [
        whole(name, value, 0, below=len(FONTS))
        for name, value in {"font": font, "towards": towards}.items()
    ]
    first, last = one_hot(ends, len(FONTS))
    share = np.array(SHARES)[:, None]
    noise = Gaussian(generators.model.input_shape[-1] - wished)
    of_one = noise.sample(LATENTS, np.random.default_rng(0))[
        [whole("z", z, 0, below=LATENTS)] * len(SHARES)
    ]
    asked = joint(joint(of_one, label), first + share * (last - first))
    made = generators(asked)[..., :pixels]
    shown = _places(seeds, len(made))
    made = made[shown]
    fig, ax = plots.figure(width=5.0, height=0.8 + 0.72 * len(made))
    wall(ax, made.reshape(-1, pixels), LARGER, columns=len(SHARES))
    ax.set_yticks(8.5 + 17 * np.arange(len(made)), [f"seed {place}" for place in shown])
    ax.set_xticks(8.5 + 17 * np.arange(0, len(SHARES), 2), [f"{share:g}" for share in SHARES[::2]])
    ax.set_title(f"{digit}, from {FONTS[ends[0]]} to {FONTS[ends[1]]} at 1")
    known = _known_glyphs()
    twins = [nearest(made[:, SHARES.index(share)], known.array)[1] for share in (0, 1, 1.5)]
    right = np.sum(known.labels[twins] == digit, axis=1)
    heavy = np.sum(np.isin(known.factors["font"][twins], BOLD), axis=1)
    sentence = (
        f"At 0, 1 and 1.5 the nearest real glyph is a {digit} for {right[0]}, {right[1]} and "
        f"{right[2]} of {len(made)} seeds, and bold for {heavy[0]}, {heavy[1]} and {heavy[2]}."
    )
    return fig, sentence


@functools.cache
def _known_glyphs():
    from ganlab.images import glyphs

    return glyphs(GLYPHS, np.random.default_rng(1))


def style_explorer(styles, **start):
    """Discs of two styles: which is coarse, which is fine, and how far from the mean style.

    `styles` is a `style_gan.Styles` of pictures of 8 x 8. `start` sets knobs: coarse, fine, psi.
    """
    knobs = {
        "coarse": choice_slider("coarse style of disc", range(LATENTS), 0),
        "fine": choice_slider("fine style of disc", range(LATENTS), 1),
        "psi": slider("psi, from the mean style", 1.0, 0.0, 2.0),
    }
    turn(knobs, start)
    alt = "A column for each seed: the disc of the coarse style, that of the fine one, and both."
    return Explorer(lambda **values: draw_styles(styles, **values), knobs, alt=alt)


def draw_styles(styles, *, coarse, fine, psi):
    """A disc of each of two styles and one of both, for each seed: (figure, sentence).

    coarse, fine  which of eight styles the first two sizes are told, and which the last, 0 to 7
    psi           the style is mean + psi (w - mean): at 0 all are the mean disc, at 1 they are as
                  they were made. T. Karras and others, *A Style-Based Generator Architecture for
                  Generative Adversarial Networks*, 2019, appendix B, with psi below 1
    """
    if not (hasattr(styles, "mapping") and hasattr(styles, "synthesis")):
        raise TypeError(f"styles is {in_short(styles)}: wanted style_gan.Styles.of(run)")
    if styles.synthesis.model.output_shape[-1] != PIXELS:
        given = f"styles make pictures of {styles.synthesis.model.output_shape[-1]} pixels"
        raise ValueError(f"{given}: wanted {SIZE[0]} x {SIZE[1]}")
    from ganlab.images import moments

    dim = styles.mapping.model.input_shape[-1]
    w = styles.w(np.random.default_rng(0).normal(size=(MANY, dim)))
    mean = w.mean(axis=1, keepdims=True)
    of = [whole("coarse", coarse, 0, below=LATENTS), whole("fine", fine, 0, below=LATENTS)]
    told = mean + _psi(psi) * (w[:, of] - mean)  # (seeds, 2, style dim)
    own = styles.make(told)
    mixed = styles.make(told[:, :1], told[:, 1:])
    rows = np.concatenate([own, mixed], axis=1)  # (seeds, 3, PIXELS)
    fig, ax = plots.figure(width=5.0, height=3.4)
    wall(ax, np.swapaxes(rows, 0, 1).reshape(-1, PIXELS), SIZE, columns=len(rows))
    ax.set_yticks(4.5 + 9 * np.arange(3), ["its coarse style", "its fine style", "both"])
    ax.set_title("a column for each seed")
    seen = moments(np.clip(rows, -1, 1), SIZE)
    places = np.stack([seen["x"], seen["y"]], axis=-1)
    nearer = [_nearer(value) for value in (places, seen["spread"][..., None])]
    sentence = (
        f"The place of the mixed disc is nearer to that of the coarse style's with {nearer[0]} of "
        f"{len(rows)} seeds, its size with {nearer[1]}."
    )
    if np.ptp(told, axis=1).max() == 0:
        sentence = "Both styles are one, and so are the discs."
    return fig, sentence


def _nearer(values):
    """Of (seeds, 3, dim), of two parents and a child: for how many it is nearer to the first."""
    away = np.sum((values[:, 2:] - values[:, :2]) ** 2, axis=-1)
    return int(np.sum(away[:, 0] < away[:, 1]))


def _places(seeds, members):
    """Places among the seeds of a run, a list of numbers from 0."""
    if seeds is None:
        return list(range(members))
    places = [whole("each of seeds", place, 0, below=members) for place in several("seeds", seeds)]
    if not places:
        raise ValueError(f"seeds={in_short(seeds)}: wanted one or more of 0 to {members - 1}")
    return places


def _psi(value):
    value = a_number("psi", value)
    if not 0 <= value <= MOST_PSI:
        raise ValueError(f"psi={value:g}: wanted 0 to {MOST_PSI}")
    return value


def _generators(run, size, wanted="(dim, (8, 8), 10)", conditions=DIGITS):
    generators = getattr(run, "generators", None)
    if not hasattr(generators, "model"):
        raise TypeError(f"run is {in_short(run)}: wanted the Run of a conditional GAN")
    found, given = generators.model.output_shape[-1], generators.model.input_shape[-1]
    if found != size or given <= conditions:
        wanted = f"wanted one of conditional_dcgan{wanted}"
        raise ValueError(f"run has a generator of {given} to {found} numbers: {wanted}")
    return generators
