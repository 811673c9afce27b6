# %% [markdown]
# # Play the minimax game
#
# *You will* take the theory of GANs apart in games so small that every answer can be
# computed.
#
# *You will learn*
# - why the best discriminator is $p/(p+q)$, and what the game is worth then;
# - which of two losses leaves a losing generator without a gradient;
# - why tables reproduce their data and networks do not;
# - where two players end who both improve, and what settles them.
#
# *You need* notebook 00, logarithms and derivatives; for one section, eigenvalues. About 45
# minutes to read, half a minute to run.

# %%
from importlib.util import find_spec

if find_spec("ganlab") is None:
    raise ImportError(
        "The course is not installed here: copy its folder to this machine, run\n"
        "%pip install -e <that folder>   in a cell, and restart the kernel."
    )

# %%
import numpy as np
from scipy.special import expit, log_expit, softmax

from ganlab import data, games, plots
from ganlab.evidence import claim
from ganlab.exercises import check, quiz
from ganlab.plots import show
from ganlab.widgets import density_explorer, dirac_explorer, draw_densities, draw_dirac

# %% [markdown]
# ## The question
#
# A post on how GANs really work (`deletang2018` in [the list of sources](../docs/sources.md))
# says two things a few lines apart. With a perfect discriminator the generator is sure to
# reach the perfect solution. And a perfect discriminator gives the generator no gradient.
#
# *Predict: which is right, and what would it depend on?*
#
# ## The game
#
# Picture a heap of diary pages, each with one temperature on it. Half were copied from a
# thermometer. The other half were made up by G, who has never seen the thermometer. D says
# for each page how likely it is to be a copy, and is paid the logarithm of the probability
# that it gave to the truth. G learns nothing but what D says about G's own pages, and
# rewrites them. D's average pay for the copies plus that for the others is
#
# $$V(D, G) = \mathrm{E} \log D(x) + \mathrm{E} \log (1 - D(G(z))).$$
#
# D wants $V$ large, G wants it small: a *minimax* game. We write $p$ for the density of real
# samples $x$, $q$ for that of fake ones $G(z)$. D is the sigmoid of a *logit*.
#
# Let real samples be N(4, 0.5), mean and standard deviation, and fake ones N(5, 0.5). Both
# densities are known, so $V$ is an integral, which `games.value` computes on 20,000 small
# cells, in nats, the unit of natural logarithms. Four D's are paid: one that always says 1/2,
# one that always says 0.9, a bold one that says 0.99 on the real side and 0.01 on the other,
# and $D^* = p/(p+q)$ from notebook 00.
#
# *Predict: who is paid least? Is the bold one paid more than the one that always says 1/2?*

# %%
real, fake = data.Gaussian(4.0, 0.5), data.Gaussian(5.0, 0.5)
x, w = games.cells((-4.0, 16.0), n=20_000)
log_p, log_q = real.log_density(x), fake.log_density(x)
logits = {
    "always 1/2": 0 * x,
    "always 0.9": 0 * x + np.log(9),
    "bold": np.where(x < 4.5, 1, -1) * np.log(99),
    "D*": games.optimal_logit(log_p, log_q),
}
fig, (left, right) = plots.figure(2, width=10.0, height=3.6)
left.fill_between(x, np.exp(log_p), color="0.8", label="p")
left.plot(x, np.exp(log_q), color="0.5", ls="-", lw=1, label="q")
for name, logit in logits.items():
    left.plot(x, expit(logit), lw=3 if name == "D*" else 1.8, label=name)
    both, on_real = games.value(logit, log_p, log_q, w), w * np.exp(log_p) @ log_expit(logit)
    right.barh(name, on_real, color="0.35")
    right.barh(name, both - on_real, left=on_real, color="0.8", hatch="///", edgecolor="0.35")
    right.text(0.05, name, f"{both:.3f}", va="center")
