# %% [markdown]
# # Pretrain the discriminator
#
# *You will* follow one post from its first picture to its last, with 32 runs where it had
# one, and switch off its ingredients one at a time.
#
# *You will learn*
# - to prepare a discriminator before the game, and to hand it over;
# - which of five ingredients made a difference, and which changed nothing at all;
# - to draw a map of where a GAN works, in one compiled program;
# - why a density is a poor thing to teach a discriminator, and what is a better one.
#
# *You need* notebook 00, and 01 for the best discriminator $D^*$.
# About 45 minutes to read, a minute to run.

# %%
from importlib.util import find_spec

if find_spec("ganlab") is None:
    raise ImportError(
        "The course is not installed here: copy its folder to this machine, run\n"
        "%pip install -e <that folder>   in a cell, and restart the kernel."
    )

# %%
import numpy as np

from ganlab import data, latent, losses, plots
from ganlab.backend import keras, tf
from ganlab.endings import CLOSE_W1, end_of
from ganlab.evidence import claim
from ganlab.exercises import check, quiz
from ganlab.games import optimal_discriminator
from ganlab.metrics import noise_floor, wasserstein
from ganlab.networks import mlp
from ganlab.plots import show
from ganlab.pretraining import pretrain
from ganlab.training import Scaled, Trainer, train

# %% [markdown]
# ## The question
#
# In November 2016 The Neural Perspective (`perspective2016` in
# [the list of sources](../docs/sources.md)) taught a GAN to make a bell curve, after a
# tutorial by Eric Jang. Its advice sounds sensible. Let D learn the data *before* the
# game, so that it can reject G's first samples with confidence, "which will allow G to
# train faster". Sort each batch. Scale G's output to the range of the data. One step of D
# per step of G will do. And it warns: change the optimizer or a setting, and you will see
# how fragile it all is.
#
# *Five pieces of advice. Before you read on: how many of them will turn out to matter?*
#
# Here is the post's GAN. Both networks have two hidden layers of ten tanh units. G ends in
# a tanh too, times 5. So does D, and that is unusual: its tanh, cut to the range from 0.01
# to 0.99, is taken for a probability. That reading belongs to the losses here, and is
# called `losses.clamped`. All weights start from N(0, 1).

# %%
target = data.Gaussian(0.0, 1.0)
slots = latent.Stratified(-3.0, 3.0, jitter=0.01)  # 200 evenly spaced points, hardly moved
normal = keras.initializers.RandomNormal(stddev=1.0)

generator = mlp((1, 10, 10, 1), "tanh", "tanh", kernel=normal)
generator.add(keras.layers.Rescaling(5.0))
discriminator = mlp((1, 10, 10, 1), "tanh", kernel=normal)

schedule = keras.optimizers.schedules.ExponentialDecay(0.001, 2500, 0.95, staircase=True)
momentum = keras.optimizers.SGD(schedule, momentum=0.6)
settings = {
    "seeds": 32,
    "batch_size": 200,
    "losses": losses.clamped,
    "d_optimizer": momentum,
    "g_optimizer": momentum,
}

# %% [markdown]
# The post's first picture shows the data and the boundary of an untrained D. We draw 32.

# %%
grid = np.linspace(-5.0, 5.0, 401)
p = target.density(grid)
start = Trainer(generator, discriminator, target, slots, **settings).run()

fig, ax = plots.figure(width=6.5)
plots.densities(ax, grid, p, learned=start.discriminate(grid), top=1.05)
show(fig, "02.untrained-ds")

# %% [markdown]
# (One seed is drawn thick. Both axes have the same scale.) With weights this large an
# untrained D is not undecided. It is sure, in 32 different ways. Where a curve lies on the
# bottom, tanh is below 0.01, and D is cut.
#
# ## Pretrain it onto the density
#
# For 1,000 steps the post shows D points from [-3, 3] and asks for the *height of the bell*
# there, by squared error. *Predict: what will the 32 curves look like inside [-3, 3]? And
# outside?*

# %%
pretrained, steps, squared_error = pretrain(
    discriminator,
    inputs=data.Uniform(-3.0, 3.0),
    target=target.density,
    loss=losses.tanh_squared_error,
    batch_size=200,
    optimizer=momentum,
)
ready = Trainer(generator, pretrained, target, slots, **settings).run()

