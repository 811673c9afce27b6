# %% [markdown]
# # Translate and style
#
# *You will* translate digits into another kind of picture without ever showing a pair, find out
# who says that the translation is right, and read off a code where things are.
#
# *You will learn*
# - that a CycleGAN is a GAN on pairs, and to write its cycle term;
# - to test a translation where the true partner of every picture is known;
# - why there and back can be perfect, and every picture wrong;
# - what a network assumes, and an identity loss;
# - what a style is, and to measure what it says.
#
# *You need* notebooks 09 and 10. About 54 minutes to read, a minute to run.

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
from ganlab.conditions import joint
from ganlab.disentangling import path_length, readability
from ganlab.evidence import claim
from ganlab.exercises import check, quiz
from ganlab.picture_plots import wall
from ganlab.plots import show
from ganlab.style_gan import Styles, style_gan
from ganlab.techniques import cycle_consistency, identity_loss, r1
from ganlab.training import train
from ganlab.translation import Unpaired, cyclegan, partners_found, side_by_side
from ganlab.widgets import style_explorer

# %% [markdown]
# ## Two kinds, and no pairs
#
# <small>8 min</small>
#
# Of horses and of zebras there are many pictures, none of the same horse as a zebra. A GAN needs no
# pairs: G is given a horse in the place of z, and D sees zebras, real and made.
#
# Whether a translation is *right* nobody can say then. So we take two kinds where it is known: digits
# and their negatives. Half of our digits stay light, the other half turn dark: none has its partner
# among the data. Of the test pictures we keep the partners.

# %%
light, dark = images.domains(images.digits("train"), "negative", np.random.default_rng(0))
test = images.digits("test")
a, b = (kind.array for kind in images.domains(test, "negative"))  # rows are partners: b is -a
first = [np.flatnonzero(test.labels == digit)[0] for digit in range(10)]
fig, axes = plots.figure(2, width=9.0, height=1.5)
for ax, kind, name in zip(axes, (light, dark), ("one kind", "the other"), strict=True):
    wall(ax, kind.array[:24], (8, 8), columns=12)
    ax.set_title(name)
show(fig, "11.kinds")

# %% [markdown]
# A CycleGAN (Zhu and others, 2017) translates both ways at once: F makes dark digits of light ones, B
# light ones of dark. With pairs of *independent* halves it is a GAN as we know it:
#
# | | |
# |---|---|
# | z | (a, b), any light digit and any dark one |
# | G | (F(a), B(b)), two networks side by side |
# | data | (b, a), drawn anew |
# | D | two logits, one for each half |
#
# `side_by_side` makes two networks of one recipe, dense ones to begin with. D's halves are those of a
# DCGAN.

# %%
layers = keras.layers


def translator():
    return [layers.Dense(64, "relu"), layers.Dense(64, "tanh")]


convolutions, discriminator = cyclegan((8, 8))
dense = side_by_side(translator, 64)  # (n, 128) to (n, 128)

# %% [markdown]
# Nothing here makes F keep *which* digit it is given: D is content with any dark one. The paper's remedy
# asks for a way back. What F makes of a, B has to turn into a again:
#
# $\text{cycle error} = E\,|B(F(a)) - a| + E\,|F(B(b)) - b|$
#
# with means over pixels. **1. Write it** with `keras.ops`, halved: one mean over all 128 numbers. `generate` is G
# for all seeds. Mind the order: G takes (light, dark), and gives (dark, light).


# %%
def cycle_error(generate, z):
    """Mean |there and back - z| of z (seeds, n, 128), a tensor (seeds,)."""
    ...


check("11.1", cycle_error)

# %% [markdown] tags=["answer"]
# [A solution](solutions/11_translate_and_style.py).

# %% [markdown]
# From here on it is `cycle_consistency(weight)`, added to G's loss. Six seeds: two without it, two with the
# paper's weight of 10, and two with a third term, which comes last.
#
# *What will the first two make of ten different digits? What will the second two?*

