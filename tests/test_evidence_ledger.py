"""The pages made of results: what they count, how they are grouped, and what they ask for."""

import re

import numpy as np
import pytest

from ganlab.evidence.claims import Claim
from ganlab.evidence.ledger import ledger, ledger_picture, picture_alt, readme, wanted
from ganlab.figures import render

pytestmark = pytest.mark.rest


def setting(verdict, effect=None, reach=0.05, seeds=1024, most=16384, **more):
    looks = []
    if effect is not None:
        counts = {
            "won": round((0.5 + effect / 2) * seeds),
            "lost": round((0.5 - effect / 2) * seeds),
        }
        ends = {"effect": effect, "low": effect - reach, "high": effect + reach}
        looks = [{"seeds": seeds, **counts, **ends}]
    return {"arms": {}, "most": most, "looks": looks, "verdict": verdict} | more


def result(id, settings, **changes):
    told = dict(id=id, question="Does the layer help?", claim="The layer helps.")
    told |= dict(source="aylien2016", measured="W1\nat the end.", notebook="04")
    told |= dict(says="{won} of 100 end nearer, {lost} further", kind="wins", direction=1)
    told |= dict(margin=0.1, reference=None, least=0.05, file="claims/layer.py")
    return told | dict(settings=settings) | changes


def share(id, first, **changes):
    looks = [{"seeds": 100, "first": first, "effect": first / 100 - 0.5, "low": 0, "high": 0}]
    settings = {"mended": setting("contradicted") | {"looks": looks}}
    told = dict(kind="share", says="{first} of 100 are close", margin=0, reference=0.5, least=None)
    return result(id, settings, **(told | changes))


RESULTS = [
    result("A1", {}, says="", error=6.8e-9, tolerance=1e-6, question="What is the best D?"),
    result("A3", {}, says="", error=2e-6, tolerance=1e-6, question="What is the best D?"),
    share("C1.2", 30, question="Is it close?", file="claims/narrowing.py"),
    result(
        "D1.2",
        {
            "2016 | code": setting("supported", 0.4, medians={"with": 0.0871, "without": 0.159}),
            "2017\ncode": setting("contradicted", -0.3),
            "mended": setting("no difference that matters", 0.01),
            "large": setting("undecided", 0.15, 0.07),
            "larger": setting("", 0.2, 0.3, 128),
            "largest": setting(""),
        },
        claim="The layer | helps <much>\nand always.",
    ),
    result("C10.2", {"mended": setting("supported", 0.4)}, question="Is it close?"),
    result("E1.2", {f"s{k}": setting("undecided", 0.02 * k) for k in range(30)}),
]


def part(text, id):
    """The lines of a claim in the ledger."""
    return text.partition(f'<a id="{id}"></a>\n')[2].partition("</details>")[0]


def row(text, setting):
    return next(line for line in text.splitlines() if line.startswith(f"| {setting} |"))


def test_a_claim_that_waits_is_not_said_to_be_measured():
    waits = result("F1.1", {"a": setting(""), "b": setting("")})
    told = "0 of 1 claims are measured so far, in 0 settings; settings not measured yet: 2."
    assert told in ledger([waits])
    identity = {**result("F2", {}), "settings": {}, "tolerance": 1e-6}
    told = "1 of 2 claims are measured so far, in 1 settings, 100 in 100 of them firm. An identity"
    assert told in " ".join(ledger([result("F1.1", {"a": setting("supported")}), identity]).split())


def test_the_head_counts_settings_and_how_many_may_be_false():
    text = ledger(RESULTS)
    told = (
        "6 of 6 claims are measured so far, in 37 settings, 14 in 100 of them firm; settings not "
    )
    assert f"{told}measured yet: 1." in text
    assert "expect at most 0.037 to have" in " ".join(text.split())
    counts = dict(re.findall(r"^\| \*\*([a-z ]+)\*\* \| (\d+) \|$", text, re.MULTILINE))
    assert counts == {
        "supported": "2",
        "contradicted": "3",
        "no difference that matters": "1",
        "undecided": "31",
        "identity": "1",
        "undecided so far": "1",
        "not measured yet": "1",
    }


