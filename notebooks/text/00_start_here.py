# %% [markdown]
# # Start here
#
# *You will* check that everything works, and train your first GAN: 32 of them, in fact.
#
# *You will learn*
# - what this course does differently from others;
# - how to read it, and what its pictures and verdicts mean;
# - what a GAN is, and how to train one in one call.
#
# *You need* a little Python and the idea of a neural network. About 15 minutes.

# %%
from importlib.util import find_spec

if find_spec("ganlab") is None:
    raise ImportError(
        "The course is not installed here: copy its folder to this machine, run\n"
        "%pip install -e <that folder>   in a cell, and restart the kernel."
    )

# %% [markdown]
# ## What a GAN is
#
# Two networks play a game. The *generator* G turns random numbers into samples. The
# *discriminator* D is shown real samples and generated ones, and says for each how likely
# it is to be real. D is trained to tell them apart; G is trained so that D cannot. If all
# goes well, G's samples end up looking like the real ones, and nobody had to write down
# what "real" means.
#
# If all goes well. It often does not, and how often is what this course measures. (Yours has just
# failed, and you have ten minutes? Go to [the clinic](../docs/clinic.md) first.)
#
# ## What is different here
#
# Most of what is written about GANs was concluded from one training run, sometimes from
# one that had been picked. But two runs of the same code, with different random numbers,
# can end in quite different places. So here
#
# - **every experiment is 32 runs** or more, trained side by side in one compiled program,
#   which takes a second or two on a laptop;
# - **exact things are computed exactly**. Our data have known densities, so the best
#   possible discriminator can be drawn next to the one that was trained;
# - **claims get verdicts**. What five posts said about GANs is written down as claims,
#   measured by a protocol fixed beforehand, on as many seeds as it takes. All are in
#   [the ledger](../docs/claims.md), and you can run every one of them again.
#
# ## Does everything work?
#
# You see this notebook as it ran for us. It is more fun with the answers gone: in
# JupyterLab choose *Edit*, then *Clear Outputs of All Cells*. To run a cell, click into it
# and press Shift and Enter; a number appears beside it when it is done. Start with this
# one. The first import takes some seconds.

# %%
import sys
import time

import numpy as np

from ganlab import data, latent, plots
from ganlab.evidence import claim
from ganlab.exercises import check, quiz
from ganlab.metrics import wasserstein
from ganlab.networks import mlp
from ganlab.plots import show
from ganlab.program import compiles
from ganlab.training import train

tested = (3, 11) <= sys.version_info[:2] <= (3, 13)
print("Python is fine." if tested else "The course was tested with Python 3.11 to 3.13.")
print("Training is compiled." if compiles() else "Training runs uncompiled, and slower.")

# %% [markdown]
# ## A first GAN
#
# The real samples come from a bell curve around 4. The generator gets a random number *z*,
# called a *latent*, and turns it into one number. Every training step uses a *batch* of 64
# real samples and 64 latents. Both networks are stacks of dense layers: `(1, 8, 1)` is one
# input, 8 hidden units, one output; `"tanh"` is what the hidden units do to their sums. D
# ends in a *logit*, a number from minus to plus infinity that a sigmoid turns into a
# probability.
#
# *Before you run it: the 32 runs differ in their random numbers only. How far apart will
# they end?*

# %%
target = data.Gaussian(mean=4.0, std=0.5)
generator = mlp((1, 8, 1), "tanh")
discriminator = mlp((1, 16, 16, 1), "tanh")

began = time.perf_counter()
run = train(generator, discriminator, target, latent.Gaussian(), steps=3000, seeds=32)
took = time.perf_counter() - began

# %% [markdown]
# That was 32 GANs and 3,000 training steps of each. The first call also compiled the
# program; run the cell again and it will be quicker. At 51 moments, called *records*, the
# run kept samples of every generator. We look at three of them.

# %%
fig, axes = plots.figure(3, width=9.0, height=3.4)
grid = np.linspace(-2, 8, 400)
for ax, record in zip(axes, (0, 15, 50), strict=True):
    samples = run.samples[record, :4]
    ax.fill_between(grid, target.density(grid), color="0.8")
    for seed, style in enumerate(("-", "--", ":", "-.")):
        counts, edges = np.histogram(samples[seed], 50, (-2, 8))
        ax.stairs(counts / 100, edges, ls=style, label=f"seed {seed}")  # 500 samples, bins of 0.2
    ax.set(title=f"step {run.steps[record]}", xlabel="x", ylim=(0, 2))