# %%
there_and_back, leave_alone = np.repeat([[0.0, 10.0, 10.0], [0.0, 0.0, 5.0]], 2, axis=1)
adam = keras.optimizers.Adam(1e-3, beta_1=0.5)


def train_both(generator, one, other, added, seeds=6):
    """CycleGANs between two kinds of pictures."""
    return train(
        generator, discriminator, Unpaired(other, one), Unpaired(one, other), added=added,
        d_optimizer=adam, g_optimizer=adam, steps=500, seeds=seeds, batch_size=32, records=1,
    )  # fmt: skip


terms = [cycle_consistency(there_and_back), identity_loss(leave_alone)]
run = train_both(dense, light, dark, terms)

# %%
made = run.generators(joint(a, b))  # (6, 600, 128): F(a), and behind it B(b)
darkened, lightened = made[..., :64], made[..., 64:]
back = run.generators(joint(lightened[2], darkened[2]))[2, :, 64:]  # B(F(a)) of seed 2
rows = {
    "a": a, "F(a), no cycle term": darkened[0], "F(a), cycle term": darkened[2],
    "B(F(a))": back, "a's true partner": b,
}  # fmt: skip
fig, ax = plots.figure(width=7.0, height=3.4)
wall(ax, np.concatenate([row[first] for row in rows.values()]), (8, 8), columns=10)
ax.set_yticks(4.5 + 9 * np.arange(5), rows)
show(fig, "11.dense")

# %% [markdown]
# Without the term F makes nearly one picture of everything, the collapse of 06. With it, all kinds of dark
# digits, and a way back.
#
# And hardly one digit is right. This is the fault to look for: *a translation that is wrong and shows it
# nowhere*.
#
# ## Whose partner is it?
#
# <small>8 min</small>
#
# The test needs what real tasks have not, true partners. Is F(a) nearer to the partner of a than to
# that of any other test picture? `partners_found` counts; by luck it is one in 600. A coarser one: is
# it still the same digit? The judge of 09 reads F(a), made light again by hand.


# %%
def cycle(run, a, b):
    """The cycle error of every seed, over the test pictures."""
    z = joint(a, b)
    there = np.roll(run.generators(z), 64, axis=-1)  # (B(b), F(a)): the halves exchanged
    return np.abs(np.roll(run.generators(there), 64, axis=-1) - z).mean(axis=(1, 2))


def kept(undone):
    """Of 100 pictures, how many the judge reads as the digit that they were, for each seed."""
    read = images.digit_judge().labels(undone)
    return 100 * (read == test.labels).mean(axis=1)


def by_arm(values):
    names = ("no cycle term", "cycle term", "and identity loss")
    return dict(zip(names, np.reshape(values, (-1, 2)), strict=True))


# %%
fig, axes = plots.figure(2, width=9.0, height=2.8)
plots.outcomes(axes[0], by_arm(cycle(run, a, b)), label="cycle error, pixels from -1 to 1")
digits_kept = by_arm(kept(-darkened))
plots.outcomes(axes[1], digits_kept, reference={"by luck": 10}, label="still the digit, of 100")
axes[0].set_xlim(0, 0.6)
axes[1].set_xlim(0, 100)
show(fig, "11.measured")

# %% [markdown]
# The term makes the cycle error small, and that is all: hardly more digits than by luck are still what
# they were, and of 600 pictures hardly one finds its partner. (The third row comes later.)
#
# No loss forbids it. Let F and B be right, and T any exchange of dark pictures that leaves their
# distribution as it is: 3 for 7, say. Then
#
# $F' = T F, \quad B' = B\,T^{-1}: \qquad B'(F'(a)) = B(F(a)) = a$
#
# D sees the same distribution, the cycle is whole, and no loss tells F' from F. There are very many T,
# and each seed takes one.
#
# ## What a network knows
#
# <small>8 min</small>
#
# Then why do horses become the right zebras in the paper? Its translators are convolutions, which make
# a place of what is near it, all places by one rule. `cyclegan` has such ones in small.
#
# *Three seeds without the cycle term, three with it, the same 500 steps. Which will find partners?*

