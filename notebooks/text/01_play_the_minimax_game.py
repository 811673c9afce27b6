# %% [markdown]
# # Play the minimax game
#
# *You will* write down the game that a GAN plays, and see why its players may go round each other
# for ever, and what stops them.
#
# *You will learn*
# - both losses, by writing them, and why the best discriminator is $p/(p+q)$;
# - which of two losses leaves a losing generator without a gradient;
# - to tell *turning* from slow learning, by eigenvalues and by the distance;
# - what damps it, in a game on paper and in networks.
#
# *You need* notebook 00, logarithms and derivatives; for one section, eigenvalues. About 45
# minutes to read, a minute to run.

# %%
from importlib.util import find_spec

if find_spec("ganlab") is None:
    raise ImportError(
        "The course is not installed here: copy its folder to this machine, run\n"
        "%pip install -e <that folder>   in a cell, and restart the kernel."
    )

# %%
import numpy as np
from scipy.special import expit, log_expit

from ganlab import data, games, latent, losses, plots
from ganlab.backend import keras
from ganlab.evidence import claim
from ganlab.exercises import check, quiz
from ganlab.networks import mlp
from ganlab.plots import show
from ganlab.techniques import r1
from ganlab.training import Trainer
from ganlab.widgets import density_explorer, dirac_explorer, draw_dirac

# %% [markdown]
# ## The game
#
# <small>7 min</small>
#
# Picture a heap of diary pages, each with one temperature on it. Half were copied
# from a thermometer. The other half were made up by G, who has never seen the thermometer. D says
# for each page how likely it is to be a copy, and is paid the logarithm of the probability that it
# gave to the truth. D's average pay for the copies plus that for the others is
#
# $$V(D, G) = \mathrm{E} \log D(x) + \mathrm{E} \log (1 - D(G(z))).$$
#
# D wants $V$ large, G wants it small: a *minimax* game. We write $p$ for the density of real
# samples $x$, $q$ for that of fake ones $G(z)$. D is the sigmoid of a *logit*.
#
# Let real samples be N(4, 0.5), mean and standard deviation, and fake ones N(5, 0.5). Both
# densities are known, so $V$ is an integral, computed on 20,000 small cells, in nats, the unit of
# natural logarithms. Four D's are paid: one that always says 1/2, one that always says 0.9, a bold
# one that says 0.99 on the real side and 0.01 on the other, and $D^* = p/(p+q)$ of notebook 00.
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

# %%
fig, (left, right) = plots.figure(2, width=9.0, height=3.6)
left.fill_between(x, np.exp(log_p), color=plots.COLOUR.real, alpha=0.25, lw=0, label="p, real")
left.plot(x, np.exp(log_q), "-", color=plots.COLOUR.fake, lw=1, label="q, fake")
for (name, logit), look in zip(logits.items(), ("k:", "k-.", "k--", "k-"), strict=True):
    left.plot(x, expit(logit), look, lw=3 if name == "D*" else 1.4, label=name)
    both, on_real = games.value(logit, log_p, log_q, w), w * np.exp(log_p) @ log_expit(logit)
    right.barh(name, on_real, color="0.35")
    right.barh(name, both - on_real, left=on_real, color="0.8", hatch="///", edgecolor="0.35")
    right.text(0.05, name, f"{both:.3f}", va="center")
left.set(xlim=(1, 8), xlabel="x", ylabel="D(x), and the densities")
right.set(xlabel="V (nats): real half dark, fake half hatched", xlim=(-2.6, 0.5), ylim=(3.6, -0.6))
plots.legend(left, ncols=3)
show(fig, "01.bids")

