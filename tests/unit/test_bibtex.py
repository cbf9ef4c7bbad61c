"""BibTeX of the works a report cites: every field comes from the reference as it is printed."""

import re

import pytest

from balint_eval.bibtex import as_bibtex
from balint_eval.cli import main
from balint_eval.report.model import Reference
from balint_eval.report.references import WORKS

ENTRY = re.compile(r"@(\w+)\{(\w+),\n(.*?)\n\}\n", re.DOTALL)
FIELD = re.compile(r"  (\w+) = \{(.*)\},?")


def entries(text):
    """Read BibTeX as written here: kind, key and fields of each entry."""
    found = []
    for kind, key, body in ENTRY.findall(text):
        fields = [FIELD.fullmatch(line) for line in body.splitlines()]
        assert all(fields), body
        found.append((kind, key, {field[1]: field[2] for field in fields}))
    return found


@pytest.mark.parametrize("name", WORKS)
def test_every_work_on_a_method_is_read_as_article_or_book(name):
    work = WORKS[name]
    (_, (kind, key, fields)) = entries(as_bibtex([work]))
    author, year = name.split("_")
    assert kind in {"article", "book"}
    assert fields["year"] in work.text
    assert year in {fields["year"], "kirkpatrick"}
    assert key.startswith(author) or year == "kirkpatrick"
    assert fields["title"].strip("{}") in work.text
    authors = fields["author"].split(" and ")
    assert len(authors) == work.text.partition(" (")[0].count("., ") + 1
    assert all(re.fullmatch(r"[^,]+, (?:[A-Z]\.[ -]?)+", author) for author in authors), authors
    if kind == "article":
        assert fields["pages"].replace("--", "-") in work.text
        assert f"{fields['journal'].replace(chr(92), '')}, {fields['volume']}" in work.text
    assert fields.get("doi", "") == work.doi


def test_a_work_in_another_style_is_kept_whole():
    text = "Smith et al. 2008, Int J Behav Med 15:194-200"
    (_, (kind, key, fields)) = entries(as_bibtex([Reference(text, "10.1/x")]))
    assert (kind, key) == ("misc", "smith2008")
    assert fields == {"note": text, "year": "2008", "doi": "10.1/x"}


def test_keys_differ_and_special_signs_are_escaped():
    two = [Reference("Ábel & Co 2001, 50% #1_a"), Reference("Abel 2001")]
    (_, (_, first, fields), (_, second, _)) = entries(as_bibtex(two))
    assert (first, second) == ("abel2001", "abel2001b")
    assert fields["note"] == r"Ábel \& Co 2001, 50\% \#1\_a"


def test_before_a_run_the_command_says_what_to_do(folder, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder.waves([["A1", 1, 2, 3]], [["A1", 2, 2, 3]])
    assert main(["cite", str(folder.write())]) == 3
    assert "WF-NORESULTS" in capsys.readouterr().err
