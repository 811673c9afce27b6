# %% [markdown]
# # Let it see the batch
#
# *You will* give the discriminator a look at the whole batch, and find out over many runs
# what that cures, what it costs, and what it breaks.
#
# *You will learn*
# - why a D that judges one sample at a time can hardly pull a clump apart;
# - minibatch discrimination, five steps with their shapes, written out and checked;
# - why the size of the batch matters so much to it, and what to do about that;
# - how to read a D that sees batches, and what a curve of it over x leaves out.
#
# *You need* notebook 03. About 45 minutes to read, a minute to run.

# %%
from importlib.util import find_spec

if find_spec("ganlab") is None:
    raise ImportError(
        "The course is not installed here: copy its folder to this machine, run\n"
        "%pip install -e <that folder>   in a cell, and restart the kernel."
    )

# %%
import numpy as np

from ganlab import data, latent, plots
from ganlab.backend import keras, tf
from ganlab.course.standing import draw_standing
from ganlab.ending_plots import bars
from ganlab.endings import end_of
from ganlab.ensemble import Ensemble, call
from ganlab.evidence import claim
from ganlab.exercises import check, quiz
from ganlab.games import generator_density
from ganlab.metrics import noise_floor, wasserstein
from ganlab.networks import MinibatchDiscrimination, mlp
from ganlab.plots import show
from ganlab.pretraining import pretrain
from ganlab.training import Shown, train
from ganlab.widgets import draw_technique_runs, technique_explorer

# %% [markdown]
# ## The question
#
# <small>4 min</small>
#
# In notebook 03 the GAN of `aylien2016`, here *the post*, was to learn a bell curve at 4, and many
# of its generators ended narrow, or were there only partly. The post had a cure to offer, from a
# paper of the same year: let D see the whole batch at once. A batch of twelve nearly equal numbers
# gives itself away, however likely each of them is.
#
# First the illness, in one picture: the post's GAN, 32 seeds, as in 03, with batches sorted.

# %%
target = data.Gaussian(4.0, 0.5)
slots = latent.Stratified(-8.0, 8.0, jitter=0.01, aligned=True)  # real batches sorted, too
normal = keras.initializers.RandomNormal(stddev=1.0)
generator = mlp((1, 4, 1), "softplus", kernel=normal)


def post_gan(discriminator, rate, **settings):
    """The post's training: D pretrained onto the density, then 1,200 steps, batches of 12."""
    falling = keras.optimizers.schedules.ExponentialDecay(rate, 150, 0.95, staircase=True)
    sgd = keras.optimizers.SGD(falling)
    x, p = data.Uniform(-5.0, 5.0), target.density
    prepared, _, _ = pretrain(discriminator, x, p, batch_size=12, optimizer=sgd)
    return train(
        generator, prepared, target, slots, steps=1200, batch_size=12,
        d_optimizer=sgd, g_optimizer=sgd, **settings,
    )  # fmt: skip


plain = post_gan(mlp((1, 8, 8, 8, 1), "tanh", kernel=normal), rate=0.03)

# %% [markdown]
# The [words](../docs/glossary.md#how-a-run-ends) for an ending are those of notebook 03: *close* and
# *near* runs have nine tenths of their samples at the bell and keep its width, *narrow* ones have
# lost a fifth of it or more, *partly* and *lost* ones miss the bell with some or nearly all.

# %%
WORDS = ["close", "near", "narrow", "partly", "lost"]
edges = np.linspace(0.0, 8.0, 401)
grid = (edges[1:] + edges[:-1]) / 2
u = np.linspace(0.0, 1.0, 1001).clip(1e-6, 1 - 1e-6)


def panels(run, picture):
    q = generator_density(run.generators(run.latent.quantile(u)[:, None])[..., 0], edges)
    fig, axes = plots.figure(8, 4, width=9.0, height=4.6)
    look = {"outcome": end_of(run, target), "order": WORDS, "beyond": run.generate(2000)}
    plots.ensemble_densities(axes, grid, target.density(grid), q, **look, top=2.4)
    show(fig, picture)


