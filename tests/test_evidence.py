"""Evidence: statistics with known answers, and results that resume, expire and are judged."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
from contextlib import closing
from math import comb
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from ganlab import evidence
from ganlab.evidence import (
    Claim,
    EvidenceError,
    Protocol,
    Setting,
    estimate,
    median_interval,
    store,
    sweep,
    verdict,
)

PROTOCOL = '''
"""A made-up claim."""
import numpy as np
from ganlab.evidence import Protocol, Setting

def arm(shift, key):
    """Outcomes around `shift`."""
    return lambda seeds: np.array([shift + np.random.default_rng((key, s)).normal() for s in seeds])

PROTOCOLS = (
    Protocol(
        id="T1", source="module", claim="A | is lower than B", measured="As made up.",
        notebook="03", metric="W1", unit="nats", direction=-1, margin=0.1, worst=np.inf,
        settings={"first": Setting({"A": arm(0.0, 1), "B": arm(2.0, 2)})},
    ),
)
'''


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project of its own, with one protocol; modules loaded from it are forgotten."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "evidence" / "results").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # files here change within a second
    monkeypatch.setenv("GANLAB_QUIET", "1")
    monkeypatch.setenv("GANLAB_TEST_LOG", str(tmp_path / "evidence" / "log.txt"))
    write(tmp_path / "evidence", "t1", PROTOCOL)
    yield tmp_path / "evidence"
    for name, module in list(sys.modules.items()):  # but not TensorFlow, which loads only once
        if str(getattr(module, "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


def write(folder, stem, text):
    (folder / f"{stem}.py").write_text(textwrap.dedent(text))
    sys.modules.pop(stem, None)


def judged(first, second, *, confirm=None, **options):
    """The claim that follows from the outcomes of two arms in the setting "only"."""
    confirm = (first, second) if confirm is None else confirm
    setting = {
        "A": {"seeds": list(first), "confirm": list(confirm[0])},
        "B": {"seeds": list(second), "confirm": list(confirm[1])},
    }
    result = dict.fromkeys(("id", "claim", "source", "metric", "unit", "measured", "notebook"), "")
    result |= {"kind": "median", "worst": np.inf, "direction": -1, "margin": 0.0}
    result |= {"reference": None, "tolerance": None, "outcomes": {"only": setting}}
    return Claim(result | {"seeds": first, "confirm": confirm[0]} | options)


def pair(shift, rng):
    """Outcomes of two arms on both seed sets, the second higher by `shift`, heavy-tailed."""
    draw = [(stats.t.rvs(2, size=n, random_state=rng), n) for n in (32, 64)]
    return [(x, x + shift + 0.3 * stats.t.rvs(2, size=n, random_state=rng)) for x, n in draw]


# Statistics ----------------------------------------------------------------------------


@pytest.mark.parametrize("n", [8, 9, 32, 33, 64, 200])
def test_the_interval_of_a_median_is_the_one_of_scipy(n):
    x = np.random.default_rng(n).standard_cauchy(n)
    found = median_interval(x)
    theirs = stats.quantile_test(x, q=0, p=0.5).confidence_interval(0.99)
    assert (found.low, found.high) == (theirs.low, theirs.high)
    assert found.effect == pytest.approx(np.median(x))
    # A sign test at 1 % rejects every median outside the interval and none inside.
    for q, inside in (
        (found.low, True),
        (found.high, True),
        (found.low, False),
        (found.high, False),
    ):
        q = np.nextafter(q, found.effect if inside else np.copysign(np.inf, q - found.effect))
        assert (stats.binomtest(int(np.sum(x < q)), n).pvalue > 0.01) == inside
    rank = int(np.sum(x < found.low)) + 1
    assert found.coverage == pytest.approx(1 - 2 * sum(comb(n, i) for i in range(rank)) / 2**n)
    assert 0.99 <= found.coverage < 0.9975


def test_fewer_than_eight_values_bound_nothing():
    assert median_interval(np.arange(7.0))[1:] == (-np.inf, np.inf, 1.0)
    assert median_interval(np.arange(8.0))[1:3] == (0.0, 7.0)


@pytest.mark.parametrize("n", [32, 64])
@pytest.mark.parametrize(
    "draw, truth",
    [
        (lambda rng, shape: np.exp(3 * rng.normal(size=shape)), 1.0),
        (lambda rng, shape: rng.standard_cauchy(shape), 0.0),
        (lambda rng, shape: rng.pareto(0.5, shape), 3.0),
        # a quarter of the differences infinite: failed seeds
        (lambda rng, shape: np.where((u := rng.random(shape)) < 0.75, u, np.inf), 0.5),
    ],
    ids=["lognormal", "cauchy", "pareto", "infinite"],
)
def test_the_interval_covers_as_often_as_it_says(draw, truth, n):
    trials = 1000
    x = draw(np.random.default_rng(7), (trials, n))
    found = [median_interval(row) for row in x]
    covered = sum(e.low <= truth <= e.high for e in found)
    assert stats.binomtest(covered, trials, found[0].coverage).pvalue > 1e-3


def test_infinities_move_a_median_only_by_their_rank():
    x = np.linspace(-1, 1, 33)
    wild = np.where(x > 0.5, np.inf, x)
    assert median_interval(wild) == median_interval(x)
    assert median_interval(np.repeat([1.0, np.inf], [12, 20])).effect == np.inf
    with np.errstate(all="raise"):
        assert np.isnan(median_interval(np.repeat([-np.inf, np.inf], 16)).effect)


@pytest.mark.parametrize("won, n", [(0, 32), (1, 32), (20, 32), (64, 64)])
def test_one_rate_has_the_exact_interval(won, n):
    x = np.arange(n) < won
    found = estimate([x], kind="rate", worst=0, reference=0.25)
    low = stats.beta.ppf(0.005, won, n - won + 1) if won else 0.0
    high = stats.beta.ppf(0.995, won + 1, n - won) if won < n else 1.0
    assert found[:3] == pytest.approx((won / n - 0.25, low - 0.25, high - 0.25))
    other = estimate([x], kind="rate", worst=0, reference=0.25, direction=-1)
    assert other[:3] == pytest.approx((0.25 - won / n, 0.25 - high, 0.25 - low))


def test_two_rates_agree_with_the_published_example():
    # statpsych (CRAN), ci.prop.ps(.05, f00=12, f01=4, f10=26, f11=6): 0.2548067, 0.6251933;
    # f01 counts pairs whose first outcome is 1 and whose second is 0, so second - first.
    first = np.repeat([0, 1, 0, 1], [12, 4, 26, 6])
    second = np.repeat([0, 0, 1, 1], [12, 4, 26, 6])
    found = evidence.share_interval(second, first, confidence=0.95)
    assert found[:3] == pytest.approx((22 / 48, 0.2548067, 0.6251933), abs=1e-7)


def test_two_rates_cover_about_as_often_as_they_say():
    rng, trials = np.random.default_rng(0), 2000
    hits = 0
    for _ in range(trials):
        u = rng.random(64)
        first, second = (u < 0.7) * 1.0, ((u + 0.3 * rng.random(64)) < 0.7) * 1.0
        found = evidence.share_interval(first, second)
        hits += found.low <= 0.15 <= found.high
    assert hits / trials > 0.98


# Verdicts ------------------------------------------------------------------------------


@pytest.mark.parametrize("direction, expected", [(-1, "supported"), (1, "contradicted")])
def test_a_true_effect_is_found(direction, expected):
    first, confirm = pair(1.0, np.random.default_rng(3))
    found = judged(*first, confirm=confirm, direction=direction, margin=0.2)
    assert found.verdict == expected
    for seeds in evidence.SEED_SETS:
        assert -direction * found.estimates["only"][seeds].effect == pytest.approx(1.0, abs=0.4)
    # The same effect does not matter if only larger ones do.
    found = judged(*first, confirm=confirm, direction=direction, margin=3.0)
    assert found.verdict == "inconclusive"


def test_both_seed_sets_must_agree():
    clear, none = np.arange(1.0, 33.0), np.tile([-1.0, 1.0], 16)
    zero = np.zeros(32)
    for first, confirm, expected in (
        (clear, clear, "supported"),
        (clear, none, "inconclusive"),
        (none, clear, "inconclusive"),
        (clear, -clear, "inconclusive"),
        (-clear, -clear, "contradicted"),
        (zero, zero, "inconclusive"),
    ):
        found = judged(first, zero, confirm=(confirm, zero), direction=1)
        assert found.verdict == expected == found.verdicts["only"]


def test_no_effect_is_called_inconclusive_at_the_stated_rate():
    rng, firm, single = np.random.default_rng(11), 0, 0
    for _ in range(1000):
        sets = pair(0.0, rng)
        found = [estimate(arms, kind="median", worst=np.inf) for arms in sets]
        single += found[0].low > 0 or found[0].high < 0
        firm += verdict(found) != "inconclusive"
    # One set of 32 errs with probability 0.7 %; both, in the same direction, with 3 in 100,000.
    one_sided = [stats.binom.cdf(k - 1, n, 0.5) for k, n in ((9, 32), (22, 64))]
    assert 2 * one_sided[0] * one_sided[1] == pytest.approx(2.85e-5, rel=0.01)
    assert stats.binomtest(single, 1000, 2 * one_sided[0]).pvalue > 1e-3
    assert firm == 0  # more than none in a thousand: 2.8 %


def test_a_failed_seed_is_the_worst_outcome_and_is_never_dropped():
    good = np.linspace(0.0, 0.1, 32)
    bad = good + 1.0
    assert judged(good, bad).verdict == "supported"  # A is lower than B
    for failure in (np.nan, np.inf, -np.inf, "nan", "inf"):  # as strings in stored results
        some = [failure if s < 20 else x for s, x in enumerate(good)]
        found = judged(some, bad)
        assert found.verdict == "inconclusive"  # without the failed ones it would stand
        assert found.estimates["only"]["seeds"].effect == -np.inf
        assert f"only, A: {good[23]:.3f} to inf\n" in found.cells()[6] + "\n"
    failed = np.full(32, np.nan)
    assert judged(failed, bad).verdict == "contradicted"
    rates = judged(good > 0.05, good > 1, kind="rate", worst=0)  # which have no such spread
    assert rates.verdict == "contradicted" and rates.cells()[6] == ""
    both = judged(failed, failed, margin=0.1)
    assert both.verdict == "inconclusive" and both.estimates["only"]["seeds"][:3] == (0, 0, 0)
    # A rate: a failed seed is no success.
    rate = estimate([[1.0] * 16 + [np.nan] * 16], kind="rate", worst=0, reference=0.0)
    assert rate.effect == 0.5


def test_the_spread_is_that_of_single_runs_on_fresh_seeds():
    rng = np.random.default_rng(5)
    sets = rng.normal(size=(2, 2, 32))
    told = judged(*sets[0], confirm=sets[1]).cells()[6]
    low, high = np.quantile(sets[1], [0.1, 0.9], method="inverted_cdf", axis=1)
    expected = [f"only, {n}: {a:.3f} to {b:.3f}" for n, a, b in zip("AB", low, high, strict=True)]
    assert told.splitlines() == expected


def test_one_arm_is_compared_with_its_reference():
    x = {"A": {s: list(np.linspace(0.4, 0.6, 32)) for s in evidence.SEED_SETS}}
    for reference, expected in ((0.3, "supported"), (0.5, "inconclusive"), (0.9, "contradicted")):
        options = {"direction": 1, "worst": -np.inf, "outcomes": {"only": x}}
        found = judged([], [], reference=reference, **options)
        assert found.verdict == expected
        assert found.estimates["only"]["confirm"].effect == pytest.approx(0.5 - reference)


def test_opposite_firm_verdicts_depend_on_the_setting():
    zero = [0.0] * 32

    def setting(x):
        return {
            "A": dict.fromkeys(evidence.SEED_SETS, [x] * 32),
            "B": dict.fromkeys(evidence.SEED_SETS, zero),
        }

    for values, expected in (
        ((1, -1), "depends"),
        ((0, 1, -1), "depends"),
        ((1, 0), "supported"),
        ((0, 1), "inconclusive"),  # the first setting is the source's own
    ):
        settings = {f"setting {i}": setting(x) for i, x in enumerate(values)}
        assert judged(zero, zero, direction=1, outcomes=settings).verdict == expected
    assert "depends (a: supported; b: contradicted);" in repr(
        judged(zero, zero, direction=1, outcomes={"a": setting(1), "b": setting(-1)})
    )


# Protocols -----------------------------------------------------------------------------

GOOD = {
    "id": "T1",
    "source": "module",
    "claim": "c",
    "measured": "m",
    "notebook": "03",
    "worst": 0.0,
    "settings": {"s": Setting({"A": len, "B": len})},
}


@pytest.mark.parametrize(
    "change, wanted",
    [
        ({"id": "../T1"}, "an id like"),
        ({"settings": {}}, "settings, or a check"),
        ({"check": float}, "settings, or a check"),
        ({"settings": {}, "check": float}, "a check and a tolerance"),
        ({"settings": {"s": Setting({"A": len})}}, "two arms"),
        ({"reference": 1.0}, "two arms, or one and a reference"),
        ({"kind": "mean"}, "'median' or 'rate'"),
        ({"direction": 0}, "direction"),
        ({"margin": -1.0}, "margin"),
        ({"worst": None}, "worst"),
        ({"kind": "rate", "worst": np.inf}, "worst"),
        ({"confirm": range(31, 95)}, "fresh seeds"),
        ({"seeds": [1, 1, 2]}, "none used twice"),
    ],
)  # fmt: skip
def test_an_unsound_protocol_is_refused_in_one_line(change, wanted):
    Protocol(**GOOD)
    with pytest.raises(EvidenceError, match=wanted) as error:
        Protocol(**GOOD | change)
    assert "\n" not in str(error.value)


# The runner ----------------------------------------------------------------------------


def run(folder, *args):
    return evidence.main(list(args), folder)


def stored(folder, id="T1"):
    text = (folder / "results" / f"{id}.json").read_text()

    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


def assert_as_its_outcomes_say(result):
    claim = Claim(result)
    assert result["verdict"] == claim.verdict
    for setting, found in claim.estimates.items():
        for seeds, e in found.items():
            numbers = [float(result["estimates"][setting][seeds][k]) for k in e._fields]
            np.testing.assert_allclose(numbers, e, rtol=1e-4)


def test_a_run_stores_a_strict_small_result_and_the_ledger(folder, capsys):
    assert run(folder) == 0
    assert capsys.readouterr().out == "T1: supported\n"
    result = stored(folder)
    assert result["verdict"] == "supported" and result["worst"] == "inf"
    assert result["protocol"] == evidence.fingerprint(evidence.protocols(folder)["T1"][0])
    assert {"python", "numpy", "ganlab"} <= set(result["versions"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", result["date"])
    values = result["outcomes"]["first"]["A"]
    assert len(values["seeds"]) == 32 and len(values["confirm"]) == 64
    expected = np.random.default_rng((1, 33)).normal()
    assert values["confirm"][1] == float(f"{expected:.5g}")
    assert_as_its_outcomes_say(result)
    assert len((folder / "results" / "T1.json").read_text().splitlines()) < 90
    assert list((folder / "results").iterdir()) == [folder / "results" / "T1.json"]
    text = (folder.parent / "docs" / "claims.md").read_text()
    assert text == evidence.ledger(folder)
    row = text.splitlines()[-1]
    assert row.startswith(
        "| T1 | A \\| is lower than B | module | As made up. | 32 + 64 | W1, margin 0.1<br>first: +"
    )
    assert re.search(r" nats \(supported\) \| first, A: .* \| supported \| 03 \|$", row)
    before = (folder / "results" / "T1.json").read_text()
    assert run(folder) == 0  # nothing is left to do
    assert capsys.readouterr().out == "T1: supported\n"
    assert (folder / "results" / "T1.json").read_text() == before


COUNTING = (
    PROTOCOL
    + """
