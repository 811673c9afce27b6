"""docs/glossary.md: thresholds are those of the code, and words are met where it says."""

import re
from pathlib import Path

import pytest

from ganlab import endings

ROOT = Path(__file__).resolve().parents[1]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in GLOSSARY.splitlines()
    if line.startswith("| ")
]
WORDS = {row[0]: row for row in ROWS if row[0] != "word"}
PAGES = {"ledger": ROOT / "docs" / "claims.md", "clinic": ROOT / "docs" / "clinic.md"}
SPOKEN = {
    "three": 3.0,
    "half": 0.5,
    "a tenth": 0.1,
    "nine tenths": 0.9,
    "a quarter": 0.25,
    "0.8": 0.8,
}


def numbers(text):
    return [SPOKEN[word] for word in re.findall("|".join(SPOKEN), text)]


def test_thresholds_are_those_of_the_endings():
    e = endings
    assert numbers(WORDS["lost"][1]) == [e.LOST, e.REACH]
    assert numbers(WORDS["lost"][2]) == [e.LOST]
    assert numbers(WORDS["partly"][1]) == [e.PARTLY]
    assert [numbers(cell) for cell in WORDS["narrow"][1:3]] == [[e.NARROW], [e.NARROW]]
    assert numbers(WORDS["close"][1]) == [e.CLOSE_W1]
    assert numbers(WORDS["close"][2]) == [e.CLOSE_GOOD]
    (intro,) = re.findall(r"a sample is \*good\*.*?due share", GLOSSARY, flags=re.DOTALL)
    assert numbers(intro) == [e.REACH, e.HELD]


def test_every_word_for_an_ending_is_there_in_its_order():
    listed = [word for word in WORDS if word in endings.WORDS]
    assert listed == list(endings.WORDS)


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_met_where_the_glossary_says(word):
    places = WORDS[word][-1].split(", ")
    for place in places:
        path = PAGES.get(place) or next((ROOT / "notebooks" / "text").glob(f"{place}_*.py"))
        text = re.sub(r"\n# ?", " ", path.read_text(encoding="utf-8")).lower()
        first = re.split(r", | or ", word.replace("\\*", "*"))[0].lower()
        stem = re.sub(r"^(instance|relativistic) ", "", first)[:8].strip()
        assert stem in text, f"{word}: {path.name}"


def test_no_earlier_notebook_explains_the_word():
    """What a notebook explains it sets in italics or bold, where it first says it."""
    texts = {
        path.name[:2]: re.sub(r"\n# ?", " ", path.read_text(encoding="utf-8")).lower()
        for path in sorted((ROOT / "notebooks" / "text").glob("*.py"))
    }
    for word, row in WORDS.items():
        met = row[-1].split(", ")[0]
        for name in re.split(r", | or ", word.lower()):
            marked = re.compile(rf"\*{re.escape(name)}\*")
            earlier = [n for n, text in texts.items() if n < met and marked.search(text)]
            assert met in PAGES or not earlier, f"{name}: met in {met}, explained in {earlier}"
