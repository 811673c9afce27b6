# %% [markdown]
# # Draw larger
#
# *You will* draw digits of 16 x 16 pixels in six fonts, and ask a GAN for something that it was never
# shown.
#
# *You will learn*
# - what four times the pixels cost, and whether convolutions pay now;
# - to make a judge where all is known about the data;
# - to ask for two things at once, and by a sum;
# - what depends on how a condition is written.
#
# *You need* notebooks 09 and 10. About 35 minutes to read, a minute to run.

# %%
from importlib.util import find_spec

if find_spec("ganlab") is None:
    raise ImportError(
        "The course is not installed here: copy its folder to this machine, run\n"
        "%pip install -e <that folder>   in a cell, and restart the kernel."
    )

# %%
import numpy as np

from ganlab import images, latent, plots
from ganlab.backend import keras
from ganlab.conditions import Conditioned, joint, one_hot
from ganlab.evidence import claim
from ganlab.exercises import check, quiz
from ganlab.neighbours import coverage, precision
from ganlab.networks import conditional_dcgan, dcgan, mlp
from ganlab.picture_plots import nearest, wall
from ganlab.plots import show
from ganlab.techniques import r1
from ganlab.training import train
from ganlab.widgets import font_explorer

# %% [markdown]
# ## Pictures that hide nothing
#
# <small>5 min</small>
#
# Nobody can say how many ways there are to write a 4. So we take *glyphs*, pictures that are made: ten digits in
# six fonts, turned, scaled and shifted a little. Each has 16 x 16 pixels, and is a point in 256
# dimensions. Of each we know which digit it is, and in which font.

# %%
real = images.glyphs(3000, np.random.default_rng(0))
digits, fonts = real.factors["character"], real.factors["font"]
names = ["sans", "sans bold", "mono", "serif", "STIX", "STIX bold"]
pairs = [(digit, font) for font in range(6) for digit in range(10)]
each = [np.flatnonzero((digits == digit) & (fonts == font))[0] for digit, font in pairs]
fig, ax = plots.figure(width=6.4, height=3.9)
wall(ax, real.array[each], (16, 16), columns=10)
ax.set_yticks(8.5 + 17 * np.arange(6), names)
show(fig, "12.fonts")

# %% [markdown]
# Two of the fonts are bold: sans bold, and STIX bold, which has no more ink than plain sans. Keep these two
# rows in mind.
#
# In 09 a network judged the pictures, and saw what it had been taught. Here a judge needs no training:
# what a picture is, the nearest of many known glyphs tells.
#
# **1. Write it.** The judge. It may be slow.


# %%
def read(pictures, known, labels):
    """The label (n,) of the nearest of `known` (m, pixels), for each of `pictures` (n, pixels);
    `labels` (m,) are those of the known ones."""
    ...


check("12.1", read)

# %% [markdown] tags=["answer"]
# [A solution](solutions/12_draw_larger.py).

# %% [markdown]
# From here on `nearest` of 09 does it, among 6,000 glyphs. First the judge is judged, on 1,000 of those
# above, which are not among the 6,000.

# %%
known = images.glyphs(6000, np.random.default_rng(1))
bold, known_bold = (np.isin(glyphs.factors["font"], [1, 5]) for glyphs in (real, known))


def reading(pictures):
    """The digit (n,) of the nearest known glyph of each picture (n, 256), and whether it is bold."""
    _, twins = nearest(pictures, known.array)
    return known.labels[twins], known_bold[twins]


which, thick = reading(real.array[:1000])
print(f"rightly read: {np.mean(which == digits[:1000]):.1%} of the digits, "
      f"and of {np.mean(thick == bold[:1000]):.1%} whether they are bold")  # fmt: skip

# %% [markdown]
# That will do for real ones. (The font itself it finds in three of four cases only.) It has to call
# a GAN's smeared ones something, too: another judge would give other numbers. So read them beside each other.
#
# All GANs below are trained alike: 1,000 steps of Adam, in batches of 32, with R1 on D's slope in the 256
# pixels.

# %%
adam = keras.optimizers.Adam(2e-3, beta_1=0.5)
settings = dict(d_optimizer=adam, g_optimizer=adam, added=r1(1.0, first=256), batch_size=32,
                steps=1000, records=1)  # fmt: skip

