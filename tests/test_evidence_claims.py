"""How a claim is shown: words, sentences, a forest plot, and what notebooks display."""

import html
from pathlib import Path

import matplotlib.colors
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from ganlab.evidence import claims, forest
from ganlab.evidence.claims import Claim
from ganlab.evidence.history import history_page
from ganlab.figures import render

ROOT = Path(__file__).resolve().parents[1]
SAYS = "{won} of 100 runs end nearer with the layer, {lost} further away"


def look(seeds, effect, reach, **counts):
    return {
        "seeds": seeds,
        **counts,
        "effect": effect,
        "low": effect - reach,
        "high": effect + reach,
    }


def setting(verdict, *looks, most=16384, **more):
    return {"arms": {"with": "k1", "without": "k2"}, "most": most, "looks": [*looks]} | {
        "verdict": verdict,
        **more,
    }


def result(settings, **changes):
    told = dict(id="D1.2", question="Does the layer help?", claim="The layer helps.")
    told |= dict(source="aylien2016", measured="W1 at the end.", notebook="04", says=SAYS)
    told |= dict(kind="wins", direction=1, margin=0.1, reference=None, least=0.05, worst=None)
    told |= dict(file="claims/layer.py", settings=settings)
    return told | changes


def wins(verdict, won, lost, reach=0.05, seeds=1024, **more):
    """A setting with `won` and `lost` in a hundred."""
    counts = {key: round(share * seeds / 100) for key, share in (("won", won), ("lost", lost))}
    early = look(64, 0.5, 0.5, won=33, lost=1)  # only the last look counts
    return setting(verdict, early, look(seeds, (won - lost) / 100, reach, **counts), **more)


EVERY = {
    "2016 code": wins("supported", 62, 21),
    "2017 code": wins("contradicted", 20, 51),
    "mended": wins("no difference that matters", 45, 43),
    "batch of 64": wins("undecided", 40, 30),
    "batch of 128": setting("", look(128, 0.2, 0.3, won=64, lost=38)),
    "batch of 256": setting(""),
}
WORDS = ["supported", "contradicted", "no difference that matters", "undecided"]
WORDS += ["undecided so far", "not measured yet"]


def share(verdict, first, direction=1, reference=0.5, margin=0, **changes):
    """A claim about the share of a single arm, of `first` in 128 runs."""
    effect = direction * (first / 128 - reference)
    settings = {"2016 code": setting(verdict, look(128, effect, 0.1, first=first))}
    return result(
        settings,
        kind="share",
        direction=direction,
        reference=reference,
        margin=margin,
        least=None,
        says="{first} of 100 runs come close",
        **changes,
    )


def identity(error, tolerance=1e-6):
    changes = dict(id="A1", says="", error=error, tolerance=tolerance)
    return {k: v for k, v in result({}, **changes).items() if k != "error" or v is not None}


def test_every_setting_has_its_verdict_its_estimate_and_its_seeds():
    claim = Claim(result(EVERY))
    assert (claim.id, claim.statement, claim.source) == ("D1.2", "The layer helps.", "aylien2016")
    assert claim.question == "Does the layer help?"
    assert claim.settings == list(EVERY)
    assert list(claim.verdicts.values()) == WORDS
    assert list(claim.seeds.values()) == [1024] * 4 + [128, 0]
    assert claim.estimates["2016 code"] == pytest.approx((0.41, 0.36, 0.46))
    assert claim.estimates["batch of 128"] == pytest.approx((0.2, -0.1, 0.5))
    assert claim.estimates["batch of 256"] is None


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"a": wins("supported", 60, 10)}, "supported"),
        ({"a": wins("supported", 60, 10), "b": wins("supported", 60, 10)},
         "supported in all 2 settings"),
        ({"a": wins("undecided", 6, 1), "b": wins("supported", 6, 1), "c": wins("supported", 9, 1)},
         "supported in 2 settings, undecided in 1"),
        (EVERY, "supported in 1 setting, contradicted in 1, no difference that matters in 1, "
         "undecided in 1, undecided so far in 1, not measured yet in 1"),
    ],
)  # fmt: skip
def test_the_summary_hides_no_setting(settings, words):
    assert Claim(result(settings)).verdict == words


def test_a_sentence_can_be_said_aloud():
    alone = Claim(result({"mended": EVERY["2016 code"]}))
    assert alone.sentences() == [
        "62 of 100 runs end nearer with the layer, 21 further away (1,024 seeds): supported."
    ]


