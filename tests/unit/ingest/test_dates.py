"""Dates: what is stated or unmistakable is read; what would need a guess is asked for with the key that mends it."""

import datetime

import pandas as pd
import pytest

from balint_eval.ingest.dates import DateRule, read_dates
from balint_eval.ingest.moments import Moment, read_moment
from balint_eval.study_dates import format_fault


def read(*texts, **rule):
    column = pd.Series(list(texts), index=range(2, len(texts) + 2), dtype=object)
    return read_dates(column, DateRule(**rule), file="a.csv", column="when")


def days(*texts, **rule):
    found = read(*texts, **rule)
    assert found.problems == []
    return found.days.tolist()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-31", "2026-03-31"),
        (" 2026-03-31 10:11:12", "2026-03-31"),
        ("2026-03-31T10:11:12Z", "2026-03-31"),
        ("2026-03-31 10:11:12.123456+00:00", "2026-03-31"),
        ("2026/3/1 9:05:00 PM GMT+1", "2026-03-01"),
        ("2026/3/1 9:05:00\u202fp. m. GMT-3", "2026-03-01"),
        ("2016/11/03 3:39:25 PM MDT", "2016-11-03"),
        ("2026. 03. 31. 10:00:00", "2026-03-31"),
        ("۲۰۲۶-۰۳-۳۱", "2026-03-31"),
        ("٢٠٢٦/٠٣/٣١ ١٠:٠٠ ص", "2026-03-31"),
        ("31 March 2026", "2026-03-31"),
        ("Tue, 31 Mar 2026 09:10", "2026-03-31"),
        ("March 31st, 2026", "2026-03-31"),
        ("31-Mar-2026", "2026-03-31"),
        ("۳۱ مارس ۲۰۲۶", "2026-03-31"),
        ("2026-03-31 10:00 (Iran Standard Time)", "2026-03-31"),
        ("", ""),
        ("\u00a0", ""),
        ("1980-01-01", ""),
        ("2024-02-29", "2024-02-29"),
    ],
)
def test_unmistakable_gregorian_dates(text, day):
    assert days(text) == [day]


@pytest.mark.parametrize(
    "text",
    ["1403/05/12", "1403-5-12", "۱۴۰۳/۰۵/۱۲", "1403/05/12 22:26:00", "۱۴۰۳/۰۵/۱۲ ۱۰:۲۶ ب.ظ", "۱۴۰۳/۰۵/۱۲ - ساعت ۱۰:۲۶",
     "۱۲ مرداد ۱۴۰۳", "12 مرداد ماه 1403", "سه‌شنبه ۱۲ مردادماه ۱۴۰۳", "١٤٠٣/٠٥/١٢", "12 Mordad 1403"],
)  # fmt: skip
def test_a_jalali_year_is_recognised_and_said(text):
    found = read(text)
    assert found.days.tolist() == ["2024-08-02"]
    assert "recognised as Jalali" in found.notes[0]
    assert "into 2024-08-02" in found.notes[0]
    declared = read(text, calendar="jalali")
    assert (declared.days.tolist(), declared.notes) == (["2024-08-02"], [])


def test_a_jalali_year_is_never_the_year_1403():
    (problem,) = read("1403/05/12", calendar="gregorian").problems
    assert (problem.code, problem.row, problem.column) == ("VAL-DATE", 2, "when")
    assert "would be Jalali" in problem.what


@pytest.mark.parametrize(
    ("text", "calendar", "says"),
    [
        ("1404/12/30", "jalali", "there is no such day"),
        ("1403/07/31", "", "there is no such day"),
        ("2024-08-02", "jalali", "not of the declared calendar (jalali)"),
        ("12 August 2024", "jalali", "not of the declared calendar"),
        ("12 مرداد 1403", "gregorian", "not of the declared calendar"),
        ("1446/02/01", "", "lunar Hijri"),
        ("1445/02/01", "jalali", "in the future"),
    ],
)
def test_calendars_that_do_not_fit(text, calendar, says):
    (problem,) = read(text, calendar=calendar).problems
    assert problem.code == "VAL-DATE"
    assert says in problem.what