left.set(xlim=(1, 8), xlabel="x", ylabel="D(x), and the densities")
right.set(xlabel="V (nats): real half dark, fake half hatched", xlim=(-2.6, 0.4), ylim=(3.6, -0.6))
plots.legend(left, ncols=3)
show(fig, "01.bids")

# %% [markdown]
# Each half of $V$ keeps D honest about the other. Without the fake half, D would call
# everything real and be paid 0, the most there is; *always 0.9* shows what the fake half
# charges for that. The logarithm punishes the bold: in the overlap it is wrong now and
# then, and each time costs $\log 0.01$. It ends below the D that knows nothing. $D^*$ is
# bold only where it can be.
#
# ## The best D, and one that you train
#
# Networks see samples, never $p$ and $q$. Here is a plain Keras classifier: 2,000 real samples
# labelled 1, 2,000 fake ones labelled 0, now from the wider N(4, 1). *Predict: where will the
# learned D differ from $D^*$?*

# %%
from ganlab.backend import keras  # not before: the theory does without TensorFlow
from ganlab.networks import mlp

wide, rng = data.Gaussian(4.0, 1.0), np.random.default_rng(0)
samples = np.concatenate([real.sample(2000, rng), wide.sample(2000, rng)])
labels = np.repeat([1.0, 0.0], 2000)
keras.utils.set_random_seed(1)
D = mlp((1, 16, 16, 1), "tanh")  # fed with x - 4: networks like inputs around 0
D.compile(keras.optimizers.Adam(0.01), keras.losses.BinaryCrossentropy(from_logits=True))

log_wide, grid = wide.log_density(x), np.linspace(0, 8, 400)
p, q = real.density(grid), wide.density(grid)
exact = games.optimal_discriminator(p, q)
best = games.value(games.optimal_logit(log_p, log_wide), log_p, log_wide, w)
fig, axes = plots.figure(2, width=10.5, height=3.6)
for ax, more, epochs in zip(axes, (1, 14), (1, 15), strict=True):
    D.fit(samples - 4, labels, batch_size=100, epochs=more, verbose=0)
    paid = games.value(D(x[:, None] - 4).numpy()[:, 0].astype(float), log_p, log_wide, w)
    learned = expit(D(grid[:, None] - 4).numpy()[:, 0])
    plots.densities(ax, grid, p, generated=q, kind="exact", learned=learned, exact=exact)
    ax.set_title(f"epochs: {epochs};  V(D*) - V(D) = {best - paid:.3f}", loc="left")
show(fig, "01.learned-d")

# %% [markdown]
# Cross-entropy is minus $V$ (up to a factor of 1/2), so an ordinary classifier finds $D^*$
# without knowing of it. The gap in the titles is what D loses by not being perfect. Where
# hardly any samples lie, at the rims, nobody corrects it, and its errors cost next to nothing.
#
# That $D^*$ is best needs no seeds. It is an *identity*, checked to a small tolerance, on more
# densities than ours.

# %%
print(claim("A1"))

# %% [markdown]
# ## Why p/(p+q)
#
# **Step 1: one point at a time.** A D without limits may choose its answer at each $x$
# freely. There it is paid $p \log D + q \log (1 - D)$. The slope, $p/D - q/(1-D)$, is 0 at
# $D = p/(p+q)$. Three points of N(4, 0.5) and N(5, 0.5), with the peaks found by search:

# %%
answers = np.linspace(0.001, 0.999, 999)
fig, ax = plots.figure(width=7.0, height=3.6)
furthest = 0.0
for place in (4.0, 4.5, 4.8):
    p, q = real.density(place), fake.density(place)
    paid = p * np.log(answers) + q * np.log(1 - answers)
    (line,) = ax.plot(answers, paid, label=f"x = {place}: D* = {p / (p + q):.2f}")
    peak = paid.argmax()
    ax.plot(answers[peak], paid[peak], "o", color=line.get_color(), ms=8)
    furthest = max(furthest, abs(answers[peak] - p / (p + q)))