axes[0].set_ylabel("density")
fig.suptitle(f"32 GANs and 3,000 steps took {took:.0f} seconds here")
plots.legend(axes[1], ncols=4)
show(fig, "00.four-generators")

# %% [markdown]
# Grey is the target. The four outlines are what four of the generators produce: the same
# code, the same data, other random numbers. They move to the bell as thin spikes and only
# then begin to widen, each at its own pace.
#
# One picture of one run would hide that. So we put a number on each run, and look at all
# 32. The number is the *Wasserstein distance* W1: how far the samples would have to be
# moved, on average, to become the data. Smaller is better.

# %%
distance = wasserstein(run.samples, target)
fig, ax = plots.figure(width=7.5, height=3.0)
ax.set_xscale("log")
moments = {f"step {run.steps[i]}": distance[i] for i in (0, 15, 30, 50)}
plots.outcomes(ax, moments, label="W1 to the data")
show(fig, "00.four-moments")

# %% [markdown]
# Each dot is one run. The upright bar is the median; the thin line below holds the middle
# 80 % of the runs. They start alike and end apart, by a factor of ten. You will meet this
# picture in every notebook. When somebody tells you that a trick made a GAN better, ask to
# see the dots.
#
# ## How to read a notebook
#
# - Sentences in *italics* ask you to predict. Write your guess down before you run the
#   next cell; being wrong is the quickest way to learn here.
# - A discriminator curve is called *learned* when it was trained, *computed* when it was
#   worked out from a trained generator's density, and *exact* when both densities are given
#   by a formula.
# - Grey bands marked *a perfect sampler* are the *noise floor*: what a perfect generator
#   would score with the same number of samples. Nothing can be told apart below it.
# - Widgets are live in JupyterLab and on Colab, and still pictures elsewhere.
# - Exercises end in a `check`. An unsolved one says so and stops nothing.
#
# Here is one. Suppose that near some point real samples have density $p$ and generated ones
# $q$. Of all the samples that D is shown there, the share $p / (p + q)$ is real, so that is
# the best it can say: $D^* = p / (p + q)$.


# %%
def best_discriminator(p, q):
    """The best D where the densities are p and q (arrays of the same shape)."""
    ...


check("00.1", best_discriminator)

# %%
quiz("00.1")

# %% [markdown]
# ## How to read a verdict
#
# A claim from notebook 05: beside noise and feature matching, minibatch discrimination brings
# the generator nearer to the data. (What the three techniques are comes later; here it is only
# about how the answer is read.) It was tried in two GANs. *Will it help in both, in one or in
# neither?*

# %%
claim("E7a")

# %% [markdown]
# Each row is one GAN. It was trained from 64 seeds with the technique and from the same 64
# without, then from 128, 256 and so on. Right of the middle lies what the claim says. The dot
# is the share of seeds on which the technique did better, less the share on which it did
# worse; the line is its interval, which shrinks as seeds are added. The grey band holds
# effects too small to matter. Once the line is clear of the band, or lies in it, there is a
# verdict and nothing more is trained:
#
# - **supported**: right of the band; **contradicted**: left of it, so the opposite holds;
# - **no difference that matters**: inside;
# - **undecided**: none of these, even after the last seeds; *so far*, if more are to come.
#
# Of a thousand such verdicts one, on average, may be wrong. A technique can help one GAN and harm
# another, and no word stands for both: here you see it happen.

# %% [markdown]
# ## The map
#
# | notebook | its question |
# |---|---|
# | 00 Start here | Does everything work? |
# | [01 Play the minimax game](01_play_the_minimax_game.ipynb) | What is the best D, and why does training go in circles? |
# | [02 Pretrain the discriminator](02_pretrain_the_discriminator.ipynb) | Which ingredients of a post that works make it work? |
# | [03 Learn a 1D Gaussian](03_learn_a_1d_gaussian.ipynb) | How many of 32 runs find the bump, and do they narrow onto it? |
# | [04 Let it see the batch](04_let_it_see_the_batch.ipynb) | Does minibatch discrimination keep the width? |
# | [05 Add noise, match features](05_add_noise_match_features.ipynb) | Which tricks help, and by how much? |
# | [06 Watch modes collapse](06_watch_modes_collapse.ipynb) | Why do generators forget parts of the data, and what mends which fault? |
# | [07 Compare with a VAE](07_compare_with_a_vae.ipynb) | Does the alternative blur, and when is that better? |
#
# Go on with 01. If you would rather see training first, 03 stands on its own.