panels(plain, "04.plain")

# %% [markdown]
# *With minibatch discrimination, how many of the 32 will end close or near? Write your number
# down.*
#
# ## Why one sample at a time is not enough
#
# <small>4 min</small>
#
# A D that judges samples one by one gives each its own push, the slope of $\log D$ at that
# point. Where all samples are nearly the same, all pushes are nearly the same:
#
# $x_i \approx x_j \;\Rightarrow\; \partial \log D(x_i)/\partial x_i \approx \partial \log D(x_j)/\partial x_j$
#
# So such a D moves a tight clump mostly as one. It can pull it apart only slowly, where $\log D$
# curves upwards. A D that sees the batch computes $D(x_i;\, x_1 \ldots x_n)$, and the push on $x_i$
# can depend on where the others are.
#
# ## The layer in five steps
#
# <small>8 min</small>
#
# Minibatch discrimination (Salimans and others, 2016) puts that into one layer. Below, a
# batch of $n = 12$ has passed two layers of D and has $a = 8$ features. One matrix of
# weights, the `kernel`, makes of them 5 short vectors of 3 numbers each: `kernels=5`,
# `kernel_dim=3`. The five steps, in NumPy:

# %%
rng = np.random.default_rng(0)
f = rng.normal(size=(12, 8)).astype("float32")  # features of a batch: (n, a)
kernel = rng.normal(size=(8, 5 * 3)).astype("float32")  # (a, kernels * kernel_dim)

m = (f @ kernel).reshape(12, 5, 3)  # 1. vectors: (n, kernels, kernel_dim)
apart = abs(m[:, None] - m[None, :]).sum(-1)  # 2. L1 distances: (n, n, kernels)
closeness = np.exp(-apart)  # 3. 1 if equal, near 0 if far: (n, n, kernels)
o = closeness.sum(1)  # 4. summed over the batch: (n, kernels)
out = np.concatenate([f, o], axis=1)  # 5. set beside the features: (n, a + kernels)

layer = MinibatchDiscrimination(5, 3)
layer.build((12, 8))
layer.set_weights([kernel])
equal = np.allclose(layer(f), out, rtol=1e-4)
print(f"{out.shape} comes out: {'just what the layer gives.' if equal else 'not what it gives!'}")

# %% [markdown]
# So each sample gets five more features, and each says, roughly, how many are near, by one
# of five ways to look. The sum includes the sample itself, with exp(0) = 1: a batch of $n$ equal
# samples gets $o = n$ throughout, the largest value there is. And the distances have a kink at 0:
# two samples that differ however little can still be pushed apart with full strength.
#
# What does a collapsed batch look like to the layer? We take one real batch, and the same
# drawn together to a twentieth of its width, and compute one closeness by hand: bare
# samples, and a kernel of our own choice, the three numbers 2, -1 and 0.5.

# %%
real = np.sort(target.sample(12, rng), axis=0)
fig, axes = plots.figure(2, width=9.0, height=3.8)
for ax, (name, batch) in zip(
    axes,
    {"a real batch": real, "the same, drawn together": 4 + 0.05 * (real - 4)}.items(),
    strict=True,
):
    m = batch @ np.array([[2.0, -1.0, 0.5]])
    closeness = np.exp(-abs(m[:, None] - m[None, :]).sum(-1))
    picture = ax.imshow(closeness, cmap="cividis", vmin=0, vmax=1)
    ax.set(title=f"{name}: o from {closeness.sum(1).min():.1f} to {closeness.sum(1).max():.1f}")
    ax.set(xlabel="sample j", ylabel="sample i")
fig.colorbar(picture, ax=axes, label="closeness of i and j")
show(fig, "04.closeness")

# %% [markdown]
# Sums near 12 mean "all the same". D only has to learn that real batches have lower ones.
#
# **1. Write it.** Steps 2 to 4 of the layer, with a *mean* over the other samples in place
# of the sum over all of them. Nothing grows with the batch then.


