"""Numerals, dates, lists and isolates of a language; English writes what it always wrote."""

import re

import pytest

from balint_eval.instruments.registry import known_instruments
from balint_eval.language import ENGLISH, known_languages, read_language
from balint_eval.language.remarks import MOULDS, recognised
from balint_eval.language.scale_names import SCALE_NAMES

FA = read_language("fa")
LRI, FSI, PDI = "\u2066", "\u2068", "\u2069"


@pytest.mark.parametrize(
    ("english", "persian"),
    [
        ("54", "۵۴"),
        ("1,234.50", "۱٬۲۳۴٫۵۰"),
        ("95%", "۹۵٪"),
        ("−3.5", f"{LRI}−۳٫۵{PDI}"),
        (".034", "۰٫۰۳۴"),
        ("−.25", f"{LRI}−۰٫۲۵{PDI}"),
        ("< .001", f"{LRI}< ۰٫۰۰۱{PDI}"),
        ("[−0.4, 5.8]", f"{LRI}[−۰٫۴، ۵٫۸]{PDI}"),
        ("–", "–"),
        ("0.1.0", "0.1.0"),
    ],
)
def test_numbers_are_written_in_persian_signs_and_isolated_where_they_would_turn(english, persian):
    assert FA.number(english) == persian
    assert ENGLISH.number(english) == english
    assert FA.number(FA.number(english)) == FA.number(english)


def test_names_with_digits_are_left_alone():
    assert FA.figures.written("CR2, d_total, BAT12 and 12") == "CR2, d_total, BAT12 and ۱۲"


def test_statistics_run_from_left_to_right():
    assert FA.statistics("t(5.2) = 2.31, p = .03") == f"{LRI}t(۵٫۲) = ۲٫۳۱, p = ۰٫۰۳{PDI}"
    assert FA.statistics(FA.statistics("p = .03")) == FA.statistics("p = .03")
    assert ENGLISH.statistics("t(5.2) = 2.31") == "t(5.2) = 2.31"


def test_labels_of_the_other_direction_are_isolated_once():
    assert FA.isolated("Empathy (self-rated)") == f"{FSI}Empathy (self-rated){PDI}"
    assert FA.isolated(FA.isolated("Empathy")) == FA.isolated("Empathy")
    assert FA.isolated("همدلی") == ENGLISH.isolated("Empathy").replace("Empathy", "همدلی")
    assert ENGLISH.isolated("همدلی") == f"{FSI}همدلی{PDI}"


def test_a_study_names_its_own_labels():
    named = FA.with_names({"Waiting list": "فهرست انتظار"})
    assert named.named("Waiting list") == "فهرست انتظار"
    assert named.named("Other") == f"{FSI}Other{PDI}"
    assert FA.names == {}


def test_dates_are_given_in_both_calendars():
    assert FA.day("2024-10-14") == "۲۳ مهر ۱۴۰۳ (۱۴ اکتبر ۲۰۲۴)"
    assert FA.day("2025-03-20") == "۳۰ اسفند ۱۴۰۳ (۲۰ مارس ۲۰۲۵)"
    assert ENGLISH.day("2024-10-14") == "14 October 2024"
    assert FA.day("soon") == "soon"


def test_lists_and_spans():
    assert ENGLISH.listed(["a", "", "b", "c"]) == "a, b and c"
    assert FA.listed(["الف", "ب", "پ"]) == "الف، ب و پ"
    assert ENGLISH.listed([]) == FA.listed([]) == ""
    assert (FA.span("6", "10"), FA.span("6", "6")) == ("۶ تا ۱۰", "۶")


def test_plurals_take_the_form_of_the_number():
    assert [ENGLISH.plural("{n} pair", "{n} pairs", n) for n in (1, 2, 1500)] == ["1 pair", "2 pairs", "1,500 pairs"]
    assert FA.plural("Primary outcome", "Primary outcomes", 2) == "پیامدهای اصلی"


def test_isolates_are_closed_in_every_sentence():
    catalogue = FA.catalogue._catalog
    for text in catalogue.values():
        opened = sum(text.count(mark) for mark in "\u2066\u2067\u2068")
        assert opened == text.count(PDI), text


def test_persian_uses_persian_letters_and_joiners():
    """Arabic yeh and kaf look alike and are not found by a search; a loose prefix tears a word apart."""
    for text in FA.catalogue._catalog.values():
        assert not set(text) & set("يكى٠١٢٣٤٥٦٧٨٩"), text
        assert " می " not in f" {text} ", text
        assert " ها " not in f" {text} ", text


def test_english_is_known_without_a_folder_and_others_by_theirs():
    assert known_languages()[0] == "en"
    assert "fa" in known_languages()
    with pytest.raises(KeyError):
        read_language("xx")


def test_the_registrys_scales_have_names_in_the_catalogues():
    labels = {scale.label for instrument in known_instruments().values() for scale in instrument.scales if scale.label}
    assert labels == set(SCALE_NAMES)


@pytest.mark.parametrize(
    ("remark", "said"),
    [
        (
            "exact p; 3 of 31 people did not change and are left out",
            "\u2066p\u2069 دقیق؛ ۳ نفر از ۳۱ نفر تغییری نکردند و کنار گذاشته شدند",
        ),
        ("No interval could be given.", "فاصله‌ای نمی‌شد داد."),
        (
            "after adjusting for the family of tests p is 0.123",
            "پس از تعدیل برای خانوادهٔ آزمون‌ها \u2066p\u2069 برابر ۰٫۱۲۳ است",
        ),
        ("exact p; something new", f"{FSI}exact p; something new{PDI}"),
        ("", ""),
    ],
)
def test_remarks_of_tables_are_recognised_whole_or_left_in_english(remark, said):
    assert FA.noted(remark) == said
    assert ENGLISH.noted(remark) == remark


def test_every_mould_fits_its_own_remark_and_no_other():
    for mould in MOULDS:
        filled = re.sub(r"\{\w+\}", "12", mould)
        found = recognised(filled)
        assert found is not None
        assert found[0] == mould


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("Of 17 responses: 2 responses preview and 1 response unfinished.", "از ۱۷ پاسخنامه: ۲ پیش‌نمایش، ۱ ناتمام."),
        (
            "WARN-NORMALISE: TEQ: 3 answers matched a declared answer after tidying blanks, letters or punctuation "
            "(such as 'a 1').",
            "WARN-NORMALISE: TEQ: ۳ پاسخ پس از یکدست کردن فاصله‌ها، حروف یا نشانه‌ها با پاسخی اعلام‌شده یکی شد (مانند "
            "'a 1').",
        ),
        ("3 blank rows left out: 4, 7 and 9. Nothing known.", "۳ ردیف خالی کنار گذاشته شد: 4, 7 and 9. Nothing known."),
    ],
)
def test_notes_on_files_are_said_sentence_by_sentence_and_file_texts_stay(note, said):
    assert re.sub("[\u2066-\u2069]", "", FA.noted(note)) == said
