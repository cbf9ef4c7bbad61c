"""A whole cohort: every row accounted for, order says nothing, nobody is named, nothing is changed."""

import random

import pandas as pd
import pytest
from openpyxl import Workbook

from balint_eval.errors import BalintError, DataError

BEFORE = [[f"A{n}", 1 + n % 5, 2, 3] for n in range(6)]
AFTER = [[f"A{n}", 1 + (n + 1) % 5, 2, 3] for n in range(6)]
UNPLACED = ["cohort", "person_id", "wave", "instrument", "item", "value", "answered_on"]


def same_tables(one, other):
    for name in ("participants", "sessions", "attendance"):
        pd.testing.assert_frame_equal(one.tables[name], other.tables[name], obj=name)
    pd.testing.assert_frame_equal(one.tables["responses"][UNPLACED], other.tables["responses"][UNPLACED])
    pd.testing.assert_frame_equal(one.linkage, other.linkage)
    pd.testing.assert_frame_equal(one.comments, other.comments)


def people_counts(ingested):
    flow = ingested.tables["flow"]
    return flow[flow["file"] == ""].reset_index(drop=True)


def accounts_add_up(ingested):
    """Received = used + each reason, per file; 2 * paired + pre_only + post_only = rows used, per later wave."""
    flow = ingested.tables["flow"]
    by_file = flow[flow["file"] != ""]
    received = by_file[by_file["reason"] == "received"].groupby("file")["rows"].sum()
    fates = by_file[by_file["reason"] != "received"].groupby("file")["rows"].sum()
    assert received.to_dict() == fates.to_dict()
    assert received.to_dict() == ingested.tables["sources"].set_index("file")["rows"].to_dict()
    used = by_file[by_file["reason"] == "used"].groupby("wave")["rows"].sum()
    people = people_counts(ingested).pivot(index="wave", columns="reason", values="rows")
    for wave, row in people.iterrows():
        assert 2 * row["paired"] + row["pre_only"] + row["post_only"] == used.get("before", 0) + used.get(wave, 0)
    per_wave = ingested.tables["responses"].groupby("wave")["person_id"].nunique()
    assert per_wave.to_dict() == used.to_dict()


def random_study(folder, rng):
    """Two or three waves with blanks, missing codes, duplicates, strangers, previews kept out by a wave column."""
    later = ["after", "late"][: rng.choice([1, 2])]
    folder.content["waves"] += [{"name": "late", "role": "follow_up"}] * (len(later) == 2)
    folder.content["linkage"] = {"duplicates": rng.choice(["first", "last"]), "min_match_rate": 0}
    template = folder.export(0)
    people = [f"P{n}" for n in range(rng.randint(3, 12))]
    folder.cohort["exports"] = []
    for wave in ["before", *later]:
        folder.cohort["exports"].append({
            **template, "file": f"{wave}.csv", "comments": ["said"],
            "wave_from": {"column": "event", "values": [{"value": "x", "wave": wave}, {"value": "other"}]},
            "items": [{"instrument": "TRY", "columns": "q{item}", "missing_codes": ["-9"]}],
        })  # fmt: skip
        del folder.cohort["exports"][-1]["wave"]
        here = [person for person in people if rng.random() < 0.8] + [f"{wave}{n}" for n in range(rng.randint(0, 2))]
        here += [rng.choice(people) for _ in range(rng.randint(0, 2))]
        here = here if people[0] in here else [people[0], *here]
        rows = [
            [rng.choice(["x"] * 7 + ["other"]), person, *_answers(rng), rng.choice(["", "", "fine"])] for person in here
        ]
        rows += [["x", people[0], 1, 2, 3, ""]]
        rng.shuffle(rows)
        folder.rows(f"{wave}.csv", *rows, header=["event", "code", "q1", "q2", "q3", "said"])
    if rng.random() < 0.5:
        folder.cohort["roster"] = {"file": "roster.csv", "person_id": "code"}
        enrolled = [people[0], *(person for person in people[1:] if rng.random() < 0.9)]
        folder.rows("roster.csv", *[[person, "-"] for person in enrolled], header=["code", "note"])
    return folder


def _answers(rng):
    kind = rng.random()
    if kind < 0.1:
        return ["", "", ""]
    if kind < 0.2:
        return [-9, -9, -9]
    return [rng.choice([1, 2, 3, 4, 5, "", -9]) for _ in range(3)]