ax.set(xlabel="D's answer at x", ylabel="p log D + q log(1 - D)", ylim=(-3, 0))
plots.legend(ax, ncols=3)
print("The peaks are at p/(p+q)." if furthest <= 0.001 else "The peaks are elsewhere!")
show(fig, "01.payment")

# %% [markdown]
# **Step 2: put $D^*$ in.** With $m = (p+q)/2$, the average of both densities, $D^* =
# p/(2m)$ and $1 - D^* = q/(2m)$. So $V(D^*) = -2 \log 2 + \mathrm{KL}(p\|m) +
# \mathrm{KL}(q\|m)$. (KL, the Kullback-Leibler divergence, is the mean of $\log p - \log m$
# under $p$.) Half of the two KLs' sum is the Jensen-Shannon divergence, so $V(D^*) = -\log
# 4 + 2\,\mathrm{JS}(p, q)$. Four pairs, with both sides computed apart:

# %%
pairs = {"equal": (4, 0.5), "near": (4.5, 0.5), "far": (7, 0.5), "narrow": (4, 0.25)}
print("q            V(D*)   -log 4 + 2 JS     JS")
for name, (mean, std) in pairs.items():
    log_q = data.Gaussian(mean, std).log_density(x)
    v = games.value(games.optimal_logit(log_p, log_q), log_p, log_q, w)
    js = games.jensen_shannon(log_p, log_q, w)
    print(f"{name:10} {v:z7.3f} {-np.log(4) + 2 * js:z15.3f} {js:z6.3f}")

# %% [markdown]
# **Step 3: what G wants.** A KL is never negative, and 0 only for equal densities (Jensen's
# inequality), so JS is 0 only if $p = q$. Against the best D there is one thing left to do:
# make $q$ equal to $p$. There $D^* = 1/2$ and $V = -\log 4$, about -1.386. Where nothing
# overlaps, JS reaches its limit $\log 2$, about 0.693, and $V$ is 0.
#
# Other measures are both KLs, the total variation TV (the largest difference in any event's
# probability) and W1 (how far samples must be moved). *Predict: as the fake bell moves away,
# which of the five still tell far from very far?*

# %%
moved, widths = np.linspace(0, 4, 60), np.linspace(0.15, 1.5, 60)
measures = {
    "KL(p||q)": lambda log_q: games.kl(log_p, log_q, w),
    "KL(q||p)": lambda log_q: games.kl(log_q, log_p, w),
    "W1": lambda log_q: games.wasserstein(x, log_p, log_q, w),
    "JS": lambda log_q: games.jensen_shannon(log_p, log_q, w),
    "TV": lambda log_q: games.total_variation(log_p, log_q, w),
}
fig, (left, right) = plots.figure(2, width=10.0, height=3.8)
for name, measure in measures.items():
    away = [measure(data.Gaussian(4 + d, 0.5).log_density(x)) for d in moved]
    left.plot(moved, away, label=name)
    right.plot(widths, [measure(data.Gaussian(4, s).log_density(x)) for s in widths], label=name)
left.set(xlabel="how far the fake bell is moved", ylabel="nats (W1: units of x)", ylim=(0, 4))
right.set(xlabel="width of a fake bell that stays", ylim=(0, 1.5))
plots.legend(left, ncols=5)
plots.legend(right, ncols=5)
show(fig, "01.distances")

# %% [markdown]
# All are 0 at $p = q$ and only there. (On the left both KLs are one line.) But JS and TV
# *saturate*: six widths away they hardly change, and a distance that does not change has
# no slope to follow. W1 keeps its slope, which is the idea behind Wasserstein GANs. On the
# right the KLs part: KL$(p\|q)$ punishes a fake bell that is too narrow and misses data,
# KL$(q\|p)$ one that is too wide and makes what is not there.
#
# ## A generator that is losing
#
# G may minimise its half of $V$, the *minimax* cost $\log(1 - D)$ of a fake sample. Or it may
# minimise $-\log D$, the *non-saturating* cost: it wants the same, D high on fakes. *Predict
# the slope of both, over D's logit, where the logit is -8: D is sure that this is a fake.*

