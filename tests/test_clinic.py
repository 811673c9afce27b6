"""docs/clinic.md says what the ledger says, and its code runs."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from evidence import clinic
from ganlab import data, endings, losses, mode_metrics, techniques
from ganlab.backend import keras
from ganlab.course import advice as advices
from ganlab.course import diagnosis
from ganlab.evidence import EvidenceError, claim

PAGE = Path(__file__).parents[1] / "docs/clinic.md"


def test_the_page_is_of_todays_results():
    wanted = "run `python -m evidence.clinic`"
    assert PAGE.read_text(encoding="utf-8") == clinic.page(), wanted


@pytest.mark.parametrize("case", clinic.CASES, ids=lambda case: case.name)
def test_every_case_has_something_firm_to_try_first(case):
    columns = [advices.told(advice)[0] for advice in case.advice]
    assert columns[0] == "first"
    assert f"](#{case.name.lower().replace(' ', '-')})" in clinic.row(case)


def test_advice_goes_where_the_verdict_puts_it():
    for case in clinic.CASES:
        for advice in case.advice:
            verdict = claim(advice.claim).verdicts[advice.setting]
            column, text = advices.told(advice)
            if verdict.startswith("undecided"):
                assert column in ("open", "none"), text
            else:
                assert column in ("first", "none"), text
            if column == "first" and not advice.turned:
                assert verdict in ("supported", "identity"), text


def test_what_is_said_by_hand_of_smaller_layers_holds():
    low = next(one for case in clinic.CASES for one in case.advice if one.claim == "F7k")
    assert low.setting.startswith("64-64") and "those of 16 gain less" in low.words
    found, (_, rates) = claim("F7k").estimates, low.setting.split(", ")
    assert found[f"16-16, {rates}"].high < found[low.setting].low


@pytest.mark.parametrize(
    "low, high, column",
    [(-0.3, 0.09, "none"), (-0.3, 0.11, "open"), (-0.05, 0.3, "open")],
)
def test_what_does_no_good_is_not_open_for_the_harm_that_it_may_do(low, high, column, monkeypatch):
    found = claim("F6a")  # with a margin of 0.1
    name = "averaged generator"
    monkeypatch.setitem(found.verdicts, name, "undecided")
    interval = found.estimates[name]._replace(low=low, high=high)
    monkeypatch.setitem(found.estimates, name, interval)
    monkeypatch.setattr(advices, "claim", lambda id: found)
    assert advices.told(advices.Advice("words", "F6a", name))[0] == column
    harmful = advices.Advice("words", "F6a", name, harm=True)
    assert advices.told(harmful)[0] == "open"


ADVICE = advices.Advice("words", "F6b", "R1")


def test_figures_are_read_from_the_look():
    look = {"seeds": 64, "first": 60, "second": 1}
    assert advices._figures(look, ADVICE) == "94 of 100, without 2"
    assert advices._figures(look, ADVICE._replace(turned=True)) == "2 of 100 fail so, otherwise 94"
    look = {"seeds": 128, "won": 100, "lost": 2}
    assert advices._figures(look, ADVICE) == "78 of 100 end nearer to the data, 2 further away"
    assert (
        advices._figures(look, ADVICE._replace(turned=True))
        == "2 of 100 end nearer to the data, 78 further away"
    )


def test_advice_without_a_measured_setting_is_refused(monkeypatch):
    monkeypatch.setattr(type(claim("F1")), "look", lambda self, setting: None)
    with pytest.raises(EvidenceError, match="F1, 'deletang2018' has no look"):
        advices.told(advices.Advice("patience", "F1", "deletang2018"))


def test_its_links_lead_somewhere():
    ledger = (PAGE.parent / "claims.md").read_text(encoding="utf-8")
    for name in set(re.findall(r"claims\.md#([\w-]+)", PAGE.read_text(encoding="utf-8"))):
        assert f'<a id="{name}"' in ledger or f'id="{name}"' in ledger, name
    for path in re.findall(r"\]\((\.\./[^)#]+)", PAGE.read_text(encoding="utf-8")):
        assert (PAGE.parent / path).exists(), path


def snippet():
    """The first code on the page, and its parts: imports, diagnosis, what modes have."""
    text = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]
    return text, *text.split("\n\n")


@pytest.mark.parametrize("other", ["data.Gaussian(4.0, 0.5)", "real", "near"])
def test_it_diagnoses_with_every_target_that_it_names(other, capsys):
    _, imports, diagnosing, more = snippet()
    assert "data.Gaussian(4.0, 0.5)" in diagnosing and "your data, (n, dim)" in diagnosing
    near = data.Mixture([4.0, 4.5], 0.3)  # whose modes cannot be told apart
    scope = {"real": np.random.default_rng(1).normal(4, 0.5, (1000, 1)), "near": near}
    exec(imports, scope)
    target = f"target = {other}\nrng = np.random.default_rng(0)\n"
    own = "samples = rng.normal(4, 0.5, (20, 500, 1))\n"
    if other == "near":
        own = "samples = target.sample((20, 500), rng)\n"
    exec(target + own + diagnosing.splitlines()[-1] + "\n" + more, scope)
    told = capsys.readouterr().out
    bell = other not in scope
    assert told.startswith("healthy" if bell else "unknown")
    # How often it is right was tried on targets with modes.
    assert ("of 100 were" in told) == bell
    last = {"real": "wanted a Gaussian or a Mixture", "near": "standard deviations apart"}
    assert last.get(other, "wanted a Mixture of several modes") in told.splitlines()[-1]


@pytest.mark.parametrize(
    "centers",
    [
        [(0.0, 0.0)] * 8 + [(4.0, 0.0)] + [(0.0, 4.0)],  # 80, 10 and 10 of 100
        [(0.0, 0.0), (2.5, 0.0), (0.0, 2.5), (9.0, 9.0), (11.5, 9.0)],  # two groups of clusters
    ],
)
def test_clusters_that_are_not_known_are_found_and_no_mode_is_told_as_dropped(centers, capsys):
    """The page's way to a target for data whose modes are not known."""
    parts = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    code, measured = (
        next(each for each in parts if word in each) for word in ("KMeans", "neighbours")
    )
    rng = np.random.default_rng(0)
    real = data.Mixture(centers, 0.3)
    scope = {"np": np, "data": data, "rng": rng, "target": real, "diagnose": diagnosis.diagnose}
    scope["samples"] = np.stack([real.sample(500, rng) for _ in range(40)])
    exec(code, scope)
    assert capsys.readouterr().out.startswith(f"{len(set(centers))} clusters: healthy")
    found = scope["clustered"](scope["own"], scope["k"])
    np.testing.assert_allclose(found.std, 0.3, rtol=0.05)
    stuck = rng.normal(centers[0], 0.1, (40, 500, 2))
    assert diagnosis.diagnose(stuck, found).kind == "collapsed"
    exec(measured, scope)
    assert scope["of"](scope["samples"][-1], scope["own"][:500]) > 0.8  # coverage, the last


