"""Optimizers that Keras does not have: Adam with its epsilon where PyTorch has it."""

import math

from ganlab.backend import keras


@keras.saving.register_keras_serializable("ganlab")
class TorchAdam(keras.optimizers.Adam):
    """Adam as PyTorch and the paper have it: epsilon is added to the corrected deviation.

    With m and v the running means of the gradient and of its square, step t is

        m / (1 - beta_1^t) / (sqrt(v / (1 - beta_2^t)) + epsilon) x learning rate.

    Keras adds epsilon to sqrt(v) instead, which is the paper's "epsilon hat": there it acts
    1 / sqrt(1 - beta_2^t) times larger, 32 times at step 1 and 1.26 times at step 1,000 for a
    beta_2 of 0.999. It matters where gradients are about as small as that: those of a G whose D is
    sure may be.

    The defaults are PyTorch's. Arguments are those of `keras.optimizers.Adam`; its weight decay
    is that of AdamW, not PyTorch's `Adam(weight_decay=...)`. An update is elementwise and linear
    in the rate, so one program serves all members, also with `training.Scaled`:

        train(..., d_optimizer=TorchAdam(2e-4, beta_1=0.5), g_optimizer=TorchAdam(2e-4, beta_1=0.5))

    Kingma and Ba 2015, algorithm 1 and section 2; PyTorch's documentation of `torch.optim.Adam`.
    """

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8, **keywords):
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **keywords)

    def update_step(self, gradient, variable, learning_rate):
        ops, kind = keras.ops, variable.dtype
        gradient, rate = ops.cast(gradient, kind), ops.cast(learning_rate, kind)
        step = ops.cast(self.iterations + 1, kind)
        first, second = (_one_minus_power(beta, step) for beta in (self.beta_1, self.beta_2))
        index = self._get_variable_index(variable)
        m, v = self._momentums[index], self._velocities[index]
        self.assign_add(m, (gradient - m) * (1 - self.beta_1))
        self.assign_add(v, (ops.square(gradient) - v) * (1 - self.beta_2))
        if self.amsgrad:
            largest = self._velocity_hats[index]
            self.assign(largest, ops.maximum(largest, v))
            v = largest
        deviation = ops.sqrt(v) / ops.sqrt(second) + self.epsilon
        self.assign_sub(variable, rate / first * m / deviation)


def _one_minus_power(beta, step):
    """1 - beta^step. Taken literally, 1 - 0.999 in float32 has four digits left."""
    if beta == 0:
        return keras.ops.ones_like(step)
    return -keras.ops.expm1(step * math.log(beta))
