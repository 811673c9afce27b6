# %% [markdown]
# # Add noise, match features
#
# *You will* complete one post's table of tricks with 32 runs in each cell, then audit its
# code as a reviewer would: each fault is there for you to find before it is shown.
#
# *You will learn*
# - what instance noise and feature matching change, and where;
# - to read code against the paper it cites, and to test whether a difference matters;
# - why one fault in that code made the results *better*;
# - to compare techniques by their distributions of outcomes.
#
# *You need* notebooks 03 and 04. About 45 minutes to read, a minute to run.

# %%
from importlib.util import find_spec

if find_spec("ganlab") is None:
    raise ImportError(
        "The course is not installed here: copy its folder to this machine, run\n"
        "%pip install -e <that folder>   in a cell, and restart the kernel."
    )

# %%
import numpy as np

from ganlab import data, latent, losses, plots, recipes, techniques
from ganlab.backend import keras, tf
from ganlab.course.standing import draw_standing
from ganlab.evidence import claim
from ganlab.exercises import check, quiz
from ganlab.games import optimal_discriminator
from ganlab.losses import feature_matching, paired_feature_distance
from ganlab.metrics import noise_floor, wasserstein
from ganlab.networks import MinibatchDiscrimination, mlp
from ganlab.plots import show
from ganlab.training import train
from ganlab.widgets import draw_technique_runs, technique_explorer

# %% [markdown]
# ## The question
#
# <small>3 min</small>
#
# `highdim2018`, here *the post*, took the last code of notebook 03, tried two more tricks on it, and
# drew one histogram for each combination:
#
# | | no minibatch discrimination | with it |
# |---|---|---|
# | nothing | (a picture, no verdict) | not quite as intended |
# | noise | matches the bell pretty well, long tail on the left | much improved |
# | noise and feature matching | the tail has gone; perhaps no better than nothing | did not perform well |
#
# Six pictures, from six runs. *Which cell is the best? Write down your guess, and how sure you are.*
#
# ## The two tricks
#
# <small>3 min</small>
#
# Write $f(x)$ for what a hidden layer of D puts out, the *features* of $x$.
#
# *Instance noise*: D is shown $x + \sigma\epsilon$ and $G(z) + \sigma\epsilon$, so that the
# two densities overlap (Sønderby and others, 2017).
#
# *Feature matching*: G minimises $|\mathrm{E} f(x) - \mathrm{E} f(G(z))|^2$, the distance
# between two means, and no longer tries to fool D (Salimans and others, 2016).
#
# ## Faithful first: the post's code
#
# <small>6 min</small>
#
# We run the post's code as it stands. What exactly it does is the subject of the audit;
# for now, the function `post_cell` does it.

# %%
target = data.Gaussian(4.0, 0.5)
normal = keras.initializers.RandomNormal(stddev=1.0)
small = keras.initializers.RandomNormal(stddev=0.02)
generator = mlp((1, 4, 1), "softplus", kernel=normal)
plain = mlp((1, 8, 8, 8, 1), "relu", kernel=normal)
see_all = MinibatchDiscrimination(5, 3, kernel_initializer=small)
minibatch = mlp((1, 8, 8, see_all, 1), "relu", kernel=normal)
adam = keras.optimizers.Adam(1e-3)
base = losses.bounded(1e-5)  # logarithms with a floor, as in that code


# %%
def last_code(discriminator, pair, z_noise=0.0, aligned=True, **technique):
    slots = latent.Stratified(-8.0, 8.0, jitter=0.01, noise=z_noise, aligned=aligned)
    real = data.Gaussian(4.0, float(np.hypot(0.5, z_noise)))  # noise makes a normal one wider
    return train(
        generator, discriminator, real, slots, batch_size=8, losses=pair,
        d_optimizer=adam, g_optimizer=adam, records=20, **technique,
    )  # fmt: skip


def post_cell(discriminator, noise, matching):
    pair = feature_matching("hidden_3", matching, 1.0 - matching, base, paired_feature_distance)
    return last_code(discriminator, pair, z_noise=0.001 * noise)