# %% [markdown]
# Each half of $V$ keeps D honest about the other. Without the fake half, D would call
# everything real and be paid 0, the most there is; *always 0.9* shows what the fake half
# charges for that. The logarithm punishes the bold: in the overlap it is wrong now and
# then, and each time costs $\log 0.01$. $D^*$ is bold only where it can be.
#
# ## Write both losses
#
# <small>8 min</small>
#
# Networks are trained on batches of samples, and by *losses*, which are to be small.
# D's loss is minus its pay, $-V$, with means over a batch for E. G's may be its half of $V$,
# $\mathrm{E} \log(1 - D(G(z)))$, the *minimax* loss. Or it may be $-\mathrm{E} \log D(G(z))$,
# the *non-saturating* loss: it wants the same, D high on fakes.
#
# **1. Write it.** Both functions get logits, as arrays of one batch. `log_expit(l)` is the
# logarithm of the sigmoid of `l`; and $1 - \sigma(l) = \sigma(-l)$.


# %%
def discriminator_loss(real_logits, fake_logits):
    """Minus V: the loss of D, a number, from its logits on real and on fake samples (batch,)."""
    ...


def nonsaturating_generator_loss(fake_logits):
    """-E log D(G(z)): the loss of G, a number, from D's logits on fake samples (batch,)."""
    ...


check("01.1", discriminator_loss)
check("01.2", nonsaturating_generator_loss)

# %% [markdown] tags=["answer"]
# [Solutions](solutions/01_play_the_minimax_game.py).

# %% [markdown]
# From now on we take the same two from `ganlab.losses`.
#
# Your first loss is one that you may know: half of it is the cross-entropy of a classifier with
# labels 1 for real and 0 for fake. So an ordinary Keras classifier plays D. It sees 2,000 samples
# of each kind, the fake ones now from the wider N(4, 1). *Predict: where will the learned D differ
# from $D^*$?*

# %%
wide, rng = data.Gaussian(4.0, 1.0), np.random.default_rng(0)
samples = np.concatenate([real.sample(2000, rng), wide.sample(2000, rng)])
labels = np.repeat([1.0, 0.0], 2000)
keras.utils.set_random_seed(1)
D = mlp((1, 16, 16, 1), "tanh")  # fed with x - 4: networks like inputs around 0
D.compile(keras.optimizers.Adam(0.01), keras.losses.BinaryCrossentropy(from_logits=True))

grid = np.linspace(0, 8, 400)
p, q = real.density(grid), wide.density(grid)
exact = games.optimal_discriminator(p, q)
fig, axes = plots.figure(2, width=9.0, height=3.6)
for ax, more, epochs in zip(axes, (1, 14), (1, 15), strict=True):
    D.fit(samples - 4, labels, batch_size=100, epochs=more, verbose=0)
    learned = expit(D(grid[:, None] - 4).numpy()[:, 0])
    plots.densities(ax, grid, p, generated=q, kind="exact", learned=learned, exact=exact)
    ax.set_title(f"epochs: {epochs}", loc="left")
show(fig, "01.learned-d")

# %% [markdown]
# It nearly finds $D^*$ without knowing of it, a bit too wide; at the rims hardly any samples lie, and
# errors cost next to nothing.
#
# Why is $D^*$ best? A D without limits may answer at each $x$ freely. There it is paid $p \log D +
# q \log (1 - D)$, whose slope, $p/D - q/(1-D)$, is 0 at $D = p/(p+q)$. Put in, with $m = (p+q)/2$:
#
# $$V(D^*) = -\log 4 + \mathrm{KL}(p\|m) + \mathrm{KL}(q\|m) = -\log 4 + 2\,\mathrm{JS}(p, q).$$
#
# KL, the Kullback-Leibler divergence, is the mean of $\log p - \log m$ under $p$; JS, that of
# Jensen and Shannon, is the mean of both. It is 0 only where $p = q$, and at most $\log 2$. So
# against the best D, G has one thing left to do: make $q$ equal to $p$. This needs no seeds. It
# is an *identity*, checked to a small tolerance. Below it you can move both bells. *Predict: how
# many of their widths apart are they when JS is as good as $\log 2 = 0.693$?*

