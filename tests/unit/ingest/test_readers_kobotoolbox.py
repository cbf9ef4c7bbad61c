"""KoboToolbox: names or labels, groups, HXL tags, questions with several answers, validation."""

import platform_files as made
import pytest

from balint_eval.ingest.rows import resolve_columns


@pytest.mark.parametrize("tags", [False, True])
@pytest.mark.parametrize("header", [made.KOBO_NAMES, made.KOBO_LABELS])
def test_names_or_labels_with_or_without_tags(read_bytes, header, tags):
    sheet = read_bytes(made.kobotoolbox(header, tags=tags))
    assert (sheet.platform, sheet.header_rows, sheet.delimiter) == ("kobotoolbox", 1 + tags, ";")
    assert sheet.cells.to_numpy().tolist() == made.KOBO_PEOPLE
    assert list(sheet.cells.index) == [2 + tags, 3 + tags, 4 + tags]
    assert list(sheet.status) == ["", "not_approved", ""]
    assert (sheet.started, sheet.ended) == ("start", "end")
    assert any("HXL tags" in note for note in sheet.notes) == tags
    assert "1 response is marked On hold and used." in sheet.notes


def test_a_question_answers_to_its_name_with_and_without_its_group(read_bytes):
    sheet = read_bytes(made.kobotoolbox())
    found, problems = resolve_columns(sheet, ["q1", "scale/q2", "code", "why", "scale/why/A"])
    assert problems == []
    assert list(found.values()) == ["scale/q1", "scale/q2", "about/code", "scale/why", "scale/why/A"]


def test_an_option_is_no_question_of_its_own(read_bytes):
    sheet = read_bytes(made.kobotoolbox())
    _, problems = resolve_columns(sheet, ["A"])
    assert [problem.code for problem in problems] == ["HD-MISSING"]
    assert any("scale/why (2 options)" in note for note in sheet.notes)


def test_one_name_in_two_groups_must_be_named_in_full(read_bytes):
    header = [name.replace("scale/q2", "other/q1") for name in made.KOBO_NAMES]
    _, problems = resolve_columns(read_bytes(made.kobotoolbox(header)), ["q1"])
    assert [problem.code for problem in problems] == ["HD-MISSING"]
    assert "scale/q1" in problems[0].what or "other/q1" in problems[0].what


def test_without_end_the_moment_of_submission_counts(read_bytes):
    header = ["start", "finished", *made.KOBO_NAMES[2:]]
    assert read_bytes(made.kobotoolbox(header)).ended == "_submission_time"


def test_the_table_of_a_repeated_group_is_refused(refused):
    rows = [["topic", "_index", "_parent_table_name", "_parent_index", "_submission__id", "_submission__uuid"],
        ["x", "1", "form", "1", "1001", "uuid-1"], ["y", "2", "form", "1", "1001", "uuid-1"]]  # fmt: skip
    (problem,) = refused(made.table(rows, ";"))
    assert problem.code == "IN-PLATFORM"
    assert "repeated group" in problem.what