# %%
logit = np.linspace(-8, 8, 400)
fig, (left, right) = plots.figure(2, width=10.0, height=3.5)
left.plot(logit, games.minimax_cost(logit), label="minimax: log(1 - D)")
left.plot(logit, games.nonsaturating_cost(logit), label="non-saturating: -log D")
left.set(xlabel="logit of D at a fake sample", ylabel="cost to G (nats)")
right.plot(logit, -expit(logit), label="minimax: -D")
right.plot(logit, expit(logit) - 1, label="non-saturating: -(1 - D)")
right.set(xlabel="logit of D at a fake sample", ylabel="slope of the cost")
for ax in (left, right):
    ax.axvspan(-8, -3, color="0.9", zorder=0)
    ax.text(0.18, 0.35, "G is losing", ha="center", transform=ax.transAxes)
    plots.legend(ax)
show(fig, "01.slopes")

# %% [markdown]
# Where G is losing, the minimax cost is flat; the other is steepest there. Now let G have
# one knob, the mean $m$ of its bell N(m, 0.5), against real N(4, 0.5), and let D be perfect.
# D is held fixed while G looks for its gradient, as in every training step. What it finds is
# the slope of 2 JS with the minimax cost, and that of KL$(q\|p)$ - 2 JS with the other
# (Arjovsky and Bottou). And we let G play: 60 gradient steps of size 0.05 from $m = 8$, with D
# made perfect again before each. *Predict: how much of the way will each G get: all of it, a
# tenth, less than a hundredth?*


# %%
def slopes(m):
    """How fast both costs change with m under the perfect D, (minimax, non-saturating)."""
    logit = games.optimal_logit(log_p, data.Gaussian(m, 0.5).log_density(x))
    q = data.Gaussian(m, 0.5).density(x) * w
    along = np.gradient(logit, x)  # x = m + 0.5 z: if m moves by 1, so does every sample
    return np.sum(q * -expit(logit) * along), np.sum(q * -(1 - expit(logit)) * along)


def divergences(m):
    log_q = data.Gaussian(m, 0.5).log_density(x)
    js = games.jensen_shannon(log_p, log_q, w)
    return np.array([2 * js, games.kl(log_q, log_p, w) - 2 * js])


away, few = np.linspace(0.05, 5, 80), np.linspace(0.25, 4, 16)
from_costs = np.transpose([slopes(4 + d) for d in away])
exact = np.transpose([(divergences(4.001 + d) - divergences(3.999 + d)) / 0.002 for d in few])

# %%
fig, (left, right) = plots.figure(2, width=10.0, height=3.7)
left.set_yscale("log")
for k, (name, style) in enumerate({"minimax": "-", "non-saturating": "--"}.items()):
    (line,) = left.plot(away, from_costs[k], style, label=name)
    left.plot(few, exact[k], "o", color=line.get_color(), ms=5)
    path = [8.0]
    for _ in range(60):
        path.append(path[-1] - 0.05 * slopes(path[-1])[k])
    right.plot(path, style, label=name)
right.axhline(4, color="0.5", ls=":", lw=1.4, label="the data")
left.set(xlabel="how far m is from the data", ylabel="size of G's gradient", ylim=(1e-5, 100))
right.set(xlabel="step", ylabel="m", ylim=(3, 8.5))
plots.legend(left)
plots.legend(right, ncols=3)
show(fig, "01.two-losses")

# %% [markdown]
# Against a perfect D one G stays where it is and the other comes home. On the left the lines
# were computed from the costs, the dots from the divergences: far out, a minimax G follows
# the slope of JS, which has none to offer. "A perfect D gives no gradient" is as much about
# the cost, which the post does not name, as about D. (That the other slope *grows* is
# special to two bells of one width.)

# %%
print(claim("A4a"))
print(claim("A4b"))

