"""What the playground says: how the seeds stand, what one step did, what is the matter."""

import functools
import html

import numpy as np

from ganlab.course.playground.scenes import of_member
from ganlab.data import Gaussian, Mixture
from ganlab.endings import WORDS, measure

UNJUDGED = "The course has words for endings on bells and modes; of these data the distance tells."


def standing(samples, target):
    """The course's word for each seed's samples (seeds, n, dim), a list; None where the target is
    none that `endings` judge."""
    return measure(samples, target).words().tolist() if judged(target) else None


@functools.lru_cache(maxsize=8)
def judged(target):
    """Whether `endings` judge samples of this target: bells, and modes apart that have a width."""
    if not isinstance(target, Gaussian | Mixture):
        return False
    good = target.sample(2, np.random.default_rng(0))  # of these only the target can be refused
    try:
        measure(good, target)
    except ValueError:
        return False
    return True


def counted(words):
    """'9 of 16 seeds: dropped; 4: close; 3: near', the worst first."""
    found = [(words.count(word), word) for word in WORDS if word in words]
    told = [f"{count}: {word}" for count, word in found]
    return "; ".join(told).replace(":", f" of {len(words)} seeds:", 1)


def verdict(moment, target):
    """How the seeds stand at a moment, a sentence, and the words (seeds,) or None."""
    words = standing(moment.samples, target)
    head = f"At step {moment.step:,}, on {moment.samples.shape[1]} samples a seed: "
    return (UNJUDGED, None) if words is None else (f"{head}{counted(words)}.", words)


def said(moment, member, samples, score, real):
    """D's mean score of a moment on real samples and on others, (real, fake); None where D judges
    samples in company."""
    d = of_member(moment.discriminators, member)
    if d.model.input_shape[-1] != real.shape[1]:
        return None
    return tuple(float(np.mean(score(d(x)[0, :, 0]))) for x in (real, samples))


def told_d_step(before, after, member, score, real, batch_size):
    """What a step of D did to one seed, two sentences."""
    samples = before.samples[member]
    then, now = (said(one, member, samples, score, real) for one in (before, after))
    text = f"D's turn. It saw {batch_size} real and {batch_size} generated samples; G stood still."
    if then is None:
        return text
    gained = (now[0] - now[1]) - (then[0] - then[1])
    how = "It tells them apart a little better" if gained > 0 else "They look more alike to it now"
    return (
        f"{text} Of real ones it said {then[0]:.3f} on average, and now says {now[0]:.3f}; of "
        f"generated ones {then[1]:.3f}, now {now[1]:.3f}. {how}."
    )


def told_g_step(before, after, member, score, real):
    """What a step of G did to one seed, two sentences."""
    apart = np.linalg.norm(after.samples[member] - before.samples[member], axis=-1).mean()
    text = f"G's turn. Its samples moved by {apart:.3g} on average; D stood still."
    then = said(before, member, before.samples[member], score, real)
    now = said(before, member, after.samples[member], score, real)
    if then is None:
        return text
    way = "up" if now[1] > then[1] else "down"
    where = f"Where they were D said {then[1]:.3f}, where they are it says {now[1]:.3f}"
    return f"{text} {where}: {way} D's slope."


def diagnosed(session):
    """The `Diagnoses` of all seeds; None before there are records."""
    from ganlab.course.diagnosis import diagnose

    if sum(moment.step > 0 for moment in session.judged()) < 2:
        return None
    return diagnose(session.run(), session.target)


def diagnosis_html(found, member):
    """The panel of `diagnosed`: all seeds in a line, then the chosen seed."""
    if found is None:
        return "<i>A diagnosis wants records: let it train first.</i>"
    one = found[member]
    lines = "".join(
        f"<br><i>{html.escape(name)}</i>: {html.escape(text)}" for name, text in one._lines()
    )
    head = html.escape(found.summary)
    return f"{head}.<br><b>Seed {one.seed}: {html.escape(one.kind)}</b>{lines}"
