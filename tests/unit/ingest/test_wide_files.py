"""One file with several waves in a row: read once, accounted for wave by wave."""

import pytest

from balint_eval.check import check
from balint_eval.errors import DataError, StudyError
from balint_eval.ingest.readers import open as readers

HEADER = ["code", "group", "when_1", "a1", "a2", "a3", "when_2", "b1", "b2", "b3", "why"]
ROWS = [
    ["A7", "g1", "2026-01-02", "1", "2", "3", "2026-05-02", "2", "3", "4", ""],
    ["B8", "g1", "2026-01-03", "2", "2", "3", "2026-05-03", "3", "3", "4", "geheim"],
    ["C9", "g2", "2026-01-04", "3", "2", "1", "", "", "", "", ""],
    ["D1", "g2", "", "", "", "", "2026-05-05", "5", "", "4", ""],
    ["E2", "g2", "", "", " ", "", "", "", "", "", "nur ein Satz"],
    ["F3", "g2", "", "", "", "", "", "", "", "", ""],
]


@pytest.fixture
def wide(folder):
    """A study whose one file holds both waves in a row."""
    folder.cohort["exports"] = [
        {
            "file": "both.csv", "person_id": "code", "group": "group", "comments": ["why"],
            "answered_on": {"before": "when_1", "after": "when_2"},
            "items": [
                {"instrument": "TRY", "columns": "a{item}", "waves": ["before"]},
                {"instrument": "TRY", "columns": "b{item}", "waves": ["after"]},
            ],
        }
    ]  # fmt: skip
    folder.rows("both.csv", *ROWS, header=HEADER)
    return folder


def flow(ingested, wave, file="both.csv"):
    rows = ingested.tables["flow"].query("wave == @wave and file == @file")
    return dict(zip(rows["reason"], rows["rows"], strict=True))


def test_each_wave_accounts_for_every_row(wide):
    ingested = wide.ingest()
    assert flow(ingested, "before") == {"received": 6, "used": 3, "comment_only": 1, "no_answers": 2}
    assert flow(ingested, "after") == {"received": 6, "used": 3, "no_answers": 3}
    assert flow(ingested, "after", "") == {"paired": 2, "pre_only": 1, "post_only": 1}


def test_answers_and_dates_are_those_of_their_wave(wide):
    responses = wide.ingest().tables["responses"]
    values = responses.pivot_table(index=["source_row", "wave"], columns="item", values="value")
    assert values.loc[(2, "before")].tolist() == [1, 2, 3]
    assert values.loc[(2, "after")].tolist() == [2, 3, 4]
    dates = responses.drop_duplicates(["source_row", "wave"]).set_index(["source_row", "wave"])["answered_on"]
    assert dates[(3, "before")] == "2026-01-03"
    assert dates[(3, "after")] == "2026-05-03"
    assert (4, "after") not in dates.index


def test_the_file_is_read_and_listed_once(wide, monkeypatch):
    opened = []
    original = readers.read_source
    monkeypatch.setattr(readers, "read_source", lambda path, shown: opened.append(shown) or original(path, shown))
    sources = wide.ingest().tables["sources"]
    assert opened == ["both.csv"]
    assert sources[["file", "rows", "columns_used", "columns_ignored"]].to_numpy().tolist() == [["both.csv", 6, 11, 0]]
    assert sources.at[0, "notes"].count("Each row holds the answers of several waves") == 1
    assert "before, after" in sources.at[0, "notes"]


def test_comments_are_read_once_and_belong_to_no_wave(wide):
    comments = wide.ingest().comments
    assert comments.to_numpy().tolist() == [["", "geheim"], ["", "nur ein Satz"]]


def test_people_are_listed_once(wide):
    ingested = wide.ingest()
    assert ingested.linkage["raw_id"].tolist() == sorted(["A7", "B8", "C9", "D1", "E2"]) or len(ingested.linkage) == 5
    assert ingested.tables["participants"]["person_id"].is_unique


def test_the_same_scores_as_two_files(wide, new_folder):
    apart = new_folder("apart")
    apart.rows("before.csv", *[[r[0], *r[3:6]] for r in ROWS if any(map(str.strip, r[3:6]))])
    apart.rows("after.csv", *[[r[0], *r[7:10]] for r in ROWS if any(map(str.strip, r[7:10]))])
    key = ["person_id", "wave", "item"]
    one, two = (
        found.ingest().tables["responses"].sort_values(key)[[*key, "value"]].fillna(-1) for found in (wide, apart)
    )
    assert one.to_numpy().tolist() == two.to_numpy().tolist()


