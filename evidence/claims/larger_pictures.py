"""In larger pictures: do convolutions pay, and is what was never shown together drawn?

Rendered digits of 16 x 16 pixels in six fonts, so that every picture's digit and font are known.
Of what was never shown together the wish is digit and font, and a picture counts as asked if the
nearest of 6,000 real glyphs is bold and that digit.
"""

from functools import partial

from evidence.outcomes_of_samples import bold_as_asked, bold_unasked, covered, precise
from evidence.trainings.glyphs import train_on_fonts, train_on_glyphs
from ganlab.evidence import Arm, Protocol, Setting

MOST = 512  # 64 of these GANs take a quarter of an hour of a core
NONE = 0.0  # pictures of a seed that failed

protocol = partial(
    Protocol, source="ganlab", notebook="12", kind="wins", least=0.05, worst=NONE, direction=1
)


def told(outcome=bold_as_asked, **settings):
    return Arm(outcome, train_on_fonts, settings)


bold = partial(bold_as_asked, digit=False)

PROTOCOLS = (
    protocol(
        id="I1e.1",
        claim="On pictures of 16 x 16 convolutions draw better than dense layers.",
        measured="Share of 600 pictures that lie among real ones (precision), and share of real "
        "ones that have one near (coverage), of a GAN of convolutions against one of dense layers "
        "that has four times as many weights, both with R1; a seed counts from 0.05.",
        says="Convolutions have the larger share on {won} of 100 seeds, dense layers on {lost} "
        "({setting})",
        settings={
            name: Setting(
                {
                    "convolutions": Arm(outcome, train_on_glyphs),
                    "dense": Arm(outcome, train_on_glyphs, {"dense": True}),
                },
                most=MOST,
            )
            for name, outcome in {"among real ones": precise, "real ones covered": covered}.items()
        },
    ),
    protocol(
        id="I2g.1",
        claim="What a conditional GAN was never shown together it draws as well as what it was.",
        measured="Share of pictures as asked, of those asked to be bold digits from 1 to 9, of a "
        "GAN that was shown only the first digits bold against one that was shown all; a seed "
        "counts from 0.05; *no difference that matters* bears it out. Of 1 to 9 a GAN that was "
        "shown 0 to 4 has seen four. Told beside: that are bold, whichever digit, and bold where "
        "that was not asked for.",
        says="Never shown together, more pictures are as asked on {won} of 100 seeds, fewer on "
        "{lost} ({setting})",
        settings={
            f"shown bold: {name}": Setting(
                {"never shown": told(bold_digits=number), "shown": told()},
                most=MOST,
                also={
                    "bold, never shown": told(bold, bold_digits=number),
                    "bold, shown": told(bold),
                    "bold, not asked for": told(bold_unasked, bold_digits=number),
                },
            )
            for name, number in {"0 alone": 1, "0 to 4": 5}.items()
        },
    ),
    protocol(
        id="I2h.1",
        claim="What a conditional GAN was never shown together it draws, asked as it was told, "
        "only if the condition is written as two, digit and font, and not as one of sixty.",
        measured="Share of pictures as asked, of those asked to be bold digits from 1 to 9 of a "
        "GAN that was shown 0 alone bold: told a digit and a font against told one of sixty; a "
        "seed counts from 0.05.",
        says="Told digit and font, more pictures are as asked on {won} of 100 seeds, told one of "
        "sixty on {lost} ({setting})",
        settings={
            "shown bold: 0 alone": Setting(
                {
                    "digit and font": told(bold_digits=1),
                    "one of sixty": told(bold_digits=1, one_of_sixty=True),
                },
                most=MOST,
                also={
                    "bold, digit and font": told(bold, bold_digits=1),
                    "bold, one of sixty": told(bold, bold_digits=1, one_of_sixty=True),
                },
            )
        },
    ),
)