fig, (left, right) = plots.figure(2, width=10.0, height=3.6)
left.set_yscale("log")
plots.band(left, steps, squared_error, "32 discriminators")
left.set(ylabel="squared error", xlabel="pretraining step")
plots.densities(right, grid, p, learned=ready.discriminate(grid), top=1.05)
show(fig, "02.pretrained-ds")

# %% [markdown]
# They learn it, roughly: between -3 and 3 most curves follow the bell. The points stop
# there, and beyond it each D does what it likes. Where a curve bends up again, it tells a
# generator that is out there to go further out. One, at the top, has learned nothing at all.
#
# ## Hand it over, and train
#
# The post copies the weights of the pretrained D into the D of the game. One step of that
# game, written out. The optimizers carry momentum: each update is 0.6 times the one before,
# minus the new gradient times the rate.


# %%
def clamp(outputs):
    return tf.clip_by_value(tf.tanh(outputs), 0.01, 0.99)


def plain_step(G, D, g_optimizer, d_optimizer, real, d_z, g_z):
    with tf.GradientTape() as tape:
        d_real, d_fake = clamp(D(real)), clamp(D(G(d_z)))
        d_loss = -tf.reduce_mean(tf.math.log(d_real)) - tf.reduce_mean(tf.math.log(1 - d_fake))
    d_weights = D.trainable_variables
    d_optimizer.apply(tape.gradient(d_loss, d_weights), d_weights)

    with tf.GradientTape() as tape:
        g_loss = -tf.reduce_mean(tf.math.log(clamp(D(G(g_z)))))
    g_weights = G.trainable_variables
    g_optimizer.apply(tape.gradient(g_loss, g_weights), g_weights)
    return float(d_loss), float(g_loss)


# %% [markdown]
# `ready.discriminator(5)` is a plain Keras model that holds seed 5's pretrained weights:
# that is the handing over. We give our step the batches that the engine in
# `ganlab.training` will use for that seed, and compare 20 steps. (With a few other seeds
# they part after some steps: where a sample sits right at the cut, rounding decides whether
# it counts.)

# %%
engine = Trainer(generator, pretrained, target, slots, **settings)
batches, G, D = engine.batches(seed=5), ready.generator(5), ready.discriminator(5)
g_optimizer, d_optimizer = (keras.optimizers.SGD(schedule, momentum=0.6) for _ in "gd")

largest = 0.0
for real, d_z, g_z in zip(*(batches[name][:20] for name in ("real", "d_z", "g_z")), strict=True):
    plain = plain_step(G, D, g_optimizer, d_optimizer, real, d_z, g_z)
    compiled = engine.advance(1)
    differences = np.subtract(plain, [compiled["d_loss"][5], compiled["g_loss"][5]])
    largest = max(largest, np.abs(differences).max())
print("The two loops agree to rounding." if largest < 1e-4 else "The two loops differ!")

# %% [markdown]
# Now the game, 32 times. The post plays 10,000 steps, and so does the evidence below; here
# we stop after 2,000, to keep to our minute. *Write down: how many of 32 will match the
# bell? And what will the 32 D's look like in the end?*

# %%
post = train(generator, pretrained, target, slots, steps=2000, records=40, **settings)

distance = wasserstein(post.samples, target)
floor = noise_floor(wasserstein, target, 500, np.random.default_rng(0))
fig, (left, middle, right) = plots.figure(3, width=14.0, height=3.8)
levels = {"2 log 2": 2 * np.log(2), "log 2": np.log(2)}
plots.losses(left, post.steps, post.d_loss, post.g_loss, reference=levels)
middle.set_yscale("log")
plots.band(middle, post.steps, distance, "32 runs")
middle.axhspan(floor.low, floor.high, color="0.85")
middle.set_ylabel("W1 to the data")
boundary = post.discriminate(grid)
plots.densities(right, grid, p, samples=post.samples[-1, 0], learned=boundary, top=1.05)
show(fig, "02.training")

