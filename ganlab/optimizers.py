"""By whom losses are minimised: Adam with its epsilon where PyTorch has it, and what of a Keras
optimizer an ensemble takes over."""

import math

import numpy as np

from ganlab.arguments import in_short, per_member
from ganlab.backend import keras, tf
from ganlab.distributions import number
from ganlab.lookups import asked, name_of


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
        beta_1, beta_2 = _beta("beta_1", beta_1), _beta("beta_2", beta_2)
        epsilon = number("epsilon", epsilon, 0)
        if not callable(learning_rate) and not isinstance(learning_rate, dict):
            number("learning_rate", learning_rate, 0)
        elif isinstance(learning_rate, type):
            wanted = "wanted a number, a schedule or a function"
            raise TypeError(f"learning_rate is {in_short(learning_rate)}: {wanted}")
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


def _beta(name, value):
    if number(name, value, 0) >= 1:
        raise ValueError(f"{name} is {value}: wanted below 1")
    return float(value)


def _one_minus_power(beta, step):
    """1 - beta^step. Taken literally, 1 - 0.999 in float32 has four digits left."""
    if beta == 0:
        return keras.ops.ones_like(step)
    return -keras.ops.expm1(step * math.log(beta))


# For an ensemble -----------------------------------------------------------------------------

# Those whose every update is elementwise and linear in the learning rate. Others look across a
# stacked weight (Lamb, Adafactor, Muon), which would mix the members.
_ELEMENTWISE = (
    keras.optimizers.SGD,
    keras.optimizers.RMSprop,
    keras.optimizers.Adam,
    keras.optimizers.AdamW,
    keras.optimizers.Adamax,
    keras.optimizers.Nadam,
    keras.optimizers.Adagrad,
    keras.optimizers.Adadelta,
    keras.optimizers.Lion,
    TorchAdam,
)
_LENGTH = (
    "which would mix the members: the length of a slope is taken over the weights of all seeds at "
    "once; wanted clipvalue"
)
_REFUSED = {
    "clipnorm": _LENGTH,
    "global_clipnorm": _LENGTH,
    "use_ema": "whose averages nothing here would use: wanted techniques.averaged_generator",
    "gradient_accumulation_steps": "so that most steps move nothing: wanted a larger batch_size",
}


def recipe_and_rates(optimizer, factors, role, members):
    """How to make the optimizer, and each member's learning rate (members,) as it is now.

    A constant rate is left out of the recipe and given to the program at run time, times
    `factors`; for a schedule, which belongs to the program, the factors are all there is.
    Refuses in one line what would mix the members, and what a new optimizer of the same
    configuration would not have.
    """
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        raise TypeError(
            f"{role} is {in_short(optimizer)}: wanted a Keras optimizer, Adam(1e-3) say"
        )
    if type(optimizer) not in _ELEMENTWISE:
        names = ", ".join(kind.__name__ for kind in _ELEMENTWISE)
        raise ValueError(
            f"{role} is {type(optimizer).__name__}, whose steps may look across members: "
            f"wanted one of {names}"
        )
    config = optimizer.get_config()
    for name, why in _REFUSED.items():
        if config.get(name):
            raise ValueError(f"{role} has {name}={config[name]!r}, {why}")
    _refuse_what_is_lost(optimizer, role)
    config.pop("name", None)
    rates = rates_of(config, factors, role, members)
    if not isinstance(config["learning_rate"], dict):
        config["learning_rate"] = 1.0
    elif not type(optimizer._learning_rate).__module__.startswith("keras."):
        _refuse_untraceable(optimizer._learning_rate, role)
        config["learning_rate"] = optimizer._learning_rate  # the reader's own: as it is
    return (type(optimizer), config), rates