import os
import pathlib

def counted(name, inner):
    def run(seeds):
        path = pathlib.Path(os.environ["GANLAB_TEST_LOG"])
        with path.open("a") as log:
            log.write(f"{name} {len(seeds)}\\n")
        if (stop := path.with_name("stop")).exists() and len(path.read_text().split("\\n")) == 4:
            stop.unlink()
            STOP
        return inner(seeds)
    return run

first = PROTOCOLS[0].settings["first"]
first.arms.update({name: counted(name, inner) for name, inner in first.arms.items()})
"""
)


def test_an_interrupted_run_goes_on_where_it_stopped(folder, capsys):
    # As training does: Ctrl-C is caught, and what there is so far is returned.
    stop = (
        "import signal\n            try: signal.raise_signal(signal.SIGINT)\n"
        "            except KeyboardInterrupt: return np.zeros(len(seeds))"
    )
    write(folder, "t1", COUNTING.replace("STOP", stop))
    assert run(folder) == 0
    whole = (folder / "results" / "T1.json").read_text()
    (folder / "results" / "T1.json").unlink()
    (folder / "log.txt").unlink()
    (folder / "stop").touch()
    done = command_line(folder)
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")
    partial = stored(folder)
    assert "verdict" not in partial
    done = {arm: list(row) for arm, row in partial["outcomes"]["first"].items()}
    assert done == {"A": ["seeds", "confirm"]}
    with pytest.raises(EvidenceError, match="not finished: run `make evidence ARGS=T1`"):
        evidence.claim("T1", folder)
    assert "| T1 |" not in evidence.ledger(folder)
    done = command_line(folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "T1: supported\n", "")  # and quiet
    log = (folder / "log.txt").read_text().split("\n")
    assert log == ["A 32", "A 64", "B 32", "B 32", "B 64", ""]  # finished arms are not run again
    dates = re.compile(r'"date": "[-\d]+"|"versions": {[^}]*}')  # of what is loaded at the time
    text = (folder / "results" / "T1.json").read_text()
    assert dates.sub("", text) == dates.sub("", whole)


def test_progress_counts_each_arm_on_each_seed_set(folder, monkeypatch):
    protocol, source = evidence.protocols(folder)["T1"]
    target, done = folder / "results" / "T1.json", []
    bar = SimpleNamespace(update=lambda: done.append(target.exists()))
    monkeypatch.setattr(sweep, "bar", lambda total, *_, **__: done.append(total) or closing(bar))
    bar.close = lambda: None
    for _ in range(2):  # measured, then found as it was
        assert evidence.measure(protocol, source) == stored(folder)
    assert done == [4, True, True, True, True] * 2


def test_saving_is_atomic(folder, monkeypatch):
    assert run(folder) == 0
    before = (folder / "results" / "T1.json").read_text()

    def full_disk(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(OSError, match="no space"):
        store.save({"half": "written"}, folder / "results" / "T1.json")
    assert (folder / "results" / "T1.json").read_text() == before


def test_a_changed_protocol_invalidates_its_result(folder, capsys):
    assert run(folder) == 0
    before = (folder / "results" / "T1.json").read_text()
    write(folder, "t1", PROTOCOL.replace("import numpy", "# why\nimport numpy"))
    assert run(folder) == 0 and evidence.claim("T1", folder).verdict == "supported"
    write(folder, "t1", PROTOCOL.replace("margin=0.1", "margin=0.2"))
    capsys.readouterr()
    for args in ((), ("T1",), ("T1", "--again")):
        assert run(folder, *args) == 1
        error = capsys.readouterr().err
        assert error.count("\n") == 1 and "T1" in error and "new id" in error
        assert "changed after its result was measured" in error
    # Reading holds nothing against the code: the result says in full what was measured.
    assert evidence.claim("T1", folder).result["margin"] == 0.1
    assert (folder / "results" / "T1.json").read_text() == before
    # To measure another claim does not hide it either.
    write(folder, "t2", PROTOCOL.replace("T1", "T2"))
    assert run(folder, "T2") == 1 and "T1: its definition" in capsys.readouterr().err
    assert evidence.claim("T2", folder).verdict == "supported"


def test_a_result_without_a_protocol_is_refused(folder, capsys):
    assert run(folder) == 0
    shutil.copy(folder / "results" / "T1.json", folder / "results" / "T9.json")
    capsys.readouterr()
    assert run(folder) == 1
    assert capsys.readouterr().err == (
        "T9.json has no protocol: wanted the one it was measured by\n"
    )


def test_texts_may_be_reworded_and_results_follow(folder):
    assert run(folder) == 0
    before = stored(folder)
    new = {"claim": "A is less", "measured": "By hand.", "notebook": "04", "metric": "W2"}
    text = PROTOCOL.replace('"nats"', '"bits"').replace('"module"', '"post"')
    for name, words in new.items():
        text = re.sub(f'{name}="[^"]*"', f'{name}="{words}"', text)
    write(folder, "t1", text)
    assert run(folder) == 0
    assert stored(folder) == before | new | {"unit": "bits", "source": "post"}
    assert "| T1 | A is less | post | By hand. |" in evidence.ledger(folder)


def test_a_repeat_measures_anew_and_leaves_the_stored_result_alone(folder, capsys):
    write(folder, "t1", COUNTING.replace("STOP", "pass"))
    assert run(folder, "T1", "--again") == 1
    assert "no result" in capsys.readouterr().err and not (folder / "log.txt").exists()
    assert run(folder) == 0
    file = folder / "results" / "T1.json"
    right = file.read_text()
    other = json.loads(right)
    other["outcomes"]["first"]["A"] = other["outcomes"]["first"]["B"]
    file.write_text(json.dumps(other))
    wrong = file.read_text()
    capsys.readouterr()
    for times in (2, 3):
        assert run(folder, "T1", "--again") == 0
        assert capsys.readouterr().out == "T1: supported; stored: inconclusive\n"
        assert file.read_text() == wrong
        assert len((folder / "log.txt").read_text().split()) == times * 8
    # A stored verdict that is not what its outcomes say is set right, without measuring.
    file.write_text(right.replace('"verdict": "supported"', '"verdict": "inconclusive"'))
    assert run(folder) == 0 and file.read_text() == right
    assert len((folder / "log.txt").read_text().split()) == 24


def test_failed_seeds_and_failed_arms_are_stored_as_such(folder):
    text = PROTOCOL.replace('"A": arm(0.0, 1)', '"A": fail').replace(
        "PROTOCOLS",
        """
