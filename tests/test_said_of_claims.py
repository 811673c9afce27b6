"""What a notebook says of a verdict beside a claim's link is what the ledger says today."""

import re
from pathlib import Path

import pytest

from ganlab.evidence import claim

ROOT = Path(__file__).resolve().parents[1]
TEXTS = sorted((ROOT / "notebooks/text").glob("*.py"))
LINK = re.compile(r"\[([A-Z]\d+[a-z]?)\]\(\.\./docs/claims\.md#[\w-]+\)")
FIRM = {"supported", "contradicted", "no difference that matters", "identity"}
# What a sentence may say, and the verdicts of which one of its claims then has one at least.
WORDS = {
    r"\b(undecided|not decided|decides nothing|so far)\b": {"undecided so far", "undecided"},
    r"\bno difference that matters\b": {"no difference that matters"},
    r"\bfirm(ly)?\b": FIRM,
    r"\bcontradicted\b": {"contradicted"},
    r"\bunmeasured|not measured|waits? to be measured\b": {"not measured yet"},
}


def sentences(path):
    """The sentences of a notebook's prose, each with the ids of the claims that it links to."""
    lines, prose = [], False
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# %%"):
            prose = "[markdown]" in line
            lines.append("\n")
        elif prose:
            lines.append(line[2:] or "\n")
    text = " ".join(lines)
    for part in re.split(r"(?<=[.!?:])\s+(?=[A-Z*])|\n| \| ", text):
        if ids := LINK.findall(part):
            yield part.strip(), ids


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_what_is_said_of_a_verdict_is_what_the_ledger_says(path):
    for sentence, ids in sentences(path):
        there = {verdict for id in ids for verdict in claim(id).verdicts.values()}
        for said, wanted in WORDS.items():
            if re.search(said, sentence):
                assert there & wanted, f"{sentence!r} says so, and {', '.join(ids)}: {there}"


def test_there_are_sentences_to_look_at():
    found = [ids for path in TEXTS for _, ids in sentences(path)]
    assert len(found) > 50


def test_counts_that_are_said_by_hand_are_those_of_the_last_look():
    said = {path.stem[:2]: path.read_text(encoding="utf-8").replace("\n# ", " ") for path in TEXTS}
    lost = claim("D1e").look("ours after 03")
    assert f"Some {round(100 * lost['first'] / lost['seeds'])} in 100 are lost" in said["04"]
    assert not lost["second"]
    missed = claim("B7").look("perspective2016")
    told = (
        f"{missed['first']} runs of {missed['seeds']} miss the data with the clamp, and three with"
    )
    assert told in said["02"] and missed["second"] == 3