# %% [markdown]
# ## Four times the pixels
#
# <small>6 min</small>
#
# On digits of 8 x 8 convolutions showed no gain over dense layers ([I1a](../docs/claims.md#i1a-1)),
# although they know what a neighbour is. Now there are four times as many pixels. The dense networks get
# nearly four times the weights of the DCGAN.
#
# *Will convolutions draw better now? By how much: a little, or so that you see it at a glance?*

# %%
z = latent.Gaussian(16)
layers = mlp((16, 128, 128, 256), "leaky_relu", "tanh"), mlp((256, 128, 128, 1), "leaky_relu")
runs = {
    "dense layers": train(*layers, real.array, z, seeds=1, **settings),
    "convolutions": train(*dcgan(16, (16, 16)), real.array, z, seeds=1, **settings),
}
others = images.glyphs(600, np.random.default_rng(2)).array
fig, axes = plots.figure(2, width=9.0, height=2.6)
for ax, (name, run) in zip(axes, runs.items(), strict=True):
    made = run.generators(z.sample(600, np.random.default_rng(5)))[0]
    wall(ax, made[:40], (16, 16), columns=10)
    among, covered = precision(made, others), coverage(made, others)
    ax.set_title(f"{name}: precision {among:.2f}, coverage {covered:.2f}")
show(fig, "12.dense")

# %% [markdown]
# At a glance only the dust differs: there is less on the right. *Precision* is the share of 600
# made ones that lie among real ones: nearer to one of them than its own fifth neighbour. *Coverage* is the
# share of real ones that have a made one that near. Of real ones in place of made ones they are 0.98 and
# 0.96.
#
# Both go by pixels, so dust lowers them even where a digit can be read. Is it only the dust? We took four runs
# of each, and kept of made and real ones alike what hangs together in 12 pixels or more above 0. Precision was
# 0.61 and 0.73, coverage 0.48 and 0.64: part of the gap is dust. And with more seeds, as they are?

# %%
claim("I1e")

# %% [markdown]
# At 8 x 8 dense layers came out ahead without R1, and with it nothing is decided. Here convolutions are ahead:
# precision is 0.63, with dense layers 0.40, and coverage 0.49, with dense layers 0.29 (medians). What made it is
# not told apart: size, pictures, weights, measure and settings are all others. A likely reason: a dense layer
# has weights for each pixel, and has to learn a stroke anew at each place, while a convolution's kernels do not grow with the picture.
#
# They do more work, though. With 8 seeds, four times the pixels take a DCGAN 2.8 times as long a step, and
# 28 x 28, twelve times the pixels, 7.8 times ([measured](../docs/performance.md#pictures)). That is why most of this course
# stays at 8 x 8, and in the plane.
#
# ## Two wishes
#
# <small>9 min</small>
#
# In 10 the condition was a digit: ten numbers, one of them 1. It is what we wish for; call it a wish. Now
# we wish for a digit *and* a font.
#
# **2. Write it.** Sixteen numbers for each picture, ten for the digit and behind them six for the font.
# `one_hot(labels, classes)` makes rows with a single 1.


# %%
def two_wishes(digits, fonts):
    """Rows (n, 16) for digits (n,) from 0 to 9 and fonts (n,) from 0 to 5."""
    ...


check("12.2", two_wishes)

# %% [markdown] tags=["answer"]
# [A solution](solutions/12_draw_larger.py).

# %% [markdown]
# From here on `of_two` does it. `joint` puts the wish beside the pixels and beside z, as in 10: G is told
# it, and D.
#
# And now we hide something. Of all bold digits the GAN is shown the 0, and no other. It sees sevens in
# four fonts, and bold zeros. It never sees a bold 7.
#
# *Ask for one. Will it draw a 7 that is not bold, a bold 0, or a bold 7? Write down which.*

# %%
shown = ~bold | (digits == 0)  # 2,113 of the 3,000, and 97 of them bold


def taught(wishes, seeds, shown=shown):
    """Conditional GANs that are shown those pictures, with these wishes (3000, size)."""
    told = Conditioned(latent.Gaussian(16), wishes[shown])
    data = joint(real.array[shown], wishes[shown])
    networks = conditional_dcgan(16, (16, 16), wishes.shape[1])
    return train(*networks, data, told, seeds=seeds, **settings)


