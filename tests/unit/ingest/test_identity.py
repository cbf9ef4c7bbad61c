"""A small study with self-made codes, from files to tables: who is linked, how, what is asked and what is refused."""

import io

import openpyxl
import pytest

from balint_eval.errors import DataError, StudyError
from balint_eval.ingest.identity import by_id

ELEMENTS = [
    {"name": "mother", "kind": "letters", "length": 2},
    {"name": "day", "kind": "day"},
    {"name": "town", "kind": "letters", "length": 2},
    {"name": "month", "kind": "month"},
]
HEADER = ("mother", "day", "town", "month", "q1", "q2", "q3")
CODES = [
    ("ma", 3, "te", 5), ("zo", 9, "qo", 7), ("le", 21, "sh", 1), ("an", 30, "bu", 12),
    ("ju", 14, "sz", 2), ("pa", 27, "ra", 10), ("ro", 6, "ya", 9), ("sa", 18, "pe", 4),
]  # fmt: skip
BEFORE = [[*code, 1 + n % 5, 2, 3] for n, code in enumerate(CODES)]
AFTER = [[*code, 1 + (n + 1) % 5, 2, 3] for n, code in enumerate(CODES)]


def slipped(rows, place, **changes):
    """Change elements of one row."""
    result = [list(row) for row in rows]
    for name, value in changes.items():
        result[place][HEADER.index(name)] = value
    return result


@pytest.fixture
def codes(folder):
    """The study of `folder` with a code in four questions."""
    folder.header = HEADER
    folder.content["linkage"] = {"method": "code", "elements": ELEMENTS}
    for index in (0, 1):
        del folder.export(index)["person_id"]
        folder.export(index)["code_columns"] = [{"element": e["name"], "column": e["name"]} for e in ELEMENTS]
    return folder


def people(ingested):
    flow = ingested.tables["flow"]
    return flow[flow["file"] == ""].set_index("reason")["rows"].to_dict()


def linked(ingested, wave="after"):
    links = ingested.tables["links"]
    return sorted(links.loc[links["wave"] == wave, "linked"])


def refused(study, kind=DataError):
    with pytest.raises(kind) as caught:
        study.ingest()
    return list(caught.value.problems)


def decide(study, words, name="decided.xlsx", **changes):
    """Write the review sheet of a study, filled in, and name it in the study file."""
    book = openpyxl.load_workbook(io.BytesIO(study.ingest().review.sheet({})))
    sheet = book["pairs"]
    for row, word in enumerate(words, 2):
        sheet.cell(row, 1).value = word
    for (row, header), value in changes.get("cells", {}).items():
        column = [cell.value for cell in sheet[1]].index(header) + 1
        sheet.cell(row, column).value = value
    book.save(study.folder / name)
    study.cohort["linkage_decisions"] = name
    return study


def test_codes_written_in_two_ways_are_one_person(codes):
    after = slipped(AFTER, 0, mother="Maryam ", day="۰۳", town="TE", month="May")
    codes.waves(BEFORE, after)
    ingested = codes.ingest()
    assert people(ingested) == {
        "paired": 8, "linked_exactly": 8, "linked_tolerantly": 0, "linked_by_review": 0, "pre_only": 0, "post_only": 0,
    }  # fmt: skip
    assert linked(ingested) == ["exact"] * 8


def test_every_way_is_counted_and_adds_up(codes):
    after = slipped(slipped(AFTER, 0, day=4), 1, day=8, month=8)
    codes.waves(BEFORE, [*after, ["xx", 1, "yy", 1, 5, 5, 5]])
    ingested = codes.ingest()
    assert people(ingested) == {
        "paired": 7, "linked_exactly": 6, "linked_tolerantly": 1, "linked_by_review": 0, "pre_only": 1, "post_only": 2,
        "to_review": 1,
    }  # fmt: skip
    assert (ingested.review.open, ingested.review.decided) == (1, 0)
    links = ingested.tables["links"].query("wave == 'after' and linked == 'tolerant'")
    assert links["elements_off"].tolist() == [1]
    assert len(ingested.tables["participants"]) == 10


