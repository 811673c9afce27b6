# %% [markdown]
# # Explore a GAN of your own
#
# *You will* play with 16 GANs at once: train them, stop them, turn their knobs, break and mend them.
#
# *You will learn*
# - to read a training while it runs, in pictures and in words;
# - to tell one fault from another by what you see, and to try a remedy on the spot;
# - to take home, as a script, what you have found.
#
# *You need* notebook 00; 03 and 06 make it richer. About 15 minutes, and as long as you like.

# %%
from importlib.util import find_spec

if find_spec("ganlab") is None:
    raise ImportError(
        "The course is not installed here: copy its folder to this machine, run\n"
        "%pip install -e <that folder>   in a cell, and restart the kernel."
    )

# %%
import numpy as np

from ganlab.course.playground.code import script
from ganlab.widgets import playground

# %% [markdown]
# ## The playground
#
# <small>4 min</small>
#
# Four points, and sixteen GANs that differ in their random numbers only. The cell below trains them
# for 500 steps and shows what came of it. *Before you run it: how many of the sixteen will have found
# all four points? Write your number down.*

# %%
app = playground("ours on four points")
app.advance(500)
app

# %% [markdown]
# **On the left** is one seed. Circles are real samples, crosses are generated. Behind them is what D
# says: the lighter, the more real, and on the black line it says one half. **In the middle** are all
# sixteen, each with its word from the [glossary](../docs/glossary.md): *near*, *close* and *narrow* hold
# all four points. The framed one is the one on the left. **On the right** are both losses, and the distance to the data
# (*sliced W1*: W1 of the points' shadows on a line, averaged over many): the median of the seeds, where eight tenths of
# them are, and dotted the one on the left. Grey is what a perfect sampler would score. On the dotted lines
# of the losses neither player knows anything, which is so when all is well, and also when D has
# learned nothing: so look at the distance too.
#
# Press *Play*. Then try the rest; nothing can break.
#
# | control | what it does |
# |---|---|
# | *preset* | a whole setting: the course's, the posts', and four that go wrong |
# | *data* | what is to be learned, on the line or in the plane |
# | *show* | behind and over the samples: D, the best D, their difference, G as a map, where G is pulled |
# | *above*, *below* | on the right: losses or D's scores; the distance, JS, modes held, or all seeds as dots |
# | *Play*, *Slow motion* | train on; or step by step, with each step told in words |
# | *Step D*, *Step G* | one step of one player, the other stands still |
# | *learning rates* | act at once, on the training as it runs; so do noise and weights of penalties |
# | *moment* | back to what was recorded |
# | *Restart*, *New seeds* | from step 0 with the same random numbers, or with new ones |
# | *Try it* | what the diagnosis proposes, on this GAN or from step 0, with before and after |
# | the folded parts below | networks as text (`64, 32`), losses, remedies, optimizer, batches, seeds; a pad to draw data on |
# | the last row | the code, a small file that repeats all this, the picture, a film |
#
# Another network, loss or batch is another program: it starts anew and compiles for a few seconds.
# What cannot be is told in a line beside its field, and the training stays as it was.

# %% [markdown]
# ## Three things to try
#
# <small>6 min</small>
#
# **1. Make it chase.** Choose the preset *chasing* and press *Play*. G is thirty times as quick as D.
# *Before you do: will the sixteen all sit on the same point, or each on its own? Will they stay?* Then
# lower G's learning rate, with the training running, until they settle. Where does that happen?
#
# **2. Mend a collapse.** Choose *collapsing* and let it train until most tiles say *collapsed*. Open
# *losses and remedies* and set the penalty to R1 with weight 0.1. It begins anew. *How many of the
# sixteen will hold all four points?* [The clinic](../docs/clinic.md) has the number of many more runs.
#
# **3. Watch one step.** Pause, choose *where G is pulled*, and press *Step D*, then *Step G*. *Which
# way do the crosses move, and how does the black line answer?* *Slow motion* tells each step in words.
#
# And before you leave: move *seed on the left* from tile to tile. Which of them would you have put
# into a post?

# %% [markdown]
# ## What it diagnoses
#
# <small>2 min</small>
#
# Below the picture stands what is the matter, how that is known, and what to try first; it is the
# [diagnosis](../docs/diagnosis.md) of the course, which says how often it is right. It reads how the
# samples move from record to record, so it wants twenty records before it says much. A cell can do
# what a hand can: here the rate of G goes up thirtyfold while the training runs. *What will the
# diagnosis say?*

# %%
app.rates["g_rate"].value = 0.03
app.advance(1500)
print("most seeds:", app.diagnosed.summary.split(": ")[1].split(";")[0])
app

# %% [markdown]
# A G that is so much quicker than its D does not stay: it runs to where D says *real*, D follows, and
# it runs on. This is the playground from above, once more: the distance rose when the rate did, and
# both losses became restless. The word on most tiles, *collapsed*, is of one moment; move *moment* back
# and forth, and watch the samples hop.
#
# Then press *Try it on this GAN*: it does what the panel proposes, for 1,000 steps from where the
# networks are, and shows all sixteen before and after. *Guess first: will they all come back?* Those
# that sit on one point may stay there, for their D holds them; *Try it from step 0* begins anew.

# %% [markdown]
# ## Take it away
#
# <small>1 min</small>
#
# *Show me the code*, below the playground, writes a script of what you did: the GAN, the steps, the
# turns of the knobs, in their order. Run as it stands it gives the same samples, to the last digit on
# the same machine. *State* is a small file that does the same here, by *Load a state*.

# %%
print(script(app.session))

# %% [markdown]
# ## Your own data
#
# <small>1 min</small>
#
# Open *data of your own* and draw, by mouse, finger or keyboard; or type `1 0, -1 0, 0 1` for three
# bells, `-2: 0, 0: 1, 2: 0` for a density on the line. An array (n, 2) or (n,), of at most 2,000
# points, is trained on like the others: scale it first to about mean 0 and width 1. *Three blobs of unequal weight: which one will be dropped first?*

# %%
rng = np.random.default_rng(0)
blobs = [rng.normal(at, 0.15, (n, 2)) for at, n in (((-1, 0), 500), ((1, 0), 300), ((0, 1), 50))]
own = playground(own=np.concatenate(blobs))
own.advance(1000)
own

# %% [markdown]
# The course has words for bells and modes that it knows; of your own data the distance tells, and your
# eyes. Look at the upper blob: of a batch of sixteen it gets less than one sample on average, so D
# seldom hears of it. Do all sixteen seeds treat it alike? Then open *optimizer and batches*, take
# batches of 128, and look again.

# %% [markdown]
# ## In practice
#
# <small>1 min</small>
#
# - **Look at sixteen** before you believe one. Most of what you will see here differs from seed to seed.
# - **Turn one knob at a time,** and write your guess down before you turn it.
# - **What you found here is a guess.** It becomes a claim by a protocol that is fixed before its first
#   result, and by as many seeds as it takes: [the ledger](../docs/claims.md) shows how.
#
# *Further reading*: M. Kahng and others, *GAN Lab: Understanding Complex Deep Generative Models using
# Interactive Visual Experimentation*, 2019, which did this in the browser first, with one GAN at a
# time. Why a quick G chases is the subject of notebook 06.
