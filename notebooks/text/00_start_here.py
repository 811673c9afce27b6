# %% [markdown]
# # Start here
#
# *You will* train your first GAN: 32 of them, in fact.
#
# *You will learn*
# - what a GAN is, and how to train one in one call;
# - why one run of it tells you next to nothing;
# - how to read this course, its pictures and its verdicts.
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
# <small>2 min</small>
#
# Two networks play a game. The *generator* G turns random numbers, the *latents*
# z, into samples. The *discriminator* D is shown real samples and G's, and says for each how
# likely it is to be real.

# %%
from ganlab.course.diagrams import draw_gan
from ganlab.plots import show

show(draw_gan(), "00.gan")

# %% [markdown]
# Dashed lines are what is learned from. D is trained to tell real from *fake*; G is trained so
# that D cannot. If all goes well, G's samples end up looking like the real ones, and nobody had
# to write down what "real" means.
#
# It often does not go well. **This course takes one GAN that fails, and mends it**: each notebook
# takes one fault, shows it, tests for it, and carries a remedy on. (Yours has just failed, and you
# have ten minutes? Go to [the clinic](../docs/clinic.md) first.)
#
# ## Does everything work?
#
# <small>2 min</small>
#
# If you see outputs, they are ours. It is more fun with them gone: in JupyterLab choose *Edit*,
# then *Clear Outputs of All Cells*. To run a cell, click into it and press Shift and Enter; a number
# appears beside it when it is done. The first import takes some seconds.

# %%
import sys

import numpy as np

from ganlab import data, latent, plots
from ganlab.endings import endings
from ganlab.evidence import claim
from ganlab.exercises import check, progress, quiz
from ganlab.metrics import noise_floor, wasserstein
from ganlab.networks import mlp
from ganlab.program import compiles
from ganlab.training import train

tested = (3, 11) <= sys.version_info[:2] <= (3, 13)
print("Python is fine." if tested else "The course was tested with Python 3.11 to 3.13.")
print("Training is compiled." if compiles() else "Training runs uncompiled, and slower.")

# %% [markdown]
# ## One GAN, 32 times
#
# <small>5 min</small>
#
# The real samples come from a bell curve around 4, with a standard deviation of 0.5.
# G gets one latent and turns it into one number. Every training step uses a *batch* of 64 real
# samples and 64 latents. Both networks are stacks of dense layers: `(1, 8, 1)` is one input, 8
# hidden units, one output; `"tanh"` is what the hidden units do to their sums. D ends in a *logit*,
# a number from minus to plus infinity that a sigmoid turns into a probability.
#
# We train it 32 times, side by side in one compiled program: same code, same data, other random
# numbers. What those follow from is called a *seed*. *Before you run the next two cells: how many
# of the 32 will end as the bell? Write your number down.*

# %%
target = data.Gaussian(mean=4.0, std=0.5)
generator = mlp((1, 8, 1), "tanh")
discriminator = mlp((1, 16, 16, 1), "tanh")

run = train(generator, discriminator, target, latent.Gaussian(), steps=3000, seeds=32)

# %%
samples = run.generate(10_000)  # (32, 10000, 1): of each generator as it is at the end
words = endings(samples, target)

edges = np.linspace(1.5, 6.5, 101)
grid = (edges[1:] + edges[:-1]) / 2
densities = [np.histogram(x, edges)[0] / (10_000 * 0.05) for x in samples]
order = ("close", "near", "narrow", "partly", "lost")  # from the best
look = {"outcome": words, "order": order, "beyond": samples}  # marks what lies outside a panel
fig, axes = plots.figure(8, 4, width=9.0, height=4.4)
plots.ensemble_densities(axes, grid, target.density(grid), densities, **look)
show(fig, "00.endings")

# %% [markdown]
# Each panel is one seed, from 1.5 to 6.5; blue is the data, the line is what this generator makes.
# Had you run it once, you would have seen one of these panels, and written of "the" GAN that it
# works, or that it makes too little variety, or too much.
#
# The course names endings by five words. The first that fits, from the top (a *width* is the
# standard deviation of the samples; the *Wasserstein distance* W1 says how far they would have to be
# moved, on average, to become the data):
#
# | word | what it means for a bell |
# |---|---|
# | *lost* | less than a tenth of the samples within three standard deviations of its mean |
# | *partly* | less than nine tenths of them |
# | *narrow* | width below 0.8 of the data's |
# | *close* | the distance W1 at most a quarter of the standard deviation |
# | *near* | none of these |
#
# Compare with your number. A spike beside the middle can be *close*, as in panel 0: W1 forgives it.
#
# W1 is never quite 0: even 10,000 real samples are not the curve itself. What a
# perfect generator would score with as many samples is the *noise floor*. *Before you run it: will
# the best of the 32 lie on the floor?*

# %%
distance = wasserstein(samples, target)
floor = noise_floor(wasserstein, target, 10_000, np.random.default_rng(0))
rows = {word: distance[words == word] for word in order if (words == word).any()}

fig, ax = plots.figure(width=8.5, height=3.2)
ax.set_xscale("log")
plots.outcomes(ax, rows, floor=(floor.low, floor.high), label="W1 to the data")
show(fig, "00.distances")