# %%
CELLS = {"nothing": (0.0, 0.0), "noise": (1.0, 0.0), "noise, matching": (1.0, 1.0)}
post = {
    f"{kind}: {name}": post_cell(discriminator, *cell)
    for kind, discriminator in (("plain", plain), ("minibatch", minibatch))
    for name, cell in CELLS.items()
}

# %% [markdown]
# Here is the table with 32 runs in each cell: medians of the distance W1, of mean and standard
# deviation of the samples, and of the shares more than three standard deviations left and right of
# the bell (the data have 0.1 % on either side). Darker means further from the data.


# %%
def measures(run):
    """W1, mean, standard deviation, tails in per cent: averages over the last two records."""
    x = run.samples[-2:, ..., 0]
    far = 100 * (x < 2.5).mean(-1), 100 * (x > 5.5).mean(-1)
    found = wasserstein(run.samples[-2:], target), x.mean(-1), x.std(-1), *far
    return [values.mean(0) for values in found]


# %%
def table(runs, picture):
    """Left the medians; right W1 of all runs, a dot each."""
    found = {name: measures(run) for name, run in runs.items()}
    fig, (left, right) = plots.figure(2, width=9.0, height=0.55 * len(runs) + 1.2)
    medians = np.array([np.median(values, axis=1) for values in found.values()])
    enough = np.array([0.125, 0.125, 0.125, 5.0, 5.0])  # off by this much: one shade
    shades = np.clip(abs(medians - [0, 4, 0.5, 0.13, 0.13]) / enough, 0, 4)
    left.imshow(shades, cmap="Greys", aspect="auto", vmin=0, vmax=8)
    for (i, j), value in np.ndenumerate(medians):
        left.text(j, i, f"{value:.2f}", ha="center", va="center", color="k")
    left.set_xticks(range(5), ["W1", "mean", "std", "left, %", "right, %"])
    left.set_yticks(range(len(runs)), list(runs))
    right.set_xscale("log")
    arms = {name: values[0] for name, values in found.items()}
    plots.outcomes(right, arms, floor=(floor.low, floor.high), label="W1 to the data at the end")
    right.set_yticks([])
    show(fig, picture)


# %%
floor = noise_floor(wasserstein, target, 500, np.random.default_rng(0))
table(post, "05.six-cells")

# %% [markdown]
# Was your cell the best? Two rows come out best, and they are the two with *matching*; the noise
# has hardly changed W1 (a median *std* of 1.08 comes from the runs that ended far off). Look at
# the dots, too: of the runs with matching, about a quarter ended far away, and a median does not
# show that.
#
# Here is what the evidence says about the second trick. *highdim2018* is the code you have just
# run. In *ours after 03* the GAN is the modern one of notebook 03, and the techniques are those of
# their papers: noise of half the data's width on all that D sees, which fades until the middle of
# the run, and matching of means.

# %%
claim("E3b")

# %% [markdown]
# Matching beside noise brings G nearer to the data, firmly, in both. Noise alone is another
# story. With it no run of the post's code ends close ([E1a](../docs/claims.md#e1a-2)), nor without; it
# changes nothing that matters there, neither with the layer ([E2](../docs/claims.md#e2-3), 2,048
# seeds) nor without ([E1c](../docs/claims.md#e1c-3)). And with all three none ends close: even
# the best are too narrow ([E4](../docs/claims.md#e4-2)).
#
# So keep matching, drop noise, and write a post? Look at the code first.
#
# ## The audit
#
# <small>17 min</small>
#
# You are the reviewer. The two steps of the post's loop do this, in words:
#
# 1. D: draw real `x` and latents `z`, both sorted; add normal noise of standard deviation
#    0.001 to each; take a step on D's loss of `x` and `G(z)`.
# 2. G: draw again in the same way, and take a step on `sqrt(sum((h2(x) - h2(G(z))) ** 2))`, with
#   `h2` the last hidden layer of D (ours: `hidden_3`), sample by sample.
#
# *Compare each step with its definition above. Where does it differ? Then ask of every
# number whether it is large enough to matter. Write your list down, and read on.*
#
# ### First fault: where the noise goes
#
# The noise is on `z`, before G, and not on what G makes. How far does it move a sample?

