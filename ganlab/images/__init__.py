"""Pictures to learn, flat as every target is, and the judge that scores what was learned.

pictures   Pictures: what a target of pictures is; digits, folder
drawn      shapes, glyphs: rendered from known factors
domains    pairs of pictures whose true partner is known
scores     the inception score, of probabilities; sharpness and moments, of pixels
judge      Judge, digit_judge: a fixed classifier, whose features give a Frechet distance
"""

from ganlab.images.domains import domains
from ganlab.images.drawn import FONTS, KINDS, glyphs, shapes
from ganlab.images.judge import Judge, digit_judge
from ganlab.images.pictures import Pictures, digits, folder
from ganlab.images.scores import inception_score, moments, sharpness

__all__ = [
    "FONTS",
    "KINDS",
    "Judge",
    "Pictures",
    "digit_judge",
    "digits",
    "domains",
    "folder",
    "glyphs",
    "inception_score",
    "moments",
    "shapes",
    "sharpness",
]