def drawn(run, wishes, z):
    """Pictures (seeds, n, 256) for z (n, 16) and wishes (n, size)."""
    return run.generators(joint(z, wishes))[..., :256]


def of_two(digits, fonts):
    return np.concatenate([one_hot(digits, 10), one_hot(fonts, 6)], axis=1)


# %%
two = taught(of_two(digits, fonts), seeds=2)

# %% [markdown]
# First all sixty of one z. In the two bold rows nothing right of the 0 was ever shown.

# %%
rng = np.random.default_rng(3)
one_z = np.repeat(latent.Gaussian(16).sample(1, rng), 60, axis=0)
pictures = drawn(two, of_two(*np.transpose(pairs)), one_z)
fig, axes = plots.figure(2, width=9.0, height=3.2)
for seed, ax in enumerate(axes):
    wall(ax, pictures[seed], (16, 16), columns=10)
    ax.set_title(f"seed {seed}")
axes[0].set_yticks(8.5 + 17 * np.arange(6), names)
show(fig, "12.two")

# %% [markdown]
# In the second row nearly all are bold, in the last more than half, though nobody has ever shown it one of
# these eighteen. Not all are clean. And sans and mono look alike: of the fonts G has learned how thick they
# are, and little else.
#
# Now many z, and the judge. *Of 100 bold digits from 1 to 9, how many will be the digit, how many
# bold, how many both?*


# %%
def judged(pictures, wanted):
    """In percent of pictures (seeds, n, 256): the digit that was wanted, bold, and both."""
    which, thick = np.swapaxes([reading(x) for x in pictures], 0, 1)
    right = which == wanted[:, 0]
    return [100 * found.mean(axis=1) for found in (right, thick, right & thick)]


hidden = np.array([(digit, font) for digit in range(1, 10) for font in (1, 5)] * 20)
plain = np.array([(digit, font) for digit in range(1, 10) for font in (0, 2, 3, 4)] * 10)
many = latent.Gaussian(16).sample(360, rng)


def as_asked(run, write):
    """{what was asked, and what came: (seeds,) in percent}; `write` makes wishes of pairs."""
    asked = judged(drawn(run, write(*hidden.T), many), hidden)
    other = judged(drawn(run, write(*plain.T), many), plain)
    told = [f"asked bold: {came}" for came in ("the digit", "bold", "both")]
    told += [f"asked plain: {came}" for came in ("the digit", "bold")]
    return dict(zip(told, [*asked, *other[:2]], strict=True))


# %%
fig, ax = plots.figure(width=6.6, height=2.9)
plots.outcomes(ax, as_asked(two, of_two), label="of 100 pictures, what came")
ax.set_xlim(-3, 103)
show(fig, "12.asked")

# %% [markdown]
# 360 pictures of each seed were asked to be bold, and as many to be plain. Of the bold ones, which were never
# shown, some 60 of 100 are the digit and bold. Asked for a plain digit it hardly ever draws a bold one. (Luck
# has 10 for the digit.) *Is that as many as if every bold digit had been shown?*

# %%
claim("I2g")

# %% [markdown]
# With the bold 0 alone fewer, firmly: 58 of 100 are as asked, where it is 71 if all were shown (medians
# over the seeds; each is asked for 180 pictures). That is not 100 either, and most of it is lost in STIX
# bold: in four more runs of each, if all were shown, 92 of 100 came in sans bold and 52 in STIX bold; with
# the bold 0 alone 75 and 44. With 0 to 4 bold it is undecided so far ([I2g](../docs/claims.md#i2g-1)); and
# there four of the nine that are asked for had been shown. Still: this GAN draws what is not in its data.
#
# ## One of sixty
#
# <small>6 min</small>
#
# The same wish can be written in another way. There are sixty pairs of a digit and a font; number them,
# and a wish is one 1 in sixty numbers. It says neither more nor less. Pictures, networks and settings
# stay, but for as many rows of weights as a wish has numbers.
#
# *Ask again for the bold 7. What will come now?*


# %%
def of_sixty(digits, fonts):
    return one_hot(6 * np.asarray(digits) + fonts, 60)


