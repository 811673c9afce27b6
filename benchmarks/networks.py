"""A network, described as in `parts`, in each framework; and each framework's Adam.

The code is what the documentation of each would have one write. A framework is imported where it is
used.
"""

import numpy as np
from parts import KERNEL_DIM, KERNELS

# Keras, for this engine and for TensorFlow -------------------------------------------------------


def keras_network(description, weights=None):
    """The network as a Keras model, with the weights if given."""
    from ganlab.backend import keras
    from ganlab.networks import MinibatchDiscrimination

    inputs, layers = description
    made = [
        MinibatchDiscrimination(KERNELS, KERNEL_DIM, name=f"layer_{i}")
        if layer == "minibatch"
        else keras.layers.Dense(size, layer, name=f"layer_{i}")
        for i, (size, layer) in enumerate(layers, 1)
    ]
    model = keras.Sequential([keras.Input((inputs,)), *made])
    if weights is not None:
        model.set_weights(weights)
    return model


def keras_adam(adam):
    from ganlab.backend import keras

    return keras.optimizers.Adam(adam.rate, adam.beta_1, adam.beta_2, adam.epsilon)


def fitted(model, blocks, sizes, batch_size, quantities):
    """`run(steps)` of a compiled Keras model that `fit` trains on batches of these sizes."""
    from ganlab.backend import tf

    kinds = tuple(tf.TensorSpec((batch_size, size)) for size in sizes)

    def run(steps):
        given = tf.data.Dataset.from_generator(lambda: blocks.steps(steps), output_signature=kinds)
        given = given.apply(tf.data.experimental.assert_cardinality(steps))
        seen = model.fit(given.prefetch(tf.data.AUTOTUNE), shuffle=False, verbose=0).history
        return tuple(seen[name][-1] for name in quantities)

    return run


def ensemble(description, weights):
    """This engine's copies of the network, of as many seeds as there are weights: 0, 1, ..."""
    from ganlab.ensemble import Ensemble

    arrays = [np.stack(each) for each in zip(*weights, strict=True)]
    return Ensemble(keras_network(description), range(len(weights)), arrays)


# PyTorch -----------------------------------------------------------------------------------------


def torch_network(description, weights):
    import torch

    class Minibatch(torch.nn.Module):
        def __init__(self, inputs):
            super().__init__()
            self.kernel = torch.nn.Parameter(torch.empty(inputs, KERNELS * KERNEL_DIM))

        def forward(self, x):
            m = (x @ self.kernel).view(-1, KERNELS, KERNEL_DIM)
            apart = (m[:, None] - m[None]).abs().sum(-1)
            return torch.cat([x, torch.exp(-apart).sum(1)], 1)

    activations = {
        "relu": torch.nn.ReLU,
        "softplus": torch.nn.Softplus,
        "leaky_relu": lambda: torch.nn.LeakyReLU(0.2),
        "linear": torch.nn.Identity,
    }
    (inputs, layers), parts = description, []
    for size, layer in layers:
        if layer == "minibatch":
            parts.append(Minibatch(inputs))
        else:
            parts += [torch.nn.Linear(inputs, size), activations[layer]()]
        inputs = size
    model = torch.nn.Sequential(*parts)
    with torch.no_grad():
        for (name, parameter), array in zip(model.named_parameters(), weights, strict=True):
            # Linear keeps its kernel as (outputs, inputs).
            array = array.T if name.endswith("weight") else array
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(array)))
    return model


def torch_adam(adam, parameters):
    import torch

    return torch.optim.Adam(parameters, adam.rate, (adam.beta_1, adam.beta_2), adam.epsilon)


# JAX ---------------------------------------------------------------------------------------------


def jax_network(description, weights, x):
    """The network's outputs for x."""
    import jax
    import jax.numpy as jnp

    activations = {
        "relu": jax.nn.relu,
        "softplus": jax.nn.softplus,
        "leaky_relu": lambda x: jax.nn.leaky_relu(x, 0.2),
        "linear": lambda x: x,
    }
    weights = iter(weights)
    for _, layer in description[1]:
        if layer == "minibatch":
            m = (x @ next(weights)).reshape(-1, KERNELS, KERNEL_DIM)
            apart = jnp.abs(m[:, None] - m[None]).sum(-1)
            x = jnp.concatenate([x, jnp.exp(-apart).sum(1)], 1)
        else:
            x = activations[layer](x @ next(weights) + next(weights))
    return x


def jax_adam(adam):
    import optax

    return optax.adam(adam.rate, adam.beta_1, adam.beta_2, adam.epsilon)
