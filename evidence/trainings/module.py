"""The module's demo of a GAN in two dimensions. Its data are not named: here a ring of 8."""

from ganlab import recipes


def train_demo(seeds):
    return recipes.module().train(seeds=seeds, records=100)