# %%
print(claim("A1"))

# %%
density_explorer(fake_mean=5.0)

# %% [markdown]
# ## A generator that is losing
#
# <small>6 min</small>
#
# If JS is what a minimax G lowers, what happens where it has reached its limit, six widths away
# and further? Let the real bell stay, and let G have one knob, the mean $m$ of its bell N(m,
# 0.5). D is perfect, and held fixed while G looks for its gradient, as in every training step.
# Then we let G play: 60 gradient steps of size 0.05 from $m = 8$, with D made perfect again
# before each.
#
# *Predict: with each of the two losses, how much of the way will G get: all of it, a tenth, less
# than a hundredth?*


# %%
def slopes(m, log_density=real.log_density):
    """How fast both losses change with m under the perfect D, (minimax, non-saturating)."""
    bell = data.Gaussian(m, 0.5)
    logit = games.optimal_logit(log_density(x), bell.log_density(x))
    along = np.gradient(logit, x)  # x = m + 0.5 z: if m moves by 1, so does every sample
    q = bell.density(x) * w
    return np.sum(q * -expit(logit) * along), np.sum(q * -(1 - expit(logit)) * along)


def laplace(x, scale=0.5 / 2**0.5):
    """The log density of data of the same mean and width, with heavier tails."""
    return -np.abs(x - 4) / scale - np.log(2 * scale)


away = np.linspace(0.05, 5, 80)
bells = np.array([slopes(4 + d) for d in away])
heavy = np.array([slopes(4 + d, laplace) for d in away])

# %%
fig, (left, right) = plots.figure(2, width=9.0, height=3.7)
left.set_yscale("log")
for k, (name, style) in enumerate({"minimax": "-", "non-saturating": "--"}.items()):
    left.plot(away, bells[:, k], style, label=name)
    path = [8.0]
    for _ in range(60):
        path.append(path[-1] - 0.05 * slopes(path[-1])[k])
    right.plot(path, style, label=name)
left.plot(away, heavy[:, 1], "-.", label="non-saturating, data with Laplace tails")
right.axhline(4, color="0.5", ls=":", lw=1.4, label="the data")
left.set(xlabel="how far m is from the data", ylabel="size of G's gradient", ylim=(1e-5, 100))
right.set(xlabel="step", ylabel="m", ylim=(3, 8.5))
plots.legend(left, ncols=2)
plots.legend(right, ncols=3)
show(fig, "01.two-losses")

# %% [markdown]
# Against a perfect D one G stays where it is and the other comes home. The slope of $\log(1 - D)$
# over the logit is $-D$, which is 0 where D is sure of a fake; that of $-\log D$ is $-(1 - D)$, there
# nearly -1. That the second gradient even *grows* with the distance is the doing of the data's
# Gaussian tail, whose logarithm gets steeper and steeper, and not of G: at distance 5 it is 20
# whatever the width of G's bell. With Laplace tails it levels off below 3.
#
# So "a perfect D gives no gradient" is true of one loss ([A4a](../docs/claims.md#a4a)). With the
# other, between bells, it gives one:

# %%
print(claim("A4b"))

# %% [markdown]
# ## The smallest GAN
#
# <small>8 min</small>
#
# With a perfect D, G arrives. In a GAN, D is only a step ahead, or behind. The smallest
# game that shows what may come of it is the *Dirac-GAN*. Real data are the single point 0, fake
# data the single point $g$, and $D(x) = \sigma(d x)$ has one weight. Near $g = d = 0$, where all is
# well, $d$ moves by about $-g/2$: D tilts to say "fake" where G is. And $g$ moves by about $d/2$: up
# the tilt. (In the *Wasserstein* game D is simply paid $-dg$.) Arrows show where both are
# heading.
#
# *Predict: where does the path lead, if both step at once? And if they take turns?*

