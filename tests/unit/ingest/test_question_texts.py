"""What stands with an export: zones, events, letters of columns, the order in which things are told."""

import time

import pytest

from balint_eval.check import check
from balint_eval.errors import DataError, shown
from balint_eval.ingest.readers.qualtrics import zone_of
from balint_eval.ingest.readers.redcap_events import events_by_label

NAMES = ["before_arm_1", "before_arm_2", "after_arm_1", "three_months_late_arm_1"]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("After", "after_arm_1"),
        ("AFTER (Arm 1: Balint)", "after_arm_1"),
        ("After (Arm 2: Waiting)", None),
        ("Before (Arm 2: Waiting)", "before_arm_2"),
        ("Before", None),  # two arms have it
        ("Three months later", None),
        ("after_arm_1", None),  # declared itself
        ("قبل", None),
        ("", None),
    ],
)
def test_a_label_means_one_event_or_none(label, name):
    assert events_by_label([label], NAMES).get(label) == name


def test_long_labels_are_cut_as_the_platform_cuts_them():
    names = ["three_months_after_arm_1", "other_arm_1"]
    assert events_by_label(["Three months after the last meeting"], names) == {
        "Three months after the last meeting": "three_months_after_arm_1"
    }


def test_a_study_written_for_the_raw_export_reads_the_label_export(folder):
    folder.content["cohorts"][0]["exports"] = [
        {
            "file": "all.csv", "person_id": "record_id", "platform": "redcap",
            "wave_from": {
                "column": "redcap_event_name",
                "values": [{"value": "before_arm_1", "wave": "before"}, {"value": "after_arm_1", "wave": "after"}],
            },
            "items": [{"instrument": "TRY", "columns": "q{item}"}],
        }
    ]  # fmt: skip
    rows = [[f"P{n}", event, 1 + n % 5, 2, 3 + (event == "After")] for n in range(6) for event in ("Before", "After")]
    folder.rows("all.csv", *rows, header=["record_id", "redcap_event_name", "q1", "q2", "q3"])
    responses = folder.ingest().tables["responses"]
    assert responses.groupby("wave").size().to_dict() == {"before": 18, "after": 18}


def test_values_of_the_wave_column_that_nobody_declared_are_not_told_twice(folder):
    folder.content["cohorts"][0]["exports"][1]["wave_from"] = {
        "column": "time", "values": [{"value": "T9", "wave": "after"}]
    }  # fmt: skip
    del folder.export(1)["wave"]
    folder.rows("before.csv", ["a", 1, 2, 3], ["b", 5, 4, 3])
    folder.rows("after.csv", ["a", 1, 2, 3, "T1"], ["b", 5, 4, 3, "T1"], header=["code", "q1", "q2", "q3", "time"])
    with pytest.raises(DataError) as caught:
        folder.ingest()
    assert [(p.code, p.column) for p in caught.value.problems] == [("VAL-WAVE", "time (E)")]


def test_a_column_is_told_with_its_letter(folder):
    folder.waves([["a", 1, 2, 3], ["b", 5, 4, 3]], [["a", 1, 2, 9], ["", 5, 4, 3]])
    with pytest.raises(DataError) as caught:
        folder.ingest()
    assert {(p.code, p.column) for p in caught.value.problems} == {("VAL-RANGE", "q3 (D)"), ("LK-BLANK", "code (A)")}


def test_letters_count_a_first_column_that_only_numbers_the_rows(folder):
    folder.rows("before.csv", ["a", 1, 2, 3], ["b", 5, 4, 3])
    folder.rows("after.csv", ["1", "a", 1, 2, 9], ["2", "b", 5, 4, 3], header=["", "code", "q1", "q2", "q3"])
    with pytest.raises(DataError) as caught:
        folder.ingest()
    assert [p.column for p in caught.value.problems] == ["q3 (E)"]


def test_a_row_outside_its_wave_names_the_column_of_the_date(folder):
    folder.content["waves"][1]["from"] = "2026-04-01"
    folder.content["linkage"] = {"outside_window": "refuse"}
    folder.export(1)["answered_on"] = "day"
    folder.rows("before.csv", ["a", 1, 2, 3], ["b", 5, 4, 3])
    rows = [["a", 1, 2, 3, "2026-04-02"], ["b", 5, 4, 3, "2026-03-02"]]
    folder.rows("after.csv", *rows, header=["code", "q1", "q2", "q3", "day"])
    with pytest.raises(DataError) as caught:
        folder.ingest()
    assert [(p.code, p.row, p.column, p.value) for p in caught.value.problems] == [
        ("VAL-WINDOW", 3, "day (E)", "2026-03-02")
    ]


def test_check_tells_files_and_waves_in_the_order_of_the_study(folder):
    folder.content["waves"] = [
        {"name": "start", "role": "baseline"}, {"name": "later", "role": "post"}, {"name": "again", "role": "follow_up"}
    ]  # fmt: skip
    folder.cohort["exports"] = [
        {**folder.export(0), "file": f"{name}.csv", "wave": wave}
        for name, wave in (("z", "start"), ("m", "later"), ("a", "again"))
    ]
    for name, third in (("z", 3), ("m", 4), ("a", 5)):
        folder.rows(f"{name}.csv", ["a", 1, 2, third], ["b", 5, 4, third], ["c", 2, 2, third])
    lines = check(folder.write()).lines
    files = [line.strip()[0] for line in lines if ".csv: " in line]
    waves = [line.split()[1].rstrip(":") for line in lines if line.startswith("  wave ")]
    assert files == ["z", "m", "a"]
    assert list(dict.fromkeys(waves)) == ["later", "again"]


def test_ten_thousand_faults_are_told_in_bounded_text_and_time(folder, capsys):
    from balint_eval.cli import main

    people = 4_000
    folder.rows("before.csv", *([f"p{n}", 1 + n % 5, 1 + n % 4, 3] for n in range(people)))
    folder.rows("after.csv", *([f"p{n}", 9, 9, "3.5" if n % 2 else 3] for n in range(people)))
    path = folder.write()
    started = time.process_time()
    assert main(["check", str(path)]) == 3
    took = time.process_time() - started
    said = capsys.readouterr().err
    assert took < 10
    assert len(said.splitlines()) <= 51
    assert len(said) < 20_000
    assert said.splitlines()[-1].startswith("... and ")
    assert "10000 problems in all: VAL-RANGE 8000, VAL-NOTINT 2000" in said
    assert {line.split(":")[0] for line in said.splitlines()[:-1]} >= {"VAL-RANGE", "VAL-NOTINT"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("می\u200cروم", "'می\u200cروم'"),
        ("a\u200cb", "'a\\u200cb'"),
        ("\u200cمی", "'\\u200cمی'"),
        ("a\u202eb", "'a\\u202eb'"),
        ("\ue000", "'\\ue000'"),
    ],
)
def test_a_joiner_inside_a_persian_word_is_shown_as_it_is(text, expected):
    assert shown(text) == expected


def test_one_zone_or_none():
    assert zone_of([]) == ""
    assert zone_of(["../../etc/passwd"]) == ""