# %% [markdown]
# The post's last two pictures, with 32 runs in them. Both losses come to rest, at what they
# are when D says 1/2 to everything; and on the right, where the data are, nearly every D comes
# near that. (The histogram is seed 0's.) From there on the losses tell nothing, while the
# distance in the middle differs from run to run by more than a factor of four. (Grey: the noise
# floor of 500 samples.)
#
# Here are all the runs, by the course's five words: *close* is a W1 of at most 0.25, a quarter of
# the data's width, at four fifths of that width or more; *narrow* has the place and not the
# width; *partly* and *lost* have samples outside [-3, 3], a tenth of them or nearly all; *near* is
# the rest.

# %%
WORDS = ["close", "near", "narrow", "partly", "lost"]
edges = np.linspace(-5.0, 5.0, 81)


def histograms(samples):
    """(seeds, bins) densities of samples (seeds, n, 1)."""
    counts = np.array([np.histogram(x, edges)[0] for x in samples])
    return counts / (samples.shape[1] * np.diff(edges))


w1 = distance[-1]
words = end_of(post, target)
middle = (edges[1:] + edges[:-1]) / 2
fig, axes = plots.figure(8, 4, width=9.0, height=4.6)
shapes = histograms(post.generators(slots.quantile(np.linspace(0.001, 0.999, 999))[:, None]))
plots.ensemble_densities(
    axes, middle, target.density(middle), shapes, outcome=words, order=WORDS, top=0.9
)
show(fig, "02.ending")

# %% [markdown]
# More than half of them are close, and even those are no bells: they have spikes where G turns
# back, or stands still, as z moves on. W1 forgives that, for little mass has far to go.
#
# The post plays on to step 10,000. There its second and third claim are measured: a flat D where
# the data are ([B4a](../docs/claims.md#b4a-2)), and a histogram that matches.
# [How to read a verdict](00_start_here.ipynb#How-to-read-a-verdict) is told in notebook 00.

# %%
claim("B4b")

# %% [markdown]
# So the post's last picture is no accident. Nor is the flat D: nine runs in ten end with one. But
# the two are not the same. Of the first 64 runs 56 have a flat D and 47 are close; all but one
# of those are among the 56, and so are ten that are not close. A D that has given up is no proof
# of success.
#
# ## One ingredient at a time
#
# Does any of the advice matter? Each row changes something and keeps the rest; *linear*
# means that G's last tanh is taken away. Each dot is a stored run, 64 in a row.
# *Before you look: rank the six.*

# %%
POST = "perspective2016"
scaled = claim("B3")
tanh, linear = (scaled.outcomes(name) for name in scaled.settings)
rows = {
    "the post": claim("B1b").outcomes(POST)["pretrained"],
    "no pretraining": claim("B1b").outcomes(POST)["not pretrained"],
    "independent z": claim("B2b").outcomes(POST)["independent"],
    "G not scaled": tanh["bare"],
    "linear, scaled": linear["times 5"],
    "linear, not scaled": linear["bare"],
}
arms = {name: values[:64] for name, values in rows.items()}
fig, ax = plots.figure(width=8.5, height=4.6)
ax.set_xscale("log")
plots.outcomes(ax, arms, reference={"close": CLOSE_W1}, label="W1 to the data after 10,000 steps")
show(fig, "02.ablation")

# %% [markdown]
# The first three rows could be one and the same. *G not scaled* is held back: with its tanh
# it cannot leave [-1, 1], and from there 0.17 is the best possible. But that problem was made
# by the tanh. Take it away, and the row without any scaling is the best of all. Now one by one.
#
# ### A head start for D
#
# The same 32 seeds without pretraining, live. *For how many steps will you see a difference?*

# %%
unprepared = train(generator, discriminator, target, slots, steps=1000, records=20, **settings)

fig, ax = plots.figure(width=6.5)
ax.set_yscale("log")
plots.band(ax, post.steps[:21], distance[:21], "D pretrained")
plots.band(ax, unprepared.steps, wasserstein(unprepared.samples, target), "not pretrained")
ax.axhspan(floor.low, floor.high, color="0.85")
ax.set_ylabel("W1 to the data")
show(fig, "02.head-start")

# %%
claim("B1a")

# %% [markdown]
# A head start it is: one to two hundred steps of the game, bought with a thousand of
# pretraining. Over the first quarter of the run most seeds are nearer with it. At the end about
# as many are nearer as further away ([B1b](../docs/claims.md#b1b-2), the first two rows of the
# dots).
#
# ### Sorted batches
#
# The post sorts x and z, so that neighbours in z meet neighbours in x. Look at `plain_step`
# again. *Where does it use the order of a batch?*
#
# Nowhere. A loss is a mean over the batch, and D looks at one sample at a time. Shuffle
# both batches, and every gradient stays what it was:

# %%
print(claim("B2a"))

# %% [markdown]
# "Manifold alignment" cannot have helped, because nothing ever saw the alignment. What
# sorting did leave behind is that the z are *evenly spaced*. With independent z in their place as
# many runs end nearer as further away ([B2b](../docs/claims.md#b2b-2), the third row), which is no
# wonder: 200 of them cover [-3, 3] nearly as well.
#
# ### Scaling G
#
# *Predict from the picture: which verdict will "scaling makes learning easier" get, with the
# tanh and with a linear end?*

# %%
claim("B3")

# %% [markdown]
# With the tanh two runs in three end nearer if G is scaled. With a linear end more lose by it than
# win. Scaling mends what the tanh had broken.
#
# ### One step of D, or five?
#
# "One is enough here, harder targets need about five." The harder target is ours: three narrow
# bumps at -2, 0 and 2. *Predict for both targets.*

# %%
claim("B5")

# %% [markdown]
# The other way round. On the bell, where one step was to be enough, five bring half of the runs
# nearer and one in ten further away. On three bumps, where five were to be needed, more than half
# end further away. And five steps take four times as long as one.
#
# ## Who gets stuck?
#
# Back to the run at the edge. There are two suspects. The clamp cuts D at 0.01 and 0.99,
# and where it cuts, D has no slope: such a sample teaches G nothing, and D nothing about it.
# And G's own tanh has hardly a slope near -5 and 5. *Predict: for which share of G's samples
# has D a slope, before the game and after it, and in which runs?* Each dot is a run.

# %%
z = slots.quantile(np.linspace(0.001, 0.999, 500))[:, None]


def with_a_slope(run):
    """The share of G's samples at which D is not cut, (seeds,)."""
    tanh = np.tanh(run.discriminators(run.generators(z))[..., 0])
    return np.mean((tanh > 0.01) & (tanh < 0.99), axis=1)


fig, axes = plots.figure(2, width=10.0, height=3.6, sharey=True)
for ax, run, title in zip(
    axes, (ready, post), ("before the game", "after 2,000 steps"), strict=True
):
    ax.plot(with_a_slope(run), w1, "o", mfc="none")
    ax.set(title=title, yscale="log", xlim=(-0.05, 1.05))
    ax.set_xlabel("share of G's samples where D has a slope")
axes[0].set_ylabel("W1 after 2,000 steps")
show(fig, "02.slopes-after")

# %% [markdown]
# Before the game the share tells little: of three runs with hardly any slope one came near to the
# data and two did not quite, and the stuck one began like many others. Afterwards it is 1 in all runs but the
# stuck one, where D is cut at four in ten of G's samples.
#
# A fine story: the clamp did it. So we wrote down a protocol, in which D is a sigmoid, without
# any clamp, and counted the runs that miss the data, lost or partly, after all 10,000 steps.

# %%
claim("B7")

# %% [markdown]
# There is hardly anything left to explain: after 10,000 steps three runs in a hundred miss the
# data with the clamp, and none of the first 64 with a sigmoid. So rare a failure takes thousands
# of seeds to count. For most, the trap is a delay. (Our stuck run, if it plays on, is free by step
# 3,000.) A mechanism that you understand is not yet an effect that matters.
#
# ## Fragile?
#
# "Try changing the optimizer or few of the parameters", says the post. Rates first. All cells of
# a map train in one compiled program: `Scaled` multiplies an optimizer's rate by a factor per
# run. Live, without pretraining and for 500 steps: five rates of D with eight seeds each make 40
# runs.

# %%
rates = np.array([1e-4, 3.16e-4, 1e-3, 3.16e-3, 1e-2])
names, unit = [f"{rate:.0e}" for rate in rates], keras.optimizers.SGD(1.0, momentum=0.6)
live = train(
    generator,
    discriminator,
    target,
    slots,
    **settings | {"seeds": [*range(8)] * 5, "d_optimizer": Scaled(unit, np.repeat(rates, 8))},
    steps=500,
    records=1,
)
by_rate = wasserstein(live.samples[-1], target).reshape(5, 8)
fig, ax = plots.figure(width=7.0, height=3.4)
ax.set_xscale("log")
plots.outcomes(ax, dict(zip(names, by_rate, strict=True)), label="W1 to the data")
ax.set_ylabel("D's learning rate")
show(fig, "02.d-rates")