def test_claims_are_grouped_by_their_question():
    text = ledger(RESULTS)
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    expected = ["What is the best D?", "Is it close?", "Does the layer help?"]
    assert headings == ["What the verdicts mean", *expected]
    ids = ["a1", "a3", "c1-2", "c10-2", "d1-2", "e1-2"]
    assert re.findall(r'^<a id="([^"]*)"></a>$', text, re.MULTILINE) == ids
    assert text.count("<details>") == text.count("</details>") == len(ids)


def test_a_claim_is_one_line_with_its_verdicts():
    line = part(ledger(RESULTS), "d1-2").splitlines()[0]
    assert line == (
        "<details><summary><b>D1.2</b> The layer | helps &lt;much&gt; and always. (aylien2016): "
        "<b>supported in 1 setting, contradicted in 1, no difference that matters in 1, "
        "undecided in 1, undecided so far in 1, not measured yet in 1</b></summary>"
    )


def test_where_two_misses_are_even_it_says_from_where_on():
    even = result("D2.3", {"mended": setting("supported", 0.4)}, beyond=1.0)
    told = "A seed is won by more than 0.05. Of two runs beyond 1 neither wins. Protocol:"
    assert told in part(ledger([even]), "d2-3")
    assert "neither wins" not in ledger(RESULTS)


def test_what_unfolds_says_how_it_was_measured_and_what_came_out():
    text = part(ledger(RESULTS), "d1-2")
    assert (
        "\n\nW1 at the end. Margin 0.1. A seed is won by more than 0.05. Protocol: "
        "[layer.py](../evidence/claims/layer.py). Notebook 04.\n\n|" in text
    )
    assert row(text, r"2016 \| code") == (
        r"| 2016 \| code | 70 of 100 end nearer, 30 further. Medians: with 0.0871, without 0.159. "
        "| +0.400 [+0.350, +0.450] | 1,024 | supported |"
    )
    assert row(text, "2017<br>code").endswith("| -0.300 [-0.350, -0.250] | 1,024 | contradicted |")
    so_far = "undecided so far: if the effect is as found, about 2,048 seeds would decide"
    assert row(text, "larger").endswith(f"| 128 | {so_far} (supported) |")
    assert row(text, "largest") == "| largest |  |  |  | not measured yet |"
    rows = [line for line in part(ledger(RESULTS), "e1-2").splitlines() if line.startswith("| s")]
    assert len(rows) == 31  # with the headings


def test_every_row_of_a_table_has_as_many_cells_as_its_headings():
    width = 0
    for line in [*ledger(RESULTS).splitlines(), *readme(RESULTS).splitlines()]:
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert cells in (0, width) or not width
        width = cells


def test_an_identity_says_its_error_and_its_tolerance():
    text = part(ledger(RESULTS), "a1")
    assert "Largest error 7e-09, tolerance 1e-06." in text
    assert "Margin" not in text and "| setting |" not in text
    assert "<b>identity</b></summary>" in text
    assert "<b>contradicted</b></summary>" in part(ledger(RESULTS), "a3")