def test_a_sentence_names_its_setting_once():
    told = Claim(result(EVERY)).sentences()
    assert len(told) == 6
    assert told[1] == (
        "2017 code: 20 of 100 runs end nearer with the layer, 51 further away "
        "(1,024 seeds): contradicted."
    )
    assert told[4].endswith(", 30 further away (128 seeds): undecided so far.")
    assert told[5] == "batch of 256: not measured yet."
    named = Claim(result(EVERY, says="In {setting}, {won} win against {lost}."))
    assert named.sentences()[0] == "In 2016 code, 62 win against 21 (1,024 seeds): supported."
    assert named.sentences()[5] == "batch of 256: not measured yet."


def test_shares_are_told_of_both_arms():
    counts = look(64, 0.297, 0.2, first=31, second=12, won=25, lost=6)
    says = "{first} of 100 are lost with it, {second} without; {won} to {lost}"
    claim = Claim(result({"a": setting("supported", counts)}, kind="share", says=says, least=None))
    said = "48 of 100 are lost with it, 19 without; 39 to 9"
    assert claim.sentences() == [f"{said} (64 seeds): supported."]
    assert Claim(share("contradicted", 26)).sentences() == [
        "20 of 100 runs come close (128 seeds): contradicted."
    ]


@pytest.mark.parametrize(
    ("count", "n", "told"), [(1, 8, 13), (3, 8, 38), (0, 64, 0), (64, 64, 100)]
)
def test_a_half_is_rounded_up(count, n, told):
    assert claims.in_hundred(count, n) == told


@pytest.mark.parametrize(
    ("error", "word", "sentence"),
    [
        (6.8e-9, "identity", "Checked, and true to its tolerance: identity."),
        (2e-6, "contradicted", "Checked, and not true to its tolerance: contradicted."),
        ("inf", "contradicted", "Checked, and not true to its tolerance: contradicted."),
        ("nan", "contradicted", "Checked, and not true to its tolerance: contradicted."),
        (None, "not measured yet", "not measured yet."),
    ],
)
def test_an_identity_is_a_fact_or_it_is_not(error, word, sentence):
    claim = Claim(identity(error))
    assert claim.verdicts == {"identity": word}
    assert claim.verdict == word
    assert claim.sentences() == [sentence]
    with pytest.raises(ValueError, match="A1 is an identity: wanted a claim with settings"):
        claim.forest()


def test_the_text_twin_has_a_line_for_each_setting():
    lines = repr(Claim(result(EVERY, claim="It helps,\n  they | say."))).split("\n")
    assert lines[0] == "D1.2 (aylien2016): It helps, they | say."
    assert lines[1:-1] == Claim(result(EVERY)).sentences()
    assert lines[-1] == 'Measure it anew: make evidence ARGS="D1.2 --again"'
    assert "[" not in repr(Claim(result(EVERY)))


# The picture


def drawn(ax):
    """{y: (line's ends, dot)} of a forest plot's rows."""
    rows = {}
    for line in ax.lines:
        x, y = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
        if len(x) == 2 and y[0] == y[1]:
            rows.setdefault(y[0], {})["ends"] = sorted(x)
        elif len(x) == 1:
            rows.setdefault(y[0], {})["dot"] = x[0]
    return rows


def written(ax):
    return [text.get_text() for text in ax.texts]


def band(ax):
    return [(p.get_x(), p.get_x() + p.get_width()) for p in ax.patches]


def test_a_row_of_the_forest_is_an_interval_a_dot_a_word_and_a_number():
    ax = Claim(result(EVERY)).forest()
    places = list(ax.get_yticks())
    assert [label.get_text() for label in ax.get_yticklabels()] == list(EVERY)
    assert ax.yaxis_inverted()  # the first setting on top
    rows = drawn(ax)
    assert rows[places[0]] == {"ends": pytest.approx([0.36, 0.46]), "dot": pytest.approx(0.41)}
    assert rows[places[1]] == {"ends": pytest.approx([-0.36, -0.26]), "dot": pytest.approx(-0.31)}
    assert set(rows) == set(places[:5])
    verdicts = {text.get_position()[1]: text.get_text() for text in ax.texts[1:7]}
    assert verdicts == dict(zip(places, WORDS, strict=True))
    assert written(ax)[-7:-1] == ["1,024"] * 4 + ["128", ""]
    assert np.ravel(band(ax)) == pytest.approx([-0.1, 0.1])
    assert "as claimed →" in written(ax)
    wins = "net wins: share of seeds as claimed, less that of the opposite"
    assert ax.get_xlabel() == f"{wins}\ngrey: too small to matter, within 0.1"
    assert ax.get_xlim() == (-1.04, 1.04)  # of every difference


