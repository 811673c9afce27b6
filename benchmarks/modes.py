"""How many modes of a mixture a GAN holds, over many seeds, beside five that were published.

    python -m benchmarks.modes --plan           # how long it will take on this machine
    python -m benchmarks.modes                  # benchmark A: 64 seeds of 10,000 steps
    python -m benchmarks.modes --grid 5 --packs 2 --seeds 16 --out grid.json --picture grid.png
    python -m benchmarks.modes --draw           # draws what was measured before

Seeds are trained a block at a time, and each block is kept in the file as soon as it is done: what
is interrupted goes on where it stopped, and more seeds are added to those that are there. Another
setting needs another --out.

Benchmark A is that of github.com/brycesandlund/paired-discriminator, published with 5 seeds: a ring
of 8 with standard deviation 0.1 on radius 2; G 16-128-128-2 and D 2-128-128-1, leaky ReLU 0.2, with
PyTorch's default initial values; Adam 2e-4 with betas 0.5 and 0.999; batches of 256, one step of D
and one of G, fresh data; D's loss is the mean cross-entropy over all 512 decisions, G's is
non-saturating. The epsilon of Adam is PyTorch's 1e-8. Keras adds it before the correction of the
bias, where it acts 32 times larger at step 1 and 1.26 times at step 1,000, so its numbers would be
those of another optimizer: `--adam keras` shows them.

Judged as published, by 10,000 samples of each generator after its last step. A sample is valid
within 3 standard deviations of the nearest center, of a perfect sampler 98.889 % are in the plane.
A mode is covered if at least 1 % of all samples are valid in it. TV is half of the sum over modes
of |share of all samples valid there - due share|, plus half of the share that is not valid. A seed
that stops being finite covers no mode, and its TV is 1.
"""

import argparse
import json
import os
import time
from datetime import date
from pathlib import Path
from platform import platform, processor

import numpy as np

from ganlab import data, figures, latent, losses, mode_metrics, techniques
from ganlab.backend import keras
from ganlab.evidence.runs import versions
from ganlab.evidence.store import write
from ganlab.gan import Gan
from ganlab.loop import TrainingFailed
from ganlab.networks import mlp
from ganlab.optimizers import TorchAdam
from ganlab.progress import bar
from ganlab.streams import FRESH, stream
from ganlab.training import Trainer

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = 10_000  # on which a seed is judged
# By the number of steps: mean and standard deviation over 5 seeds, and each seed's TV where told.
PUBLISHED = {
    10_000: {
        "covered": (7.60, 0.89),
        "valid": (0.849, 0.012),
        "tv": (0.226, 0.072),
        "each": (0.176, 0.262, 0.335, 0.193, 0.164),
    },
    50_000: {"covered": (6.80, 0.84), "valid": (0.927, 0.016), "tv": (0.183, 0.074)},
}
# What says where results go, and not what they are.
APART = ("seeds", "first", "out", "picture", "plan", "draw")


# What is trained ------------------------------------------------------------------------------


def mean_cross_entropy(real_logits, fake_logits):
    """The mean over all decisions, real and fake: half the sum of the two means."""
    return 0.5 * losses.nonsaturating_discriminator_loss(real_logits, fake_logits)


_NAMED = ("nonsaturating", "minimax", "least_squares", "hinge", "wasserstein")
_NAMED += ("relativistic", "relativistic_average")
LOSSES = {
    "published": losses.Losses(mean_cross_entropy, losses.nonsaturating_generator_loss),
    **{name: getattr(losses, name) for name in _NAMED},
}
PENALTIES = {name: getattr(techniques, name) for name in ("r1", "r2", "gradient_penalty")}


def target_of(settings):
    """The mixture that the settings ask for."""
    if settings["grid"]:
        return data.grid(settings["grid"], settings["spacing"], settings["std"])
    if settings["weights"]:
        return data.unequal_ring(settings["weights"], settings["radius"], settings["std"])
    return data.ring(settings["ring"], settings["radius"], settings["std"])