# %%
def mean_closeness(m):
    """(n, kernels): the mean of exp(-|m_i - m_j|_1) over j other than i; m (n, kernels, dim)."""
    ...


check("04.1", mean_closeness)

# %% [markdown] tags=["answer"]
# [A solution](solutions/04_let_it_see_the_batch.py).

# %% [markdown]
# ## Faithful first: the post's own setting
#
# <small>6 min</small>
#
# In the post's code the layer takes the place of D's third hidden layer; its kernel starts small,
# with a standard deviation of 0.02; and the learning rate is lowered from 0.03 to 0.005, in this
# case only. So two things change at once ([D1c](../docs/claims.md#d1c-3) parts them). `mlp` takes
# a layer among its sizes.

# %%
small = keras.initializers.RandomNormal(stddev=0.02)


def minibatch_d(activation, **options):
    see_all = MinibatchDiscrimination(5, 3, kernel_initializer=small, **options)
    return mlp((1, 8, 8, see_all, 1), activation, kernel=normal)


batchwise = post_gan(minibatch_d("tanh"), rate=0.005)
panels(batchwise, "04.with-layer")

# %% [markdown]
# Compare with your number. Eleven runs end close or near, where it was one, and six are narrow,
# where it was eleven. But eleven are lost, where it was two. (Where a panel looks empty, the samples
# are outside, or spread too thinly to be seen.) So the layer seems to do two things at once: better
# runs, and more failures. We shall count.
#
# Have the pushes changed as they should? Take a tight clump of 12 samples around 4, and ask each of
# the 32 trained D where it would push each of them.

# %%
clump = np.float32(4 + 0.03 * np.linspace(-1, 1, 12))[:, None]


def pushes(run):
    """The slope of the sum of log D with respect to each sample of the clump, (32, 12)."""
    d = run.discriminators
    x = tf.constant(np.broadcast_to(clump, (32, 12, 1)))
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(tf.math.log_sigmoid(call(d.model, map(tf.constant, d.weights), x)))
    return tape.gradient(total, x).numpy()[..., 0]


fig, axes = plots.figure(2, width=9.0, height=3.4, sharey=True)
for ax, run, name in zip(axes, (plain, batchwise), ("one at a time", "the batch"), strict=True):
    ax.set_yscale("symlog", linthresh=0.01)
    ax.plot(clump, pushes(run).T - pushes(run).mean(1), "-", color=plots.COLOUR.real, lw=0.7)
    ax.set(title=f"D sees {name}", xlabel="where in the clump")
axes[0].set_ylabel("push, less the mean push")
show(fig, "04.pushes")

# %% [markdown]
# (The scale is linear between the ticks at 0.01 and -0.01, and logarithmic beyond. With the
# layer, moving one sample changes D at the others; the push counts that too.)
#
# On the left nearly every line is flat; the steepest slope down. On the right eight lines rise
# clearly: such a D pushes the left samples left and the right ones right, and pulls the clump
# apart. But nine fall clearly: they press it together. So the layer gives D a means, and D has to
# learn which way to use it.
#
# ## What the evidence says
#
# <small>4 min</small>
#
# The stored evidence has as many runs as a verdict takes, and beside the post's two codes the modern
# GAN of notebook 03 (*ours after 03*). Here is how 100 runs end, with the layer and without. *In
# which of the three GANs has the layer helped?*

# %%
parts = {"close": "D1b", "narrow": "D1d", "partly": "D1f", "lost": "D1e"}
found = {word: claim(id) for word, id in parts.items()}
rows, table = [], []
for gan in found["close"].settings:
    runs = {word: each.outcomes(gan) for word, each in found.items()}
    n = min(len(values) for ended in runs.values() for values in ended.values())  # of all four
    for arm in ("plain", "minibatch"):
        share = {word: 100 * np.mean(ended[arm][:n]) for word, ended in runs.items()}
        share["near"] = 100 - sum(share.values())
        rows.append(f"{gan}, {arm}")
        table.append([share[word] for word in WORDS])