@pytest.mark.parametrize(
    ("effect", "reach", "margin", "told"),
    [
        # 0.05 to the border, from which 0.09 is reached with 1,024: 3,318, so the look of 4,096
        (0.15, 0.09, 0.1, "about 4,096 seeds would decide (supported)"),
        (-0.15, 0.09, 0.1, "about 4,096 seeds would decide (contradicted)"),
        (0.05, 0.09, 0.1, "about 4,096 seeds would decide (no difference that matters)"),
        (-0.05, 0.09, 0.1, "about 4,096 seeds would decide (no difference that matters)"),
        (0.03, 0.09, 0.0, "about 16,384 seeds would decide (supported)"),
        (0.11, 0.09, 0.1, "about 83,000 seeds would decide (supported)"),
        (0.101, 0.09, 0.1, "so near the border that 1,000,000 seeds would not decide"),
        (0.1, 0.09, 0.1, "so near the border that 1,000,000 seeds would not decide"),
        (0.0, 0.09, 0.0, "so near the border that 1,000,000 seeds would not decide"),
    ],
)
def test_an_undecided_setting_says_what_it_would_take(effect, reach, margin, told):
    made = result("D1.2", {"a": setting("undecided", effect, reach)}, margin=margin)
    assert told in wanted(Claim(made), "a")
    assert told in row(part(ledger([made]), "d1-2"), "a")


def test_the_end_that_has_to_move_counts():
    """Of an interval that reaches further to one side than to the other."""
    made = setting("undecided", 0.15, 0.09)
    made["looks"][0]["high"] = 0.9  # no matter for an effect above the margin
    assert "about 4,096 seeds" in wanted(Claim(result("D1.2", {"a": made})), "a")
    made = setting("undecided", 0.05, 0.09)
    made["looks"][0]["low"] = -0.9
    assert "about 4,096 seeds" in wanted(Claim(result("D1.2", {"a": made})), "a")


def test_a_lower_last_look_is_said():
    few = result("D1.2", {"a": setting("undecided", 0.15, 0.09, seeds=256, most=256)})
    assert wanted(Claim(few), "a") == (
        "if the effect is as found, about 1,024 seeds would decide (supported); "
        "looked at 256 at most, since its runs take long"
    )
    assert "at most" not in wanted(Claim(RESULTS[3]), "large")


def test_the_picture_has_every_setting_that_was_looked_at():
    ax = ledger_picture(RESULTS).axes[0]
    dots = [line for line in ax.lines if line.get_marker() not in ("None", "", None)]
    counts = {line.get_label(): len(line.get_xdata()) for line in dots}
    expected = {"supported": 2, "contradicted": 2, "no difference that matters": 1}
    expected |= {"undecided": 31, "undecided so far": 1}
    assert counts == {f"{word} ({n})": n for word, n in expected.items()}
    xs = np.concatenate([line.get_xdata() for line in dots])
    ys = np.concatenate([line.get_ydata() for line in dots])
    assert len(set(xs)) == len(xs) == 37
    two, one = sorted(zip(xs, ys, strict=True))[:36], max(zip(xs, ys, strict=True))
    assert np.all(np.diff([y for _, y in two]) >= 0)  # in the order of their effects
    assert one[1] == pytest.approx(-0.2)
    assert [text.get_text() for text in ax.texts] == [
        "one arm against another (36)",
        "a share against a reference (1)",
    ]
    assert ax.figure.get_figwidth() <= 9


def test_the_picture_stands_in_the_ledger_with_its_alternative_text():
    alt = picture_alt(RESULTS)
    assert "37 settings" in alt and "supported in 2 settings, contradicted in 2" in alt
    assert f"![{alt}](images/ledger.png)" in ledger(RESULTS)


@pytest.mark.parametrize("results", [[], RESULTS[:2], [result("D1.2", {"a": setting("")})]])
def test_before_the_first_look_there_is_a_page_and_no_picture_in_it(results):
    text = ledger(results)
    assert "images/ledger.png" not in text
    assert text.startswith("# The claims") and text.endswith("\n") and not text.endswith("\n\n")
    render(ledger_picture(results))


def test_the_list_by_file_has_a_row_for_each_claim():
    rows = [line for line in readme(RESULTS).splitlines() if line.startswith("| ")][2:]
    assert len(rows) == len(RESULTS)
    assert rows[2] == (
        "| C1.2 | The layer helps. | [narrowing](claims/narrowing.py) | contradicted |"
    )
    assert r"The layer \| helps <much><br>and always." in rows[3]
    assert rows[5].endswith("| undecided in all 30 settings |")