# %%
weights = [0.0] * 3 + [10.0] * 3
near = train_both(convolutions, light, dark, cycle_consistency(weights))
by_places = near.generators(joint(a, b))[..., :64]
share = 100 * partners_found(by_places, b)
fig, (left, middle, right) = plots.figure(3, width=9.0, height=2.6, width_ratios=[6, 2, 2])
rows = {"a": a, "no cycle term": by_places[0], "cycle term": by_places[3], "partner": b}
wall(left, np.concatenate([row[first] for row in rows.values()]), (8, 8), columns=10)
left.set_yticks(4.5 + 9 * np.arange(4), rows)
arms = {"no cycle term": slice(3), "cycle term": slice(3, 6)}
for ax, values, dense_ones, label in (
    (middle, cycle(near, a, b), cycle(run, a, b)[2], "cycle error, a pixel"),
    (right, share, 100 * partners_found(darkened[2], b), "partner found, of 100"),
):
    plots.outcomes(ax, {name: values[some] for name, some in arms.items()},
                   reference={"dense, cycle term": dense_ones}, label=label)  # fmt: skip
middle.set_xlim(0, 0.6)
right.set_xlim(-3, 103)
show(fig, "11.places")

# %% [markdown]
# Now the term is worth something: with it 95 to 98 of 100 find their partner, without it some 20. Yet the
# cycle error is that of the dense ones. What finds the translation is the network, for which
# *light to dark, everywhere* is a simple rule and *a 3 for a 7* is none (Galanti, Wolf and Benaim, 2018);
# the cycle term makes it exact. Without it most pictures are still their digit, smeared.
#
# *And with 64 seeds?*

# %%
claim("I3a")

# %% [markdown]
# Dense ones exchange digits in every run, the cycle whole to 0.2 a pixel ([I3b](../docs/claims.md#i3b-1)).
#
# ## Leave alone what is right
#
# <small>6 min</small>
#
# The third term is the *identity loss*: F is given a picture that is dark already, and is to leave it
# alone; B a light one. To dense translators it is a hint at
# what should become what: *change little*. We try it on negatives and on *mirrored* digits.
#
# *Where will it help?*

# %%
one, other = images.domains(images.digits("train"), "mirrored", np.random.default_rng(0))
mirrored = train_both(dense, one, other, terms)
sides = [kind.array for kind in images.domains(test, "mirrored")]
flipped = mirrored.generators(joint(*sides))[..., :64].reshape(6, -1, 8, 8)[..., ::-1]
fig, axes = plots.figure(2, width=9.0, height=2.8)
tasks = {"negatives": digits_kept, "mirrored": by_arm(kept(flipped.reshape(6, -1, 64)))}
undone = -a, sides[0].reshape(-1, 8, 8)[..., ::-1].reshape(-1, 64)
for ax, (task, arms), as_it_was in zip(axes, tasks.items(), undone, strict=True):
    levels = {"by luck": 10, "if F does nothing": float(kept(as_it_was[None])[0])}
    plots.outcomes(ax, arms, reference=levels, label="still the digit, of 100")
    ax.set(title=task, xlim=(0, 100))
show(fig, "11.identity")

# %% [markdown]
# Mirrored, some 40 of 100 keep their digit, and that is no help: as many do if F gives back what it is
# given, for a mirrored 0 or 8 is nearly a 0 or an 8. Of negatives 3 to 15 do, by luck 10, and with the
# third term 2 to 4. It taught F to change little.
# Where convolutions found the partners of negatives, in 96 of 100, they find none with it
# ([I3c](../docs/claims.md#i3c-1)).

# %% [markdown]
# ## A style at the side
#
# <small>8 min</small>
#
# A translation takes a picture in z's place. What does z itself say of the picture? In a DCGAN all of it
# goes in at the bottom. *StyleGAN* (Karras and others, 2019) lets it in at the side. The picture begins as a
# learned constant. A *mapping*, three dense layers, makes of z a *style* w. Every convolution is told w, and
# turns its channels up and down by it. Chance comes in apart from it: every pixel of every size is given
# noise, here a part of z.
#
# An affine map makes of w a scale $s_a$ for each input channel of a convolution, and each sample has a
# kernel of its own (Karras and others, 2020),
#
# $k_{ijab} = \dfrac{s_a K_{ijab}}{\sqrt{\sum_{i,j,a} (s_a K_{ijab})^2}}$
#
# for the place i, j, the input channel a and the output channel b. Below the line is *demodulation*: a
# style says which channels count, and not how strong the outputs are.
#
# **2. Write it.**


