"""The committed demo study: the files are the ones the code makes, and hold the effects it promises."""

import csv
import io
import re
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

from balint_eval.simulate.__main__ import main
from balint_eval.simulate.demo import (
    RESIDENT_OUTCOMES,
    SEED,
    STUDENT_OUTCOMES,
    demo_cohorts,
    demo_files,
    truths,
)
from balint_eval.simulate.demo_course_form import COMMENTS
from balint_eval.stats.cluster import ancova_cr2
from balint_eval.study import read_study

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "data" / "demo"
WAVES = ("before", "after", "three_months")


@pytest.fixture(scope="module")
def study():
    return read_study(ROOT / "config" / "config.yaml")


@pytest.fixture(scope="module")
def files():
    return demo_files()


@pytest.fixture(scope="module")
def cohorts():
    return {cohort.name: cohort for cohort in demo_cohorts(np.random.default_rng(SEED))}


def rows_of(name):
    """Rows as dictionaries of text, by plain readers; Qualtrics' two further header rows are dropped."""
    if name.endswith(".xlsx"):
        header, *rows = load_workbook(FOLDER / name).worksheets[0].iter_rows(values_only=True)
        return [dict(zip(header, ("" if c is None else str(c) for c in row), strict=True)) for row in rows]
    rows = list(csv.DictReader(io.StringIO((FOLDER / name).read_text("utf-8"), newline="")))
    return rows[2:] if "qualtrics" in name else rows


def used(rows):
    return [row for row in rows if row.get("Status", "0") == "0" and row.get("Finished", "1") == "1"]


def wave_of(export, row):
    if export.wave:
        return export.wave
    return {value.value: value.wave for value in export.wave_from.values}[row[export.wave_from.column]]


def code_of(items, cell):
    if cell == "" or cell in items.missing_codes:
        return np.nan
    if items.answers:
        return {answer.answer: answer.code for answer in items.answers}[cell]
    return float(cell)


def test_the_committed_files_are_the_ones_the_code_makes(files):
    committed = {path.name for path in FOLDER.iterdir() if not path.name.startswith(".")}
    assert committed == set(files)
    assert [name for name, content in files.items() if (FOLDER / name).read_bytes() != content] == []


def test_the_command_writes_them(tmp_path, capsys, files):
    main([str(tmp_path / "new")])
    assert len(capsys.readouterr().out.splitlines()) == len(files)
    assert (tmp_path / "new" / "truth.csv").read_bytes() == (FOLDER / "truth.csv").read_bytes()


def test_another_seed_gives_other_people_and_the_same_truth(files):
    other = demo_files(SEED + 1)
    assert other["truth.csv"] == files["truth.csv"]
    assert other["students_roster.csv"] != files["students_roster.csv"]


def test_the_study_file_names_every_file_and_begins_with_its_schema(study, files):
    named = {Path(file).name for cohort in study.study.cohorts for file in study.input_files(cohort)}
    assert named | {"truth.csv"} == set(files)
    assert all(study.path(file).is_file() for c in study.study.cohorts for file in study.input_files(c))
    first_line = (ROOT / "config" / "config.yaml").read_text("utf-8").splitlines()[0]
    assert first_line == "# yaml-language-server: $schema=../workflow/schemas/study.schema.json"


def test_every_answer_in_the_exports_is_the_simulated_one(study, cohorts):
    compared = 0
    for declared in study.study.cohorts:
        cohort = cohorts[declared.name]
        for export in declared.exports:
            for row in used(rows_of(Path(export.file).name)):
                wave = wave_of(export, row)
                for items in export.items if wave else []:
                    if items.instrument not in cohort.answers:
                        continue
                    names = items.column_names(study.instruments[items.instrument].n_items)
                    person = cohort.codes.index(row[export.person_id])
                    expected = cohort.answers[items.instrument][person, WAVES.index(wave)]
                    np.testing.assert_array_equal([code_of(items, row[name]) for name in names], expected)
                    compared += 1
    answered = {name: int(cohort.simulation.answered.sum()) for name, cohort in cohorts.items()}
    assert compared == 3 * answered["students"] + 4 * answered["residents"]


def test_the_truth_table_lists_what_was_put_in(study):
    rows = rows_of("truth.csv")
    assert [(r["instrument"], r["scale"], r["wave"], float(r["effect"])) for r in rows] == truths()
    assert ("TEQ", "total", "after", 4.0) in truths()
    assert ("TEQ", "total", "three_months", 3.0) in truths()
    compared = {(outcome.instrument, outcome.scale) for outcome in study.study.outcomes}
    assert compared == {(row["instrument"], row["scale"]) for row in rows}


def test_the_readme_tells_the_same_truth():
    text = (ROOT / "data" / "README.md").read_text("utf-8")
    for instrument, scale, wave, points in truths():
        line = next(line for line in text.splitlines() if f"| {instrument} {scale} |" in line)
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells[1 + (wave == "three_months")] == f"{points:+g}".replace("-", "−")


def primary_scores(cohort):
    reverse = [2, 4, 7, 10, 11, 12, 14, 15]
    answers = cohort.answers["TEQ"].copy()
    answers[:, :, [item - 1 for item in reverse]] = 4 - answers[:, :, [item - 1 for item in reverse]]
    kept = cohort.simulation.answered
    return np.where(kept, 16 * np.nanmean(np.where(kept[:, :, None], answers, 0), axis=2), np.nan)


@pytest.mark.parametrize(("wave", "truth"), [(1, 4), (2, 3)])
def test_the_true_primary_effect_lies_in_its_interval(cohorts, wave, truth):
    scores = np.concatenate([primary_scores(cohort) for cohort in cohorts.values()])
    treated = np.concatenate([cohort.simulation.treated for cohort in cohorts.values()])
    group = [group for cohort in cohorts.values() for group in cohort.groups]
    result = ancova_cr2(scores[:, 0], scores[:, wave], treated, group)
    assert result.conf_low <= truth <= result.conf_high


