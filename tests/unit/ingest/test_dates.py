"""Dates: year first or as declared; everything else is refused, never guessed."""

import datetime

import pytest

from balint_eval.ingest.dates import iso_date


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-03-31", "2026-03-31"),
        (" 2026-03-31 10:11:12", "2026-03-31"),
        ("2026-03-31T10:11:12Z", "2026-03-31"),
        ("2026/3/1 9:05:00 PM GMT+1", "2026-03-01"),
        ("۲۰۲۶-۰۳-۳۱", "2026-03-31"),
        ("", ""),
        ("\u00a0", ""),
        ("1980-01-01", ""),
        ("2024-02-29", "2024-02-29"),
    ],
)
def test_year_first(text, read):
    assert iso_date(text) == read


@pytest.mark.parametrize(
    "text",
    ["01/02/2026", "31/02/2026", "2026-13-01", "2026-02-30", "1403/05/12", "1403-05-12", "1949-12-31", "9999-01-01",
     "2026", "yesterday", "03-31-2026", "26-03-31", "45000"],
)  # fmt: skip
def test_refused_without_a_declared_format(text):
    assert iso_date(text) is None


def test_declared_format_does_not_depend_on_the_first_row():
    texts = ["13/02/2026", "01/02/2026"]
    assert [iso_date(text, "%d/%m/%Y") for text in texts] == ["2026-02-13", "2026-02-01"]
    assert [iso_date(text, "%d/%m/%Y") for text in reversed(texts)] == ["2026-02-01", "2026-02-13"]
    assert [iso_date(text, "%m/%d/%Y") for text in texts] == [None, "2026-01-02"]


@pytest.mark.parametrize("text", ["31/02/2026", "2026-02-01", "12/05/1403", ""])
def test_declared_format_refuses_the_rest(text):
    assert iso_date(text, "%d/%m/%Y") == ("" if not text else None)


def test_a_format_that_is_none_reads_nothing():
    assert iso_date("2026-01-01", "%Q") is None


def test_future_with_a_day_of_grace():
    today = datetime.datetime.now(tz=datetime.UTC).date()
    assert iso_date((today + datetime.timedelta(days=1)).isoformat())
    assert iso_date((today + datetime.timedelta(days=3)).isoformat()) is None