@pytest.mark.thorough
@pytest.mark.parametrize("block", range(6))
def test_rows_and_people_add_up_in_random_studies(new_folder, block):
    rng = random.Random(f"accounts {block}")
    for number in range(20):
        folder = random_study(new_folder(str(number)), rng)
        accounts_add_up(folder.ingest())


@pytest.mark.parametrize("seed", range(5))
def test_order_of_rows_says_nothing(folder, new_folder, seed):
    rng = random.Random(seed)
    folder.waves(BEFORE, AFTER)
    other = new_folder("shuffled").waves(rng.sample(BEFORE, 6), rng.sample(AFTER, 6))
    same_tables(folder.ingest(), other.ingest())
    pd.testing.assert_frame_equal(people_counts(folder.ingest()), people_counts(other.ingest()))


def test_one_file_or_two(folder, new_folder):
    other = new_folder("split").waves(BEFORE[:2], AFTER)
    other.cohort["exports"].append({**other.export(0), "file": "more.csv"})
    other.rows("more.csv", *BEFORE[2:])
    one, split = folder.waves(BEFORE, AFTER).ingest(), other.ingest()
    same_tables(one, split)
    pd.testing.assert_frame_equal(people_counts(one), people_counts(split))


def test_one_form_in_two_files(folder, new_folder):
    """Two instruments of one wave may come in two files; neither is a duplicate."""
    folder.content["own_instruments"].append({**folder.content["own_instruments"][0], "name": "TOO"})
    folder.waves(BEFORE, AFTER)
    folder.cohort["exports"].append({**folder.export(0), "file": "too.csv", "items": [
        {"instrument": "TOO", "columns": "q{item}"}]})  # fmt: skip
    folder.rows("too.csv", *[[code, 5, 5, 5] for code, *_ in BEFORE])
    responses = folder.ingest().tables["responses"]
    assert responses.groupby(["wave", "instrument"]).size().to_dict() == {
        ("before", "TRY"): 18, ("before", "TOO"): 18, ("after", "TRY"): 18,
    }  # fmt: skip


def test_workbook_and_text_give_the_same(folder, new_folder):
    other = new_folder("workbook").waves(BEFORE, AFTER)
    for index, rows in enumerate((BEFORE, AFTER)):
        book = Workbook()
        for row in [folder.header, *rows]:
            book.active.append(row)
        book.save(other.folder / f"{index}.xlsx")
        other.export(index)["file"] = f"{index}.xlsx"
    same_tables(folder.waves(BEFORE, AFTER).ingest(), other.ingest())


def ratings(folder, *files):
    folder.waves(BEFORE, AFTER)
    for number, rows in enumerate(files):
        name = f"ratings{number}.csv"
        folder.cohort["exports"].append({
            "file": name, "platform": "plain", "person_id": "doctor", "ratings": True,
            "wave_from": {"column": "w", "values": [{"value": "1", "wave": "before"}, {"value": "2", "wave": "after"}]},
            "items": [{"instrument": "CARE", "columns": "c{item}", "missing_codes": ["9"]}],
        })  # fmt: skip
        folder.rows(name, *rows, header=["doctor", "w", *(f"c{n}" for n in range(1, 11))])
    return folder


RATINGS = [
    ["A0", "1", *[5] * 10],
    ["A0", "1", *[4] * 10],
    ["a0", "1", *[4] * 10],
    ["A1", "1", *[3] * 10],
    ["A0", "2", *[9] * 9, 5],
]


def test_ratings_by_several_people_are_no_duplicates(folder, new_folder, pseudonym):
    ingested = ratings(folder, RATINGS).ingest()
    care = (
        ingested.tables["responses"]
        .query("instrument == 'CARE' and item == 10")
        .set_index(["person_id", "wave"])["value"]
    )
    doctor, other = pseudonym("A0"), pseudonym("A1")
    assert set(care.index) == {
        *((f"{doctor}#{number}", "before") for number in (1, 2, 3)), (f"{doctor}#1", "after"), (f"{other}#1", "before"),
    }  # fmt: skip
    assert sorted(care.xs("before", level="wave")) == [3, 4, 4, 5]
    assert people_counts(ingested).set_index("reason")["rows"].to_dict() == {"paired": 6, "pre_only": 0, "post_only": 0}
    shuffled = ratings(new_folder("shuffled"), list(reversed(RATINGS))).ingest()
    same_tables(ingested, shuffled)
    split = ratings(new_folder("split"), RATINGS[:2], RATINGS[2:]).ingest()
    same_tables(ingested, split)