# %%
run = post["plain: nothing"]
z = np.linspace(-8, 8, 200)[:, None]
moved = abs(run.generators(z + 0.001) - run.generators(z))[..., 0]
fig, ax = plots.figure(width=7.0, height=2.4)
ax.set_xscale("log")
where = {"typical": np.median(moved, axis=1), "largest": moved.max(1)}
plots.outcomes(
    ax, where, reference={"width of the data": 0.5}, label="how far the noise moves G(z)"
)
show(fig, "05.moved")

# %% [markdown]
# Most samples move by less than a thousandth, none by much more than a hundredth of the data's
# width. D sees clean samples of a narrow G, which was the very thing that noise was to prevent.
#
# ### Second fault: how much
#
# Now put the noise where it belongs, on all that D sees: `techniques.instance_noise(level)`,
# given to `shown`. *At which level will it begin to matter? At which will it hurt?*

# %%
levels = [0.001, 0.05, 0.2, 0.5, 1.0, 2.0, 4.0]
usual = feature_matching("hidden_3", 0.0, 1.0, base)  # matching weight 0: as `base`
sweep = {0.0: post["plain: nothing"]}  # run already
for level in levels:
    sweep[level] = last_code(plain, usual, shown=techniques.instance_noise(level))

fig, ax = plots.figure(width=8.0, height=4.2)
ax.set_xscale("log")
arms = {f"noise {level:g}": measures(run)[0] for level, run in sweep.items()}
plots.outcomes(ax, arms, floor=(floor.low, floor.high), label="W1 to the data at the end")
show(fig, "05.noise-levels")

# %% [markdown]
# Nothing to speak of happens at the post's 0.001, nor at fifty times as much. From 0.2 on
# the medians fall. Most far runs go only at 1, *twice* the width of the data; there and at 2
# the runs are best. At 4 the typical run is worse again. Evidence for level 1, in the post's GAN
# (*aylien2016 (2017)*) and in the modern one:

# %%
claim("E6a")

# %% [markdown]
# Noise of level 1 helps the post's GAN, firmly: three runs in four are nearer to the data. In the
# modern GAN more lose by it than gain, so far. The post's level makes no difference that matters,
# wherever it is put ([E6b](../docs/claims.md#e6b-2), [E1c](../docs/claims.md#e1c-3)).
#
# ### Third fault: which distance
#
# Feature matching compares *means* (the root aside). The post's code compares the first real
# sample with the first generated one, the second with the second, and so on. Both batches are
# sorted. *So what does G learn? Ask what it would learn if the features were the samples
# themselves.*
#
# If $f(x) = x$, G is told: send your smallest $z$ to where the smallest of eight real
# samples usually is, the next one to where the next one is. That is an ordinary regression, and it
# needs no D. To run it without one, we hide it from G: a D whose first layer hands its input on
# unchanged, and features from there.

# %%
blind = mlp((1, keras.layers.Activation("linear"), 8, 8, 1), "relu", kernel=normal)
paired = feature_matching("hidden_1", base=base, distance=paired_feature_distance)
ordered, drawn = (last_code(blind, paired, 0.001, aligned) for aligned in (True, False))

slots = np.linspace(-8, 8, 8)[:, None]
means = np.sort(target.sample((20_000, 8), np.random.default_rng(0)), axis=1).mean(0)
fig, (left, right) = plots.figure(2, width=9.0, height=3.6)
for k, (name, run) in enumerate({"sorted": ordered, "as drawn": drawn}.items()):
    look = dict(color=plots.COLOURS[k], ls=plots.LINES[k])
    left.plot(slots, run.generators(slots)[..., 0].T, **look, lw=0.7, alpha=0.6)
    left.plot([], [], **look, label=f"real batches {name}")
left.plot(slots, means, "k.", ms=9, label="eight sorted samples, mean")
left.set(xlabel="z, the eight slots", ylabel="G(z), 32 seeds", ylim=(2, 6))
plots.legend(left)
runs = {"D's features": post["plain: noise, matching"], "no D, sorted": ordered}
arms = {name: measures(run)[2] for name, run in {**runs, "no D, as drawn": drawn}.items()}
right.set_xscale("log")
plots.outcomes(right, arms, reference={"the data": 0.5}, label="width at the end")
show(fig, "05.sorted")