fig, ax = plots.figure(width=9.0, height=3.6)
bars(ax, table, rows, WORDS, label="of 100 runs")
show(fig, "04.endings")

# %% [markdown]
# In each pair fewer are narrow: undecided, or firmly too few to matter ([D1d](../docs/claims.md#d1d-2)). In the modern GAN the layer doubles the runs that end close
# ([D1b](../docs/claims.md#d1b-2), firmly). Some 15 in 100 are lost, where none was, as firmly
# ([D1e](../docs/claims.md#d1e-2)). In the post's own GAN most runs were partly there; with the layer that is over
# ([D1f](../docs/claims.md#d1f-2)), and half of all are lost,
# both firmly. In its last code hardly a run is close, with the layer or without, and more are lost
# with it, firmly too: over 8,192 seeds 34 in 100, where it was 20. `highdim2018`, of one run each, found
# that it "didn't work quite well as intended" ([D4](../docs/claims.md#d4-2)). Two runs
# could not tell.
#
# And the rate? With 0.005 in both, 29 of 100 runs of the post's GAN end nearer to the data by the layer and
# 13 further away, firmly; as the post had it, 24 and 23 ([D1c](../docs/claims.md#d1c-3)).
#
# And the post's own sentence? It says of its one run that the layer keeps most of the data's
# width, if not perfectly. It does not say "most runs"; that quantifier is ours.

# %%
claim("D1a")

# %% [markdown]
# In neither of the post's codes do most runs keep the width; in the modern GAN they do, and without
# the layer still more: there 93 of 100 ([D1d](../docs/claims.md#d1d-2)).
#
# ## The size of the batch
#
# <small>5 min</small>
#
# The post warns that batches had to be small, "less than around 16", for training to
# converge. *Before you look: a larger batch shows D more samples and makes every average less
# noisy. Why should it do harm?* Here are the logits of 32 untrained D of the post, given real
# batches of five sizes.

# %%
untrained, _, _ = pretrain(minibatch_d("tanh"), data.Uniform(-5.0, 5.0), target.density, steps=0)
one_by_one, _, _ = pretrain(
    mlp((1, 8, 8, 8, 1), "tanh", kernel=normal), data.Uniform(-5.0, 5.0), target.density, steps=0
)
fig, ax = plots.figure(width=7.0, height=3.6)
ax.set_xscale("log")
logits = {
    f"batch of {n}": abs(untrained(target.sample(n, rng))).mean((1, 2))
    for n in (4, 12, 32, 64, 128)
}
logits = {"no layer, any batch": abs(one_by_one(target.sample(128, rng))).mean((1, 2)), **logits}
plots.outcomes(ax, logits, label="size of the logit, before any training")
show(fig, "04.logits")

# %% [markdown]
# Every sum $o$ has one term for each sample of the batch. At first all samples look equal, and every
# sum is nearly $n$. The last layer multiplies each by a number from N(0, 1). At a batch of 128 the
# median D begins with a logit of more than 100, where its sigmoid is flat. The squared error of the
# pretraining has then next to no slope, so D comes to the game unprepared. That is a likely reason,
# not a measured one. What is measured is the harm:

# %%
floor = noise_floor(wasserstein, target, 500, np.random.default_rng(0))
found = claim("D2a")
pairs = [name for name in found.settings if ", 64 against" in name]
fig, axes = plots.figure(1, 3, width=8.0, height=6.9)
for ax, name in zip(axes, pairs, strict=True):
    arms = {arm: values[:128] for arm, values in reversed(found.outcomes(name).items())}
    ax.set_xscale("log")
    plots.outcomes(ax, arms, floor=(floor.low, floor.high), label="W1 to the data at the end")
    ax.set(title=name.split(", ")[0], xlim=(0.015, 200))
show(fig, "04.batch-sizes")
found

