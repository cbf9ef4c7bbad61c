"""One stated normalisation of letters, digits and invisible characters."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balint_eval.ingest.text import (
    ID_RULES,
    ascii_digits,
    clean_header,
    clean_text,
    is_blank,
    match_key,
    normalise_id,
    rules_that_unite,
    tidy_header,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("۱۲۳", "123"), ("٤٥٦", "456"), ("۳٫۵", "3.5"), ("۱٬۰۰۰", "1000"), ("３", "３"), ("abc", "abc")],
)
def test_ascii_digits_maps_persian_and_arabic_digits_only(text, expected):
    assert ascii_digits(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كلي", "کلی"),
        ("مُوافِقً", "موافق"),
        ("می\u200cشوم", "می شوم"),
        ("أحمد", "احمد"),
        ("خانة", "خانه"),
        ("بـــله", "بله"),
        ("a\u00a0b", "a  b"),
        ("\ufeff\u200fa\u200e", "a"),
        ("x\u200c1", "x1"),
        ("line\r\nbreak", "line break"),
        ("e\u0301", "é"),
        ("\ufedf\ufe8e", "لا"),
        ("a\x0bb\x00", "a b"),
    ],
)
def test_clean_text_unifies(one, other):
    assert clean_text(one) == clean_text(other)


def test_clean_text_keeps_case_and_full_width_digits():
    assert clean_text(" Often ") == "Often"
    assert clean_text("３") == "３"


def test_clean_header_drops_tags_and_entities():
    assert clean_header("Would you,<br>or &amp; not?<br><br>") == "Would you, or & not?"
    assert clean_header("age < 18 and > 3") == "age < 18 and > 3"


@pytest.mark.parametrize("other", ["Jse 01", "JSE\u00a001", "jse\u200b01", " jse01\n"])
def test_match_key_ignores_case_blanks_and_invisible_characters(other):
    assert match_key(other) == match_key("jse01")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ab-12", "ab-12"),
        ("AB‐12", "ab-12"),
        ("A  1", "a 1"),
        ("\u200eA1\u200f", "a1"),
        ("A۱۲", "a12"),
        ("ＡＢ１", "ab1"),
        ("کد\u200cمن", "کدمن"),
        ("علي", "علی"),
        ("É1", "e\u03011"),
        ("Straße", "STRASSE"),
    ],
)
def test_normalise_id_unifies(one, other):
    assert normalise_id(one) == normalise_id(other)


@pytest.mark.parametrize(
    ("one", "other"), [("2E5", "200000"), ("TRUE", "1"), ("007", "7"), ("NA", ""), ("O1", "01"), ("1.0", "1")]
)
def test_normalise_id_keeps_people_apart(one, other):
    assert normalise_id(one) != normalise_id(other)


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    assert normalise_id(normalise_id(text)) == normalise_id(text)
    assert clean_text(clean_text(text)) == clean_text(text)


def test_rules_are_stated_in_sentences():
    assert len(ID_RULES) >= 5
    assert all(rule and not rule.endswith(".") for rule in ID_RULES)


@given(st.text())
def test_the_rules_one_after_the_other_are_the_form_that_is_compared(text):
    for rule in ID_RULES.values():
        text, before = rule(text), text
    assert normalise_id(before) == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize(
    ("ids", "rules"),
    [
        (["fox22", "FOX22"], ["capital"]),
        (["فا07", "فا۰۷"], ["Persian and Arabic-Indic digits"]),
        (["علي 5", "علی\u200f 5"], ["characters without width", "Arabic ye"]),
        (["a-5", "a\u20115 ", "a‑5"], ["compatibility", "every kind of hyphen", "blanks at the ends"]),
        (["ﷲ Ab", "ﷲ ab"], ["capital"]),
        (["one", "two"], []),
    ],
)
def test_only_the_rules_by_which_ids_become_one_are_named(ids, rules):
    found = rules_that_unite(ids)
    assert [any(name.startswith(rule) for name in found) for rule in rules] == [True] * len(rules)
    assert len(found) == len(rules)


@pytest.mark.parametrize(("text", "blank"), [("", True), (" \u00a0\t", True), ("\u200c\ufeff", True), ("0", False)])
def test_is_blank(text, blank):
    assert is_blank(text) is blank


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("می\u200cشوم", "می\u200cشوم"),
        ("\u200cمی\u200c شوم\u200f", "می شوم"),
        ("q\u200c 1\u00a0", "q 1"),
        ("a\n b", "a b"),
        ("علي", "علي"),
    ],
)
def test_tidy_header_keeps_letters_and_joiners_that_spell(text, expected):
    assert tidy_header(text) == expected
