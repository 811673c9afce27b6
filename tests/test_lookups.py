"""What a reader's functions and layers read decides whether a program is used again."""

import argparse
import functools
import sys
import types

import numpy as np
import pytest

from ganlab import lookups
from ganlab.backend import keras, tf
from ganlab.lookups import is_own, name_of, reads
from ganlab.networks import mlp

factor = 2.0
settings = types.SimpleNamespace(alpha=1.0, table={"b": [1, 2]}, options=argparse.Namespace(k=1))
numbers = np.arange(3.0)
words = {"a", "b"}
tool = types.ModuleType("tool_of_mine")
tool.weight = 3.0


class Constants:
    k = 1


def helper(x):
    return x * factor


def loss(x, shift=0.0):
    inner = (lambda: len(words))()
    total = helper(x) + settings.alpha + Constants.k + numbers.sum() + inner + shift
    return total + settings.table["b"][0] + settings.options.k + tool.weight


def closure(scale):
    def function(x):
        return scale * x

    def rescale(new):
        nonlocal scale
        scale = new

    return function, rescale


@pytest.mark.parametrize(
    "change",
    [
        lambda: globals().update(factor=3.0),
        lambda: globals().update(helper=lambda x: x),
        lambda: setattr(settings, "alpha", 2.0),
        lambda: settings.table["b"].append(3),
        lambda: setattr(settings.options, "k", 4),
        lambda: numbers.__setitem__(0, 9.0),
        lambda: words.add("c"),
        lambda: setattr(Constants, "k", 5),
        lambda: setattr(tool, "weight", 1.0),
        lambda: setattr(loss, "__defaults__", (1.0,)),
    ],
)
def test_whatever_a_function_looks_up_counts(change):
    before = reads(loss)
    assert before == reads(loss)
    assert hash(before) == hash(reads(loss))
    change()
    assert before != reads(loss)


def test_what_it_does_not_look_up_does_not_count():
    before = reads(loss)
    globals()["nobody_reads_this"] = 1
    tool.another = 2
    assert before == reads(loss)


def test_closures_partials_and_methods():
    function, rescale = closure(1.0)
    other, _ = closure(1.0)
    assert reads(function) != reads(other)  # another function, if one of the same words
    made = functools.partial(function, x=1), functools.partial(helper, x=[1, 2])
    before = reads(function), *map(reads, made)
    rescale(2.0)
    after = reads(function), *map(reads, made)
    assert [a != b for a, b in zip(before, after, strict=True)] == [True, True, False]
    made[1].keywords["x"].append(3)
    assert reads(made[1]) != after[2]

    class Penalty:
        def __init__(self):
            self.weight = 1.0

        def __call__(self, now):
            return self.weight

        def method(self, now):
            return self.weight

    penalty = Penalty()
    before = reads(penalty), reads(penalty.method)
    penalty.weight = 2.0
    assert reads(penalty) != before[0]
    assert reads(penalty.method) != before[1]
    before = reads(penalty)
    Penalty.__call__ = lambda self, now: 0.0
    assert reads(penalty) != before


def test_a_layer_counts_by_its_attributes_and_not_by_its_weights():
    class Own(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.scale, self.table, self.inside = 1.0, {"a": [1.0]}, mlp((2, 3, 1))

        def call(self, x):
            return self.inside(x) * self.scale * self.table["a"][0]

    layer = Own()
    layer(np.zeros((2, 2), "float32"))
    before = reads(layer)
    layer(np.ones((5, 2), "float32"))
    layer.inside.layers[0].bias.assign([1.0, 2.0, 3.0])
    assert reads(layer) == before
    layer.table["a"][0] = 2.0
    assert (second := reads(layer)) != before
    layer.scale = 3.0
    assert reads(layer) != second


def test_equal_numbers_of_other_kinds_differ_and_nan_equals_itself():
    assert reads(1) != reads(True) != reads(1.0)
    assert reads(float("nan")) == reads(float("nan"))
    assert reads(np.zeros(2)) != reads(np.zeros(2, "float32")) != reads(np.zeros((1, 2)))
    assert reads(np.array([None, 2])) == reads(np.array([None, 2]))
    assert reads([1, 2]) != reads((1, 2))
    assert reads(tf.constant(1.0)) != reads(tf.constant(1.0))


def test_what_holds_itself_and_what_is_endless_comes_to_an_end():
    ring = []
    ring.append(ring)
    assert reads(ring) == reads(ring)
    deep = []
    for _ in range(1000):
        deep = [deep]
    assert reads(deep) == reads(deep)
    wide = list(range(10)) * 10_000
    assert reads(wide) == reads(wide)
    assert reads(sys) == reads(sys)


def test_the_librarys_own_is_told_from_the_readers():
    assert not is_own(keras.layers.Dense)
    assert not is_own(mlp)
    assert is_own(closure)
    assert is_own(Constants)
    assert name_of(closure) == name_of(functools.partial(closure, 1)) == "closure"
    assert name_of(lambda x: x).startswith("a lambda in line ")
    assert lookups.name_of(Constants()) == "Constants"