# %%
def modulated(kernel, scale):
    """kernel (height, width, channels, filters) and scale (n, channels), arrays: the kernels of all
    samples, (n, height, width, channels, filters)."""
    ...


check("11.2", modulated)

# %% [markdown] tags=["answer"]
# [A solution](solutions/11_translate_and_style.py).

# %% [markdown]
# So many kernels need not be made: the input scaled by $s_a$, and the output divided by the root, give the
# same numbers. `ganlab.styles.ModulatedConv2D` does that.
#
# What is in a picture has to be known, or there is nothing to ask of w. We draw discs, which have a place
# and a size. `style_gan` doubles a picture twice; *coarse* are its first two sizes, *fine* is
# the last.

# %%
shapes = images.shapes(3000, np.random.default_rng(0), side=8)
discs = shapes[shapes.labels == images.KINDS.index("disc")]
adam = keras.optimizers.Adam(1e-3, beta_1=0.5)
settings = dict(
    d_optimizer=adam, g_optimizer=adam, added=r1(1.0), seeds=4, batch_size=32, records=1
)
G, D = style_gan(16, (8, 8), channels=8)
z_and_noise = latent.Gaussian(G.input_shape[-1])  # 16 numbers, and 84 of noise
styled = train(G, D, discs, z_and_noise, steps=1000, **settings)
styles = Styles.of(styled)  # its two halves: mapping and synthesis
z = z_and_noise.sample(1000, np.random.default_rng(0))
made = styled.generators(z)  # (4, 1000, 64)
fig, ax = plots.figure(width=8.8, height=2.2)
wall(ax, np.concatenate([discs.array[:24], *made[:, :24]]), (8, 8), columns=24)
ax.set_yticks(4.5 + 9 * np.arange(5), ["real", *(f"seed {k}" for k in range(4))])
show(fig, "11.discs")

# %% [markdown]
# ## What w knows
#
# <small>7 min</small>
#
# *Place* and *size* of a made disc are measured on its pixels (`images.moments`): the middle of its light,
# and how far that spreads. Of real shapes the place is right to 0.006 of the width.
#
# Can they be read off the code by a line? A linear model is fitted to 500 codes and tested on 500 others:
# R² is 1 where it tells everything, 0 where no more than the mean. Three codes: z, as a direction, which
# is all that the mapping sees of it; w; and the w of a GAN after one step of training, for three layers
# with bends may help by themselves. And how far does the picture travel? *Path length* is the mean squared
# speed of the pixels from one picture to another: on a straight line in w, as a part of that on a great
# circle in z between the same two.
#
# *Which code tells the place best, and which the size? By how much?*

# %%
at_first = Styles.of(train(G, D, discs, z_and_noise, steps=1, **settings))
bare = np.broadcast_to(z[:, :16], (4, 1000, 16))
codes = {
    "z": bare / np.linalg.norm(bare, axis=-1, keepdims=True),
    "w, untrained": at_first.w(z),
    "w": styles.w(z),
}


def place_and_size(pictures):
    """Of pictures (..., n, 64): {"place": (..., n, 2), "size": (..., n, 1)}."""
    found = images.moments(pictures, (8, 8))
    place = np.stack([found["x"], found["y"]], axis=-1)
    return {"place": place, "size": found["spread"][..., None]}


# %%
fig, axes = plots.figure(3, width=9.0, height=2.9)
for ax, (name, factor) in zip(axes, place_and_size(made).items(), strict=False):
    arms = {code: readability(each, factor) for code, each in codes.items()}
    luck = readability(codes["w"][:, ::-1], factor).mean()
    plots.outcomes(ax, arms, reference={"by luck": luck}, label=f"R² of the {name}")
    ax.set_xlim(-0.2, 1.05)