# %% [markdown]
# The price: reverse KL forgives a G that leaves out some of the data.
#
# ## The finite game, played
#
# Now the other half of the paradox: does G arrive, if D is good? `deletang2018` thinks it
# through on a finite set, where both players can be *tables*: D one logit per point, G one
# number per point, whose softmax is the distribution $q$. Five points, and a G that has
# nearly forgotten point 0. D has answered with $D^*$. *Predict: which points will G sample
# more often after its next minimax step?*

# %%
p = np.array([0.35, 0.25, 0.2, 0.15, 0.05])
q = np.array([0.04, 0.26, 0.3, 0.25, 0.15])
game = games.finite_game(p)
unused = 0 * p  # whatever D was, it answers with D* before G moves
g, d = games.best_response(game, np.log(q), unused, step=1.0)

fig, (left, middle, right) = plots.figure(3, width=11.0, height=3.4)
places = np.arange(5)
left.bar(places - 0.2, p, 0.4, color="#0072B2", label="data p")
left.bar(places + 0.2, q, 0.4, color="#D55E00", hatch="///", edgecolor="w", label="G's q")
left.set(ylabel="probability")
middle.stem(places, expit(d), basefmt=" ", linefmt="k-", markerfmt="ko")
middle.axhline(0.5, color="0.5", ls=":", lw=1.4)
middle.set(ylabel="D* = p/(p+q)", ylim=(0, 1))
right.bar(places, 100 * (softmax(g) / q - 1), color="#D55E00", hatch="///", edgecolor="w")
right.axhline(0, color="0.5", ls="-", lw=0.8)
right.set(ylabel="change of q in one step (%)")
for ax in (left, middle, right):
    ax.set(xlabel="point", xticks=places)
plots.legend(left, ncols=2)
show(fig, "01.tabular-step")

# %% [markdown]
# Point 0 has by far the highest score and gains most. Point 1 gains too, although G makes too
# much of it already: a logit moves by $q$ times how much better than average its point
# scores, and what is frequent moves more easily. The pull that the post describes, with all
# other points in proportion, is an identity:

# %%
print(claim("A3"))

# %% [markdown]
# One step is not arriving. We play 300 rounds in five ways. *Best response*: D is perfect
# before each step of G. *Alternating*: one gradient step of D, then one of G, which sees
# it. *Simultaneous*: both at once. *Extragradient*: both look one step ahead first, and use
# the directions found there. *5 D steps*: `"dddddg"`. We measure TV between $p$ and $q$.
# *Which is quickest? Does one of them fail?*

# %%
ways = {
    "best response": games.best_response,
    "5 D steps": games.alternating("dddddg"),
    "extragradient": games.extragradient,
    "alternating": games.alternating(),
    "simultaneous": games.simultaneous,
}
fig, ax = plots.figure(width=7.0, height=3.8)
ax.set_yscale("log")
for name, way in ways.items():
    states, _ = games.play(game, np.log(q), 0 * p, way, step=1.0, steps=300)
    ax.plot(np.abs(softmax(states, -1) - p).sum(-1) / 2, label=name)
ax.set(xlabel="round", ylabel="TV between q and the data", ylim=(1e-5, 1))
plots.legend(ax, ncols=3)
show(fig, "01.five-ways")

# %% [markdown]
# All arrive: with one step of D a round in waves, with a good D straight. Quickest, counted in
# rounds, is not the perfect D but five steps of it. They owe it to a G that still visits every
# point. Make q's first entry 0.0001 and none has arrived after 300
# rounds: what is hardly ever made is hardly ever corrected, in a table too.
#
# The stored claim plays random games on 60 places, 20,000 rounds each, in four of these ways, and
# counts those that end within 0.05 of the data, in TV. (What a verdict says is told in
# [notebook 00](00_start_here.ipynb#How-to-read-a-verdict).)

# %%
claim("A2a")

# %% [markdown]
# ## The data, or what they were drawn from?
#
# Arriving where? Let A be 60 places on a circle, and X, the data, 12 draws from A. We would
# like samples from A. A tabular G has a number for each of the 60 places. Beside it we
# train a network on the very same X: a GAN with two hidden layers of 32 units per player,
# eight seeds. *Predict for both: how much will they put on places that are not in X?*

