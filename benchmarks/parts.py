"""What every kind of training that the speed benchmark times is made of, without any framework.

A network is described as (input size, ((size, layer), ...)), its layers named by their activations:
"minibatch" stands for minibatch discrimination, which has a kernel alone, any other for a dense
layer. Weights and batches are NumPy arrays, so that every system starts from the same numbers and
sees the same samples, whether or not it loads TensorFlow.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

KERNELS, KERNEL_DIM = 5, 3  # minibatch discrimination as aylien2016 has it


class Kind(NamedTuple):
    """A kind of training.

    tasks            {name: task}: named tuples with `batch_size`, `adam`; with `start`, which draws
                     (kernel, bias) of a dense layer from its sizes and an rng; and with `block`,
                     how many steps' batches are drawn at once by the systems that have no rule of
                     their own
    systems          {name: (function, the packages it needs, the numbers of seeds that it can train
                     at once)}, "ganlab" among them. The function takes (task, weights, draw,
                     seeds), `weights` being `initial_weights` of as many seeds, and `draw()` giving
                     the next block of batches. It gives `run(steps)`, which takes that many steps
                     and returns the `quantities` of the last of them, for the first seed
    quantities       what a step is seen to do, by the names that this engine's trainer has for them
    trainer          `trainer(task, weights, seeds)`, this engine's
    initial_weights  `initial_weights(task, seed)`, of one seed: a list of float32 arrays for each
                     network
    batches          `batches(task, rng, seeds)`, a block {name: (block, batch, dim)}; with `seeds`,
                     as many for each step, (block, seeds, batch, dim)
    multiplications  `multiplications(task)`, in the matrix products of one step, for one seed
    techniques       systems once more, which do more in each step: {name: (the task it is measured
                     on, of how many seeds, how often the time of the bare training it may take at
                     most, its system)}
    """

    tasks: dict
    systems: dict
    quantities: tuple
    trainer: Callable
    initial_weights: Callable
    batches: Callable
    multiplications: Callable
    techniques: Mapping = MappingProxyType({})

    def system(self, name):
        """A system or a technique by its name."""
        return self.systems[name] if name in self.systems else self.techniques[name][3]


def doing_more(techniques, system, with_it):
    """`Kind.techniques` of {name: (task, seeds, most, what is done besides)}: `system` with the
    function that `with_it` makes of the last."""
    return {
        name: (task, seeds, most, (with_it(more), system[1], (seeds,)))
        for name, (task, seeds, most, more) in techniques.items()
    }


class Adam(NamedTuple):
    rate: float
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7


# Networks --------------------------------------------------------------------------------------


def stack(sizes, activation, last="linear"):
    """The description of dense layers of these sizes, the input's first."""
    inputs, *hidden, output = sizes
    return inputs, (*((size, activation) for size in hidden), (output, last))


def normal(inputs, outputs, rng):
    return rng.standard_normal((inputs, outputs)), np.zeros(outputs)


def glorot(inputs, outputs, rng):
    limit = np.sqrt(6 / (inputs + outputs))
    return rng.uniform(-limit, limit, (inputs, outputs)), np.zeros(outputs)


def torch_default(inputs, outputs, rng):
    limit = 1 / np.sqrt(inputs)
    return rng.uniform(-limit, limit, (inputs, outputs)), rng.uniform(-limit, limit, outputs)


def network_weights(description, start, rng):
    """A list of float32 arrays."""
    (inputs, layers), weights = description, []
    for outputs, layer in layers:
        if layer == "minibatch":
            weights.append(0.02 * rng.standard_normal((inputs, KERNELS * KERNEL_DIM)))
        else:
            weights.extend(start(inputs, outputs, rng))
        inputs = outputs
    return [np.asarray(weight, "float32") for weight in weights]


def first_weights(descriptions, start, seed):
    """The weights of one seed: a list of float32 arrays for each network."""
    return tuple(
        network_weights(description, start, np.random.default_rng((seed, stream)))
        for stream, description in enumerate(descriptions)
    )


def stacked(weights):
    """Weights of several seeds with the seeds first, a list of arrays for each network."""
    return [
        [np.stack(arrays) for arrays in zip(*networks, strict=True)]
        for networks in zip(*weights, strict=True)
    ]


def products(description):
    """Multiplications in the network's matrix products forward, for one sample: (all of them, those
    of its first layer).

    A product forward costs as much as each of the two behind it, by the weights and by the input;
    the latter is not needed in a network's first layer, unless what its input is made of is moved.
    """
    (inputs, layers), found = description, []
    for outputs, layer in layers:
        found.append(inputs * (KERNELS * KERNEL_DIM if layer == "minibatch" else outputs))
        inputs = outputs
    return sum(found), found[0]


# Batches ---------------------------------------------------------------------------------------


class Blocks:
    """Batches by these names, one step at a time, from one block after the other."""

    def __init__(self, draw, names):
        self._draw, self._names, self._block, self._next = draw, names, None, 0

    def _length(self):
        return len(self._block[self._names[0]])

    def take(self, most):
        """(steps, {name: (steps, ...)}) of the next batches, at most `most` steps and within one
        block."""
        if self._block is None or self._next == self._length():
            self._block, self._next = self._draw(), 0
        begin = self._next
        self._next = min(begin + most, self._length())
        return self._next - begin, {
            name: self._block[name][begin : self._next] for name in self._names
        }

    def steps(self, count):
        """The batches of each of the next `count` steps, in the order of the names."""
        while count:
            steps, taken = self.take(count)
            count -= steps
            yield from zip(*taken.values(), strict=True)
