"""Linkage: on the id, exactly, never on order; duplicates by declared policy; what cannot be right is refused."""

import pytest

from balint_eval.errors import DataError

BEFORE = [[f"A{n}", 1 + n % 5, 2, 3] for n in range(6)]
AFTER = [[f"A{n}", 1 + (n + 1) % 5, 2, 3] for n in range(6)]


@pytest.fixture
def refused(folder):
    def read():
        with pytest.raises(DataError) as caught:
            folder.ingest()
        assert all(problem.mend and problem.file for problem in caught.value.problems)
        return list(caught.value.problems)

    return read


def first_items(ingested, wave):
    rows = ingested.tables["responses"].query("item == 1 and wave == @wave")
    return dict(zip(rows["person_id"], rows["value"], strict=True))


def test_rows_are_joined_on_the_id(folder, pseudonym):
    folder.waves(BEFORE, list(reversed(AFTER)))
    ingested = folder.ingest()
    assert first_items(ingested, "after") == {pseudonym(code): value for code, value, *_ in AFTER}
    assert ingested.linkage["raw_id"].tolist() == sorted((f"A{n}" for n in range(6)), key=pseudonym)


def test_people_of_one_wave_only_are_counted(folder):
    folder.waves(BEFORE, [*AFTER[:4], ["B1", 1, 1, 1]])
    flow = folder.ingest().tables["flow"].query("file == ''").set_index("reason")["rows"].to_dict()
    assert flow == {"paired": 4, "pre_only": 2, "post_only": 1}


def test_an_id_twice_is_refused_with_both_places(folder, refused):
    folder.waves([*BEFORE, ["A1", 5, 5, 5]], [*AFTER, ["A1", 4, 4, 4], ["A1", 4, 4, 4]])
    before, after = refused()
    assert (before.code, before.file, before.row, before.column) == ("LK-DUP", "before.csv", 3, "code (A)")
    assert before.value == "A… (2 characters)"
    assert "again in row 8 of before.csv" in before.what
    assert "again in row 8 of after.csv, row 9 of after.csv" in after.what
    assert "A1" not in str(before)


@pytest.mark.parametrize(("policy", "value"), [("first", 2), ("last", 5)])
def test_declared_policy_keeps_one_row(folder, pseudonym, policy, value):
    folder.content["linkage"] = {"duplicates": policy}
    folder.waves([*BEFORE, ["A1", 5, 5, 5]], AFTER)
    ingested = folder.ingest()
    assert first_items(ingested, "before")[pseudonym("A1")] == value
    flow = ingested.tables["flow"].query("file == 'before.csv'").set_index("reason")["rows"].to_dict()
    assert flow == {"received": 7, "used": 6, "duplicate": 1}


@pytest.mark.parametrize(("policy", "value"), [("first", 5), ("last", 2)])
def test_policy_goes_by_date_before_line(folder, pseudonym, policy, value):
    folder.content["linkage"] = {"duplicates": policy}
    folder.export(0)["answered_on"] = "day"
    rows = [[*row, "2026-02-01"] for row in BEFORE] + [["A1", 5, 5, 5, "2026-01-01"]]
    folder.rows("before.csv", *rows, header=[*folder.header, "day"])
    folder.rows("after.csv", *AFTER)
    assert first_items(folder.ingest(), "before")[pseudonym("A1")] == value


@pytest.mark.parametrize("policy", ["refuse", "first", "last"])
def test_two_spellings_of_one_id_in_a_wave_are_refused_under_every_policy(folder, refused, policy):
    folder.content["linkage"] = {"duplicates": policy}
    folder.waves([*BEFORE, ["a1", 5, 5, 5]], AFTER)
    (problem,) = refused()
    assert problem.code == "LK-DUP"
    assert "written in two ways" in problem.what
    assert "two ids" in problem.mend


@pytest.mark.parametrize("spelling", ["a1", " A1", "A1\u00a0", "A\u200c1", "A۱", "\u200fA1"])
def test_two_spellings_in_two_waves_are_one_person(folder, spelling):
    folder.waves(BEFORE, [[spelling, 1, 1, 1] if row[0] == "A1" else row for row in AFTER])
    flow = folder.ingest().tables["flow"].query("file == ''").set_index("reason")["rows"].to_dict()
    assert flow["paired"] == 6


def test_numbers_on_one_side_and_text_on_the_other(folder):
    folder.waves(
        [["007", 1, 1, 1], ["1E5", 2, 2, 2], ["8", 1, 2, 3]], [["007", 2, 1, 1], ["1E5", 2, 2, 3], ["08", 1, 2, 3]]
    )
    flow = folder.ingest().tables["flow"].query("file == ''").set_index("reason")["rows"].to_dict()
    assert flow == {"paired": 2, "pre_only": 1, "post_only": 1}