# %%
from ganlab import latent
from ganlab.training import train

A = data.ring(60, radius=1.0, std=0.0).modes
drawn = np.random.default_rng(0).integers(60, size=12)
frequencies, X = np.bincount(drawn, minlength=60) / len(drawn), A[drawn]

start = np.zeros(60)
table, _ = games.play(
    games.finite_game(frequencies), start, start, games.best_response, step=5.0, steps=300
)
network = train(
    mlp((2, 32, 32, 2), "relu"),
    mlp((2, 32, 32, 1), "relu"),
    data.Samples(X),
    latent.Gaussian(2),
    steps=3000,
    seeds=8,
    d_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
    g_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
)

# %%
far = np.min([np.linalg.norm(network.samples - point, axis=-1) for point in X], axis=0) > 0.1
outside = softmax(table, -1)[:, frequencies == 0].sum(-1)
fig, (left, middle, right) = plots.figure(3, width=12.0, height=4.0)
left.scatter(*A.T, s=900 * softmax(table[-1]), lw=0, color="#D55E00", zorder=2.1, label="G's table")
middle.plot(*network.samples[-1, 0].T, "x", color="#D55E00", ms=4, mew=0.9, label="network's G")
for ax in (left, middle):
    ax.plot(*A.T, ".", color="0.7", ms=4, zorder=0, label="A")
    ax.plot(*X.T, "o", mfc="none", mec="#0072B2", ms=13, mew=1.6, label="X")
    ax.set(aspect="equal", xlim=(-1.4, 1.4), ylim=(-1.4, 1.4), xlabel="x1", ylabel="x2")
left.set_title("table, round 300", loc="left")
middle.set_title(f"network, seed 0, step {network.steps[-1]}", loc="left")
plots.band(right, network.steps, far.mean(-1), "network, more than 0.1 from X")
right.axhline(outside[-1], color="k", ls="--", label="table, outside X, at its end")
right.set(ylabel="share of G's samples", ylim=(0, 1))
for ax in (left, middle, right):
    plots.legend(ax, ncols=1 if ax is right else 3)
show(fig, "01.table-and-network")

# %% [markdown]
# The table ends on X, with X's own frequencies; the rest of A is extinct. The network cannot
# jump. G is continuous, so on its way from one data point to the next it passes through
# what lies between: on the circle where the data are dense, along a chord where they are
# not. And the longer it trains, the less it does so.
#
# So the network does leave its data ([A2b](../docs/claims.md#a2b-2): *supported*). Does it go
# where we want it? The claim has larger networks, 16 or 64 points, drawn anew for each seed, and
# asks whether G's samples come nearer to the circle, in W1, than the data that it has seen.
# *Predict.*

# %%
claim("A2c")

# %% [markdown]
# With 16 points most networks end *further* from the circle than their own data, firmly; with 64
# the claim is not borne out so far. The post says that an imperfect network samples from A
# instead of X. This one leaves X, but not for A. (The post's own network, which takes far longer
# to train, we have not tried.)
#
# ## The smallest GAN
#
# The finite game arrived; GANs often do not. The smallest game that shows why is the
# *Dirac-GAN*. Real data are the single point 0, fake data the single point $g$, and
# $D(x) = \sigma(d x)$ has one weight, so $V = \log\frac12 + \log(1 - \sigma(d g))$. Near
# $g = d = 0$, where all is well, D's slope is about $-g/2$: it tilts to say "fake" where G
# is. G's is about $d/2$: it walks up the tilt. (In the *Wasserstein* game D is simply paid
# $-dg$.) Arrows show where both are heading. *Predict: where does the path lead, if both step
# at once? And if they take turns?*

# %%
across, up = np.meshgrid(np.linspace(-2.4, 2.4, 13), np.linspace(-2.4, 2.4, 13))


