"""Ids and waves that must be refused, or warned of: blank, repeated, moved, unmatched, out of order, copied."""

from bad_config import second_cohort
from bad_study import PEOPLE, BadStudy, answers, case, person

AFTER = "after.csv"


def call(study: BadStudy, number: int, *names: str):
    """Give one person another id in the before wave and, where a second is given, in the after wave."""
    for wave, name in zip((study.before, study.after), names, strict=False):
        wave[number][0] = name


def both(study: BadStudy, number: int, name: str):
    call(study, number, name, name)


# --- B098, B099, B101, B102: what an id is


@case("B098", 3, "LK-BLANK", row=4, column="code", says=("blank",))
def id_is_blank(study: BadStudy):
    study.after[2][0] = ""


@case("B098", 3, "LK-BLANK", row=4, column="code", says=("blank",), count=2)
def ids_are_blanks(study: BadStudy):
    study.after[2][0] = "   "
    study.after[5][0] = "\u00a0\u200b"


@case("B098", 3, "LK-BLANK", file="before.csv", row=4, column="code", count=2)
def id_is_blank_in_both_waves(study: BadStudy):
    both(study, 2, "")


@case("B098", 3, "LK-BLANK", file="roster.csv", row=3, column="code", says=("blank",))
def id_is_blank_in_the_roster(study: BadStudy):
    rows = [f"{name},x" for name in (person(0), "  ", *map(person, range(1, PEOPLE)))]
    study.give("roster.csv", "\n".join(["code,remark", *rows]) + "\n")
    study.cohort["roster"] = {"file": "roster.csv", "person_id": "code"}


def everyone_is_linked(tables: dict):
    flow = tables["flow"]
    assert int(flow.loc[flow["reason"] == "paired", "rows"].sum()) == PEOPLE
    assert tables["participants"]["person_id"].nunique() == PEOPLE


@case("B099", 0, "OK-IDTEXT", then=everyone_is_linked)
def ids_that_read_like_nothing(study: BadStudy):
    for number, name in enumerate(["NA", "NULL", "None", "N/A", "nan", "-", "."]):
        both(study, number, name)


@case("B101", 0, "OK-IDTEXT", then=everyone_is_linked)
def ids_that_read_like_numbers(study: BadStudy):
    for number, name in enumerate(["2E5", "200000", "TRUE", "1", "007", "7", "1.0", "0x7"]):
        both(study, number, name)


@case("B101", 0, "OK-IDTEXT", then=everyone_is_linked)
def ids_of_zeros(study: BadStudy):
    for number, name in enumerate(["0", "00", "000", "-0", "+0"]):
        both(study, number, name)


@case("B102", 0, "WARN-NORMALISE", file="", then=everyone_is_linked)
def ids_typed_in_two_ways(study: BadStudy):
    call(study, 0, "Jos\u00e9-1", "JOSE\u0301-1")
    call(study, 1, "ab 12", "AB\u00a012 ")


@case("B102", 3, "LK-DUP", file="before.csv", row=2, column="code", says=("two ways",), count=2)
def ids_that_the_rules_make_one(study: BadStudy):
    both(study, 0, "ab12")
    both(study, 1, "AB12 ")


# --- B103, B105, B106, B107: one person twice, or in two places


@case("B103", 3, "LK-DUP", file="before.csv", row=5, column="code", value="P… (7 characters)",
      says=("row 14 of before.csv", "first, last, most_complete or none"))  # fmt: skip
def one_id_twice(study: BadStudy):
    study.before.append([person(3), "1", "1", "1", "", "2026-01-12"])


@case("B103", 3, "LK-DUP", file="before.csv", row=2, count=2, says=("row 14", "row 16"), column="code")
def two_ids_again_and_again(study: BadStudy):
    again = [[person(n), "1", str(1 + k), "1", "", "2026-01-12"] for k in range(2) for n in (0, 3)]
    study.before += again


@case("B103", 0, "OK-DUPLICATES", then=everyone_is_linked)
def one_id_twice_and_a_rule_for_it(study: BadStudy):
    study.content["linkage"] = {"duplicates": "first"}
    study.before.append([person(3), "1", "1", "1", "", "2026-01-20"])


@case("B105", 3, "LK-TWOCOHORTS", file="after.csv", says=("a2.csv",), count=None)
def one_person_in_two_cohorts(study: BadStudy):
    second_cohort(study, "south")
    own = [[f"OAK{row[0]}", *row[1:]] for row in answers("after")]
    rows = [",".join(row) for row in [study.headers["after"], *own, answers("after")[0]]]
    study.give("a2.csv", "\n".join(rows) + "\n")


