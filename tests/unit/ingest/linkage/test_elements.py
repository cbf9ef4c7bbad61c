"""Elements of a code: two ways of writing one thing agree, two things do not, and a blank matches nothing."""

import pytest

from balint_eval.ingest.linkage.elements import BETWEEN, MONTHS, alphabet, code_of, cut_code, join_parts, tidy_element
from balint_eval.study_model import CodeElement, Linkage


def element(kind, length=0, name="x"):
    return CodeElement(name=name, kind=kind, length=length)


def linkage(*kinds, separator=""):
    elements = [element(kind, length, f"e{place}") for place, (kind, length) in enumerate(kinds)]
    return Linkage(method="code", elements=elements, separator=separator)


MAMA = linkage(("letters", 2), ("day", 0), ("letters", 2))


@pytest.mark.parametrize(
    ("kind", "length", "text", "expected"),
    [
        ("letters", 2, "Maryam", "ma"),
        ("letters", 2, " m-A ", "ma"),
        ("letters", 2, "M", "m"),
        ("letters", 0, "Maryam 2", "maryam"),
        ("letters", 2, "É. Kovács", "ek"),
        ("letters", 2, "٣", ""),
        ("letters", 3, "كيان", "کیا"),
        ("letters", 3, "کیان", "کیا"),
        ("letters", 2, "آرزو", "ار"),
        ("letters", 2, "م\u200cریم", "مر"),
        ("letters", 2, "ﬁona", "fi"),
        ("number", 0, "007", "7"),
        ("number", 0, "0", "0"),
        ("number", 0, "000", "0"),
        ("number", 0, "3.0", "3"),
        ("number", 0, "3,00", "3"),
        ("number", 0, "3.5", "35"),
        ("number", 0, "۱۲", "12"),
        ("number", 0, "two", "two"),
        ("number", 0, "10", "10"),
        ("number", 0, "-", ""),
        ("day", 0, "03", "3"),
        ("day", 0, "3rd", "3"),
        ("day", 0, "21st", "21"),
        ("day", 0, "2nd", "2"),
        ("day", 0, "12th", "12"),
        ("day", 0, "12.", "12"),
        ("day", 0, "۱۲م", "12"),
        ("day", 0, "۳ام", "3"),
        ("day", 0, "30", "30"),
        ("day", 0, "123", "123"),
        ("day", 0, "?", ""),
        ("month", 0, "03", "3"),
        ("month", 0, "March", "3"),
        ("month", 0, "sept.", "9"),
        ("month", 0, "خرداد", "3"),
        ("month", 0, "آبان", "8"),
        ("month", 0, "ژوئن", "6"),
        ("month", 0, "12", "12"),
        ("choice", 0, " Older sister ", "oldersister"),
        ("choice", 0, "A_B-c", "abc"),
        ("choice", 0, " ", ""),
    ],
)
def test_tidied(kind, length, text, expected):
    assert tidy_element(text, element(kind, length)) == expected


def test_every_month_has_its_names():
    assert {name: MONTHS[name] for name in ("january", "dec", "مه", "می", "امرداد")} == {
        "january": "1",
        "dec": "12",
        "مه": "5",
        "می": "5",
        "امرداد": "5",
    }
    assert {int(number) for number in MONTHS.values()} == set(range(1, 13))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("MA03TE", ("ma", "3", "te")),
        ("ma3te", ("ma", "3", "te")),
        (" Ma-03 te", ("ma", "3", "te")),
        ("ما۰۳ته", ("ما", "3", "ته")),
        ("MA03T", ("", "", "")),
        ("MAR03TE", ("", "", "")),
        ("MA031TE", ("", "", "")),
        ("03MATE", ("", "", "")),
        ("", ("", "", "")),
    ],
)
def test_one_cell_is_cut_by_lengths(raw, expected):
    assert code_of(raw, MAMA, parted=False) == expected


def test_two_numbers_side_by_side_need_all_their_digits():
    """`123` could be the 12th of March or the 1st of the 23rd month: nothing is guessed."""
    both = linkage(("letters", 2), ("day", 0), ("month", 0))
    assert code_of("ma1203", both, parted=False) == ("ma", "12", "3")
    assert code_of("ma123", both, parted=False) == ("", "", "")
    phone = linkage(("number", 3), ("choice", 1), ("letters", 1))
    assert code_of("078fm", phone, parted=False) == ("78", "f", "m")
    assert code_of("78fm", phone, parted=False) == ("", "", "")
    # At either end nothing stands beside it that it could be taken for.
    assert code_of("3ma", linkage(("day", 0), ("letters", 2)), parted=False) == ("3", "ma")
    assert code_of("ma3", linkage(("letters", 2), ("day", 0)), parted=False) == ("ma", "3")
    beside = linkage(("day", 0), ("number", 2), ("letters", 1))
    assert code_of("0307x", beside, parted=False) == ("3", "7", "x")
    assert code_of("307x", beside, parted=False) == ("", "", "")


def test_separator():
    dashed = linkage(("letters", 0), ("day", 0), ("letters", 0), separator="-")
    assert code_of("Ma-3-Te", dashed, parted=False) == ("ma", "3", "te")
    assert code_of("Ma\u20133\u2013Te", dashed, parted=False) == ("ma", "3", "te"), "a dash of another kind"
    assert code_of("Ma--Te", dashed, parted=False) == ("ma", "", "te")
    assert code_of("Ma-3", dashed, parted=False) == ("", "", "")
    assert cut_code("a/b", linkage(("letters", 0), ("letters", 0), separator="\u200c")) == ["a/b"]


def test_separate_questions():
    raw = join_parts([" Maryam", "3", "Teh/ran"])
    assert raw == f"Maryam{BETWEEN}3{BETWEEN}Teh ran"
    assert code_of(raw, MAMA, parted=True) == ("ma", "3", "te")
    assert code_of(join_parts(["ma", "", "te"]), MAMA, parted=True) == ("ma", "", "te")
    assert join_parts(["", " ", ""]) == ""
    assert code_of("", MAMA, parted=True) == ("", "", "")


@pytest.mark.parametrize(("text", "expected"), [("ma", -1), ("مر", 1), ("12", 0), ("", 0), ("a1", -1)])
def test_alphabet(text, expected):
    assert alphabet(text) == expected


MONTH_NAMES = (
    "January Jan فروردین ژانویه",
    "February Feb اردیبهشت فوریه",
    "March Mar خرداد مارس",
    "April Apr تیر آوریل",
    "May مرداد امرداد مه می",
    "June Jun شهریور ژوئن",
    "July Jul مهر ژوئیه جولای",
    "August Aug آبان اوت آگوست",
    "September Sep Sept آذر سپتامبر",
    "October Oct دی اکتبر",
    "November Nov بهمن نوامبر",
    "December Dec اسفند دسامبر",
)


@pytest.mark.parametrize(("number", "names"), list(enumerate(MONTH_NAMES, start=1)))
def test_months_by_name_in_both_calendars(number, names):
    assert {tidy_element(name, element("month")) for name in names.split()} == {str(number)}


def test_a_full_stop_after_a_month_goes_and_no_other_sign():
    assert tidy_element("sept.", element("month")) == "9"
    assert tidy_element("sept~", element("month")) != "9"
