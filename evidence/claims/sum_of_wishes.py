"""Does a condition that says all in one number reach what was never shown, asked otherwise?

Rendered digits and their judge as in larger_pictures.py. Told one of sixty, a GAN has no weights
that were ever used for a bold 7; but the difference of a bold 0 and a plain one was learned, and a
wish may be any sum.
"""

from functools import partial

from evidence.outcomes_of_samples import bold_as_asked
from evidence.trainings.glyphs import train_and_ask_by_a_sum, train_on_fonts
from ganlab.evidence import Arm, Protocol, Setting

two = {"bold_digits": 1}
sixty = {"bold_digits": 1, "one_of_sixty": True}
bold = partial(bold_as_asked, digit=False)

PROTOCOLS = (
    Protocol(
        id="I2i.1",
        source="ganlab",
        notebook="12",
        kind="wins",
        least=0.05,
        worst=0.0,  # pictures of a seed that failed
        direction=1,
        claim="Asked by a sum of what it has learned, a conditional GAN that is told one of sixty "
        "draws what it was never shown together as well as one that is told two.",
        measured="Share of pictures as asked, of those asked to be bold digits from 1 to 9, of "
        "GANs that were shown 0 alone bold: told one of sixty and asked for the digit not bold, "
        "plus the bold 0, less the 0 that is not, against told a digit and a font and asked for "
        "these; a seed counts from 0.05; *no difference that matters* bears it out. Told beside: "
        "what comes if the first is asked by the number of its own that a bold digit has.",
        says="Asked by a sum, more pictures are as asked on {won} of 100 seeds than with digit "
        "and font, fewer on {lost} ({setting})",
        settings={
            "shown bold: 0 alone": Setting(
                {
                    "one of sixty, a sum": Arm(bold_as_asked, train_and_ask_by_a_sum),
                    "digit and font": Arm(bold_as_asked, train_on_fonts, two),
                },
                most=512,  # seeds: 64 of these GANs take a quarter of an hour of a core
                also={
                    "one of sixty, its number": Arm(bold_as_asked, train_on_fonts, sixty),
                    "bold, by a sum": Arm(bold, train_and_ask_by_a_sum),
                },
            )
        },
    ),
)