def draw_field(ax, game, steps=120, **ways):
    """The field of a Dirac-GAN with a path from (1, 1) for each way of playing."""
    paths = {name: games.play(game, 1, 1, way, step=0.2, steps=steps) for name, way in ways.items()}
    ax.set(xlabel="g, where the fake point is", ylabel="d, the slope of D's logit")
    arrows = game.generator(across, up), game.discriminator(across, up)
    plots.field(ax, across, up, *arrows, paths=paths)


turns = games.alternating()
fig, axes = plots.figure(3, width=12.0, height=4.6)
names = ("minimax", "non-saturating", "Wasserstein")
plain = (games.dirac_gan(), games.dirac_nonsaturating(), games.dirac_wgan())
for ax, name, each in zip(axes, names, plain, strict=True):
    draw_field(ax, each, 90, simultaneous=games.simultaneous, alternating=turns)
    ax.set_title(name, loc="left")
show(fig, "01.dirac-fields")

# %% [markdown]
# The arrows go round, and so do the players: each improves against where the other was.
# Taking turns keeps the minimax and the Wasserstein players on a closed curve; moving at
# once drives them outwards. (The non-saturating game draws in while it is far out. Played at
# once it ends on a ring of radius 0.6.) The minimax game as a film, played at once:

# %%
g, d = games.play(games.dirac_gan(), 1, 1, games.simultaneous, step=0.2, steps=90)
line = np.linspace(-2.4, 2.4, 100)


def draw(axes, i):
    left, right = axes
    left.plot(line, expit(d[3 * i] * line), "k-")
    left.plot(0, 0.5, "o", color="#0072B2", ms=11, label="real")
    left.plot(g[3 * i], expit(d[3 * i] * g[3 * i]), "X", color="#D55E00", ms=11, label="fake")
    left.set(xlim=(-2.4, 2.4), ylim=(0, 1), xlabel="x", ylabel="D(x)")
    left.set_title(f"round {3 * i}", loc="left")
    right.plot(g[: 3 * i + 1], d[: 3 * i + 1], "-", color="0.5")
    right.plot(g[3 * i], d[3 * i], "ko", ms=8)
    right.set(xlim=(-2.4, 2.4), ylim=(-2.4, 2.4), xlabel="g", ylabel="d", aspect="equal")
    plots.legend(left, ncols=2)


show(plots.animate(draw, 30, figsize=(7.6, 3.6), fps=6, ncols=2), "01.dirac-film")

# %% [markdown]
# The fake point runs past the data: when it arrives, D is still tilted. When D has righted
# itself, G is already on the other side.
#
# Close to the equilibrium the arrows are a matrix (the Jacobian) times the position, and its
# eigenvalues tell what happens there. An imaginary part is turning; a negative real part
# draws in, a positive one drives out; with none, finer things decide. For a round of play it
# is the absolute value that counts: above 1 drives out.

# %%
systems = {
    "minimax": games.dirac_gan(),
    "Wasserstein": games.dirac_wgan(),
    "R1, weight 0.3": games.dirac_r1(0.3),
    "instance noise 1": games.dirac_instance_noise(1.0),
    "consensus 1": games.dirac_consensus(1.0),
}
spectra = {name: games.eigenvalues(each, 0, 0) for name, each in systems.items()}
spectra["finite game"] = games.eigenvalues(game, np.log(p), 0 * p)
steps = np.linspace(0.02, 1, 50)
fig, (left, right) = plots.figure(2, width=10.5, height=4.0)
left.axvline(0, color="0.5", ls="-", lw=0.8)
for marker, (name, values) in zip("osv^Dx", spectra.items(), strict=True):
    left.plot(values.real, values.imag, marker, ms=8, mfc="none", mew=1.6, label=name)
for name in ("simultaneous", "alternating", "extragradient"):
    factors = [games.eigenvalues(games.dirac_gan(), 0, 0, ways[name], h) for h in steps]
    right.plot(steps, np.abs(factors).max(-1), label=name)