# %% [markdown]
# The post's warning holds, firmly, for its own code: at 64 half of the runs end further from the data
# than at 12, and hardly one nearer. (Two that are both more than two widths away are even.) In the modern GAN the typical run gains by a batch of 64, firmly; but, so
# far, one run in six misses the bell, against two in a hundred at 12
# ([D2b](../docs/claims.md#d2b-2)). And the layer compares all pairs: at a batch of 128 a step
# takes about a hundred times as long as at 8 ([performance.md](../docs/performance.md)).
#
# ## Fewer neighbours
#
# <small>3 min</small>
#
# "Perhaps it would be sufficient", the post goes on, to let only some samples into each sum.
# `neighbours=11` sums over the next eleven, and over the sample itself. In the post's code
# batches are sorted, so these are near; in the modern GAN they are any eleven. *With a batch of
# 64, will 11 of 63 be enough?*

# %%
found = claim("D3a")
fig, axes = plots.figure(1, 3, width=8.0, height=6.9)
for ax, name in zip(axes, found.settings, strict=True):
    arms = {arm: values[:128] for arm, values in reversed(found.outcomes(name).items())}
    ax.set_xscale("log")
    plots.outcomes(ax, arms, floor=(floor.low, floor.high), label="W1 to the data at the end")
    ax.set(title=name.split(", ")[0], xlim=(0.015, 200))
show(fig, "04.neighbours")
found

# %% [markdown]
# The post's guess was right, firmly, for its own code: the median falls from 30 to 0.3. In the
# modern GAN the typical run hardly moves, but most lost ones go
# ([D3b](../docs/claims.md#d3b-2), so far).
#
# ## One batch or two?
#
# <small>3 min</small>
#
# Do real and generated samples go through D together, as one batch? Salimans and others computed
# the features for each kind apart. To a D that judges one sample at a time it is the same; here a
# fake sample may be close to real ones, and every sum has 24 terms in place of 12.
# `Shown(together=True)` does it. *Better, worse, or the same?*

# %%
mixed = post_gan(minibatch_d("tanh"), rate=0.005, shown=Shown(together=True))
counts = [
    [np.sum(end_of(run, target) == word) for word in WORDS] for run in (plain, batchwise, mixed)
]
fig, ax = plots.figure(width=9.0, height=2.4)
bars(ax, counts, ["no layer", "real and fake apart", "together"], WORDS, label="runs of 32")
show(fig, "04.one-batch")

# %%
claim("D5")

# %% [markdown]
# Live, fewer runs end close or near when D sees both together. Is that the answer? In the code of 2017
# it is, firmly: together 30 of 100 runs end further from the data, 13 nearer. In the post's GAN it is
# 24 and 17, which makes no difference that matters, firmly.
#
# ## What a curve of D shows
#
# <small>4 min</small>
#
# The post's figures have a curve: D over x, from a grid of points. But a D with this layer
# has no value at x. It has a value at x *in company*. The code asked for the grid in
# batches, so each point came with the eleven points beside it: a batch that no one would
# ever draw, a hundredth as wide as the data.
#
# We ask the D of seed 1 about the same x in three companies. (An `Ensemble` of copies of one D
# serves: each copy gets a batch of its own.)

# %%
member = 1
points = np.linspace(2.0, 6.0, 201)[:, None]
own = [np.repeat(w[member : member + 1], 201, axis=0) for w in batchwise.discriminators.weights]
copies = Ensemble(batchwise.discriminators.model, range(201), own)


def score(company):
    """D at each of the points, when `company` (11, 1) or (201, 11, 1) is the rest of its batch."""
    rest = np.broadcast_to(company, (201, 11, 1))
    return tf.sigmoid(copies(np.concatenate([points[:, None], rest], axis=1))[:, 0, 0])


# %%
fakes = batchwise.generator(member=member)
fig, ax = plots.figure(width=7.5, height=3.8)
real, fake = plots.COLOUR.real, plots.COLOUR.fake
for _ in range(8):
    ax.plot(points, score(target.sample(11, rng)), "-", color=real, lw=0.8)
    z = data.Uniform(-8.0, 8.0).sample(11, rng)
    ax.plot(points, score(fakes(z)), "--", color=fake, lw=0.8)