def test_two_calendars_in_one_column():
    (problem,) = read("1403/05/12", "2024-08-02").problems
    assert "mixes two calendars" in problem.what
    assert "row 3" in problem.what


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("31/02/2026", "no such day"), ("2026-13-01", "no such day"), ("2026-02-30", "no such day"),
        ("2026-03-31 25:00", "no such day or time"), ("2026-03-31 13:00 PM", "no such day or time"),
        ("1949-12-31", "before 1950"), ("9999-01-01", "in the future"), ("2026", "not a date"),
        ("yesterday", "not a date"), ("20260331", "not a date"), ("２０２６-03-31", "not a date"),
        ("2026-03-31 and so on", "not a date"), ("2026-03-3१", "not a date"),
    ],
)  # fmt: skip
def test_no_date_of_an_answer(text, says):
    (problem,) = read("2026-01-01", text).problems
    assert (problem.code, problem.file, problem.row, problem.column) == ("VAL-DATE", "a.csv", 3, "when")
    assert says in problem.what


def test_day_and_month_are_asked_not_guessed():
    found = read("01/02/2026", "03/02/2026")
    (problem,) = found.problems
    assert found.days.tolist() == ["", ""]
    assert "not said for 2 dates" in problem.what
    assert problem.mend.startswith("set date_format: day_first or date_format: month_first")


@pytest.mark.parametrize(
    ("texts", "mend"),
    [
        (["01/02/2026", "13/02/2026"], "set date_format: day_first ('13/02/2026' in row 3 can only be read so)"),
        (["02/13/2026", "01/02/2026"], "set date_format: month_first ('02/13/2026' in row 2 can only be read so)"),
    ],
)
def test_another_date_that_proves_the_order_is_told(texts, mend):
    (problem,) = read(*texts).problems
    assert problem.mend == mend
    assert read(*reversed(texts)).days.tolist() == ["", ""]


def test_a_mixed_order_has_no_mend_but_the_dates():
    (problem,) = read("13/02/2026", "02/13/2026").problems
    assert "the column is mixed" in problem.mend


@pytest.mark.parametrize("declared", ["day_first", "%d/%m/%Y"])
def test_declared_order_does_not_depend_on_the_first_row(declared):
    texts = ["13/02/2026", "01/02/2026 10:00"]
    assert days(*texts, date_format=declared) == ["2026-02-13", "2026-02-01"]
    assert days(*reversed(texts), date_format=declared) == ["2026-02-01", "2026-02-13"]
    assert read(*texts, date_format="month_first").days.tolist() == ["", "2026-01-02"]


@pytest.mark.parametrize("declared", ["day_first", "%d/%m/%Y"])
def test_declared_order_that_the_dates_do_not_bear_out(declared):
    found = read("01/02/2026", "11/12/2025", date_format=declared)
    assert "WARN-DATEAMB: all 2 dates" in found.notes[0]
    assert read("01/02/2026", "13/12/2025", date_format=declared).notes == []
    assert read("2026-02-01", date_format="%Y-%m-%d").notes == []


def test_two_digit_years_are_refused_unless_declared():
    (problem,) = read("12/05/24", "13/05/24").problems
    assert "two digits in 2 dates" in problem.what
    assert '"%d/%m/%y"' in problem.mend
    assert days("12/05/24", date_format="%d/%m/%y") == ["2024-05-12"]
    assert days("03/05/12", date_format="%y/%m/%d", calendar="jalali") == ["2024-08-02"]
    assert days("99/12/30", date_format="%y/%m/%d", calendar="jalali") == ["2021-03-20"]


def test_day_numbers_of_a_spreadsheet():
    (problem,) = read("45000", "45001.5").problems
    assert "if 45000 means 2023-03-15" in problem.mend
    assert days("45000", "45001.5", date_format="excel_serial") == ["2023-03-15", "2023-03-16"]


@pytest.mark.parametrize(
    ("text", "declared", "day"),
    [
        ("31.03.2026 klo 10", "%d.%m.%Y klo %H", "2026-03-31"),
        ("31 Mar 26", "%d %b %y", "2026-03-31"),
        ("20260331", "%Y%m%d", "2026-03-31"),
        ("۳۱/۰۳/۲۰۲۶", "%d/%m/%Y", "2026-03-31"),
        ("31/02/1403", "%d/%m/%Y", "2024-05-20"),
        ("03/31/2026 09:15 ب.ظ", "%m/%d/%Y %I:%M %p", "2026-03-31"),
    ],
)
def test_declared_formats(text, declared, day):
    assert days(text, date_format=declared) == [day]


