"""People: one group and one arm each; groups of two cohorts never become one."""

import pytest

from balint_eval.errors import DataError

BEFORE = [["A1", 1, 2, 3], ["A2", 2, 2, 3], ["A3", 3, 2, 3]]
AFTER = [["A1", 2, 2, 3], ["A2", 3, 2, 3]]


@pytest.fixture
def enrolled(folder):
    """A study with a roster: code, group, arm and sex."""
    folder.waves(BEFORE, AFTER)
    folder.content["arms"] = [{"name": "balint"}, {"name": "waiting", "role": "control"}]
    folder.content["plan"] = {"allocation": "groups"}
    folder.cohort["roster"] = {
        "file": "roster.csv", "person_id": "code", "group": "group", "arm": "arm", "covariates": ["sex"],
    }  # fmt: skip

    def roster(*rows, header=("code", "group", "arm", "sex")):
        folder.rows("roster.csv", *rows, header=list(header))
        return folder

    return roster


ROSTER = [
    ["A1", "1", "balint", "f"],
    ["A2", "1", "balint", "m"],
    ["A3", "2", "waiting", "f"],
    ["A4", "2", "waiting", ""],
]


def problems_of(folder):
    with pytest.raises(DataError) as caught:
        folder.ingest()
    return [(p.code, p.file, p.row, p.column) for p in caught.value.problems], str(caught.value)


def test_roster(enrolled, pseudonym):
    people = enrolled(*ROSTER).ingest().tables["participants"].set_index("person_id")
    assert len(people) == 4
    assert people.loc[pseudonym("A3"), ["group_id", "arm", "sex", "site", "role"]].tolist() == [
        "one/2", "waiting", "f", "", "",
    ]  # fmt: skip


def test_people_not_on_the_roster_are_counted_and_left_out(enrolled):
    ingested = enrolled(*ROSTER[:2]).ingest()
    flow = ingested.tables["flow"].query("file == 'before.csv'").set_index("reason")["rows"].to_dict()
    assert flow == {"received": 3, "used": 2, "not_enrolled": 1}
    assert ingested.tables["responses"]["person_id"].nunique() == 2


def test_roster_of_other_people(enrolled):
    found, text = problems_of(enrolled(["B1", "1", "balint", "f"]))
    assert ("LK-UNKNOWN", "roster.csv", 0, "code") in found
    assert "none of the 3 people" in text


def test_roster_faults_with_rows_and_masked(enrolled):
    found, text = problems_of(enrolled(*ROSTER, ["a2 ", "1", "balint", "m"], ["", "1", "balint", "m"]))
    assert found == [("LK-DUP", "roster.csv", 6, "code"), ("LK-BLANK", "roster.csv", 7, "code")]
    assert "first in row 3" in text
    assert "a2" not in text


def test_roster_without_a_column(enrolled):
    found, _ = problems_of(enrolled(*[row[:3] for row in ROSTER], header=("code", "group", "arm")))
    assert found == [("HD-MISSING", "roster.csv", 1, "sex")]


def test_unknown_blank_and_mixed_arms_and_groups(enrolled):
    rows = [["A1", "1", "balnt", "f"], ["A2", "1", "", "m"], ["A3", "", "waiting", "f"], ["A4", "2", "waiting", "f"]]
    found, text = problems_of(enrolled(*rows))
    assert [code for code, *_ in found] == ["VAL-ARM", "VAL-ARM", "VAL-GROUP", "VAL-GROUP"]
    assert "1 person has the arm 'balnt', which the study file does not have" in text
    assert "1 person has no arm" in text
    assert "1 of 2 people of the arm 'waiting' have no group" in text
    assert "the group '1' has people of 2 arms" in text


def test_an_arm_may_have_no_groups_at_all(folder, enrolled, pseudonym):
    rows = [["A1", "1", "balint", "f"], ["A2", "1", "balint", "m"], ["A3", "", "waiting", "f"]]
    folder.content["linkage"] = {"min_match_rate": 0}
    people = enrolled(*rows).ingest().tables["participants"].set_index("person_id")
    assert people["group_id"].to_dict() == {pseudonym("A1"): "one/1", pseudonym("A2"): "one/1", pseudonym("A3"): ""}


def test_group_and_arm_from_the_exports(folder, pseudonym):
    folder.content["arms"] = [{"name": "balint"}, {"name": "waiting", "role": "control"}]
    folder.content["plan"] = {"allocation": "groups"}
    folder.export(0).update(group="g", arm="a")
    rows = [[*BEFORE[0], "1", "balint"], [*BEFORE[1], "1", "balint"], [*BEFORE[2], "2", "waiting"]]
    folder.rows("before.csv", *rows, header=[*folder.header, "g", "a"])
    folder.rows("after.csv", *AFTER)
    people = folder.ingest().tables["participants"].set_index("person_id")
    assert people.loc[pseudonym("A3"), ["group_id", "arm"]].tolist() == ["one/2", "waiting"]


def move(folder):
    for index, wave in enumerate(("before", "after")):
        folder.export(index)["group"] = "g"
        rows = [[*row, "2" if (row[0], wave) == ("A2", "after") else "1"] for row in (BEFORE, AFTER)[index]]
        folder.rows(f"{wave}.csv", *rows, header=[*folder.header, "g"])


def test_a_person_who_moves_is_refused_unless_a_roster_decides(folder, enrolled):
    del folder.cohort["roster"]
    del folder.content["plan"]
    folder.content["arms"] = [{"name": "balint"}]
    move(folder)
    found, text = problems_of(folder)
    assert found == [("LK-MOVED", "before.csv", 3, "")]
    assert "'2' in row 3 of after.csv" in text
    folder.cohort["roster"] = {"file": "roster.csv", "person_id": "code", "group": "group"}
    enrolled(*ROSTER)
    assert set(folder.ingest().tables["participants"]["group_id"]) == {"one/1", "one/2"}


def test_roster_without_groups_takes_those_of_the_exports(folder, enrolled, pseudonym):
    enrolled(*ROSTER)
    folder.content["arms"] = [{"name": "balint"}]
    del folder.content["plan"]
    folder.cohort["roster"] = {"file": "roster.csv", "person_id": "code"}
    folder.export(0)["group"] = "g"
    folder.rows("before.csv", *[[*row, "7"] for row in BEFORE], header=[*folder.header, "g"])
    folder.rows("roster.csv", *ROSTER[:3], header=["code", "group", "arm", "sex"])
    people = folder.ingest().tables["participants"].set_index("person_id")
    assert set(people["group_id"]) == {"one/7"}


def test_group_numbers_that_start_again_in_each_cohort(folder):
    folder.waves(BEFORE, AFTER)
    folder.rows("before.csv", *[[*row, "1"] for row in BEFORE], header=[*folder.header, "g"])
    folder.rows("other.csv", *[[*row, "1"] for row in AFTER], header=[*folder.header, "g"])
    folder.export(0)["group"] = "g"
    second = {"name": "two", "exports": [{**folder.export(0), "file": "other.csv"}]}
    folder.content["cohorts"].append(second)
    groups = [set(folder.ingest(cohort).tables["participants"]["group_id"]) for cohort in (0, 1)]
    assert groups == [{"one/1"}, {"two/1"}]


def test_a_single_group_is_everybodys_without_a_column(folder):
    folder.cohort["group"] = "Tuesday"
    assert set(folder.waves(BEFORE, AFTER).ingest().tables["participants"]["group_id"]) == {"one/Tuesday"}


def test_one_arm_is_everybodys(folder):
    assert set(folder.waves(BEFORE, AFTER).ingest().tables["participants"]["arm"]) == {"balint"}