# %% [markdown]
# With sorted batches every generator passes near the dots, and none has listened to a
# discriminator. With batches as they were drawn, the same loss sends nearly all $z$ to the
# mean. The dots are averages: a G through all of them has a width of 0.37, and that is where these
# runs end.
#
# So what makes the best medians of the post's table is no GAN, but a regression that already
# knows which $z$ belongs to which $x$. It is too narrow by a quarter, which is why no run of the
# table's last row counts as close. And D adds failures: with its features 27 of 100 runs stored
# for [E3b](../docs/claims.md#e3b-2) end more than 1 from the data, without it none of
# these 32 ([E5a](../docs/claims.md#e5a-2)). Without sorting it ends narrow
# ([E5b](../docs/claims.md#e5b-2)), and in two dimensions there is nothing to sort by.
#
# A fault can make results better. That is why an audit asks what the code does, and not
# whether its numbers are good.
#
# ### A fault from another copy
#
# A version of this experiment that was copied often has another one: both optimizers are
# told to `minimize` a loss, and neither is told *which weights*. *What does a step of G move
# then?*


# %%
def g_step_moves_d(weights_of):
    G, D = keras.models.clone_model(generator), keras.models.clone_model(plain)
    before = [w.numpy() for w in D.trainable_variables]
    with tf.GradientTape() as tape:
        g_loss = tf.reduce_mean(tf.nn.softplus(-D(G(np.linspace(-8, 8, 8)[:, None]))))
    moved = weights_of(G, D)
    keras.optimizers.Adam(0.01).apply(tape.gradient(g_loss, moved), moved)
    return any((a != b).any() for a, b in zip(before, D.get_weights(), strict=True))


told = g_step_moves_d(lambda G, D: G.trainable_variables)
untold = g_step_moves_d(lambda G, D: G.trainable_variables + D.trainable_variables)
print(f"G's step moves D, if told which weights: {told}. If not told: {untold}.")

# %% [markdown]
# So both losses reach both players. D minimises
# $-p \log D - q \log(1 - D) - q \log D$, which is least at $D = (p + q)/(p + 2q)$: it is
# never below one half. And G minimises $-\log D - \log(1 - D)$ of its samples, which is
# least where $D = 1/2$. *Where is that?*

# %%
leaking = losses.Losses(
    lambda real, fake, **s: base.discriminator(real, fake, **s) + base.generator(fake, **s),
    lambda fake, **s: base.generator(fake, **s) + base.generator(-fake, **s),  # -log(1 - D)
    scalars=base.scalars,
)
leak = last_code(plain, leaking)

x = np.linspace(1.5, 7.5, 400)
p, q = target.density(x), data.Gaussian(5.0, 0.5).density(x)
fig, (left, right) = plots.figure(2, width=9.0, height=3.4)
left.fill_between(x, p, color=plots.COLOUR.real, alpha=0.25, lw=0, label="p, real")
left.plot(x, q, "-", color=plots.COLOUR.fake, lw=1, label="q, generated")
left.plot(x, optimal_discriminator(p, q), "k--", label="best D")
left.plot(x, optimal_discriminator(p + q, q), "k-", label="best D of both losses")
left.set(xlabel="x", ylabel="density, and D")
plots.legend(left, ncols=2)
right.set_xscale("log")
arms = {"told which weights": measures(post["plain: nothing"])[0], "not told": measures(leak)[0]}
plots.outcomes(right, arms, label="W1 to the data at the end")
show(fig, "05.clamp")

# %% [markdown]
# Where only fakes are: there $p = 0$, and the solid curve is at one half. G is sent away from the
# data, and the runs show it.
#
# ## The same table, as published
#
# <small>5 min</small>
#
# Now the techniques as their papers have them, with the level of the sweep: noise of 1 on
# all that D sees, which does not fade, and the distance between *mean* features. The GAN is
# the post's. *Which cell will be best now?*