def fail(seeds):
    if len(seeds) == 32:
        return np.where(np.arange(32) < 20, np.nan, 0.0)
    raise FloatingPointError("every seed failed")

PROTOCOLS""",
        1,
    )
    write(folder, "t1", text)
    assert run(folder) == 0
    claim = evidence.claim("T1", folder)
    assert claim.verdict == "inconclusive"
    assert claim.estimates["first"]["confirm"].effect == -np.inf
    assert np.isnan(claim.outcomes["first"]["A"]["seeds"]).sum() == 20
    assert np.isnan(claim.outcomes["first"]["A"]["confirm"]).all()
    assert "-inf [-inf, -inf]" in evidence.ledger(folder)


@pytest.mark.parametrize(
    "arm, kind, wanted",
    [("lambda seeds: [1.0]", "median", "32 outcomes"), ("arm(0, 1)", "rate", "each 0 or 1")],
)
def test_outcomes_of_another_shape_or_kind_are_refused(folder, capsys, arm, kind, wanted):
    text = PROTOCOL.replace('"A": arm(0.0, 1)', f'"A": {arm}')
    write(
        folder, "t1", text.replace("worst=np.inf", f'worst={kind == "rate" or 9.0}, kind="{kind}"')
    )
    assert run(folder) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and wanted in error and "T1" in error
    assert not (folder / "results" / "T1.json").exists()


@pytest.mark.parametrize(
    "error, expected",
    [("1e-9", "identity"), ("1e-7", "contradicted"), ("float('nan')", "contradicted")],
)
def test_an_identity_is_checked_to_its_tolerance(folder, error, expected):
    write(
        folder,
        "t1",
        f"""
        from ganlab.evidence import Protocol
        PROTOCOLS = (Protocol(
            id="T1", source="module", claim="1 = 1", measured="By hand.", notebook="02",
            check=lambda: {error}, tolerance=1e-8,
        ),)
    """,
    )
    assert run(folder) == 0 and run(folder) == 0
    claim = evidence.claim("T1", folder)
    assert claim.verdict == expected
    assert claim.estimates == {} and f"\n{expected}; " in repr(claim)
    assert "| none | largest error " in evidence.ledger(folder)
    page = claim._repr_markdown_()
    assert page.startswith(f"**T1: {expected}.** 1 = 1 (module)\n") and "largest error" in page


def test_many_settings_are_counted_and_not_listed(folder):
    """Ten settings with A below B, and one, the source's own, where A is above."""
    settings = 'settings={"first": Setting({"A": arm(0.0, 1), "B": arm(2.0, 2)})}'
    many = """settings={
            "own": Setting({"A": arm(9.0, 1), "B": arm(2.0, 2)}),
            **{f"other {i}": Setting({"A": arm(0.0, 1), "B": arm(2.0, 2)}) for i in range(10)},
        }"""
    assert settings in PROTOCOL
    write(folder, "t1", PROTOCOL.replace(settings, many))
    protocol, file = evidence.protocols(folder)["T1"]
    found = Claim(evidence.measure(protocol, file))
    assert found.verdict == "depends"
    for text in (repr(found), found._repr_markdown_(), evidence.ledger(folder)):
        assert "own: " in text
        assert "all 11 settings: 10 supported, 1 contradicted" in text
        assert "other 1" not in text
    assert "own, A: " in evidence.ledger(folder)