def test_one_column_holds_the_code(codes):
    for index in (0, 1):
        codes.export(index).pop("code_columns")
        codes.export(index)["person_id"] = "code"
    header = ("code", "q1", "q2", "q3")
    whole = ["{}{:02}{}{:02}".format(*code) for code in CODES]
    codes.waves(
        [[code, 1 + n % 5, 2, 3] for n, code in enumerate(whole)],
        [[code.upper(), 1 + (n + 1) % 5, 2, 3] for n, code in enumerate(["ma04te05", "nonsense", *whole[2:]])],
        header=header,
    )
    ingested = codes.ingest()
    assert (people(ingested)["linked_exactly"], people(ingested)["linked_tolerantly"]) == (6, 1)
    (note,) = [note for note in ingested.notes if "CODEFORM" in note]
    assert note == "WARN-CODEFORM: 1 code has not the declared form and is linked to nobody: row 3 of after.csv."
    before, after = ([[code, 1 + (n + wave) % 5, 2, 3] for n, code in enumerate(whole)] for wave in (0, 1))
    codes.waves([["nonsense", 1, 2, 3], ["none", 1, 2, 3], *before], after, header=header)
    (note,) = [note for note in codes.ingest().notes if "CODEFORM" in note]
    assert note == (
        "WARN-CODEFORM: 2 codes have not the declared form and are linked to nobody: row 2 of before.csv, "
        "row 3 of before.csv."
    )


def test_a_blank_code_is_refused_and_a_blank_element_is_not(codes):
    codes.waves(BEFORE, slipped(AFTER, 0, month=""))
    assert people(codes.ingest())["linked_tolerantly"] == 1
    codes.waves(BEFORE, slipped(AFTER, 2, mother="", day=" ", town="", month=""))
    (problem,) = refused(codes)
    assert (problem.code, problem.file, problem.row, problem.column) == ("LK-BLANK", "after.csv", 4, "mother (A)")


def test_one_code_twice_prints_how_likely_that_is(codes):
    codes.waves([*BEFORE, [*CODES[0], 5, 5, 5]], AFTER)
    (problem,) = refused(codes)
    assert problem.code == "LK-DUP"
    assert "the chance that two of 9 people make the same code of 4 elements is under 0.1 %" in problem.what
    assert "ma /" not in str(problem)


def test_a_small_code_space_is_warned_of(codes):
    rows = [["ma", 1 + n, "te", 5, 1 + n % 5, 2, 3] for n in range(12)]
    later = [["ma", 1 + n, "te", 5, 1 + (n + 1) % 5, 2, 3] for n in range(12)]
    codes.waves(rows, later)
    (note,) = codes.ingest().notes
    assert note.startswith("WARN-CODESPACE: the chance that two of 12 people make the same code of 4 elements is 88 %")
    codes.waves(BEFORE, AFTER)
    (note,) = codes.ingest().notes
    assert note.startswith("The chance that two of 8 people")


def test_roster_with_codes(codes):
    codes.cohort["roster"] = {
        "file": "roster.csv", "group": "group",
        "code_columns": [{"element": e["name"], "column": e["name"]} for e in ELEMENTS],
    }  # fmt: skip
    codes.rows("roster.csv", *[[*code, 1 + n % 2] for n, code in enumerate(CODES)], header=[*HEADER[:4], "group"])
    codes.waves(slipped(BEFORE, 0, day=4), [*slipped(AFTER, 0, day=4), ["xx", 1, "yy", 1, 5, 5, 5]])
    ingested = codes.ingest()
    # Both waves are one off the roster: the two answers are no surer than that.
    assert (people(ingested)["linked_exactly"], people(ingested)["linked_tolerantly"]) == (7, 1)
    assert len(ingested.tables["participants"]) == 8
    flow = ingested.tables["flow"].query("file == 'after.csv'").set_index("reason")["rows"].to_dict()
    assert flow == {"received": 9, "used": 8, "not_enrolled": 1}


def test_attendance_by_code(codes):
    codes.waves(slipped(BEFORE, 0, day="03"), slipped(AFTER, 0, day=4))
    for index in (0, 1):
        codes.export(index)["group"] = "q2"
    codes.cohort["sessions"] = {"file": "sessions.csv"}
    codes.cohort["attendance"] = {"file": "attendance.csv", "person_id": "code"}
    codes.rows("sessions.csv", [2, 1, "2026-01-01", 90, 2], header=["group", "session", "date", "minutes", "leaders"])
    # The third one is written as in the second wave: one off her first code.
    codes.rows("attendance.csv", ["zo09qo07", 1], ["ma03te05", 1], ["MA 4 TE 05", 1], header=["code", "session"])
    ingested = codes.ingest()
    first = ingested.tables["links"].query("linked == 'tolerant'")["person_id"].iloc[0]
    assert len(ingested.tables["attendance"]) == 2
    assert first in set(ingested.tables["attendance"]["person_id"])