def test_the_share_of_a_single_arm_is_drawn_as_it_is():
    ax = Claim(share("contradicted", 32)).forest()
    ((_, row),) = drawn(ax).items()
    assert row == {"ends": pytest.approx([0.15, 0.35]), "dot": pytest.approx(0.25)}
    assert band(ax) == []
    assert [line.get_xdata()[0] for line in ax.lines if len(set(line.get_ydata())) == 2] == [0.5]
    assert ax.get_xlabel() == "share of runs; line: the reference, 0.5"
    assert ax.get_xlim() == (-0.02, 1.02)
    assert "as claimed →" in written(ax)


def test_a_share_that_should_be_small_is_as_claimed_at_the_left():
    ax = Claim(share("supported", 32, direction=-1, margin=0.05)).forest()
    ((_, row),) = drawn(ax).items()
    assert row == {"ends": pytest.approx([0.15, 0.35]), "dot": pytest.approx(0.25)}
    assert np.ravel(band(ax)) == pytest.approx([0.45, 0.55])
    assert "← as claimed" in written(ax)


def test_a_difference_of_shares_is_as_claimed_at_the_right_whatever_its_direction():
    settings = {"a": setting("supported", look(64, 0.3, 0.1, first=6, second=25, won=20, lost=1))}
    ax = Claim(result(settings, kind="share", direction=-1, says="{first}", least=None)).forest()
    ((_, row),) = drawn(ax).items()
    assert row["dot"] == pytest.approx(0.3)
    assert "as claimed →" in written(ax)
    assert ax.get_xlabel().startswith("difference of shares of runs\n")


def test_each_verdict_reads_in_grey():
    looks = [(m.marker, m.filled, m.line) for m in forest.MARKS.values() if m.marker]
    assert len(set(looks)) == len(looks)
    for mark in forest.MARKS.values():  # words in these colours are legible on white
        rgb = np.array(matplotlib.colors.to_rgb(mark.colour))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        assert 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05) >= 3
    assert set(forest.MARKS) | {"identity"} == set(claims.WORDS)


MANY = {f"D {d}, G {g}": wins(WORDS[(d + g) % 4], 40, 30) for d in range(6) for g in range(5)}
LONG = {f"{name}, with a batch that is far larger than usual": s for name, s in EVERY.items()}


@pytest.mark.parametrize("settings", [{"mended": wins("supported", 60, 10)}, EVERY, LONG, MANY])
def test_a_forest_is_legible(settings):
    ax = Claim(result(settings)).forest()
    fig = ax.figure
    fig.draw_without_rendering()
    assert fig.get_figwidth() <= 9
    assert ax.get_window_extent().width > 3 * fig.dpi
    low, high = ax.get_xlim()  # beyond which no tick is drawn
    beyond = [label for label in ax.get_xticklabels() if not low <= label.get_position()[0] <= high]
    texts = [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels(), ax.xaxis.label]
    texts = [text for text in texts if text.get_text() and text not in beyond]
    assert min(text.get_fontsize() for text in texts) >= 9
    boxes = [text.get_window_extent() for text in texts]
    for i, box in enumerate(boxes):
        assert box.x0 >= 0 and box.x1 <= fig.bbox.x1 and box.y0 >= 0 and box.y1 <= fig.bbox.y1
        for k in range(i):
            assert not box.overlaps(boxes[k]), (texts[i].get_text(), texts[k].get_text())


def test_a_forest_may_be_drawn_into_a_figure_that_is_there():
    from ganlab.figures import figure

    fig, ax = figure()
    assert Claim(result(EVERY)).forest(ax) is ax
    assert fig.axes == [ax]


def test_alternative_text_is_a_line_that_has_every_setting_or_counts_them():
    few = Claim(result({name: EVERY[name] for name in ("2016 code", "mended")})).alt()
    expected = "Forest plot of D1.2: 2016 code supported; mended no difference that matters"
    assert few == expected
    many = Claim(result(MANY)).alt()
    assert len(many) <= 250
    assert "supported in " in many and "undecided in " in many