def test_the_ledger_is_sorted_and_complete(folder):
    for stem in ("t10", "t2"):
        write(folder, stem, PROTOCOL.replace("T1", stem.upper()))
    assert run(folder, "T10") == 0 and run(folder) == 0
    ids = re.findall(r"^\| (T\d+) ", evidence.ledger(folder), flags=re.M)
    assert ids == ["T1", "T2", "T10"]


def command_line(folder):
    """`python -m ganlab.evidence` in a project of its own."""
    package, room = folder.parent / "ganlab", Path(evidence.__file__).parent
    shutil.copytree(room, package / "evidence", dirs_exist_ok=True)
    for name in ("__init__.py", "progress.py"):
        shutil.copy(room.parent / name, package)
    command = [sys.executable, "-m", "ganlab.evidence"]
    return subprocess.run(command, cwd=folder.parent, capture_output=True, text=True)


def test_an_error_in_a_process_of_its_own_is_one_line_too(folder):
    write(folder, "t2", PROTOCOL.replace("T1", "T2").replace("margin=0.1", "margin=-1"))
    done = command_line(folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "protocol 'T2': wanted direction 1 or -1, margin >= 0\n"


def test_mistakes_on_the_command_line_are_told_in_one_line(folder, capsys):
    assert run(folder, "X9") == 1
    assert capsys.readouterr().err == "no protocol X9: wanted one of T1\n"
    assert not (folder.parent / "docs" / "claims.md").exists()
    twice = PROTOCOL.replace("T1", "T2") + "PROTOCOLS *= 2\n"
    for text, id in ((PROTOCOL.replace("T1", "T3"), "T3"), (twice, "T2")):
        write(folder, "t2", text)
        assert run(folder) == 1
        assert capsys.readouterr().err == f"t2.py: wanted new ids like its name, got {id}\n"


# What notebooks read -------------------------------------------------------------------


def test_a_claim_tells_what_was_measured(folder):
    assert run(folder) == 0
    claim = evidence.claim("T1", folder)
    assert repr(claim) == (
        "T1 (module): A | is lower than B\n"
        'supported; measure it anew with: make evidence ARGS="T1 --again"'
    )
    assert claim.settings == ["first"] and list(claim.outcomes["first"]) == ["A", "B"]
    a, b = (claim.outcomes["first"][arm]["confirm"] for arm in "AB")
    assert a.dtype == float and a.shape == b.shape == (64,)
    found = claim.estimates["first"]["confirm"]
    assert found.effect == pytest.approx(np.median(b - a), rel=1e-3)
    assert found.low < found.effect < found.high
    assert claim.estimates["first"]["seeds"].coverage == pytest.approx(0.993, abs=1e-4)
    assert claim.verdicts == {"first": "supported"} and claim.result == stored(folder)
    page = claim._repr_markdown_()
    assert page.startswith("**T1: supported.** A | is lower than B (module)\n\nAs made up.\n")
    assert "32 + 64 seeds: W1, margin 0.1\n- first: +" in page and 'ARGS="T1 --again"' in page
    assert "| A \\| is lower than B |" in evidence.ledger(folder)


def test_reading_a_claim_runs_no_protocol_and_loads_no_tensorflow(folder):
    assert run(folder) == 0
    (folder / "t3.py").write_text("raise SystemExit('protocols are not to be imported')")
    code = f"""
        import sys
        from pathlib import Path
        from ganlab.evidence import claim
        print(claim("T1", Path({str(folder)!r})).verdict)
        print("tensorflow" in sys.modules, "t1" in sys.modules)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True
    )
    assert done.stdout == "supported\nFalse False\n", done.stderr


def test_without_a_clone_the_error_says_what_to_do(tmp_path, capsys):
    for args in ([], ["C1"], ["C1", "--again"]):
        assert evidence.main(args, tmp_path / "none") == 1
        error = capsys.readouterr().err
        assert error.count("\n") == 1 and "clone" in error
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(EvidenceError, match="clone") as error:
            evidence.claim("C1", folder)
        assert "\n" not in str(error.value)


# What is committed ---------------------------------------------------------------------


def test_every_committed_result_fits_its_protocol(monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    known = evidence.protocols()
    sweep.check_results(known)  # refuses a changed protocol
    for path in sorted((evidence.FOLDER / "results").glob("*.json")):
        result, (protocol, file) = evidence.load_result(path.stem), known[path.stem]
        assert "verdict" in result, f"{path.name} is not finished"
        assert_as_its_outcomes_say(result)
        for name in ("id", "claim", "source", "measured", "notebook", "metric", "unit"):
            assert result[name] == getattr(protocol, name), f"{path.name}: run `make evidence`"
        assert result["file"] == file.name


def test_the_committed_ledger_is_up_to_date():
    file = evidence.FOLDER.parent / "docs" / "claims.md"
    if any((evidence.FOLDER / "results").glob("*.json")):
        assert file.read_text(encoding="utf-8") == evidence.ledger()


def test_every_committed_protocol_is_sound(monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    for id, (protocol, path) in evidence.protocols().items():
        assert isinstance(protocol, Protocol) and protocol.id == id and Path(path).exists()
