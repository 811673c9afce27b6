"""Settings for the tests of techniques."""

import pytest

from ganlab.backend import tf


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    """Compiling would add nothing but seconds."""
    monkeypatch.setenv("GANLAB_COMPILE", "0")


@pytest.fixture
def eager():
    """For a few steps alone: building a graph takes longer than they do."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)
