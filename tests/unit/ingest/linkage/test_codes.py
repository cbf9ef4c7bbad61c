"""The codes of a cohort, gathered from files and roster: who shares a key, what comes first, what stays apart."""

import pandas as pd
import pytest

from balint_eval.ingest.linkage.codes import ROSTER, Codes, gather, id_columns, raw_ids
from balint_eval.ingest.linkage.persons import Entry, Occasion
from balint_eval.study_exports import Export
from balint_eval.study_model import Linkage

ELEMENTS = [{"name": "mother", "kind": "letters", "length": 2}, {"name": "day", "kind": "day"},
            {"name": "town", "kind": "letters", "length": 2}]  # fmt: skip
LINKAGE = Linkage(method="code", elements=ELEMENTS)


def rows(*entries):
    """Each entry is occasion, code, group; a code with ` / ` was asked in questions."""
    return pd.DataFrame([
        {"occasion": occasion, "file": f"{occasion}.csv", "row": place, "raw_id": raw, "parted": " / " in raw,
         "group": group}
        for place, (occasion, raw, group) in enumerate(entries, 2)
    ], index=range(7, 7 + len(entries)))  # fmt: skip


def test_codes_are_tidied_whether_they_stand_in_one_cell_or_in_several():
    table = gather(rows(("pre", "MA03te", ""), ("pre", "Mária / 3 / Teheran", "")), LINKAGE).table
    assert list(table["code"]) == [("ma", "3", "te")] * 2
    assert list(table["key"]) == ["ma|3|te"] * 2
    assert list(table["row"]) == [2, 3]


def test_incomplete_codes_of_one_occasion_never_share_a_key():
    """Numbered within the occasion, so that the first of each wave reads as it is."""
    table = gather(
        rows(("pre", "ma /  / te", ""), ("pre", "ma / ? / te", ""), ("pre", "ma / 3 / te", ""),
             ("post", "ma /  / te", ""), ("pre", "MA /  / TE", ""), ("pre", "ma / 3 / te", "")),
        LINKAGE,
    ).table  # fmt: skip
    assert list(table["key"]) == ["ma||te", "ma||te|#2", "ma|3|te", "ma||te", "ma||te|#3", "ma|3|te"]


def test_a_code_without_the_declared_form_is_blank_in_every_element():
    table = gather(rows(("pre", "nonsense", ""), ("pre", "more nonsense", "")), LINKAGE).table
    assert list(table["code"]) == [("", "", "")] * 2
    assert list(table["key"]) == ["||", "|||#2"]


def test_occasions_stand_in_time_the_roster_first_and_no_key_twice():
    codes = gather(
        rows(("post", "zo09qo", "2"), ("pre", "ma03te", ""), ("pre", "le21sh", "1"), ("pre", "ma03te", "4"),
             (ROSTER, "ma03te", "3")),
        LINKAGE,
    )  # fmt: skip
    ma, zo, le = ("ma", "3", "te"), ("zo", "9", "qo"), ("le", "21", "sh")
    assert codes.occasions(["pre", "post", "later"]) == [
        Occasion("", [Entry("ma|3|te", ma, "3")]),
        # The group of the row that gives one.
        Occasion("pre", [Entry("ma|3|te", ma, "4"), Entry("le|21|sh", le, "1")]),
        Occasion("post", [Entry("zo|9|qo", zo, "2")]),
        Occasion("later", []),
    ]


def test_places_give_the_code_and_the_first_row_of_every_occasion_and_key():
    codes = gather(rows(("pre", "ma03te", ""), ("pre", "MA03TE", "4"), ("post", "ma03te", "")), LINKAGE)
    assert codes.by_place() == {("pre", "ma|3|te"): ("ma", "3", "te"), ("post", "ma|3|te"): ("ma", "3", "te")}
    places = codes.places()
    assert {place: (row["row"], row["raw_id"], row["file"]) for place, row in places.items()} == {
        ("pre", "ma|3|te"): (2, "ma03te", "pre.csv"), ("post", "ma|3|te"): (4, "ma03te", "post.csv"),
    }  # fmt: skip
    assert Codes(codes.table.iloc[:0]).places() == {}


def export(**more):
    return Export.model_validate({"file": "a.csv", "wave": "pre", **more})


def test_ids_stand_in_one_column_as_they_are_written():
    cells = pd.DataFrame({"Code (B)": [" a 1", "", "  ", "B-2"]}, index=[3, 4, 5, 9])
    found = raw_ids(cells, {"code": "Code (B)"}, export(person_id="code"))
    assert found.to_dict() == {3: " a 1", 4: "", 5: "", 9: "B-2"}
    assert id_columns(export(person_id="code")) == ["code"]


@pytest.mark.parametrize(
    ("mother", "day", "joined"), [("ma", "3", "ma / 3"), (" ", "3", " / 3"), ("", "", ""), ("m / a", "3", "m a / 3")]
)
def test_questions_become_one_text(mother, day, joined):
    columns = [{"element": "mother", "column": "m"}, {"element": "day", "column": "d"}]
    source = export(code_columns=columns)
    assert id_columns(source) == ["m", "d"]
    cells = pd.DataFrame({"Q1": [mother], "Q2": [day]}, index=[5])
    found = raw_ids(cells, {"m": "Q1", "d": "Q2"}, source)
    assert [" ".join(text.split()) for text in found] == [" ".join(joined.split())]
    assert list(found.index) == [5]