def gan_of(settings):
    """The `Gan` that the settings ask for."""
    target, packs = target_of(settings), settings["packs"]
    start = {"kernel": settings["kernel"], "bias": settings["bias"]}
    adam = {"torch": TorchAdam, "keras": keras.optimizers.Adam}[settings["adam"]]
    numbers = [settings[name] for name in ("rate", "beta_1", "beta_2", "epsilon")]
    penalty = PENALTIES.get(settings["penalty"])
    return Gan(
        mlp((settings["latent"], *settings["hidden"], target.dim), "leaky_relu", **start),
        mlp((packs * target.dim, *settings["hidden"], 1), "leaky_relu", **start),
        target,
        latent.Gaussian(settings["latent"]),
        losses=LOSSES[settings["loss"]],
        d_optimizer=adam(*numbers),
        g_optimizer=adam(*numbers),
        n_critic=settings["n_critic"],
        shown=techniques.packing(packs) if packs > 1 else None,
        added=penalty(settings["penalty_weight"]) if penalty else (),
    )


def samples_of(gan, settings, seeds, progress=None):
    """What the generators of these seeds make after the last step, (seeds, 10,000, dim); NaN of
    those that stopped being finite. Each seed has its own z, which training has not seen."""
    trainer = Trainer(gan, seeds=seeds, batch_size=settings["batch"])
    try:
        while (before := trainer.step) < settings["steps"]:
            trainer.advance_block(settings["steps"] - before)
            if progress is not None:
                progress.update(len(seeds) * (trainer.step - before))
    except TrainingFailed:
        return np.full((len(seeds), SAMPLES, gan.real.dim), np.nan)
    z = np.stack([gan.latent.sample(SAMPLES, stream(seed, FRESH)) for seed in seeds])
    samples = trainer.generators(z)
    samples[list(trainer.failed)] = np.nan
    return samples


# What is asked of it --------------------------------------------------------------------------


def judge(samples, target, least=0.01):
    """{"covered", "valid", "tv"}: arrays (seeds,) for samples (seeds, n, dim) and a `Mixture`.

    least  share of all samples that have to be valid in a mode for it to be covered
    """
    found = {
        "covered": mode_metrics.modes_covered(samples, target, least),
        "valid": mode_metrics.good_share(samples, target),
        "tv": mode_metrics.total_variation_of_modes(samples, target),
    }
    worst = {"covered": 0, "valid": 0.0, "tv": 1.0}  # of a seed that stopped being finite
    return {name: np.nan_to_num(values, nan=worst[name]) for name, values in found.items()}


# What is kept ---------------------------------------------------------------------------------


def load(path, settings):
    """The report in the file, or an empty one. ValueError if it is of another setting."""
    if not path.exists():
        return {"benchmark": "modes", "settings": settings, "blocks": []}
    report = json.loads(path.read_text(encoding="utf-8"))
    differ = [name for name, value in settings.items() if report["settings"].get(name) != value]
    if differ:
        name = differ[0]
        there, wanted = report["settings"].get(name), settings[name]
        raise ValueError(f"{path} holds {name}={there!r}, not {wanted!r}: wanted another --out")
    return report


def missing(report, options):
    """The seeds that are wanted and not there, in blocks."""
    done = {seed for block in report["blocks"] for seed in block["seeds"]}
    wanted = range(options.first, options.first + options.seeds)
    left = [seed for seed in wanted if seed not in done]
    return [left[i : i + options.block] for i in range(0, len(left), options.block)]


def together(report):
    """{"covered", "valid", "tv"} of all seeds in the report, in the order of the seeds."""
    blocks = report["blocks"]
    order = np.argsort([seed for block in blocks for seed in block["seeds"]])
    return {
        name: np.concatenate([block[name] for block in blocks])[order]
        for name in ("covered", "valid", "tv")
    }