ends = bare[:, :500], bare[:, 500:]
shorter = {}
for name, some in {"trained": styles, "untrained": at_first}.items():
    in_z = path_length(lambda code, some=some: some.make(some.w(code)), *ends, along="sphere")
    shorter[name] = path_length(some.make, *(some.w(end) for end in ends)) / in_z
plots.outcomes(axes[2], shorter, reference={"chord by arc": 8 / np.pi**2}, label="path: w by z")
axes[2].set_xlim(0.3, 1.05)
show(fig, "11.read")

# %% [markdown]
# With all four seeds w tells more than z, of place and size. It is not the layers
# alone: over 64 seeds an untrained w tells of the place about what z does. The mapping has learned to lay factors along
# straighter lines. z has to fill a sphere evenly, whatever the data are; w need not.
#
# The path says nothing of the kind. In w it is shorter; but so is a chord than its arc, and
# untrained layers shorten it more ([I4c](../docs/claims.md#i4c-1)). *With 64 seeds?*

# %%
claim("I4a")

# %% [markdown]
# ## One picture's coarse style, another's fine one
#
# <small>4 min</small>
#
# Each layer is told its w separately. `styles.make(coarse, fine)` gives the coarse layers the style of one
# disc, the last size that of another, with noise at 0.
#
# *Whose place will the mixed disc have, and whose size?*

# %%
w_a, w_b = styles.w(z[:500]), styles.w(z[500:])  # (4, 500, 16) each
rows, columns = np.repeat(w_a[:, :5], 8, axis=1), np.tile(w_b[:, :8], (1, 5, 1))
mixed = styles.make(rows, columns)[0].reshape(5, 8, 64)  # of seed 0
beside = styles.make(w_a[:, :5])[0], styles.make(w_b[:, :8])[0]
corner = np.ones((1, 64))  # white, as the gaps are
body = np.concatenate([beside[0][:, None], mixed], axis=1).reshape(-1, 64)
nearer = {}
told = (w_a,), (w_b,), (w_a, w_b)
coarse, fine, of_two = (place_and_size(styles.make(*each)) for each in told)
for name, value in of_two.items():
    away = [np.sum((value - parent[name]) ** 2, axis=-1) for parent in (coarse, fine)]
    nearer[name] = 100 * np.mean(away[0] < away[1], axis=1)
fig, (left, right) = plots.figure(2, width=8.6, height=3.0)
wall(left, np.concatenate([corner, beside[1], body]), (8, 8), columns=9)
left.set(xlabel="columns: its fine style", ylabel="rows: its coarse style")
plots.outcomes(right, nearer, reference={"by luck": 50}, label="nearer to the coarse one, of 100")
right.set_xlim(-3, 103)
show(fig, "11.mixed")

# %% [markdown]
# The place is more often that of the coarse style: nearly always with some seeds, about as by luck with
# others. The size is about luck with all. Large StyleGANs hold pose in coarse layers and colour in
# fine ones; trained on mixed styles, they keep layers apart. Ours is not: in seed 0, above,
# rows keep left and right, and columns set the height. The place is the coarse
# one's on 83 of 100 seeds; for the size it is undecided ([I4b](../docs/claims.md#i4b-1)).
#
# ## What chance is left to do
#
# <small>2 min</small>
#
# Noise is for what no style needs to know: how hairs lie. A disc has no hairs. *So what will it change?* We
# keep w, and draw the noise anew.

# %%
rng = np.random.default_rng(1)
same_w = np.repeat(styles.w(z[:1]), 24, axis=1)
again = styles.make(same_w, noise=rng.standard_normal((24, styles.noises)))
fig, ax = plots.figure(width=8.8, height=1.8)
wall(ax, again.reshape(-1, 64), (8, 8), columns=24)
ax.set_yticks(4.5 + 9 * np.arange(4), [f"seed {k}" for k in range(4)])
show(fig, "11.noise")