def test_other_columns_for_the_same_instrument_in_another_wave(folder):
    del folder.export(0)["wave"]
    folder.cohort["exports"] = [folder.export(0)]
    folder.export(0)["wave_from"] = {
        "column": "w", "values": [{"value": "1", "wave": "before"}, {"value": "2", "wave": "after"}],
    }  # fmt: skip
    folder.export(0)["items"] = [
        {"instrument": "TRY", "columns": "a{item}", "waves": ["before"]},
        {"instrument": "TRY", "columns": "b{item}", "waves": ["after"]},
    ]
    header = ["code", "w", "a1", "a2", "a3", "b1", "b2", "b3"]
    rows = [["A1", 1, 1, 2, 3, "", "", ""], ["A1", 2, "", "", "", 3, 4, 5], ["A2", 2, "5", "5", "5", "", "", ""]]
    folder.rows("before.csv", *rows, header=header)
    ingested = folder.ingest()
    assert ingested.tables["responses"]["value"].tolist() == [3, 4, 5, 1, 2, 3]
    flow = ingested.tables["flow"].set_index(["wave", "reason"])["rows"]
    assert flow["after", "no_answers"] == 1


def test_problems_of_all_files_at_once(folder):
    folder.waves([*BEFORE, ["A9", 9, 1, 1]], [*AFTER, ["", 1, 1, 1]])
    folder.cohort["roster"] = {"file": "roster.csv", "person_id": "code"}
    with pytest.raises(DataError) as caught:
        folder.ingest()
    assert [(p.code, p.file) for p in caught.value.problems] == [
        ("IN-MISSING", "roster.csv"), ("VAL-RANGE", "before.csv"), ("LK-BLANK", "after.csv"),
    ]  # fmt: skip


CANARIES = ("zanzibar7", "canary@mail.org", "my patient wept", "Quetzal")


def spoilt(folder, rng):
    """Put canaries where ids, comments, mails and names stand, and break something."""
    rows = [[rng.choice(CANARIES[:2]), rng.choice([1, 9, "x"]), 2, 3, CANARIES[1], CANARIES[2]] for _ in range(2)]
    rows += [[CANARIES[0], 1, 2, 3, "", ""], [CANARIES[0].upper(), 1, 2, "", "", ""]]
    rows += [[f"id{n}", 1, 2, n % 5 + 1, "m", "c"] for n in range(3)]
    header = [*folder.header, "mail", "said"]
    folder.rows("before.csv", *rows, header=header)
    folder.rows("after.csv", *[[*row[:1], 2, *row[2:]] for row in rows[1:]], header=header)
    folder.export(0).update(
        comments=["said"],
        answered_on=rng.choice(["", "mail", "said"]),
        group=rng.choice(["", "mail"]),
        arm=rng.choice(["", "mail"]),
        person_id=rng.choice(["code", "code", "mail"]),
    )
    folder.items(0)["columns"] = rng.choice(["q{item}", ["q1", "mail", "said"]])
    folder.content["linkage"] = {"duplicates": rng.choice(["refuse", "first"])}
    if rng.random() < 0.5:
        folder.cohort["roster"] = {"file": "roster.csv", "person_id": rng.choice(["code", "name"]), "group": "name"}
        folder.rows("roster.csv", *[[c, "Quetzal"] for c in (*CANARIES, CANARIES[0])], header=["code", "name"])
    return folder


@pytest.mark.parametrize("block", range(4))
def test_no_message_names_a_person_or_tells_what_they_wrote(new_folder, block):
    rng = random.Random(f"canaries {block}")
    refused = 0
    for number in range(15):
        folder = spoilt(new_folder(str(number)), rng)
        before = folder.snapshot()
        try:
            folder.ingest()
        except BalintError as error:
            refused += 1
            text = str([problem.as_dict() for problem in error.problems]).casefold()
            assert not [canary for canary in CANARIES[:2] if canary.casefold() in text], text
        after = folder.snapshot()
        assert {name: after[name] for name in before} == before
        assert set(after) - set(before) == {"study.yaml"}
    assert refused > 10