def summary(found):
    """{quantity: {"mean", "std"}}; the standard deviation is over seeds, not of the mean."""
    several = len(found["tv"]) > 1
    return {
        name: {
            "mean": round(float(values.mean()), 4),
            "std": round(float(values.std(ddof=1)), 4) if several else None,
        }
        for name, values in found.items()
    }


def measure(options, settings, report):
    """Train and judge what is missing, block after block, and keep each."""
    gan, blocks = gan_of(settings), missing(report, options)
    judge(gan.real.modes[None], gan.real)  # refuses a target before it is trained on, not after
    total = settings["steps"] * sum(map(len, blocks))
    with bar(total, "seeds x steps", delay=0.0) as progress:
        for seeds in blocks:
            began = time.perf_counter()
            found = judge(samples_of(gan, settings, seeds, progress), gan.real, settings["least"])
            made = {
                "seconds": round(time.perf_counter() - began, 1),
                "date": str(date.today()),
                "machine": machine(),
                "versions": versions(),
            }
            numbers = {name: np.round(values, 6).tolist() for name, values in found.items()}
            report["blocks"].append({"seeds": seeds, **numbers, **made})
            report["summary"] = summary(together(report))
            write(options.out, json.dumps(report, indent=1) + "\n")


def machine():
    """The machine, in words."""
    return f"{platform()}, {os.cpu_count()} cores {processor()}".strip()


def plan(options, settings, report):
    """How long it will take, in words, from a few steps of the first block."""
    blocks = missing(report, options)
    if not blocks:
        return "Nothing is left to measure."
    trainer = Trainer(gan_of(settings), seeds=blocks[0], batch_size=settings["batch"])
    trainer.advance_block(settings["steps"])  # which compiles
    before, began = trainer.step, time.perf_counter()
    while (taken := time.perf_counter() - began) < 3.0:
        trainer.advance_block(10**6)
    each = taken / (trainer.step - before) / len(blocks[0])
    count = sum(map(len, blocks))
    minutes = each * count * settings["steps"] / 60
    return (
        f"{count} seeds of {settings['steps']:,} steps in {len(blocks)} blocks: about "
        f"{minutes:.0f} minutes at {1e6 * each:.0f} microseconds for a step of a seed."
    )


# What is shown --------------------------------------------------------------------------------


def published(settings):
    """What was published for these settings; {} for any but those of benchmark A."""
    usual = parsed([])[1]
    other = [n for n in settings if n not in ("steps", "block") and settings[n] != usual[n]]
    return {} if other else PUBLISHED.get(settings["steps"], {})


def told(report):
    """Lines to print: the mean and the standard deviation over seeds, beside what was published."""
    found, there = summary(together(report)), published(report["settings"])
    modes = len(target_of(report["settings"]).modes)
    names = {"covered": f"modes covered, of {modes}", "valid": "valid, %", "tv": "TV"}
    yield f"{len(together(report)['tv'])} seeds of {report['settings']['steps']:,} steps"
    for name, words in names.items():
        factor, digits = (100, 1) if name == "valid" else (1, 2 if name == "covered" else 3)
        pair = [found[name]["mean"], found[name]["std"]]
        mean, std = ("-" if v is None else f"{factor * v:.{digits}f}" for v in pair)
        line = f"{words:20} {mean} ± {std}"
        if there:
            line += "    published, 5 seeds: {:.{d}f} ± {:.{d}f}".format(
                *(factor * v for v in there[name]), d=digits
            )
        yield line