# %% [markdown]
# Each dot is one run, in the row of its word. The upright bar is the median of a row, the level
# line holds the middle 80 % of it; a shaded band, later on, is the middle 80 % as well. Nothing
# but the seed was changed, and the distances differ by a factor of ten or more; all are well
# above the grey floor. So when somebody tells you that a trick made a GAN better, ask to see the
# dots. In this course
#
# - **every experiment is many runs**, mostly 32;
# - **exact things are computed exactly**: our data have known densities, so the best possible
#   discriminator can be drawn beside the one that was trained;
# - **claims get verdicts**: what five posts said about GANs, measured by protocols fixed
#   beforehand, on as many seeds as it takes. All are in [the ledger](../docs/claims.md).
#
# ## How to read a notebook
#
# <small>3 min</small>
#
# - Sentences in *italics* ask you to predict. Write your guess down before you run the
#   next cell; being wrong is the quickest way to learn here.
# - A discriminator curve is called *learned* when it was trained, *computed* when it was
#   worked out from a trained generator's density, and *exact* when both densities are given
#   by a formula.
# - At moments called *records* a run keeps losses and samples, to be looked at later.
# - Widgets are live in JupyterLab and on Colab, and still pictures elsewhere.
# - What you write is tried by a `check`. Unsolved, it says so and stops nothing.
#
# Here is one.
#
# **1. Write it.** Suppose that near some point real samples have density $p$ and generated ones
# $q$. Of all the samples that D is shown there, the share $p / (p + q)$ is real, so that is
# the best it can say: $D^* = p / (p + q)$.


# %%
def best_discriminator(p, q):
    """The best D where the densities are p and q (arrays of the same shape)."""
    ...


check("00.1", best_discriminator)

# %% [markdown] tags=["answer"]
# [A solution](solutions/00_start_here.py).

# %%
quiz("00.1")

# %% [markdown]
# ## How to read a verdict
#
# <small>2 min</small>
#
# A claim from notebook 05: beside noise and feature matching, minibatch discrimination brings the
# generator nearer to the data. (What the three techniques are comes later; here it is only about
# how the answer is read.) It was tried in two GANs: a post's code of 2017, and ours of notebook
# 03 before its repair (*ours after 03*). In brackets stands who claimed it: *ganlab* is us, else
# it is one of [the posts](../docs/sources.md). *Will it help in both, in one or in neither?*

# %%
claim("E7a")

# %% [markdown]
# Each row is one GAN. It was trained from 64 seeds with the technique and from the same 64
# without, then from 128, 256 and so on. Right of the middle lies what the claim says. The dot is
# the share of seeds (above, as if of 100) on which the technique did better, as claimed, less the
# share on which it did worse (on the rest the two differ too little to count); the line is its interval, which shrinks
# as seeds are added. It is far wider than the usual 95 %: all looks together, a verdict may be false once
# in a thousand times. The grey band holds effects too small to matter. Once the line is clear of
# the band, or lies in it, there is a verdict and nothing more is trained:
#
# - **supported**: right of the band; **contradicted**: left of it, so the opposite holds;
# - **no difference that matters**: inside;
# - **undecided**: none of these, even after the last seeds; *so far*, if more are to come.
#
# All but *undecided* are *firm*.
# Some claims have a line in place of the band, and an arrow that says which side is as claimed.

# %% [markdown]
# ## The map
#
# <small>1 min</small>
#
# | notebook | the fault it takes | what it asks |
# |---|---|---|
# | 00 Start here | you cannot see it in one run | How differently do 32 runs end? |
# | [01 Play the minimax game](01_play_the_minimax_game.ipynb) | turning: the players go round each other | When do they, and what makes them stop? |
# | [02 Pretrain the discriminator](02_pretrain_the_discriminator.ipynb) | starving: D teaches G nothing | Which ingredients of a post that works make it work? |
# | [03 Learn a 1D Gaussian](03_learn_a_1d_gaussian.ipynb) | runs that are lost, or only partly there | How many of 32 runs find the bump? |
# | [04 Let it see the batch](04_let_it_see_the_batch.ipynb) | too narrow | Does minibatch discrimination keep the width, and at what cost? |
# | [05 Add noise, match features](05_add_noise_match_features.ipynb) | a technique that is not what its name says | Which tricks help, and by how much? |
# | [06 Watch modes collapse](06_watch_modes_collapse.ipynb) | modes dropped, collapse, a chase | What mends which? |
# | [07 Compare with a VAE](07_compare_with_a_vae.ipynb) | the blur of the alternative | When is a VAE the better choice? |
# | [08 Explore a GAN of your own](08_playground.ipynb) | your own | What can you break and mend by hand? |
# | [09 Draw digits](09_draw_digits.ipynb) | scores that do not see | What do scores of pictures miss? |
# | [10 Put it to use](10_put_it_to_use.ipynb) | a use that something simpler serves | Which uses of a GAN hold beside a line of code? |
# | [11 Translate and style](11_translate_and_style.ipynb) | a translation that is wrong and shows it nowhere | What makes a translation without pairs the right one? |
# | [12 Draw larger](12_draw_larger.ipynb) | a wish that reaches nothing new | Can it draw what it was never shown? |
#
# And this is how far you are. A mark stands for an exercise or a question: ○ is open, ● done, ◐ right
# after more than one answer.

# %%
progress()

# %% [markdown]
# What you solve in any notebook is kept in a small file on your machine, and nowhere else.
# `progress().path` says where it lies, `progress().code("00.1")` gives you back what you wrote,
# `progress().export("mine.json")` makes a copy, which `progress().take_in("mine.json")` adds on
# another machine, and `progress().reset()` begins again.
#
# Go on with 01. If you would rather see training first, 03 stands on its own. New words are in
# [the glossary](../docs/glossary.md).