@case("B106", 3, "LK-MOVED", says=("south", "north"), count=None, alone=False)
def person_changes_cohort_between_waves(study: BadStudy):
    second_cohort(study, "south")
    study.after[0][0] = f"OAK{person(0)}"
    rows = [[f"OAK{row[0]}", *row[1:]] for row in answers("after")[1:]]
    study.give("a2.csv", "\n".join(",".join(row) for row in [study.headers["after"], *rows]) + "\n")


def grouped(study: BadStudy):
    for wave, export in zip(("before", "after"), study.exports, strict=True):
        export["group"] = "group"
        study.headers[wave].append("group")
        for n, row in enumerate(getattr(study, wave)):
            row.append(f"G{n % 2}")


@case("B106", 3, "LK-MOVED", file="before.csv", row=2, says=("'G0'", "'G1'", "row 2 of after.csv", "roster"))
def person_changes_group_between_waves(study: BadStudy):
    grouped(study)
    study.after[0][-1] = "G1"


@case("B107", 3, "LK-DUP", file="before.csv", row=2, column="code", says=("chance that two of 12 people",))
def self_made_code_of_two_people(study: BadStudy):
    kinds = {"mother": "letters", "day": "day", "birthplace": "letters"}
    lengths = {"letters": {"length": 2}, "day": {}}
    elements = [{"name": name, "kind": kind} | lengths[kind] for name, kind in kinds.items()]
    study.content["linkage"] = {"method": "code", "elements": elements}
    for number in range(PEOPLE):
        letter = chr(ord("A") + number)
        both(study, number, f"{letter}{letter}{10 + number}{letter}O")
    call(study, 1, study.before[0][0])


# --- B109, B110, B111: who is found again


def the_sum_is_right(tables: dict):
    flow = tables["flow"]
    people = {row.reason: int(row.rows) for row in flow[flow["file"] == ""].itertuples()}
    assert people == {"paired": 10, "pre_only": 2, "post_only": 1}
    used = flow[flow["reason"] == "used"]
    assert int(used["rows"].sum()) == 2 * people["paired"] + people["pre_only"] + people["post_only"]


@case("B109", 0, "WARN-UNMATCHED", says=("10 people", "2", "1"), then=the_sum_is_right)
def people_in_one_wave_only(study: BadStudy):
    del study.after[:2]
    study.after.append(["OAK1", "1", "2", "3", "", "2026-06-12"])


def rename(study: BadStudy, number: int):
    for n in range(number):
        study.after[n][0] = f"OAK{n:03}"


@case("B110", 3, "LK-LOWRATE", says=("5 of 12", "42%", "north", "min_match_rate"))
def less_than_half_are_found_again(study: BadStudy):
    rename(study, 7)


@case("B110", 0, "WARN-UNMATCHED", says=("5 people",))
def less_than_half_and_a_rule_for_it(study: BadStudy):
    rename(study, 7)
    study.content["linkage"] = {"min_match_rate": 0.3}


@case("B111", 3, "LK-NOMATCH", says=("nobody", "AAAA999", "AAA-999", "person_id"))
def nobody_is_found_again(study: BadStudy):
    for n, row in enumerate(study.after):
        row[0] = f"oak-{n:03}"


# --- B113, B114, B115: when the waves were


@case("B113", 3, "LK-ORDER", row=4, says=("2025-12-31", "2026-01-12", "row 4 of before.csv", "P… (7 characters)"))
def answered_after_before_before(study: BadStudy):
    study.after[2][5] = "2025-12-31"


@case("B113", 3, "LK-ORDER", file="before.csv", count=PEOPLE, row=2, says=("swapped",))
def waves_exchanged(study: BadStudy):
    study.exports[0]["wave"], study.exports[1]["wave"] = "after", "before"
    study.exports.reverse()


@case("B114", 0, "WARN-INTERVAL", file="", says=("1",))
def answered_both_on_one_day(study: BadStudy):
    study.after[2][5] = study.before[2][5]


@case("B115", 3, "LK-COPIED", says=("12 people", "100 %", "check"))
def everybody_answered_alike(study: BadStudy):
    for before, after in zip(study.before, study.after, strict=True):
        after[1:4] = before[1:4]