# %%
across, up = np.meshgrid(np.linspace(-2.4, 2.4, 13), np.linspace(-2.4, 2.4, 13))
ways = {"at once": games.simultaneous, "in turns": games.alternating()}
names = ("minimax", "non-saturating", "Wasserstein")
plain = (games.dirac_gan(), games.dirac_nonsaturating(), games.dirac_wgan())
fig, axes = plots.figure(3, width=9.0, height=3.9)
for ax, name, game in zip(axes, names, plain, strict=True):
    paths = {each: games.play(game, 1, 1, way, step=0.2, steps=90) for each, way in ways.items()}
    arrows = game.generator(across, up), game.discriminator(across, up)
    ax.set(xlabel="g, where the fake point is", ylabel="d, the slope of D's logit")
    plots.field(ax, across, up, *arrows, paths=paths)
    ax.set_title(name, loc="left")
show(fig, "01.dirac-fields")

# %% [markdown]
# The arrows go round, and so do the players: each improves against where the other was.
# Taking turns keeps the minimax and the Wasserstein players on a closed curve; moving at
# once drives them outwards. (The non-saturating game draws in far out; near 0 it is like minimax.) Here is the
# minimax game as a film, played at once:

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
# itself, G is already on the other side. This is *turning*.
#
# The test on paper: close to the equilibrium the arrows are a matrix (the Jacobian) times the
# position, and its eigenvalues tell what happens there. An imaginary part is turning; a negative
# real part draws in, a positive one drives out; with none, finer things decide. A round of play
# is a matrix too; of its eigenvalues the absolute value counts: above 1 drives out.
#
# Two games more: **R1** takes a *weight*, here 0.3 or 2, and charges D half of it times the
# square of its slope at the real samples. **Instance noise** blurs what D is shown. *Predict:
# minimax, Wasserstein and these: which draw in?*

# %%
systems = {
    **dict(zip(names[::2], plain[::2], strict=True)),  # minimax and Wasserstein
    "R1, weight 0.3": games.dirac_r1(0.3),
    "R1, weight 2": games.dirac_r1(2.0),
    "instance noise 1": games.dirac_instance_noise(1.0),
}

# %%
steps = np.linspace(0.02, 1, 50)
fig, (left, right) = plots.figure(2, width=9.0, height=4.0)
for marker, (name, system) in zip("osv^D", systems.items(), strict=True):
    values = games.eigenvalues(system, 0, 0)
    left.plot(values.real, values.imag, marker, ls="", ms=8, mfc="none", mew=1.6, label=name)
left.axvline(0, color="0.5", ls="-", lw=0.8)
for name, way in {**ways, "extragradient": games.extragradient}.items():
    factors = [games.eigenvalues(games.dirac_gan(), 0, 0, way, h) for h in steps]
    right.plot(steps, np.abs(factors).max(-1), label=name)
left.set(xlabel="real part: in (left) or out (right)", ylabel="imaginary part: turning")
left.set(xticks=[-2, -1.5, -1, -0.5, 0, 0.5])
right.set(xlabel="step", ylabel="distance after a round / before", title="minimax")
plots.legend(left, ncols=2)
plots.legend(right, ncols=3)
show(fig, "01.eigenvalues")

# %% [markdown]
# The plain games sit on the imaginary axis: close to the middle they just turn. A finite step
# along a circle leaves it outwards, so play at once spirals out at *every* step size $h$, by
# $\sqrt{1 + h^2/4}$ a round. Smaller steps drive out less, never in.
# *Extragradient* tries a step, and takes the slope from there: it draws in.
#
# The others lie to the left. Under R1 D rights itself. Noise blurs the point into a bell, and
# where bells overlap a steep D does not pay.
#
# ## The same circle in networks
#
# <small>8 min</small>
#
# Two numbers are all there is of a Dirac-GAN. Of networks, two can be measured: how far
# the mean of G's samples is from the data's, and the slope of D's logit at the data. We train
# eight pairs on N(4, 0.5), G with 8 hidden units, *look* 200 times, every few steps, and do so in two ways:
#
# - the Wasserstein game by plain gradient descent, with a D that is one line, $D(x) = dx + c$;
# - the non-saturating game against a D of two hidden layers of 16, by Adam as Keras has it, with
#   a momentum (`beta_1`) of 0.9.
#
# The test here: does the distance shrink over the rounds? We say that a pair *settles* if over
# its last 25 looks its distance stays below a tenth of what it was at first. *Predict: which of the two will?*