def _refuse_untraceable(schedule, role):
    """Refuses a schedule that cannot be part of a compiled program, or gives no rates there."""
    where = f"the schedule of {role}"

    @tf.function(autograph=False)
    def rates(steps):
        hint = "; the step is a tensor: wanted tf.where or keras.ops.where, not `if`"
        found = [asked(where, schedule, step, hint=hint) for step in tf.unstack(steps)]
        if not all(isinstance(rate, (int, float, np.number, tf.Tensor)) for rate in found):
            return []
        return [tf.cast(tf.convert_to_tensor(rate), tf.float32) for rate in found]

    found = rates(tf.constant([0, 1, 1000], tf.int64))
    numbers = [float(rate) for rate in found if not rate.shape.rank]
    wrong = [rate for rate in numbers if not 0 <= rate < math.inf]
    if len(numbers) < 3 or wrong:
        given = f"{wrong[0]:g}" if wrong else "no number"
        told = f"{where} ({name_of(schedule)}) gives {given}"
        raise ValueError(f"{told}: wanted a finite rate, at least 0")


def followed(optimizer, factors, role, members):
    """The recipe, and a function that gives the rates as they are at each call: whoever sets
    `optimizer.learning_rate` between two steps has set it. Other numbers are part of what was
    compiled, so setting those is refused."""
    recipe, first = recipe_and_rates(optimizer, factors, role, members)
    begun = optimizer.get_config()

    def rates():
        config = optimizer.get_config()
        for name, value in config.items():
            if name != "learning_rate" and value != begun[name]:
                raise ValueError(
                    f"{role} had {name}={begun[name]!r} when the training began, and has {value!r} "
                    "now: wanted another training; only a learning rate may be set on the way"
                )
        now = rates_of(config, factors, role, members)
        if (kind := keeps_moves(optimizer)) and (now != first).any():
            raise ValueError(
                f"{role} is {kind} with momentum, which keeps what it moved by at the rate it had: "
                f"wanted a rate that stays {first.max():g}, or a schedule"
            )
        return now

    rates.scheduled = isinstance(begun["learning_rate"], dict)  # for whoever tells of them
    return recipe, rates


def keeps_moves(optimizer):
    """The name of an optimizer that keeps what it moved by, with the rate that it had in it: SGD
    and RMSprop with momentum; "" for others."""
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        raise TypeError(f"optimizer is {in_short(optimizer)}: wanted a Keras optimizer")
    return type(optimizer).__name__ if optimizer.get_config().get("momentum") else ""


def rates_of(config, factors, role, members):
    """Each member's learning rate (members,), that of an optimizer's configuration times
    `factors`; the factors alone where the rate is a schedule."""
    rates = per_member(f"{role} factors", factors, members)
    given = config["learning_rate"]
    if not isinstance(given, dict):
        rates = per_member(f"{role} learning rate", rates * given, members)
    if (rates < 0).any():
        raise ValueError(f"{role} has a learning rate of {rates.min():g}: wanted none below 0")
    return rates


def _refuse_what_is_lost(optimizer, role):
    """Every run makes an optimizer of its own, from the configuration of the one that is given.
    What that one has beside it would be left out without a word."""
    if optimizer.built and (steps := int(optimizer.iterations)):
        raise ValueError(
            f"{role} has taken {steps} steps before, and what it remembers belongs to the weights "
            "that it moved: wanted a new one"
        )
    if optimizer.loss_scale_factor is not None:
        raise ValueError(
            f"{role} has loss_scale_factor={optimizer.loss_scale_factor!r}, and divides gradients "
            "by it that nobody has multiplied: wanted None"
        )
    config = {**optimizer.get_config(), "learning_rate": 1.0}
    made = type(optimizer).from_config(config)
    if optimizer.built:
        made.build(list(optimizer._trainable_variables))
    plain = (bool, int, float, str, tuple, set, type(None))
    for name, value in vars(optimizer).items():
        there, ours = name in vars(made), vars(made).get(name)
        told = name in ("name", "_learning_rate") or name.startswith("_self_")
        if not there or (isinstance(value, plain) and not told and value != ours):
            raise ValueError(
                f"{role} has {name.strip('_')} set, which get_config leaves out, and every run "
                "makes its own optimizer from that: wanted one whose constructor says all"
            )