sixty = taught(of_sixty(digits, fonts), seeds=1)

# %%
bolds = [k for k, (_, font) in enumerate(pairs) if font == 1]
rows = [drawn(run, write(*np.transpose(pairs)[:, bolds]), one_z[:10])[0]
        for run, write in ((two, of_two), (sixty, of_sixty))]  # fmt: skip
fig, (left, right) = plots.figure(2, width=9.0, height=2.4, width_ratios=(1.2, 1))
wall(left, np.concatenate([real.array[each][bolds], *rows]), (16, 16), columns=10)
left.set_yticks(8.5 + 17 * np.arange(3), ["real", "two wishes", "one of sixty"])
plots.outcomes(right, as_asked(sixty, of_sixty), label="of 100 pictures, what came")
right.set_title("one of sixty, one seed")
right.set_xlim(-3, 103)
show(fig, "12.sixty")

# %% [markdown]
# What was shown it draws: the bold 0, and most plain digits. The others are nine times the same grey
# figure, nearly what G draws when it is asked for nothing, `drawn(sixty, np.zeros((1, 60)), one_z[:1])`.
#
# The reason lies in the first layer of G. It multiplies the wish with a matrix, so each number of the
# wish has a row of weights, and where there is a 1 the row is added:
#
# $\text{two wishes: } W z + b + w_7 + w_\text{bold}, \qquad \text{one of sixty: } W z + b + w_\text{7, bold}$
#
# With two wishes $w_7$ is learned from sevens in four fonts, and $w_\text{bold}$ from zeros. The sum is
# new, its parts are not. That the layers behind it make a bold 7 of it is what we measured; the sum alone
# does not ensure it. With one of sixty the row for a bold 7 was never used: no gradient has ever reached
# it, and it holds the small numbers that it began with. In neither form has D ever seen a bold 7, real or
# made: what G makes of that wish nobody has corrected.

# %%
claim("I2h")

# %% [markdown]
# So the way in which the wish was written decided what came of it. Two wishes let what was learned of a bold
# 0 reach a 7. Is boldness not learned at all by the other GAN?
#
# ## Ask it otherwise
#
# <small>4 min</small>
#
# It draws a bold 0, a plain 0 and a plain 7. And a wish is numbers: more than one of them may differ from 0,
# and none need be a 1.
#
# *Ask this GAN for a bold 7, as it is, without training it any further. Which of the sixty numbers would you
# set, and to what? Write them down.*


# %%
def by_sum(digits, fonts):
    """The digit in the plain font beside, plus what makes a 0 bold: the bold 0 less the plain 0."""
    beside = fonts - np.isin(fonts, [1, 5])  # sans for sans bold, STIX for STIX bold
    zeros = np.zeros_like(digits)
    return of_sixty(digits, beside) + of_sixty(zeros, fonts) - of_sixty(zeros, beside)


# %%
rows.append(drawn(sixty, by_sum(*np.transpose(pairs)[:, bolds]), one_z[:10])[0])
fig, (left, right) = plots.figure(2, width=9.0, height=2.4, width_ratios=(1.2, 1))
wall(left, np.concatenate([real.array[each][bolds], *rows[1:]]), (16, 16), columns=10)
left.set_yticks(8.5 + 17 * np.arange(3), ["real", "its number", "a sum"])
plots.outcomes(right, as_asked(sixty, by_sum), label="of 100 pictures, what came")
right.set_xlim(-3, 103)
right.set_title("the same seed, by a sum")
show(fig, "12.sum")

# %% [markdown]
# A moment ago nine grey figures, now bold digits, and no weight was changed. For a bold 7 in sans three of the
# sixty numbers are set: 1 for the 7 in sans, 1 for the 0 in sans bold, and -1 for the 0 in sans. (A plain 7
# and a bold 0 alone ask for a 0 as well: 17 of 100 come. For a plain digit the sum is its own number.) The first layer
# adds
#
# $W z + b + w_\text{7, sans} + (w_\text{0, sans bold} - w_\text{0, sans}),$
#
# and all three rows were learned. What stands in brackets turns a 0 into a bold 0; the layers behind it take
# it for boldness. *Is that worth as much as two wishes?*

# %%
claim("I2i")