# %% [markdown]
# With three seeds of four the disc stays, and its brightness changes a little: noise begins at a strength of
# 0. Seed 1 leaves outline and size to chance, and what is left to chance no code can tell.
#
# ## Turn the knobs
#
# <small>1 min</small>
#
# *psi* is how far each style is from their mean; 1 leaves it. *What is lost at 0.5, what goes wrong at 2?*

# %%
style_explorer(styles, psi=0.5)

# %% [markdown]
# At 0.5 discs are more alike, and one mixture fades; at 0 all are one. At 2 they smear: few w lie
# there.
#
# ## Exercises
#
# <small>8 min</small>
#
# **3. Predict and run.** Convolutions found over 95 of 100 negatives. Give them the mirrored digits:
# `train_both(convolutions, one, other, cycle_consistency(weights))`, and count partners in `sides[1]`, and
# `kept`, mirrored back as above.

# %% [markdown] tags=["answer"]
# <details><summary>Answer</summary>
#
# At most 4 of 100. With the term two seeds of three leave pictures nearly as they are (some 39 keep their
# digit), the third exchanges digits. What should come out at the left stands at the right, and this network
# makes a place of what is near it.
#
# </details>

# %% [markdown]
# **4. Predict and run.** Train the convolutions on negatives once more, with the identity loss:
# `[cycle_consistency(10.0), identity_loss(5.0)]` in the place of `cycle_consistency(weights)`.

# %% [markdown] tags=["answer"]
# <details><summary>Answer</summary>
#
# None of 100 finds its partner, and some 2 keep their digit. F has to leave a dark picture as it is, so
# it does the same with a light one as far as D lets it: what is black in its middle, the hole of a 0
# say, becomes the stroke, and the rim turns white.
#
# </details>

# %% [markdown]
# **5. Predict and run.** Read, and then steer: with `x = images.moments(made[k], (8, 8))["x"]`,
# `w = codes["w"][k]` and `order = np.argsort(x)` take
# `way = w[order[-200:]].mean(0) - w[order[:200]].mean(0)`, and look at
# `styles.make(w.mean(0) + np.linspace(-1, 1, 9)[:, None] * way)[k]` with `wall`, for each seed k. Will the
# disc go from left to right, and do nothing else?

# %% [markdown] tags=["answer"]
# <details><summary>Answer</summary>
#
# From left to right, and seldom straight: some discs take a bend, or turn back at the end. What a line reads
# off a code it need not steer: the reading is right on average, over the codes that there are.
#
# </details>

# %%
quiz("11.1")

# %%
quiz("11.2")

# %%
quiz("11.3")

# %%
quiz("11.4")

# %%
quiz("11.5")

# %% [markdown]
# ## In practice
#
# <small>1 min</small>
#
# - Test a translation by partners, be they a hundred made by hand. A small cycle error and good pictures
#   say nothing of it.
# - Ask of each network and each term what it assumes about partners.
# - Run several seeds: where they differ, the losses have left it open.
# - Ask of an untrained network, and of doing nothing, what you asked of a trained one.
#
# ## What the posts said
#
# <small>1 min</small>
#
# | post | said | here |
# |---|---|---|
# | `module` | CycleGAN learns mappings between two domains | a mapping; the right one where the network favours it: [I3a](../docs/claims.md#i3a-1) |
# | `module` | no paired training data required | to train; to know whether it is right, some are |
# | `module` | StyleGAN has disentangled latent representations | w tells more than z, to a line: [I4a](../docs/claims.md#i4a-1) |
#
# ## Further reading
#
# - Karras, Laine and Aila, *A Style-Based Generator Architecture for Generative Adversarial Networks* (2019);
#   Karras and others, *Analyzing and Improving the Image Quality of StyleGAN* (2020).
# - Zhu, Park, Isola and Efros, *Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial
#   Networks* (2017).
# - Galanti, Wolf and Benaim, *The Role of Minimal Complexity Functions in Unsupervised Learning of
#   Semantic Mappings* (2018).
# - Chu, Zhmoginov and Sandler, *CycleGAN, a Master of Steganography* (2017): how a cycle hides in
#   pictures what it needs on the way back.
