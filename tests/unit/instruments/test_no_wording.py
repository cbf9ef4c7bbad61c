"""No item wording of any scale: short texts, and anchors out of a list of everyday words."""

from importlib.resources import files

import pytest
import yaml

from balint_eval.instruments.registry import read_entry
from balint_eval.instruments.versions import Entry

FOLDER = files("balint_eval.instruments") / "keys"
FILES = sorted(FOLDER.iterdir(), key=lambda path: path.name)
ANCHORS = {
    "never", "always", "very often", "every day", "nearly every day", "not at all", "very much", "extremely",
    "strongly agree", "strongly disagree", "poor", "excellent", "lowest", "highest", "at no time", "all of the time",
    "not at all true", "exactly true", "describes badly", "describes well", "extremely dissatisfied",
    "extremely satisfied", "lowest satisfaction", "highest satisfaction", "least favourable", "most favourable",
    "completely or extremely", "never or to a very low degree", "always or to a very high degree", "no burnout",
    "complete burnout",
}  # fmt: skip
LONGEST = {
    "title": 100, "citation": 160, "level_basis": 110, "rater": 20, "why": 70, "extra": 50, "to_confirm": 130,
    "label": 60, "text": 150, "note": 120, "source": 60, "population": 50, "people": 10, "interval": 20, "low": 35,
    "high": 35, "doi": 40, "name": 40, "facts": 170, "traps": 170,
}  # fmt: skip
SPEAKS = {" i ", " i'm ", " my ", " me ", " myself "}
"""An item of a self-report speaks in the first person; nothing here does."""


def texts(value, key=""):
    """Every text of a file with the key it stands under."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, key)
    elif isinstance(value, str):
        yield key, value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_texts_are_short_and_speak_for_nobody(path):
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for key, text in texts(content):
        assert len(text) <= LONGEST.get(key, 64), (key, text)
        assert not any(word in f" {text.casefold()} " for word in SPEAKS), (key, text)
        assert "?" not in text, (key, text)
    assert not {"item_labels", "answer_labels"} & set(content)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_anchors_are_everyday_words(path):
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = [text for key, text in texts(content) if key in {"low", "high"}]
    assert set(found) <= ANCHORS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_called_as_its_instrument(path):
    entry = read_entry(path.read_text(encoding="utf-8"), path.name)
    assert path.name == f"{entry.name.lower()}.yaml"
    assert isinstance(entry, Entry) == (entry.keyed != "none")