def test_nobody_found_again_shows_shapes_only(folder, refused):
    folder.waves(BEFORE, [[f"12-{n}", 1, 2, 3] for n in range(6)])
    (problem,) = refused()
    assert problem.code == "LK-NOMATCH"
    assert "id shapes: 99-9, A9" in problem.what


def test_low_rate_is_refused_and_the_limit_can_be_declared(folder, refused):
    folder.waves(BEFORE, [*AFTER[:2], *[[f"B{n}", 1, 2, 3] for n in range(4)]])
    (problem,) = refused()
    assert problem.code == "LK-LOWRATE"
    assert "only 2 of 6 people (33%)" in problem.what
    folder.content["linkage"] = {"min_match_rate": 0.3}
    assert folder.ingest()


def test_leavers_do_not_lower_the_rate(folder):
    folder.waves(BEFORE, AFTER[:1])
    assert folder.ingest()


def with_days(folder, before, after):
    for index, (wave, day) in enumerate((("before", before), ("after", after))):
        folder.export(index)["answered_on"] = "day"
        rows = BEFORE if wave == "before" else AFTER
        days = day if isinstance(day, list) else [day] * len(rows)
        folder.rows(f"{wave}.csv", *[[*r, d] for r, d in zip(rows, days, strict=True)], header=[*folder.header, "day"])


def test_answers_before_the_baseline(folder, refused):
    with_days(folder, "2026-03-01", ["2026-06-01"] * 4 + ["2026-02-28", ""])
    (problem,) = refused()
    assert (problem.code, problem.file, problem.row) == ("LK-ORDER", "after.csv", 6)
    assert "on 2026-02-28, before the wave 'before' on 2026-03-01 (row 6 of before.csv)" in problem.what


def test_swapped_files(folder, refused):
    with_days(folder, "2026-06-01", "2026-03-01")
    assert [p.code for p in refused()] == ["LK-ORDER"] * 6


def test_same_answers_of_everybody(folder, refused):
    folder.waves(BEFORE, list(reversed(BEFORE)))
    (problem,) = refused()
    assert (problem.code, problem.file) == ("LK-COPIED", "after.csv")
    assert "all 6 people" in problem.what


@pytest.mark.parametrize("place", [0, 6])
def test_of_two_sheets_of_one_person_both_must_be_the_same(folder, refused, place):
    other = [BEFORE[0][0], *([3, 2, 1] if BEFORE[0][1:] != [3, 2, 1] else [1, 2, 3])]
    folder.waves([*BEFORE[:place], other, *BEFORE[place:]], BEFORE)
    assert {problem.code for problem in refused()} == {"LK-DUP"}


def test_same_answers_of_four_people_can_be_chance(folder):
    folder.waves(BEFORE[:4], list(reversed(BEFORE[:4])))
    assert folder.ingest()


def test_most_complete_keeps_the_row_with_most_answers(folder, pseudonym):
    folder.content["linkage"] = {"duplicates": "most_complete"}
    folder.waves([*BEFORE[1:], ["A0", 5, "", ""], ["A0", 4, 4, ""], ["A0", 3, 3, ""]], AFTER)
    assert first_items(folder.ingest(), "before")[pseudonym("A0")] == 4, "of equals the first"


def test_none_keeps_nothing_of_this_person_in_this_wave(folder, pseudonym):
    folder.content["linkage"] = {"duplicates": "none"}
    folder.waves([*BEFORE, ["A1", 5, 5, 5]], AFTER)
    ingested = folder.ingest()
    assert pseudonym("A1") not in first_items(ingested, "before")
    assert pseudonym("A1") in first_items(ingested, "after")
    flow = ingested.tables["flow"].query("file == 'before.csv'").set_index("reason")["rows"].to_dict()
    assert flow == {"received": 7, "used": 5, "duplicate": 2}
    assert ingested.tables["links"].query("rows_set_aside > 0").empty


def test_rows_set_aside_are_counted_a_person_and_wave(folder, pseudonym):
    folder.content["linkage"] = {"duplicates": "first"}
    folder.waves([*BEFORE, ["A1", 5, 5, 5], ["A1", 4, 4, 4]], AFTER)
    links = folder.ingest().tables["links"].set_index(["person_id", "wave"])
    assert links["rows_set_aside"].loc[(pseudonym("A1"), "before")] == 2
    assert links["rows_set_aside"].sum() == 2
    assert (links["linked"] == "exact").all()
    assert (links["elements_off"] == 0).all()
    assert len(links) == 12
