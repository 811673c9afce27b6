"""Solutions of the exercises in 01_play_the_minimax_game."""

import numpy as np
from scipy.special import log_expit


def discriminator_loss(real_logits, fake_logits):
    return -np.mean(log_expit(real_logits)) - np.mean(log_expit(-fake_logits))


def nonsaturating_generator_loss(fake_logits):
    return -np.mean(log_expit(fake_logits))


SOLUTIONS = {"01.1": discriminator_loss, "01.2": nonsaturating_generator_loss}