def test_groups_and_people_are_as_described(cohorts):
    for cohort in cohorts.values():
        sizes = np.unique(cohort.groups, return_counts=True)[1]
        assert len(sizes) == 4
        assert sizes.min() >= 6
        assert sizes.max() <= 10
        arms = dict(zip(cohort.groups, cohort.arms, strict=True))
        assert sorted(arms.values()) == ["balint", "balint", "waiting", "waiting"]
    everyone = [code for cohort in cohorts.values() for code in cohort.codes]
    assert len({code.casefold() for code in everyone}) == len(everyone)
    assert {"NA", "1E5"} <= set(cohorts["students"].codes)
    assert "007" in cohorts["residents"].codes


def test_there_are_people_without_a_partner_in_the_other_wave(cohorts):
    answered = np.concatenate([cohort.simulation.answered for cohort in cohorts.values()])
    assert (answered[:, 0] & ~answered[:, 1]).sum() >= 3
    assert (~answered[:, 0] & answered[:, 1]).sum() >= 1


def test_nobody_answers_twice_in_a_wave(study):
    for cohort in study.study.cohorts:
        for export in cohort.exports:
            rows = used(rows_of(Path(export.file).name))
            seen = [(row[export.person_id], wave_of(export, row)) for row in rows]
            assert export.ratings or len(set(seen)) == len(seen)


def test_previews_and_unfinished_responses_are_there_to_be_left_out():
    rows = rows_of("students_before_qualtrics.csv")
    assert sum(row["Status"] == "1" for row in rows) == 2
    unfinished = [row["code"] for row in rows if row["Finished"] == "0"]
    assert 1 <= len(unfinished) <= 2
    assert not set(unfinished) & {row["code"] for row in used(rows)}


def test_only_the_balint_arm_answers_the_course_form(cohorts):
    for name, file, columns in [
        ("students", "students_after_microsoft_forms.xlsx", ("Your code", "Worth the time")),
        ("residents", "residents_redcap.csv", ("record_id", "course_1")),
    ]:
        arm = dict(zip(cohorts[name].codes, cohorts[name].arms, strict=True))
        answered = [row[columns[0]] for row in rows_of(file) if row[columns[1]]]
        there = cohorts[name].simulation.answered[:, 1]
        expected = [code for code, is_there in zip(cohorts[name].codes, there, strict=True) if is_there]
        assert sorted(answered) == sorted(code for code in expected if arm[code] == "balint")


def test_all_comments_are_used_and_some_are_awkward():
    students = {row["Anything you want to tell us"] for row in rows_of("students_after_microsoft_forms.xlsx")}
    residents = {row["course_comment"] for row in rows_of("residents_redcap.csv")}
    assert (students | residents) - {""} == set(COMMENTS)
    assert any("\n" in text for text in residents)
    assert any('"' in text and "," not in text for text in students)
    assert any(re.search("[\u0600-\u06ff]", text) for text in students)


def test_patients_rate_each_resident_who_takes_part(cohorts):
    rows = rows_of("residents_patient_ratings.csv")
    answered = cohorts["residents"].simulation.answered
    for wave, name in enumerate(("first", "second")):
        doctors = [row["doctor"] for row in rows if row["round"] == name]
        codes, counts = np.unique(doctors, return_counts=True)
        assert len(codes) == answered[:, wave].sum()
        assert set(counts.tolist()) <= {3, 4, 5, 6}
    assert {row["round"] for row in rows} == {"first", "second"}


@pytest.mark.parametrize("cohort", ["students", "residents"])
def test_the_balint_groups_met_eight_times(cohorts, cohort):
    sessions, attendance = rows_of(f"{cohort}_sessions.csv"), rows_of(f"{cohort}_attendance.csv")
    met = {g for g, arm in zip(cohorts[cohort].groups, cohorts[cohort].arms, strict=True) if arm == "balint"}
    assert sorted((row["group"], int(row["session"])) for row in sessions) == [
        (group, session) for group in sorted(met) for session in range(1, 9)
    ]
    assert {int(row["leaders"]) for row in sessions} == {1, 2}
    assert all(80 <= int(row["minutes"]) <= 100 for row in sessions)
    members = {cohorts[cohort].codes[person] for person in cohorts[cohort].in_balint_groups()}
    assert {row["person_id"] for row in attendance} <= members
    assert len(attendance) / (8 * len(members)) == pytest.approx(0.87, abs=0.08)


def test_about_one_answer_in_a_hundred_is_missing(cohorts):
    answers = [a[c.simulation.answered] for c in cohorts.values() for a in c.answers.values()]
    missing = np.concatenate([np.isnan(values).ravel() for values in answers]).mean()
    assert missing == pytest.approx(0.01, abs=0.004)


def test_headers_hold_no_scale_wording(files):
    neutral = re.compile(r"(TEQ|CBI|PSS10|CARE|teq|cbi|pss|wcw|course)[ _]?\[?([Ii]tem )?\d+\]?")
    headers = {name for file in files if "dictionary" not in file for name in rows_of(file)[0]}
    others = {name for name in headers if not neutral.fullmatch(name)}
    assert all(len(name.split()) <= 6 for name in others)
    labels = {row["Field Label"] for row in rows_of("residents_redcap_dictionary.csv")}
    assert all(len(label.split()) <= 6 for label in labels)


def test_outcomes_of_the_two_cohorts_agree():
    assert RESIDENT_OUTCOMES[: len(STUDENT_OUTCOMES)] == STUDENT_OUTCOMES