# %%
adam = keras.optimizers.Adam(1e-3, beta_1=0.9)
pairs = {  # D's sizes, losses, optimizer, steps from one look to the next
    "Wasserstein": ((1, 1), losses.wasserstein, keras.optimizers.SGD(0.03), 4),
    "Adam, beta_1 0.9": ((1, 16, 16, 1), losses.nonsaturating, adam, 20),
}
z = latent.Gaussian().quantile((np.arange(200) + 0.5) / 200)[:, None]
beside = np.array([[3.9], [4.1]])


def play_networks(sizes, loss, optimizer, every, weight):
    """G's mean less the data's and D's slope there, at 200 looks: (looks, seeds) each."""
    networks = mlp((1, 8, 1), "tanh"), mlp(sizes, "tanh"), real, latent.Gaussian()
    how = {"losses": loss, "d_optimizer": optimizer, "g_optimizer": optimizer}
    trainer, seen = Trainer(*networks, **how, added=r1(weight), seeds=8), []
    for _ in range(200):
        left, right = trainer.discriminators(beside)[..., 0].T
        seen.append((trainer.generators(z).mean(axis=(1, 2)) - 4, (right - left) / 0.2))
        trainer.advance(every)
    return np.swapaxes(seen, 0, 1)


# %%
def draw_pairs(weight):
    """One seed of each pair in the plane; how far out all eight go within 25 looks, a turn."""
    fig, axes = plots.figure(3, width=9.0, height=3.7)
    axes[2].set_yscale("log")
    for ax, (name, pair) in zip(axes, pairs.items(), strict=False):
        away, slope = play_networks(*pair, weight)
        ax.plot(away[:, 0], slope[:, 0], "-", color="0.35", lw=1)
        for look, fill in ((0, "white"), (-1, "black")):
            ax.plot(away[look, 0], slope[look, 0], "o", mfc=fill, mec="black", ms=7)
        ax.set(xlabel="G's mean less the data's", ylabel="slope of D's logit")
        ax.set_title(name, loc="left")
        turns = np.lib.stride_tricks.sliding_window_view(np.abs(away / away[0]), 25, axis=0)
        settled = {"settled": 0.1} if ax is axes[1] else None
        label = f"{name}: {pair[3]} steps a look"
        plots.band(axes[2], range(24, 200), turns.max(axis=-1), label, reference=settled)
    axes[2].set(xlabel="look", ylabel="largest distance / first", ylim=(0.005, 3))
    plots.legend(axes[2], ncols=1)
    return fig


# %%
show(draw_pairs(weight=0.0), "01.networks")

# %% [markdown]
# From the open dot to the black one. On the left are the players of the Dirac-GAN again: the samples swing through
# the data and out on the other side, nearly twice as far. In the middle the pair comes near
# first, and then turns in ever wider rounds. Few of the sixteen settle.
#
# Two runs of two kinds are a picture. Over many seeds, and for two more ways of playing:

# %%
claim("A6a")

# %% [markdown]
# *Contradicted* means that most runs settle. So a pair of networks may turn, and need not. Plain
# gradient descent on the non-saturating loss comes to rest by itself. The likely reason: samples
# have a width, and a steep D pays for each that lies on the wrong side, as with instance noise. The
# Wasserstein D pays for nothing, and momentum may carry both players past where they should stop.
#
# ## Damp it
#
# <small>4 min</small>
#
# R1 costs D half of `weight` times the squared slope of its logit, on average over the
# real batch. In `train` it is `added=r1(weight)`. *Predict what the same two pairs will do with a
# weight of 1.*