# In a notebook


def shown(claim):
    """The outputs that a notebook shows for a cell that ends with the claim."""
    shell = InteractiveShell.instance()
    try:
        with capture_output() as captured:
            data, _ = shell.display_formatter.format(claim)
        return data, captured.outputs
    finally:
        InteractiveShell.clear_instance()


def test_a_notebook_shows_the_sentences_and_the_picture():
    claim = Claim(result({"mended": EVERY["2016 code"]}))
    data, (text, picture) = shown(claim)
    assert data == {}  # nothing beside the two
    assert text.data["text/plain"] == repr(claim)
    assert "<b>D1.2</b> The layer helps. (aylien2016)" in text.data["text/html"]
    assert "21 further away (1,024 seeds): <b>supported</b>." in text.data["text/html"]
    assert "image/png" not in text.data and "text/html" not in picture.data
    assert picture.metadata["image/png"]["alt"] == claim.alt()
    assert picture.data["text/plain"] == f"Figure: {claim.alt()}"


def test_an_identity_and_what_is_not_measured_have_no_picture():
    for claim in (Claim(identity(1e-9)), Claim(result({"mended": setting("")}))):
        _, outputs = shown(claim)
        assert [list(output.data) for output in outputs] == [["text/html", "text/plain"]]


def test_a_claim_links_to_how_to_read_it_and_to_its_place_in_the_ledger():
    text = Claim(result(EVERY))._repr_html_()
    assert f'<a href="{claims.HOW_TO_READ}">How to read a verdict</a>' in text
    assert '<a href="../docs/claims.md#d1-2">D1.2 in the ledger</a>' in text
    assert 'make evidence ARGS="D1.2 --again"' in html.unescape(text)


def test_many_settings_are_counted_in_a_notebook_not_told():
    text = Claim(result(MANY))._repr_html_()
    assert "<b>Supported in " in text
    assert "D 3, G 2" not in text
    four = {name: EVERY[name] for name in list(EVERY)[:4]}
    assert Claim(result(four))._repr_html_().count("1,024 seeds") == 4


def test_texts_with_marks_of_html_are_shown_as_they_are():
    settings = {"a < b & c": wins("supported", 60, 10), "d": wins("undecided", 2, 1)}
    text = Claim(result(settings, claim="p < q <i>"))._repr_html_()
    assert "p &lt; q &lt;i&gt;" in text
    assert "a &lt; b &amp; c: 60 of" in text


def test_places_in_the_ledger_differ():
    ids = ["C1.2", "C12", "C1.12", "C11.2", "C1b.2"]
    assert len({claims.anchor(id) for id in ids}) == len(ids)


# What was measured before


def past(**changes):
    rows = {"seeds": [0.0, 0.1, 0.3, "nan"] * 8, "confirm": [0.0, 0.1, 0.2, 0.2] * 16}
    other = {"seeds": [1.0, 1.1, 1.3, 1.2] * 8, "confirm": [1.0, 1.1, 1.2, 1.2] * 16}
    told = dict(id="C1b", claim="It | narrows.", source="aylien2016", measured="W1,\nat the end.")
    told |= dict(notebook="03", metric="W1", unit="nats", kind="median", direction=-1, margin=0.1)
    told |= dict(worst="inf", reference=None, tolerance=None, verdict="supported")
    told |= dict(seeds=list(range(32)), confirm=list(range(64)))
    told |= dict(outcomes={"a": {"with": rows, "without": other}}, estimates={})
    return told | changes


def test_the_page_of_history_has_a_row_for_each():
    today = result(MANY)
    page = history_page([past(), past(id="C2a", verdict="inconclusive"), today])
    rows = [line for line in page.splitlines() if line.startswith(("| C", f"| {today['id']} "))]
    assert rows[0] == r"| C1b | It \| narrows. (aylien2016) | supported | W1,<br>at the end. |"
    assert rows[1].startswith("| C2a |")
    assert len(rows) == 3
    # What was measured as today has a verdict for each setting.
    for name, verdict in Claim(today).verdicts.items():
        assert f"{name}: {verdict}" in rows[2]


def test_a_picture_is_small():
    assert len(render(Claim(result(MANY)).forest().figure)) < 80_000