def test_decisions_are_applied(codes):
    after = slipped(slipped(AFTER, 1, day=8, month=8), 2, mother="xx", town="yy")
    codes.waves(BEFORE, after)
    decide(codes, ["same", "Different "])
    ingested = codes.ingest()
    assert people(ingested)["linked_by_review"] == 1
    assert linked(ingested) == ["exact"] * 7 + ["review"]
    assert (ingested.review.decided, ingested.review.open) == (2, 0)
    book = openpyxl.load_workbook(io.BytesIO(ingested.review.sheet({})))
    assert [book["pairs"].cell(row, 1).value for row in (2, 3)] == ["same", "different"]


def test_undecided_and_blank_rows_decide_nothing(codes):
    after = slipped(slipped(AFTER, 1, day=8, month=8), 2, mother="xx", town="yy")
    codes.waves(BEFORE, after)
    ingested = decide(codes, ["undecided", None]).ingest()
    assert people(ingested)["to_review"] == 2
    assert ingested.review.decided == 0


def test_decisions_hold_whatever_the_order_of_rows(codes):
    codes.waves(BEFORE, slipped(AFTER, 1, day=8, month=8))
    decide(codes, ["same"])
    codes.waves(BEFORE[::-1], slipped(AFTER, 1, day=8, month=8)[::-1])
    assert people(codes.ingest())["linked_by_review"] == 1


def test_a_stale_decision_is_refused_with_its_row(codes):
    codes.waves(BEFORE, slipped(AFTER, 1, day=8, month=8))
    decide(codes, ["same"])
    codes.waves(BEFORE, slipped(AFTER, 1, day=8, month=9))
    (problem,) = refused(codes)
    assert (problem.code, problem.file, problem.row, problem.column) == ("LK-STALE", "decided.xlsx", 2, "decision")


@pytest.mark.parametrize(
    ("words", "cells", "code", "says"),
    [
        (["yes"], {}, "LK-DECISION", "this is no decision"),
        (["same"], {(2, "mark (leave as it is)"): "x"}, "LK-STALE", "have changed"),
        (["same"], {(1, "decision"): "what"}, "HD-MISSING", "not a review sheet"),
    ],
)
def test_what_cannot_be_read_is_refused(codes, words, cells, code, says):
    codes.waves(BEFORE, slipped(AFTER, 1, day=8, month=8))
    (problem,) = refused(decide(codes, words, cells=cells))
    assert problem.code == code
    assert says in problem.what
    assert problem.file == "decided.xlsx"


def test_decisions_against_each_other_are_refused(codes):
    after = slipped(AFTER, 1, day=8, month=8)
    codes.waves([*BEFORE, ["zo", 8, "zz", 6, 1, 1, 1]], after)
    (problem,) = refused(decide(codes, ["same", "same"]))
    assert (problem.code, problem.row, problem.column) == ("LK-DECISION", 3, "decision")
    assert "belong to two people" in problem.what
    assert problem.mend == "set one of the rows to undecided, and run again"


def test_a_sheet_that_is_not_there(codes):
    codes.waves(BEFORE, AFTER)
    codes.cohort["linkage_decisions"] = "nowhere.xlsx"
    (problem,) = refused(codes)
    assert (problem.code, problem.file) == ("IN-MISSING", "nowhere.xlsx")


def test_a_sheet_without_pairs_is_read(codes):
    codes.waves(BEFORE, AFTER)
    assert people(decide(codes, []).ingest())["paired"] == 8


