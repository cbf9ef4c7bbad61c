"""Columns that tell who a person is are named, never shown, never carried on."""

import pandas as pd
import pytest

from balint_eval.errors import DataError
from balint_eval.ingest.personal import personal_columns, personal_kind
from balint_eval.ingest.sheet import Sheet


def kind(name, *cells):
    return personal_kind(name, pd.Series(list(cells), dtype=object))


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("Email Address", ["canary@example.org"], "e-mail"), ("q9", ["canary@example.org", ""], "e-mail"),
        ("IPAddress", ["*"], "address"), ("q9", ["192.168.0.1", "10.0.0.1"], "address"),
        ("نام و نام خانوادگی", ["x"], "name"), ("شماره موبایل", ["x"], "phone"), ("q9", ["۰۹۱۲۱۲۳۴۵۶۷"], "phone"),
        ("كد ملي", ["x"], "national id"), ("Recipient Last Name", ["x"], "name"), ("q9", ["+98 21 8888 7777"], "phone"),
        ("Name", ["anonymous", "anonymous"], ""), ("Email", ["", ""], ""), ("q9", ["1", "5", "3"], ""),
        ("q9", ["2026-01-02 10:00"], ""), ("age", ["23", "45"], ""), ("q9", ["12345"], ""), ("score", ["20.5"], ""),
    ],
)  # fmt: skip
def test_kinds(name, cells, expected):
    assert kind(name, *cells) == expected


def test_columns_are_named_and_their_cells_are_not():
    cells = pd.DataFrame({"code": ["a@b.org"], "Email": ["canary@example.org"], "q1": ["3"]}, dtype=object)
    sheet = Sheet(file="a.csv", platform="plain", cells=cells, status=pd.Series([""]))
    (note,) = personal_columns(sheet, {"code", "q1"})
    assert note.startswith("WARN-PERSONAL: 1 column looks like what tells who a person is (Email (B): e-mail)")
    assert "canary" not in note


def test_they_are_said_in_sources_and_refused_as_covariates(folder):
    folder.rows("before.csv", ["A1", 1, 2, 3, "canary@example.org"], header=[*folder.header, "Email"])
    folder.rows("after.csv", ["A1", 1, 2, 4, "canary@example.org"], header=[*folder.header, "Email"])
    ingested = folder.ingest()
    assert all("WARN-PERSONAL" in notes for notes in ingested.tables["sources"]["notes"])
    assert all("canary" not in table.to_csv() for table in ingested.tables.values())
    folder.cohort["roster"] = {"file": "roster.csv", "person_id": "code", "covariates": ["mail"]}
    folder.rows("roster.csv", ["A1", "canary@example.org"], header=["code", "mail"])
    with pytest.raises(DataError) as caught:
        folder.ingest()
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.column) == ("PV-PERSONAL", "roster.csv", "mail")
    assert "canary" not in str(problem)