def test_a_blank_id_and_a_wrong_answer_are_told_once(wide):
    rows = [["", *ROWS[0][1:]], [*ROWS[1][:4], "9", *ROWS[1][5:]], *ROWS[2:]]
    wide.rows("both.csv", *rows, header=HEADER)
    with pytest.raises(DataError) as caught:
        wide.ingest()
    assert [(p.code, p.row, p.column) for p in caught.value.problems] == [
        ("LK-BLANK", 2, "code (A)"), ("VAL-RANGE", 3, "a2 (E)")]  # fmt: skip


def test_a_wave_nobody_answered_yet_is_said(wide):
    wide.rows("both.csv", *[[*row[:6], "", "", "", "", ""] for row in ROWS], header=HEADER)
    notes = wide.ingest().tables["sources"].at[0, "notes"]
    assert "No row has an answer of the wave after." in notes


def test_nobody_at_all_is_an_error(wide):
    wide.rows("both.csv", *[[row[0], "g", *[""] * 9] for row in ROWS], header=HEADER)
    with pytest.raises(DataError) as caught:
        wide.ingest()
    assert [p.code for p in caught.value.problems] == ["IN-NOBODY"]
    assert "6 without answers" in caught.value.problems[0].what


def test_the_platforms_own_date_is_not_given_to_every_wave(wide):
    del wide.export(0)["answered_on"]
    assert set(wide.ingest().tables["responses"]["answered_on"]) == {""}


def test_dates_that_stand_the_wrong_way_round_are_refused(wide):
    wide.export(0)["answered_on"] = {"before": "when_2", "after": "when_1"}
    with pytest.raises(DataError, match="LK-ORDER"):
        wide.ingest()


def test_one_person_on_two_rows_is_refused_for_each_wave(wide):
    wide.rows("both.csv", *ROWS, ["A7", "g1", "", "1", "1", "1", "", "", "", "", ""], header=HEADER)
    with pytest.raises(DataError) as caught:
        wide.ingest()
    assert [(p.code, p.row) for p in caught.value.problems] == [("LK-DUP", 2)]
    assert "'before'" in caught.value.problems[0].what


def test_check_says_what_became_of_the_rows_of_each_wave(wide):
    said = "\n".join(check(wide.write()).lines)
    assert "both.csv: 6 rows read once a wave (" in said
    assert "wave before: 6 rows (1 with a comment and no answers, 2 without answers, 3 used)" in said
    assert "wave after: 6 rows (3 without answers, 3 used)" in said


def faults(folder):
    with pytest.raises(StudyError) as caught:
        folder.read()
    return [(problem.code, problem.column) for problem in caught.value.problems]


EXPORT = "cohorts.0.exports.0"


def test_every_entry_must_name_its_one_wave(wide):
    del wide.items(0)["waves"]
    assert faults(wide) == [("CFG-WAVE", EXPORT)]
    wide.items(0)["waves"] = ["before", "after"]
    assert faults(wide) == [("CFG-WAVE", EXPORT)]


def test_one_column_for_two_waves_is_refused(wide):
    wide.export(0)["items"][1]["columns"] = ["a1", "b2", "b3"]
    assert faults(wide) == [("CFG-COLUMNS", f"{EXPORT}.items.1.columns")]


def test_dates_must_fit_the_waves(wide):
    wide.export(0)["answered_on"] = "when_1"
    assert faults(wide) == [("CFG-WAVE", EXPORT)]
    wide.export(0)["answered_on"] = {"befor": "when_1"}
    assert faults(wide) == [("CFG-REFERENCE", f"{EXPORT}.answered_on.befor")]
    wide.export(0)["answered_on"] = {"before": "when_9"}
    with pytest.raises(DataError, match="HD-MISSING"):
        wide.ingest()
    wide.export(0).update(wave="before", answered_on={"before": "when_1"})
    del wide.export(0)["items"][1]
    assert faults(wide) == [("CFG-WAVE", EXPORT)]


def test_ratings_have_no_place_in_such_a_file(wide):
    wide.export(0)["ratings"] = True
    assert faults(wide) == [("CFG-WAVE", f"{EXPORT}.ratings")]


def test_the_same_file_twice_is_refused_and_shown_the_way(wide):
    wide.cohort["exports"].append({**wide.export(0)})
    with pytest.raises(StudyError) as caught:
        wide.read()
    (problem,) = caught.value.problems
    assert problem.code == "CFG-SAMEFILE"
    assert "one wave under waves: of each entry of items" in problem.mend