# %%
show(draw_pairs(weight=1.0), "01.networks-r1")

# %% [markdown]
# Both come to rest at the data. In how many runs, and what does R1 do to pairs that settled anyway?
# And a fifth way: gradient descent with a momentum of 0.9. *Predict its verdict.*

# %%
claim("A6b")

# %% [markdown]
# With R1 all pairs of four kinds settle: it mends the two that turned, and leaves alone what
# settled. But with momentum in plain gradient descent fewer runs settle with it than without.
# Why, we have not measured; so R1 is a remedy for turning, and no licence for momentum.
#
# ## Turn the knobs
#
# <small>2 min</small>
#
# The Dirac-GAN once more, with a gradient penalty that wants D's slope at 1, even
# where it should be 0. *Predict: will it settle?*

# %%
game = "Wasserstein + gradient penalty"
fig, sentence = draw_dirac(game=game, method="simultaneous", step=0.2, damping=1.0)
print(sentence)
show(fig, "01.your-dirac")

# %%
dirac_explorer(game="minimax + R1", damping=2.0)

# %% [markdown]
# ## Exercises
#
# <small>8 min</small>
#
# **2. Predict and run.** In the explorer, R1 with damping 0.3, 1 and 2. Does more always help?

# %% [markdown] tags=["answer"]
# <details><summary>Answer</summary>
#
# No. With 0.3 the players spiral in; with 1 they come in straight and quickest; with 2 the last of
# the way takes about four times as long as with 1, for D is held so flat that G hardly moves. The
# eigenvalues say it: they meet on the real axis at a weight of 1, and then part.
#
# </details>

# %% [markdown]
# **3. Predict and run.** In `pairs`, give the Wasserstein pair 0.01 for 0.03 and 12 steps a look
# for 4; then `draw_pairs(0.0)`. Will the circle be smaller?

# %% [markdown] tags=["answer"]
# <details><summary>Answer</summary>
#
# No. It is the same circle, gone round at a third of the speed: with three times the steps from
# look to look the picture hardly changes. A smaller step does not damp.
#
# </details>

# %%
quiz("01.1")

# %%
quiz("01.2")

# %% [markdown]
# ## In practice
#
# <small>1 min</small>
#
# - Use the non-saturating loss, or another that does not saturate.
# - Losses that swing may be turning. Plot the distance over the steps: does it shrink?
# - If not, take the momentum down first (Adam with `beta_1=0.5`), then add R1; more is not better.
#
# ## What the posts said
#
# <small>1 min</small>
#
# | said | measured |
# |---|---|
# | With a perfect D, G reaches the perfect solution (`deletang2018`). | Where both are tables, an entry for each of finitely many points, it does ([A2a](../docs/claims.md#a2a-2)). |
# | A point that G makes too rarely is pulled up (`deletang2018`). | An identity, while G still makes it now and then ([A3](../docs/claims.md#a3)). |
# | A perfect D gives G no gradient (`deletang2018`). | With the minimax loss ([A4a](../docs/claims.md#a4a)). |
# | Networks make what is not in the data (`deletang2018`). | They do, as a blur would ([A2b](../docs/claims.md#a2b-2)), but where the data are few they do not get nearer to what those were drawn from ([A2c](../docs/claims.md#a2c-2)). |
#
# ## Further reading
#
# - Goodfellow and others, *Generative Adversarial Nets* (2014): the game, $D^*$ and both
#   losses, in nine pages.
# - Arjovsky and Bottou, *Towards Principled Methods for Training GANs* (2017): what the
#   gradients of both losses are under a perfect D.
# - Mescheder, Geiger and Nowozin, *Which Training Methods for GANs do actually Converge?*
#   (2018): the Dirac-GAN, its eigenvalues, and R1.