# %% [markdown]
# By a sum 55 of 100 are as asked, with two wishes 58 (medians over 64 seeds), and by the bold digit's own
# number none. Whether the first two differ is undecided so far ([I2i](../docs/claims.md#i2i-1)).
#
# So what can be drawn is what rows that were learned add up to. Two wishes add them by themselves; one of
# sixty has to be asked for the sum.
#
# ## Turn the knobs
#
# <small>3 min</small>
#
# A wish may also lie between two. At 0 the wish is the one font, at 1 the other, at 1.5 half as far again. *What is bolder than bold, or is
# it no digit any more? From bold to sans, what is thinner than thin? From sans to mono, what changes?*

# %%
font_explorer(two, digit=7)

# %% [markdown]
# (The judge has to name something, of a blot as well.) Beyond bold the strokes run together, and of some no
# digit is left. Beyond sans they become thinner, and some break. From sans to mono next to nothing changes: G
# did not tell these two apart.
#
# ## Exercises
#
# <small>6 min</small>
#
# **3. Predict and run.** Glyphs of 28 x 28 (`images.glyphs(3000, rng, side=28).array`) have three times the
# pixels again. Train `dcgan(16, (28, 28))` on them, with `settings | {"steps": 300, "added": r1(1.0)}` and
# `seeds=2`; the same with `dcgan(16, (16, 16))` and `real.array`, `%%time` above both. Draw twenty of seed 0:
# `fig, ax = plots.figure()`, then `wall(ax, run.samples[-1][0, :20], (28, 28))`, then `show(fig, "mine")`. How
# many times as long does it take? Are digits there so soon?

# %% [markdown] tags=["answer"]
# <details><summary>Answer</summary>
#
# Up to three times as long, less where compiling is most of it. After 300 steps there are clean strokes and
# a few digits that can be named: no worse than at 16 x 16 after as many steps, and finer.
#
# </details>

# %% [markdown]
# **4. Predict and run.** Show no bold digit at all: `none = taught(of_two(digits, fonts), 2, ~bold)`. Ask for
# bold ones, `as_asked(none, of_two)`. What will come: nothing that can be named, the digit, and not bold, or
# the digit in bold?

# %% [markdown] tags=["answer"]
# <details><summary>Answer</summary>
#
# The digit, and not bold. The row of the digit was learned, those of the two bold fonts were never used and hold
# the small numbers that they began with: it is a wish for a 7 in no font in particular. In our
# runs more than 90 of 100 are the digit, and hardly any is bold.
#
# </details>

# %%
quiz("12.1")

# %%
quiz("12.2")

# %% [markdown]
# ## In practice
#
# <small>1 min</small>
#
# - Try an idea where a training takes seconds, and again on the pictures that you need: no gain there need
#   not mean none here.
# - Write what you know into the condition: two things that are independent as two.
# - A GAN whose condition is one long list can be asked by differences: what turns A into B, added to C.
# - Leave some combinations out on purpose, and ask for them: it shows what was learned of the parts.
#
# ## What the posts said
#
# <small>1 min</small>
#
# | post | said | here |
# |---|---|---|
# | `module` | DCGAN: better for image generation | on glyphs of 16 x 16 it is ([I1e](../docs/claims.md#i1e-1)); on digits of 8 x 8 no gain was found |
# | `module` | a conditional GAN can control what type of data to generate | also a type that it was never shown, if the condition is written as two, or asked for by a sum ([I2g](../docs/claims.md#i2g-1), [I2h](../docs/claims.md#i2h-1), [I2i](../docs/claims.md#i2i-1)) |
#
# ## Further reading
#
# - Zhao and others, *Bias and Generalization in Deep Generative Models: An Empirical Study* (2018): what
#   generative models make of combinations that they never saw.
# - Radford and others, *Unsupervised Representation Learning with Deep Convolutional Generative Adversarial
#   Networks* (2016): sums and differences of z, where nothing was told.
# - Karras and others, *Progressive Growing of GANs for Improved Quality, Stability, and Variation* (2018):
#   from 4 x 4 to 1024 x 1024.
# - Brock and others, *Large Scale GAN Training for High Fidelity Natural Image Synthesis* (2019): BigGAN:
#   larger batches, more channels.