@figures.styled
def draw(report, path):
    """One picture of the distribution over seeds, with the published seeds as dots."""
    found, there = together(report), published(report["settings"])
    modes = len(target_of(report["settings"]).modes)
    fig, (left, right) = figures.figure(2, width=9.0, height=3.8)
    colours = figures.COLOUR
    left.hist(found["tv"], bins=np.linspace(0, 1, 41), color=colours.dot, label="seeds, measured")
    left.set(xlabel="TV: distance to the right shares", ylabel="seeds", xlim=(0, 1))
    if "each" in there:
        # Below the axis of counts, where they cover no bar.
        low = -0.06 * left.get_ylim()[1]
        left.plot(
            there["each"],
            [low] * 5,
            "o",
            color=colours.fake,
            mec="white",
            label="the five published",
        )
        left.axhline(0, color=colours.quiet, lw=0.8)
    counts = np.bincount(found["covered"].astype(int), minlength=modes + 1)
    right.bar(np.arange(modes + 1), counts, color=colours.dot, label="seeds, measured")
    right.set(xlabel=f"modes covered, of {modes}", ylabel="seeds")
    if "covered" in there:
        mean, std = there["covered"]
        at = 1.06 * right.get_ylim()[1]
        right.errorbar(mean, at, xerr=std, fmt="o", color=colours.fake, capsize=3,
                       label="published: mean, standard deviation")  # fmt: skip
    for ax in (left, right):
        figures.legend(ax, ncols=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(figures.render(fig))


def parsed(arguments):
    """(options, settings): all that was asked for, and what of it decides the results."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.modes", description=__doc__.splitlines()[0]
    )
    add = parser.add_argument
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--ring", type=int, default=8, help="modes on a ring")
    shape.add_argument("--grid", type=int, help="modes on each side of a grid, instead of a ring")
    shape.add_argument("--weights", type=int, nargs="+", help="whole weights of an unequal ring")
    add("--radius", type=float, default=2.0, help="of the ring")
    add("--spacing", type=float, default=2.0, help="of the grid")
    add("--std", type=float, default=0.1, help="of each mode")
    add("--latent", type=int, default=16, help="numbers in z")
    add("--hidden", type=int, nargs="+", default=[128, 128], help="sizes of the hidden layers")
    add("--kernel", default="pytorch", help="initializer of the weights")
    add("--bias", default="pytorch", help="initializer of the biases")
    add("--loss", choices=LOSSES, default="published")
    add("--penalty", choices=PENALTIES, help="on D's slope")
    add("--penalty-weight", type=float, default=10.0)
    add("--packs", type=int, default=1, help="samples that D sees at a time")
    add("--adam", choices=("torch", "keras"), default="torch", help="where epsilon is added")
    add("--rate", type=float, default=2e-4)
    add("--beta-1", type=float, default=0.5)
    add("--beta-2", type=float, default=0.999)
    add("--epsilon", type=float, default=1e-8)
    add("--n-critic", type=int, default=1, help="steps of D for each step of G")
    add("--batch", type=int, default=256)
    add("--steps", type=int, default=10_000)
    add("--least", type=float, default=0.01, help="share of all samples that covers a mode")
    add("--seeds", type=int, default=64, help="how many")
    add("--first", type=int, default=0, help="the first of the seeds")
    add("--block", type=int, default=8, help="seeds trained at once; part of the setting")
    add("--out", type=Path, default=ROOT / "benchmarks/results/modes.json")
    add("--picture", type=Path, default=ROOT / "docs/images/modes.png")
    add("--plan", action="store_true", help="only say how long it will take")
    add("--draw", action="store_true", help="only draw what was measured before")
    options = parser.parse_args(arguments)
    if options.seeds < 1 or options.block < 1 or options.steps < 1:
        parser.error("--seeds, --block and --steps: wanted at least 1")
    return options, {name: value for name, value in vars(options).items() if name not in APART}


def main(arguments=None):
    options, settings = parsed(arguments)
    try:
        report = load(options.out, settings)
        if options.plan:
            return print(plan(options, settings, report))
        if not options.draw:
            measure(options, settings, report)
    except ValueError as error:  # one line of ganlab's says what was given and what is wanted
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        print("Interrupted: the blocks that were done are kept, and the same command goes on.")
    if not report["blocks"]:
        raise SystemExit(f"{options.out} holds no seeds yet: wanted a run without --draw first")
    print(*told(report), sep="\n")
    draw(report, options.picture)
    print(f"Kept in {options.out}, drawn in {options.picture}")


if __name__ == "__main__":
    main()