@pytest.mark.parametrize(
    ("later", "waiting"), [({"day": 8, "month": 8}, "1 pair waits"), ({"mother": "xx", "town": "yy"}, "1 pair waits")]
)
def test_a_sheet_whose_rows_are_gone_decides_nothing_silently(codes, later, waiting):
    codes.waves(BEFORE, AFTER)
    decide(codes, [])
    codes.waves(BEFORE, slipped(AFTER, 1, **later))
    (problem,) = refused(codes)
    assert (problem.code, problem.file) == ("LK-DECISION", "decided.xlsx")
    assert problem.what == (
        f"this sheet holds no pair of codes, and {waiting} for a decision: its rows are gone, or it is another file"
    )
    assert problem.mend == (
        "bring the sheet back from a copy, or run without the key linkage_decisions and decide in the new sheet"
    )
    codes.waves(BEFORE, slipped(slipped(AFTER, 1, **later), 2, **later))
    assert "2 pairs wait for a decision" in refused(codes)[0].what


def test_nothing_typed_into_a_form_runs_in_the_sheet(codes):
    codes.waves(BEFORE, slipped(AFTER, 1, mother='=HYPERLINK("x")', month="+8"))
    book = openpyxl.load_workbook(io.BytesIO(codes.ingest().review.sheet({})))
    cells = [cell for row in book["pairs"].iter_rows() for cell in row if cell.value]
    assert '=HYPERLINK("x")' in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} == {"s"}


def test_the_sheet_shows_what_differs(codes):
    codes.waves(BEFORE, slipped(AFTER, 1, day=8, month=8))
    sheet = openpyxl.load_workbook(io.BytesIO(codes.ingest().review.sheet({})))["pairs"]
    header = [cell.value for cell in sheet[1]]
    row = dict(zip(header, sheet[2], strict=True))
    shown = {name: row[name].value for name in header[:-1]}
    assert shown == {
        "decision": "undecided", "proposal": "yes", "what is seen": "2 elements differ",
        "by chance": "1 in 456\u202f976 pairs", "elements that differ": "day, month",
        "mother, first": "zo", "mother, second": "zo", "day, first": "9", "day, second": "8",
        "town, first": "qo", "town, second": "qo", "month, first": "7", "month, second": "8",
        "wave, first": "before", "file, first": "before.csv", "row, first": "3",
        "wave, second": "after", "file, second": "after.csv", "row, second": "3",
    }  # fmt: skip
    coloured = {name for name in header if row[name].fill.fgColor.rgb == "FFFFE0B2"}
    assert coloured == {"day, first", "day, second", "month, first", "month, second"}
    (choice,) = sheet.data_validations.dataValidation
    assert choice.formula1 == '"same,different,undecided"'
    assert str(choice.sqref) == "A2"


def test_decisions_not_yet_named_are_carried_over(codes):
    codes.waves(BEFORE, slipped(AFTER, 1, day=8, month=8))
    review = codes.ingest().review
    (mark,) = review.marks
    sheet = openpyxl.load_workbook(io.BytesIO(review.sheet({mark: "same"})))["pairs"]
    assert sheet["A2"].value == "same"
    sheet = openpyxl.load_workbook(io.BytesIO(review.sheet({mark: "nonsense"})))["pairs"]
    assert sheet["A2"].value == "undecided"


@pytest.mark.parametrize(
    ("change", "code", "key"),
    [
        (lambda s: s.content["linkage"].update(elements=ELEMENTS[:2]), "CFG-ELEMENTS", "linkage.elements"),
        (lambda s: s.content["linkage"]["elements"].append(ELEMENTS[0]), "CFG-ELEMENTS", "linkage.elements.4.name"),
        (lambda s: s.export(0).pop("code_columns"), "CFG-REQUIRED", "cohorts.0.exports.0.person_id"),
        (lambda s: s.export(0).update(person_id="none"), "CFG-NOLINK", "cohorts.0.exports.0.person_id"),
        (lambda s: s.cohort.update(roster={"file": "r.csv"}), "CFG-NOLINK", "cohorts.0.roster"),
        (lambda s: s.export(0).update(person_id="x"), "CFG-LINKAGE", "cohorts.0.exports.0.code_columns"),
        (lambda s: s.export(0)["code_columns"].reverse(), "CFG-ELEMENTS", "cohorts.0.exports.0.code_columns"),
        (lambda s: s.content.update(linkage={}), "CFG-LINKAGE", "cohorts.0.exports.0.code_columns"),
    ],
)
def test_what_contradicts_in_the_study_file(codes, change, code, key):
    codes.content["linkage"]["elements"] = list(ELEMENTS)
    codes.waves(BEFORE, AFTER)
    change(codes)
    problems = refused(codes, StudyError)
    assert (code, key) in [(problem.code, problem.column) for problem in problems]


