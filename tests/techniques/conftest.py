"""Settings for the tests of techniques."""

import pytest


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch):
    """Compiling would add nothing but seconds."""
    monkeypatch.setenv("GANLAB_COMPILE", "0")