near = points[:, None] + 0.0016 * np.arange(1, 12)[:, None]  # 10,000 points on [-8, 8]
ax.plot(points, score(near), "k:", lw=2)
ax.set(xlabel="x", ylabel="D(x) in company", ylim=(0, 1))
ax.plot([], [], "-", color=real, label="of 11 real samples")
ax.plot([], [], "--", color=fake, label="of 11 generated ones")
ax.plot([], [], "k:", label="of its neighbours on the grid")
plots.legend(ax)
show(fig, "04.company")

# %% [markdown]
# With real or with generated company D says much the same. The dotted curve goes its own way: at
# 2.8 it says 0.4, where the others say 0.6 to 0.7. The same D, the same x, another answer.
#
# ## Where our GAN stands
#
# <small>2 min</small>
#
# The repaired GAN of [notebook 03](03_learn_a_1d_gaussian.ipynb#Where-our-GAN-stands) is close
# without the layer. *Predict: what does the layer add to it?* The dots are stored runs, 64 a row.

# %%
show(draw_standing("04"), "04.standing")

# %% [markdown]
# Nothing that was missing. Most dots stay close to the grey stripe, and a few fly off: the layer
# can lose a run that was found without it. Half of the runs end further from the data than
# without it, one in twelve nearer, firmly ([H1e](../docs/claims.md#h1e-1)). The layer was to keep
# the width, and this GAN never lost it. So we leave it out.
#
# ## Turn the knobs
#
# <small>1 min</small>
#
# First a figure of the modern GAN with the layer, then the same with knobs, begun without it. One
# says with what D compares each sample. *The
# layer off and on: does the median move, or the spread?*

# %%
gaussian = latent.Gaussian()
knobs = {
    "layer": "all the batch",
    "batch_size": 16,
    "noise": 0.0,
    "matching": 0.0,
    "real_label": 1.0,
}
fig, sentence = draw_technique_runs(target, gaussian, **knobs)
show(fig, "04.your-run")

# %%
technique_explorer(target, gaussian, **knobs | {"layer": "none"})

# %% [markdown]
# ## Exercises
#
# <small>10 min</small>
#
# **2. Predict and run.** Copy `minibatch_d` as `large_d`, without `kernel_initializer=small`, so
# that the kernels start at Keras's own, larger size, and train `post_gan(large_d("tanh"),
# rate=0.005)`. What will the logits before training look like at a batch of 128? Will more runs
# keep the width?

# %% [markdown] tags=["answer"]
# <details><summary>Answer</summary>
#
# The logits are as large, 124 at the median: near 4 tanh is flat, so features hardly differ.
# Fewer runs keep the width: 5 end close or near in place of 11, and 10 partly in place of 4.
#
# </details>

# %% [markdown]
# **3. Predict and run.** Train `post_gan(minibatch_d("tanh", include_self=False), rate=0.005)`. By
# how much does every sum change? Can D's bias undo that?

# %% [markdown] tags=["answer"]
# <details><summary>Answer</summary>
#
# By 1, the sample's own closeness, for all samples alike. The sums go straight into D's last layer,
# whose bias can undo that; only the start differs. Here 8 runs end close or near, 8 narrow, 6 partly
# and 10 are lost.
#
# </details>

# %%
quiz("04.1")

# %%
quiz("04.2")

# %% [markdown]
# ## In practice
#
# <small>1 min</small>
#
# - A technique that compares samples within a batch makes the batch size part of the model.
#   Fix it before you tune the rest.
# - Do not let a sum grow with the batch: limit the neighbours, as tested here, or take a mean
#   (exercise 1), which we did not test.
# - Do not plot such a D over a grid. Say in which company it was asked.
#
# ## Further reading
#
# - Salimans and others, *Improved Techniques for Training GANs* (2016): the layer in
#   section 3.2, and the tricks of notebook 05.
# - Karras and others, *Progressive Growing of GANs* (2018): a statistic of the batch that
#   is one number; StyleGAN took it over.
# - [docs/claims.md](../docs/claims.md): every claim of this course, with its verdict.