@pytest.mark.parametrize(
    ("declared", "says"),
    [("%Q", "%Q is not a part"), ("dayfirst", "none of day_first"), ("%d/%m", "no year"), ("%d/%m/%Y %Y", "%Y twice"),
     ("%H:%M", "no day"), ("%d/%m/%", "% is not a part")],
)  # fmt: skip
def test_formats_that_cannot_be_used(declared, says):
    assert says in format_fault(declared)


@pytest.mark.parametrize(
    "declared", ["", "day_first", "month_first", "year_first", "excel_serial", "%d %B %Y %I:%M %p"]
)
def test_formats_that_can(declared):
    assert format_fault(declared) == ""


def test_the_day_is_the_day_in_the_place_of_the_study():
    texts = ["2024-07-31T20:29:00Z", "2024-07-31T20:31:00Z", "2024-08-01"]
    assert days(*texts) == ["2024-07-31", "2024-07-31", "2024-08-01"]
    found = read(*texts, local="Asia/Tehran")
    assert found.days.tolist() == ["2024-07-31", "2024-08-01", "2024-08-01"]
    assert "1 date in the column when fall on another day in Asia/Tehran" in found.notes[0]


def test_iran_had_summer_time_until_2022():
    # Summer time (+04:30) for the last time in 2022; +03:30 since.
    texts = ["2022-07-31 19:45:00", "2023-07-31 19:45:00"]
    assert days(*texts, written_in="UTC", local="Asia/Tehran") == ["2022-08-01", "2023-07-31"]


def test_times_in_several_zones_are_asked_for():
    texts = ["2026-01-10T22:00:00Z", "2026-01-10T23:30:00+03:30"]
    (problem,) = read(*texts).problems
    assert problem.code == "VAL-TZ"
    assert "time_zone: Asia/Tehran" in problem.mend
    assert days(*texts, local="Asia/Tehran") == ["2026-01-11", "2026-01-10"]
    assert [p.code for p in read("2026-01-10 10:00 CET", "2026-07-10 10:00 CEST").problems] == ["VAL-TZ"]
    assert [p.code for p in read("2026-01-10 10:00", "2026-07-10 10:00Z").problems] == ["VAL-TZ"]
    assert days("2026-01-10 10:00 CET", "2026-01-10") == ["2026-01-10", "2026-01-10"]


def test_a_time_that_the_clocks_jumped_over():
    (problem,) = read("2022-03-22 00:30:00", local="Asia/Tehran").problems
    assert (problem.code, problem.row) == ("VAL-TZ", 2)
    assert "did not exist in Asia/Tehran" in problem.what
    assert days("2022-03-22 00:30:00", local="Asia/Tehran", written_in="UTC") == ["2022-03-22"]


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("2026-01-02 12:00 AM", "00:00:00"),
        ("2026-01-02 12:30 pm", "12:30:00"),
        ("2026-01-02 1:05:09 a.m.", "01:05:09"),
        ("2026-01-02 10:26:52 p. m. GMT-3", "22:26:52"),
        ("2026/01/02 ۱۲:۰۵ ق.ظ", "00:05:00"),
        ("2026/01/02 7:30 قبل از ظهر", "07:30:00"),
        ("2026/01/02 7:30 بعدازظهر", "19:30:00"),
        ("2026/01/02 7:30 بعد از ظهر", "19:30:00"),
        ("2026/01/02 ب.ظ ۷:۳۰", "19:30:00"),
        ("2026/01/02 7:30 م", "19:30:00"),
    ],
)
def test_halves_of_the_day(text, clock):
    moment = read_moment(text)
    assert isinstance(moment, Moment)
    assert moment.clock.isoformat() == clock


def test_future_with_a_day_of_grace():
    today = datetime.datetime.now(tz=datetime.UTC).date()
    assert days((today + datetime.timedelta(days=1)).isoformat()) != [""]
    (problem,) = read((today + datetime.timedelta(days=3)).isoformat()).problems
    assert "in the future" in problem.what


def test_the_mark_of_anonymous_surveys_is_no_date():
    found = read("1980-01-01 00:00:00", "2026-01-01")
    assert found.days.tolist() == ["", "2026-01-01"]
    assert "1 date in the column when are 1980-01-01" in found.notes[0]


def test_what_is_no_date_is_masked():
    (problem,) = read("I met my patient Jane Miller in spring, I think").problems
    assert "Jane" not in str(problem)
