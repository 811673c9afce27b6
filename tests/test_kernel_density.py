"""Kernel densities, against SciPy's own and against closed forms."""

import doctest

import numpy as np
import pytest
from scipy.stats import gaussian_kde, norm

from ganlab import kernel_density
from ganlab.kernel_density import best_bandwidth, kernel_log_density

RNG = np.random.default_rng(7)


@pytest.mark.parametrize("dim", [1, 2, 5])
def test_it_is_scipys_density_with_a_round_kernel(dim):
    samples, x = RNG.normal(size=(60, dim)), 2 * RNG.normal(size=(25, dim))
    # SciPy's kernel has the samples' covariance times a factor: whitened, it is round.
    root = np.linalg.cholesky(np.cov(samples.T).reshape(dim, dim))
    white = np.linalg.solve(root, samples.T).T
    scipys = gaussian_kde(white.T, bw_method=0.4).logpdf(x.T)
    assert kernel_log_density(white, x, 0.4) == pytest.approx(scipys, abs=1e-9)


def test_one_sample_is_a_normal_density_however_far_the_point():
    found = kernel_log_density([[1.0]], [1.0, 3.0, 900.0], 0.5)
    assert found == pytest.approx(norm(1.0, 0.5).logpdf([1.0, 3.0, 900.0]), rel=1e-12)


def test_several_bandwidths_are_one_row_each():
    samples, x = RNG.normal(size=(40, 3)), RNG.normal(size=(9, 3))
    both = kernel_log_density(samples, x, [0.3, 1.2])
    assert both.shape == (2, 9)
    for row, bandwidth in zip(both, (0.3, 1.2), strict=True):
        assert row == pytest.approx(kernel_log_density(samples, x, bandwidth), abs=1e-12)


def test_blocks_change_nothing(monkeypatch):
    samples, x = RNG.normal(size=(40, 3)), RNG.normal(size=(31, 3))
    whole = kernel_log_density(samples, x, 0.7)
    monkeypatch.setattr(kernel_density, "_BLOCK", 100)  # two points at a time
    assert (kernel_log_density(samples, x, 0.7) == whole).all()


def test_the_density_of_a_sample_that_is_not_finite_is_none():
    assert np.isnan(kernel_log_density([[0.0], [np.inf]], [0.0, 1.0], 1.0)).all()


def test_the_best_bandwidth_around_a_point_is_the_spread_of_what_is_held_out():
    held_out = np.array([[2.0, 0.0], [0.0, -2.0], [-2.0, 0.0], [0.0, 2.0]])  # 2 in each coordinate
    among = np.linspace(1.0, 2.0, 201)  # the maximum is at sqrt(sum of squares / dim n) = sqrt 2
    assert best_bandwidth([[0.0, 0.0]], held_out, among) == pytest.approx(np.sqrt(2), abs=0.005)


def test_a_perfect_sampler_is_off_by_nats_in_many_dimensions_and_one_point_is_not():
    test, held_out = RNG.normal(size=(2, 300, 64))
    true = norm.logpdf(test).sum(axis=1).mean()

    def error(samples):
        return kernel_log_density(samples, test, best_bandwidth(samples, held_out)).mean() - true

    assert -14 < error(RNG.normal(size=(1000, 64))) < -9
    assert -0.6 < error(np.zeros((1, 64))) < 0.05


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (([0.0, 1.0], [0.0], 1.0), r"samples has shape \(2,\)"),
        (([[[0.0]]], [0.0], 1.0), r"samples has shape \(1, 1, 1\): wanted \(n, dim\)"),
        (([[0.0, 0.0]], [[0.0]], 1.0), "samples have dim 2, x has dim 1"),
        (([[0.0]], [0.0], 0.0), "bandwidth is 0.0: wanted above 0"),
        (([[0.0]], [0.0], 1e-300), "bandwidth is 1e-300: wanted numbers from 1e-15 to"),
        (([[0.0]], [0.0], [1.0, 1e200]), "bandwidth holds 1e.200: wanted numbers from 1e-15 to"),
        (([[0.0]], [0.0], [[1.0]]), r"bandwidth has shape \(1, 1\): wanted a number, or \(k,\)"),
        (([[0.0]], [[[0.0]]], 1.0), r"x has shape \(1, 1, 1\): wanted \(m, dim\)"),
    ],
)
def test_what_is_no_sample_point_or_bandwidth_is_refused_in_a_line(arguments, says):
    with pytest.raises(ValueError, match=says) as error:
        kernel_log_density(*arguments)
    assert "\n" not in str(error.value)


def test_its_examples_are_right():
    assert doctest.testmod(kernel_density) == (0, 2)
