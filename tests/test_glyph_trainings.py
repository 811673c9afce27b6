"""What GANs of glyphs are shown and asked, and how what they draw is judged."""

import numpy as np
import pytest

from evidence.outcomes_of_samples import bold_as_asked, bold_unasked
from evidence.trainings import glyphs
from evidence.trainings.glyphs import BOLD, Glyphs, real_glyphs, train_on_fonts

pytestmark = pytest.mark.rest

REAL = real_glyphs(400, 9)  # none of those that the judge knows


def wished(digits=REAL.digits, fonts=REAL.fonts, pictures=REAL.pictures):
    return Glyphs(
        np.stack([pictures, np.where(np.arange(256) < 9, np.nan, pictures)]), digits, fonts
    )


def test_real_glyphs_are_as_asked():
    both, failed = bold_as_asked(wished())
    assert both > 0.95 and np.isnan(failed)
    assert bold_as_asked(wished(), digit=False)[0] > 0.95
    assert bold_unasked(wished())[0] < 0.05


def test_another_digit_is_bold_and_not_as_asked():
    other = wished(digits=(REAL.digits + 1) % 10)
    assert bold_as_asked(other)[0] < 0.05 and bold_as_asked(other, digit=False)[0] > 0.95


def test_zeros_do_not_count_for_they_were_shown():
    asked = np.isin(REAL.fonts, BOLD)
    zeros = np.where((REAL.digits == 0) & asked)[0]
    blank = REAL.pictures.copy()
    blank[zeros] = -1
    assert bold_as_asked(wished(pictures=blank))[0] == bold_as_asked(wished())[0]


@pytest.mark.parametrize(("bold_digits", "numbers"), [(1, 16), (5, 16), (10, 16), (1, 60)])
def test_only_the_first_digits_are_shown_bold(bold_digits, numbers, monkeypatch):
    seen = {}

    class Told(Exception):
        pass

    def trained(networks, data, z, seeds):
        seen.update(data=data, z=z)
        raise Told

    monkeypatch.setattr(glyphs, "_trained", trained)
    with pytest.raises(Told):
        train_on_fonts((3,), bold_digits=bold_digits, one_of_sixty=numbers == 60)
    wishes = seen["data"][:, 256:]
    assert wishes.shape[1] == numbers and set(np.unique(wishes)) == {0, 1}
    assert np.array_equal(np.unique(seen["z"].conditions, axis=0), np.unique(wishes, axis=0))
    if numbers == 60:
        assert (wishes.sum(axis=1) == 1).all()
        digits, fonts = np.divmod(wishes.argmax(axis=1), 6)
    else:
        assert (wishes.sum(axis=1) == 2).all()
        digits, fonts = wishes[:, :10].argmax(axis=1), wishes[:, 10:].argmax(axis=1)
    bold = np.isin(fonts, BOLD)
    assert set(digits[bold]) == set(range(bold_digits)) and set(digits[~bold]) == set(range(10))
    whole = real_glyphs(3000, 0)  # each picture has its own wish beside it
    places = {picture.tobytes(): k for k, picture in enumerate(whole.pictures.astype(np.float32))}
    own = [places[picture.tobytes()] for picture in np.ascontiguousarray(seen["data"][:, :256])]
    assert np.array_equal(whole.digits[own], digits) and np.array_equal(whole.fonts[own], fonts)


def test_a_sum_asks_for_hidden_pairs_alone(monkeypatch):
    """Of weights that add up it gives what two wishes would, and uses none that was not learned."""
    asked = {}

    class Drawn(Exception):
        pass

    class Conditions:
        def __init__(self, _, wishes):
            asked.update(shown=wishes)

        def given(self, wishes, rng):
            asked.update(wanted=wishes)
            raise Drawn

    monkeypatch.setattr(glyphs, "Conditioned", Conditions)
    monkeypatch.setattr(glyphs, "_trained", lambda networks, data, z, seeds: None)
    monkeypatch.setattr(glyphs, "_made", lambda run, drawn: drawn(None))
    with pytest.raises(Drawn):
        glyphs.train_and_ask_by_a_sum((3,))
    never = asked["shown"].sum(axis=0) == 0
    digits, fonts = np.divmod(np.arange(60), 6)
    assert np.array_equal(never, np.isin(fonts, BOLD) & (digits > 0))
    assert not asked["wanted"][:, never].any()  # no number is used that was never learned
    # Weights in which digit, family (a bold font and the one before it) and weight add up.
    family, bold = np.array([0, 0, 1, 2, 3, 3])[fonts], np.isin(fonts, BOLD)
    additive = 100 * digits + 10 * family + bold
    at = np.arange(glyphs.MANY)
    digits, fonts = at % 10, at // 10 % 6
    family, bold = np.array([0, 0, 1, 2, 3, 3])[fonts], np.isin(fonts, BOLD)
    assert np.array_equal(asked["wanted"] @ additive, 100 * digits + 10 * family + bold)