# %% [markdown]
# On the whole a quicker D brings G nearer. And the stored maps, with constant rates and D
# pretrained: each cell holds the share of close runs after 2,000 steps. The post's pair is in the
# middle. *Predict: where on a map is it bright? And what will Adam do at the post's rates?*

# %%
optimizers = {"momentum 0.6": "B6b", "Adam": "B6c"}
rates = [1e-4, 1e-3, 1e-2]
fig, axes = plots.figure(2, width=9.0, height=3.6)
for ax, (name, id) in zip(axes, optimizers.items(), strict=True):
    found = claim(id)
    share = [[found.shares(f"D {d:g}, G {g:g}")["runs"] for g in rates] for d in rates]
    names = [f"{rate:g}" for rate in rates]
    labels = ("D's learning rate", "G's learning rate")
    plots.heatmap(ax, share, names, names, names=labels, label="share of close runs", limits=(0, 1))
    ax.set_title(name)
show(fig, "02.rate-maps")

# %%
claim("B6d")

# %% [markdown]
# Fragile? The maps are no maze. Both are bright where D is quick and G slow, and dark where G is
# the quicker one. But the bright corner lies elsewhere: the pair in the middle, which is the
# post's, ends close in most runs with momentum and in one of eight with Adam, and Adam has the
# best cell of all, D at 0.01 and G at 0.0001, with nine of ten. Whoever changes the optimizer and
# keeps the rates has compared rates, not optimizers. (After all 10,000 steps, at the post's
# falling rates: [B6a](../docs/claims.md#b6a-2).)
#
# Is that a rule? The claim above lets D be ten times as quick as G, in two GANs. In the post's a
# slower G is what helps, firmly. In the mended GAN that notebook 03 ends with there is nothing to
# see so far.
#
#
# So, of five pieces of advice: the order of a batch is proved idle; a head start is gone by the
# end; scaling mends what the tanh had broken; about D's steps the post had it the wrong way round;
# and the warning is right, as far as the rates go. How many had you written down?
#
# ## What should D have been taught?
#
# A density is not a probability. The bell N(0, 1) has a height of 0.4, so the pretrained D
# calls the most typical sample *fake*, with 60 % confidence. Measure the same data in
# units ten times larger, N(0, 0.1), and the height is 4, which no D can say. And it is not
# $D^*$: that depends on what G makes.
#
# There is a head start without these faults. Mix real samples with *noise* of known density
# $u$, here uniform on [-5, 5], and let D tell them apart by cross-entropy. The best answer is
# $p / (p + u)$, in any units, and it is $D^*$ against a generator that makes that noise.

# %%
noise = data.Uniform(-5.0, 5.0)
rng = np.random.default_rng(0)
mixed = np.concatenate([target.sample(20_000, rng), noise.sample(20_000, rng)])


def real_or_noise(x):
    """The share of real ones among the mixed samples at x."""
    return optimal_discriminator(target.density(x), noise.density(x))


modern = mlp((1, 8, 8, 1), "tanh")  # weights and biases as Keras starts them


def head_start(steps):
    return pretrain(
        modern,
        mixed,
        real_or_noise,
        loss=losses.cross_entropy,
        steps=steps,
        optimizer=keras.optimizers.Adam(2e-3),
    )[0]


# %%
taught = {steps: head_start(steps) for steps in (30, 100, 300, 1000, 3000)}
fig, ax = plots.figure(width=6.5)
learned = 1 / (1 + np.exp(-taught[3000](grid[:, None])[..., 0]))
plots.densities(ax, grid, p, learned=learned, exact=real_or_noise(grid))
show(fig, "02.cross-entropy")

# %% [markdown]
# A good D, after 3,000 short steps. Too good? From notebook 01 you know what a D that is sure
# leaves for the post's G: hardly a slope with the minimax loss, and a full one with the
# non-saturating loss. *Predict the third curve: the non-saturating loss with a cut at 0.01, as
# in the post.*