left.set(xlabel="real part: in (left) or out (right)", ylabel="imaginary part: turning")
right.set(xlabel="step", ylabel="distance after a round / before")
plots.legend(left, ncols=3)
plots.legend(right, ncols=3)
show(fig, "01.eigenvalues")

# %% [markdown]
# The plain games sit on the imaginary axis: close to the middle they just turn. A finite step
# along a circle leaves it outwards, which is why simultaneous play spirals out at *every*
# step size $h$, close to the middle by $\sqrt{1 + h^2/4}$ a round.
#
# To the left of the axis lies what helps. **R1** charges D for its slope on real data, so D
# rights itself. **Instance noise** blurs what D is shown, real and fake; where blurs
# overlap, a steep D does not pay. **Consensus** has both players also shrink how fast they
# move.
#
# The finite game is there too, without any aid. Its tabular D has curvature of its own: $V$
# is strictly concave in each logit, so D is held by a best answer at every point. (Its
# eigenvalue at 0 is a number added to all of G's, which changes nothing.) The Dirac D has
# nothing to hold it: at $g = 0$, $V$ is the same for every $d$.

# %%
fig, axes = plots.figure(3, width=12.0, height=5.0, sharey=True)
for ax, (name, each) in zip(axes, list(systems.items())[2:], strict=True):
    draw_field(ax, each, 60, simultaneous=games.simultaneous)
    ax.set_title(name, loc="left")
    ax.label_outer()
show(fig, "01.dirac-regularised")

# %% [markdown]
# So both sentences of the question are half right. With a perfect D and overlap, G arrives.
# Without overlap a *minimax* G starves. And with a D that is merely improving, play may turn
# for ever.
#
# ## Turn the knobs
#
# First the densities.

# %%
fig, sentence = draw_densities(fake_mean=5.0)
print(sentence)
show(fig, "01.your-bells")

# %%
density_explorer(fake_mean=5.0)

# %% [markdown]
# Move the fake bell until JS stops changing: from there on a minimax G is lost.
#
# Now the Dirac-GAN. Things to try: extragradient without damping; R1 with 0.3, 1 and 2
# (*predict: does more always help?*); the Wasserstein game with a gradient penalty, which
# wants D's slope at 1 even where it should be 0.

# %%
fig, sentence = draw_dirac(game="minimax + R1", method="simultaneous", step=0.2, damping=0.3)
print(sentence)
show(fig, "01.your-dirac")

# %%
dirac_explorer(game="minimax + R1")

# %% [markdown]
# ## Exercises
#
# **1. Predict and run.** In the finite game set `cost=games.nonsaturating_cost`. Will point 0
# come back sooner or later? Compare the third panel, and the first 50 rounds. (A hint: at
# point 0, G is winning.)
#
# **2. Predict and run.** Give X 4 draws from A instead of 12, then 40. Where will the network
# put what is not on X: on the circle, or inside it?
#
# **3. Write it.** The Jensen-Shannon divergence of two distributions on a finite set, from
# their probabilities. Mind the points where one of them is 0: they add nothing on that side.


# %%
def js_divergence(p, q):
    """JS in nats of probabilities p and q, arrays (points,); some may be 0."""
    ...


check("01.1", js_divergence)

# %%
quiz("01.1")

# %%
quiz("01.2")

# %% [markdown]
# ## In practice
#
# - Use the non-saturating loss, or another that does not saturate.
# - A good D is not the problem. A cost, or a D, that is flat at the fakes is.
# - Losses that swing may be turning, not diverging. Try damping: R1, or instance noise.
# - Ask what "converged" means: to the data set, or to what it was drawn from?
#
# ## Further reading
#
# - Goodfellow and others, *Generative Adversarial Nets* (2014): the game, $D^*$ and both
#   losses, in nine pages.
# - Arjovsky and Bottou, *Towards Principled Methods for Training GANs* (2017): what the
#   gradients of both losses are under a perfect D.
# - Mescheder, Geiger and Nowozin, *Which Training Methods for GANs do actually Converge?*
#   (2018): the Dirac-GAN, its eigenvalues, and R1.