def test_a_code_in_one_column_needs_its_lengths(codes):
    codes.content["linkage"]["elements"] = [{"name": "a", "kind": "letters"}, *ELEMENTS[1:]]
    for index in (0, 1):
        codes.export(index).pop("code_columns")
        codes.export(index)["person_id"] = "mother"
    (problem,) = refused(codes, StudyError)
    assert (problem.code, problem.column) == ("CFG-ELEMENTS", "linkage.elements.0")
    codes.content["linkage"]["separator"] = "-"
    codes.waves(BEFORE, AFTER)
    assert codes.read()


def test_decisions_without_codes(folder):
    folder.cohort["linkage_decisions"] = "x.xlsx"
    (problem,) = refused(folder, StudyError)
    assert (problem.code, problem.column) == ("CFG-LINKAGE", "cohorts.0.linkage_decisions")


def test_a_code_one_off_in_another_group_is_not_joined(codes):
    """It would be refused as somebody who changed the group, which nobody could mend in the export."""
    for index in (0, 1):
        codes.export(index)["group"] = "q2"
    codes.waves([[*row[:5], 1 + n % 2, 3] for n, row in enumerate(BEFORE)],
                [[*row[:5], 1 + n % 2, 3] for n, row in enumerate(slipped(AFTER, 0, day=4))])  # fmt: skip
    assert people(codes.ingest())["linked_tolerantly"] == 1
    codes.waves([[*row[:5], 1 + n % 2, 3] for n, row in enumerate(BEFORE)],
                [[*row[:5], 1 + (n + (n == 0)) % 2, 3] for n, row in enumerate(slipped(AFTER, 0, day=4))])  # fmt: skip
    assert people(codes.ingest())["linked_tolerantly"] == 0
    codes.content["linkage"]["within_group"] = False
    (problem,) = refused(codes)
    assert problem.code == "LK-MOVED"


def test_equal_ids_are_one_person_and_nothing_is_said_of_codes(folder):
    identity = by_id(str.casefold)
    assert identity.how("P1", "before") == ("exact", 0)
    assert (identity.attending("A1"), identity.collision, identity.notes, identity.review) == ("a1", "", (), None)
    folder.waves([["A1", 1, 2, 3], ["A2", 2, 2, 3]], [["a1", 2, 2, 3], ["A3", 2, 2, 3]])
    folder.content["linkage"] = {"min_match_rate": 0.1}
    assert people(folder.ingest()) == {"paired": 1, "pre_only": 1, "post_only": 1}


def test_a_roster_of_ids(folder):
    folder.cohort["roster"] = {"file": "roster.csv", "person_id": "code", "group": "group"}
    folder.rows("roster.csv", ["A1", "1"], ["A2", "1"], header=["code", "group"])
    folder.waves([["A1", 1, 2, 3], ["A2", 2, 2, 3]], [["a1", 2, 2, 3], ["A2", 2, 2, 3]])
    ingested = folder.ingest()
    assert people(ingested)["paired"] == 2
    assert list(ingested.tables["participants"]["group_id"]) == ["one/1", "one/1"]


def test_attendance_by_elements_that_have_no_length(codes):
    """Such a code cannot be cut: in the attendance log its elements stand with strokes between them."""
    codes.content["linkage"]["elements"] = [{"name": "mother", "kind": "letters"}, *ELEMENTS[1:]]
    codes.waves(BEFORE, AFTER)
    for index in (0, 1):
        codes.export(index)["group"] = "q2"
    codes.cohort["sessions"] = {"file": "sessions.csv"}
    codes.cohort["attendance"] = {"file": "attendance.csv", "person_id": "code"}
    codes.rows("sessions.csv", [2, 1, "2026-01-01", 90, 2], header=["group", "session", "date", "minutes", "leaders"])
    codes.rows("attendance.csv", ["ma/3 /te/ 5", 1], ["zo / 9 / qo / 7", 1], header=["code", "session"])
    ingested = codes.ingest()
    assert set(ingested.tables["attendance"]["person_id"]) <= set(ingested.tables["participants"]["person_id"])
    assert len(ingested.tables["attendance"]) == 2