def test_it_needs_no_tensorflow():
    hidden = "import sys\nsys.modules['tensorflow'] = sys.modules['keras'] = None\n"
    command = [sys.executable, "-c", hidden + snippet()[0]]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("healthy")


def test_its_code_runs():
    text = PAGE.read_text(encoding="utf-8")
    scope = {}
    exec(re.search(r"```python\n(.*?)```", text, re.DOTALL)[1], scope)
    assert scope["word"] == "close"
    assert scope["moves"].rate == 0
    target = data.ring(4, radius=1.0, std=0.1)
    caught = target.modes[[0] * 20][:, None] + 0.01 * scope["rng"].standard_normal((20, 500, 2))
    assert endings.endings(caught[-1], target) == "collapsed"
    assert mode_metrics.hops(caught, target).rate == 0
    running = target.modes[[0, 1, 2, 3] * 5][:, None] + 0.01 * scope["rng"].standard_normal(
        (20, 500, 2)
    )
    assert mode_metrics.hops(running, target).rate == 1


def test_its_remedies_can_be_written_so():
    scope = {"techniques": techniques, "losses": losses, "keras": keras}
    table = re.findall(r"^\| [^|]+ \| `([^`]+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    written = [code for code in table if "=" in code]
    assert len(written) == 8
    for code in written:
        eval(f"dict({code})", scope)


def test_what_a_single_share_is_of_is_asked_for():
    look = {"seeds": 200, "first": 166}
    kept = ADVICE._replace(share="keep the width")
    assert advices._figures(look, kept) == "83 of 100 keep the width"
    with pytest.raises(EvidenceError, match="has a single arm: wanted `share`"):
        advices._figures(look, ADVICE)


@pytest.mark.parametrize("id", ["F6a", "F6b", "F6c"])
def test_every_remedy_that_was_measured_stands_in_its_case(id):
    told = {advice.setting for case in clinic.CASES for advice in case.advice if advice.claim == id}
    assert told == set(claim(id).settings)


def test_what_the_evidence_says_elsewhere_is_told():
    rates = advices.said(next(a for c in clinic.CASES for a in c.advice if a.claim == "B6d"))
    other = "in 2 other settings undecided, in 1 other setting no difference that matters"
    assert rates.words.endswith(f"({other})")