# %%
def published_cell(discriminator, noise, matching):
    pair = feature_matching("hidden_3", matching, 1.0 - matching, base)
    return last_code(discriminator, pair, shown=techniques.instance_noise(1.0 * noise))


published = {"plain: nothing": post["plain: nothing"], "plain: noise": sweep[1.0]}  # run already
published["plain: noise, matching"] = published_cell(plain, *CELLS["noise, matching"])
published["minibatch: nothing"] = post["minibatch: nothing"]
for name in ("noise", "noise, matching"):
    published[f"minibatch: {name}"] = published_cell(minibatch, *CELLS[name])
table(published, "05.published-cells")

# %% [markdown]
# Compare the two tables: the last row is best now. Noise alone brings most runs within 0.5 of the
# data. And matching has changed sides: without the layer it does harm; with it the median stays
# as it is, and fewer runs are far away. The post saw the opposite; its matching was another.

# %%
claim("E7a")

# %% [markdown]
# (You know this picture from notebook 00.) In the post's GAN, without the layer, matching beside noise does harm, firmly ([E7c](../docs/claims.md#e7c-2));
# with it, all three beat none ([E7b](../docs/claims.md#e7b-2)), as noise alone does. A likely reason: samples
# spread far and wide can have the same few mean features. With the layer, the features hold how
# close the samples of a batch are. In the modern GAN all three are firmly worse than none, at a
# median of 8. We do not know why.
#
# ## One picture to remember
#
# <small>3 min</small>
#
# Eight combinations on the post's GAN, 64 to 512 stored runs each, the worst median first. *Before you
# look: which row has the fewest runs more than 1 away?*

# %%
CODE, PAPERS = "highdim2018", "aylien2016 (2017)"  # one GAN, techniques as coded and as published
sources = {
    "nothing": ("E6a", PAPERS, "none"),
    "minibatch": ("D1c", PAPERS, "minibatch"),
    "noise 0.001 on z": ("E1c", CODE, "plain, noise"),
    "minibatch, noise 0.001 on z": ("E2", CODE, "minibatch, noise"),
    "noise 0.001, paired matching": ("E3b", CODE, "plain, noise and matching"),
    "noise 1 on what D sees": ("E6a", PAPERS, "noise"),
    "noise 1, mean matching": ("E7c", PAPERS, "noise and matching"),
    "minibatch, noise 1, mean matching": ("E7b", PAPERS, "all three"),
}
stored = {
    name: claim(id).outcomes(setting)[arm][:512] for name, (id, setting, arm) in sources.items()
}
stored = dict(sorted(stored.items(), key=lambda item: -np.median(item[1])))
fig, ax = plots.figure(width=9.0, height=5.4)
ax.set_xscale("log")
plots.outcomes(ax, stored, floor=(floor.low, floor.high), label="W1 to the data at the end")
show(fig, "05.combinations")

# %% [markdown]
# The best median is that of paired matching, which does as well without a D; but a quarter of its
# runs end more than 1 from the data. With noise 1 on what D sees, alone or in all three, it is
# one in ten. The layer is in the two worst rows, and in one of the best: a trick has no value of its
# own, only in company. Nearly every cloud is wider than the step from one row to the next.
#
# ## Two more tricks, and your own
#
# <small>4 min</small>
#
# *One-sided label smoothing* asks D for 0.9 instead of 1 on real samples:
# `losses.smoothed(0.9)`. *Historical averaging* draws each player's weights back to their own
# average so far: `techniques.historical_averaging(0.01)`, given to `added`. Both are from Salimans
# and others (2016).
#
# **1. Predict and run.** Your own combination. Below stand the layer, noise 1, and a tenth of
# matching *beside* the usual loss. *Will it beat noise alone?* Then put in what you like (either
# trick above, `techniques.instance_noise(1.0, together=True)`, another level), predict its place
# in the picture, and run.

# %%
my_discriminator = minibatch
my_losses = feature_matching("hidden_3", 0.1, 1.0, base)  # or with base=losses.smoothed(0.9)
mine = {"shown": techniques.instance_noise(1.0)}  # and "added", say

