# ruff: noqa
# The part on styles of notebooks/text/11_translate_and_style.py, to stand behind its translations. It needs
# import lines for: keras, latent, images, plots, check, wall, show, r1, train, and
#   from ganlab.disentangling import path_length, readability
#   from ganlab.style_gan import Styles, style_gan

# %% [markdown]
# ## A style at the side
#
# <small>9 min</small>
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
# In training nobody makes so many kernels: the input is scaled by $s_a$, and the output divided by the root.
# `ganlab.styles.ModulatedConv2D` does that, and gets the same numbers.
#
# What is in a picture has to be known, or there is nothing to ask of w. So we draw discs, which have a place
# and a size and no more. `style_gan` doubles a picture twice; *coarse* are its first two sizes, *fine* is
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
# Discs, mostly; some are dented, and seed 1 squeezes its own.
#
# ## What w knows
#
# <small>8 min</small>
#
# *Place* and *size* of a made disc are measured on its pixels (`images.moments`): the middle of its light,
# and how far that spreads. Of real shapes the place is right to 0.012, where a picture reaches from -1 to 1.
#
# Can they be read off the code by a line? A linear model is fitted to 500 codes and tested on 500 others:
# R² is 1 where it tells everything, 0 where no more than the mean. Three codes: z, brought to length 1 as
# the mapping does; w; and the w of a mapping after one step of training, for three layers with bends may
# help by themselves. And how far does the picture travel? *Path length* is the mean squared speed of the
# pixels from one picture to another: on a straight line in w, or, between the same two, on a great circle
# in z.
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
fig, axes = plots.figure(3, width=9.2, height=2.9)
for ax, (name, factor) in zip(axes, place_and_size(made).items(), strict=False):
    arms = {code: readability(each, factor) for code, each in codes.items()}
    luck = readability(codes["w"][:, ::-1], factor).mean()
    plots.outcomes(ax, arms, reference={"by luck": luck}, label=f"R² of the {name}")
    ax.set_xlim(-0.2, 1.05)
ends = bare[:, :500], bare[:, 500:]
lengths = {
    "z": path_length(lambda code: styles.make(styles.w(code)), *ends, along="sphere"),
    "w": path_length(styles.make, *(styles.w(end) for end in ends)),
}
plots.outcomes(axes[2], lengths, label="path length")
show(fig, "11.read")

# %% [markdown]
# In our run w tells more than z, with each of the four seeds, of the place and of the size, and the way in w
# is the shorter one, by a fifth or more. The layers alone do not do it: untrained, w tells about as much as
# z. So the mapping has learned to lay factors out more straightly, and nobody told it of places. z has to
# fill a sphere evenly, whatever the data are; w need not. It is far from *one number of w for each factor*,
# and a third or a half of the size no line can tell.
#
# Four seeds are few: [I4a and I4c](../evidence/claims/styles.py).
#
# ## One picture's coarse style, another's fine one
#
# <small>5 min</small>
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
right.set_xlim(0, 100)
show(fig, "11.mixed")

# %% [markdown]
# The place is more often that of the coarse style: nearly always with two seeds, little more than by luck
# with the others. The size goes with either, by seed. Large StyleGANs hold pose in coarse layers and colour
# in fine ones, but nothing in the losses says so, and the last layer can still move a disc of 8 x 8 by half
# a pixel, or blow it up. Over seeds: [I4b](../evidence/claims/styles.py).
#
# ## What chance is left to do
#
# <small>4 min</small>
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
# With three seeds of four, next to nothing: the strength of noise begins at 0, and they have found no use for
# it. Seed 1 has: outline and size are left to chance, and what is left to chance no code can tell.
#
# **5. Predict and run.** Read, and then steer: with `x = images.moments(made[k], (8, 8))["x"]`,
# `w = codes["w"][k]` and `order = np.argsort(x)` take
# `way = w[order[-200:]].mean(0) - w[order[:200]].mean(0)`, and look at
# `styles.make(w.mean(0) + np.linspace(-1, 1, 9)[:, None] * way)[k]` with `wall`, for each seed k. Will the
# disc go from left to right, and do nothing else?

# %% [markdown] tags=["answer"]
# <details><summary>Answer</summary>
#
# From left to right, with all four seeds, and seldom straight: with seeds 1 and 3 the disc takes a bend
# and ends at another height. Far out discs smear or swell, for hardly any z has its w there. What is read
# off a code by a line need not be steered by one: the reading is right on average, over the codes that
# there are.
#
# </details>
