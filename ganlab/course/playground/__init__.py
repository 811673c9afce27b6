"""The playground: a GAN to be trained, watched and changed by hand. docs/design.md has its plan."""


def playground(preset="ours on four points", **settings):
    """A `Playground`: 16 GANs to train, watch and change.

    preset    a name of `ganlab.recipes.RECIPES`
    settings  fields of `ganlab.course.playground.settings.Settings` that are to be others: seeds=8,
              target="spiral", noise=0.1; or own=your array, (n,) or (n, 2), at most 2,000 points

    ValueError or TypeError, in one line, for what cannot be trained or drawn.
    """
    from ganlab.course.playground.app import Playground  # here, because it loads TensorFlow

    return Playground(preset, **settings)