own = last_code(my_discriminator, my_losses, **mine)
rows = {"nothing": published["plain: nothing"], "noise": published["plain: noise"]}
rows["all three"] = published["minibatch: noise, matching"]
table({**rows, "mine": own}, "05.your-cells")

# %% [markdown] tags=["answer"]
# <details><summary>Answer</summary>
#
# The median W1 is 0.17, with noise alone 0.26, and no run ends more than 1 away; with noise alone three
# do. A tenth of matching beside the usual loss does better than matching in its place, 0.20.
#
# </details>

# %% [markdown]
# ## Where our GAN stands
#
# <small>2 min</small>
#
# The repaired GAN of [notebook 03](03_learn_a_1d_gaussian.ipynb#Where-our-GAN-stands), once more,
# with noise of half the bell's width that fades until the middle of the run. *Predict: nearer,
# further away, or where it was?*

# %%
recipe = recipes.repaired()
fading = recipe.changed(shown=techniques.instance_noise(0.25, until=2500)).train()
show(draw_standing("05", fading), "05.standing")

# %% [markdown]
# Where it was. A GAN whose rates and sizes are right leaves nothing for the noise to mend, and
# others do harm: with R1, feature matching or an average of G's weights eight runs in ten or more
# end further from the data, firmly ([H1e](../docs/claims.md#h1e-1)). So none is carried on. First
# make the plain GAN work: then you see what a technique is worth to it.
#
# ## Turn the knobs
#
# <small>1 min</small>
#
# First a figure of the modern GAN of notebook 03; then the same with knobs, begun without matching.
# Here the noise, given in widths of the data, fades until the middle of the run, and matching is added
# to the usual loss. *Many curves pile up at their left edge. Which knob takes the edge away?*

# %%
gaussian = latent.Gaussian()
knobs = {"layer": "none", "batch_size": 16, "noise": 0.5, "matching": 1.0, "real_label": 1.0}
fig, sentence = draw_technique_runs(target, gaussian, **knobs)
show(fig, "05.your-run")

# %%
technique_explorer(target, gaussian, **knobs | {"matching": 0.0})

# %% [markdown]
# Only the layer, on *all the batch*, takes it away; as in 04, a few runs then end far off.
#
# ## Exercises
#
# <small>10 min</small>
#
# **2. Predict and run.** Let the noise of the sweep fade: `until=2500`. Is the best level
# the same? Why might it help to keep some noise to the end?

# %% [markdown] tags=["answer"]
# <details><summary>Answer</summary>
#
# No level is as good as 1 and 2 were. Faded from 1, runs end at a median W1 of 0.6 instead of 0.26,
# faded from 2 at 0.48 instead of 0.31; 4 is the best now, with 0.47. When the noise has gone, this GAN
# is again what it was without it, and 2,500 steps are enough to fall apart.
#
# </details>

# %% [markdown]
# **3. Write it (05.1).** The distance of feature matching, between batches of features.


# %%
def feature_distance(real_features, fake_features):
    """|mean of f(real) - mean of f(fake)|^2; two arrays (batch, units)."""
    ...


check("05.1", feature_distance)

# %% [markdown] tags=["answer"]
# [A solution](solutions/05_add_noise_match_features.py).

# %%
quiz("05.1")

# %%
quiz("05.2")

# %% [markdown]
# ## In practice
#
# <small>1 min</small>
#
# - Say where a trick acts, on which tensor, and how strongly in units of the data. Then sweep
#   the strength over decades before you judge the trick.
# - Try techniques in combination: one that harms alone may help in company.
# - Check what G can achieve without D. If it can do as well, you are not training a GAN.
#
# ## Further reading
#
# - Salimans and others, *Improved Techniques for Training GANs* (2016), section 3: all the
#   tricks of this notebook but the noise.
# - Sønderby and others, *Amortised MAP Inference for Image Super-resolution* (2017), section
#   3: instance noise; Arjovsky and Bottou, *Towards Principled Methods* (2017), section 3.
# - Mescheder and others, *Which Training Methods for GANs do actually Converge?* (2018): what
#   noise does to the eigenvalues of notebook 01.
# - [docs/claims.md](../docs/claims.md): every claim of this course, with its verdict.