# %%
first = start.generators(z)
felt = {"minimax": [], "non-saturating": [], "cut at 0.01": []}  # slopes in the logit
for D in taught.values():
    score = 1 / (1 + np.exp(-D(first)[..., 0]))
    felt["minimax"].append(score.mean(1))
    felt["non-saturating"].append((1 - score).mean(1))
    felt["cut at 0.01"].append(((score > 0.01) * (1 - score)).mean(1))

fig, ax = plots.figure(width=6.5, height=3.6)
ax.set_xscale("log")
for name, values in felt.items():
    plots.band(ax, list(taught), values, name)
ax.set(ylabel="slope of G's cost in the logit", xlabel="pretraining step", ylim=(0, 1))
show(fig, "02.first-slopes")

# %% [markdown]
# These samples lie far from the data. There the better D, the less the minimax loss has to say
# to G, and the more the non-saturating loss. With the cut all is well until D becomes sure;
# then it falls off a cliff, although the loss is the non-saturating one. So a head start can
# be too good: not because D knows too much, but because of how it is asked.
#
# ## Mended
#
# Put together: D gives a logit and the loss takes it, as it is. G ends linear. Layers have 8
# units, weights start as Keras starts them, latents are random, batches hold 64, and Adam has
# `beta_1=0.5`. Without a head start, and with 300 steps of one. *Predict: do all 32 find the
# bell now? Does the head start show?*

# %%
adam = keras.optimizers.Adam(2e-3, beta_1=0.5)
options = {"steps": 2000, "d_optimizer": adam, "g_optimizer": adam, "records": 20}
runs = {"the post": post}
for name, D in {"mended": modern, "with a head start": taught[300]}.items():
    runs[name] = train(mlp((1, 8, 8, 1), "tanh"), D, target, latent.Gaussian(), **options)

# %%
fig, (left, right) = plots.figure(2, width=10.5, height=3.6)
left.set_yscale("log")
right.set_xscale("log")
ends = {}
for name, run in runs.items():
    at = wasserstein(run.samples, target)
    plots.band(left, run.steps, at, name)
    ends[name] = at[-1]
left.set_ylabel("W1 to the data")
plots.outcomes(right, ends, floor=(floor.low, floor.high), label="W1 after 2,000 steps")
show(fig, "02.mended")

# %% [markdown]
# Without a head start nobody is stuck now, nor for long on the way (see the bands). But the
# median is hardly nearer to the data than the post's: what is modern is safer here, not
# better. And the head start? At first W1 rises, to 0.8, which is that of a spike at 0: all
# samples run up D's peak. G recovers, but ends further out than without, one run just beyond 1.
# (A look at 32 runs, not a verdict.)
#
# ## Exercises
#
# **1. Predict and run.** Play the mended game from `head_start(3000)`, where D is almost
# perfect: `train(mlp((1, 8, 8, 1), "tanh"), head_start(3000), target, latent.Gaussian(),
# losses=losses.minimax, **options)`, and again with `losses.nonsaturating`. Which comes down
# sooner? Which ends nearer?
#
# **2. Predict and run.** Train the post's GAN with `n_critic=5` for 500 steps. How much longer
# does that take, and how near is it then? Compare with B5.
#
# **3. Write it.** Momentum: start at 0 with update 0; each new update is `momentum` times the
# one before minus `rate` times the gradient; each position is the one before plus the update.


# %%
def momentum_path(gradients, rate, momentum):
    """The positions after each step, a list as long as `gradients`."""
    ...


check("02.1", momentum_path)

# %%
quiz("02.1")

# %%
quiz("02.2")

# %% [markdown]
# ## In practice
#
# - Before you adopt an ingredient, switch it off and run several seeds.
# - Give D a logit, and the loss the logit. A clamp inside a logarithm protects you from
#   infinities, and takes away the gradient where you need it most.
# - If D should start with knowledge, let it tell real from something by cross-entropy: that is
#   a probability, in any units. And measure whether it helps. Ours did not.
# - A map of rates over seeds costs one call. Draw it before you believe in a setting.
#
# ## Further reading
#
# - Eric Jang's tutorial, the ancestor of the post: see [the list of sources](../docs/sources.md).
# - Arjovsky and Bottou, *Towards Principled Methods for Training GANs* (2017): what a perfect
#   D does to either loss.
# - [docs/claims.md](../docs/claims.md): all claims of this course with their verdicts.
