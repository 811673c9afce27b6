"""The progress bar: there when it is worth it, and gone when asked."""

import pytest

from ganlab.progress import bar


def waited(progress, seconds):
    """As if `seconds` had passed since the bar was made."""
    progress.start_t -= seconds
    progress.last_print_t -= seconds


@pytest.fixture(autouse=True)
def loud(monkeypatch):
    monkeypatch.delenv("GANLAB_QUIET", raising=False)


def test_a_bar_says_what_runs_and_how_far_it_is(capfd):
    with bar(10, "training 4 GANs", delay=0.0, unit="round") as progress:
        waited(progress, 1)
        progress.update(5)
        shown = capfd.readouterr().err
    assert "training 4 GANs" in shown
    assert "5/10" in shown
    assert "round" in shown


@pytest.mark.parametrize("quiet", ["1", "yes"])
def test_quiet_leaves_it_out(capfd, monkeypatch, quiet):
    monkeypatch.setenv("GANLAB_QUIET", quiet)
    with bar(10, "training", delay=0.0) as progress:
        progress.update(5)
        progress.set_description("still training")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("quiet", ["0", ""])
def test_switched_off_quiet_is_loud(capfd, monkeypatch, quiet):
    monkeypatch.setenv("GANLAB_QUIET", quiet)
    with bar(10, "training", delay=0.0) as progress:
        progress.update(5)
    assert "training" in capfd.readouterr().err


def test_what_takes_less_than_two_seconds_shows_nothing(capfd):
    with bar(10, "training") as progress:
        waited(progress, 1.5)
        progress.update(5)
        assert capfd.readouterr().err == ""
        waited(progress, 1.0)
        progress.update(1)
        assert "6/10" in capfd.readouterr().err


def test_the_delay_is_the_one_asked_for(capfd):
    with bar(10, "training", delay=60.0) as progress:
        waited(progress, 50)
        progress.update(5)
        assert capfd.readouterr().err == ""
        waited(progress, 20)
        progress.update(1)
        assert "6/10" in capfd.readouterr().err


def test_it_leaves_no_line_behind(capfd):
    with bar(2, "training", delay=0.0) as progress:
        progress.update(2)
    shown = capfd.readouterr().err
    assert shown.endswith("\r")
    assert shown.split("\r")[-2].strip() == ""
    assert "\n" not in shown
