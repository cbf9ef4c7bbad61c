"""Whole studies on real files of other people, where they are present."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

from balint_eval.ingest.readers.open import read_export
from balint_eval.pipeline import evaluate

STUDIES = Path(__file__).parents[1] / "studies"
SHARED = Path(__file__).parents[2].parent / "shared"
KEY = bytes(range(32))


def need(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"{path} is not on this machine")
    return path


def test_qualtrics_three_header_rows() -> None:
    need(SHARED / "exports" / "qualtrics")
    tables = evaluate(STUDIES / "qualtrics.yaml", key=KEY).tables
    assert tables["sources"].loc[0, ["platform", "header_rows", "rows"]].tolist() == ["qualtrics", 3, 5]
    scores = tables["scores"].set_index(["scale", "person_id"])["score"]
    # Rows of the file: 3+4+4, 4+4+3, 2+3+1, 4+2+2, 3+3+1; thirds of 12+10+11, 12+11+13 twice, 10+11+13, 11+13+12.
    assert sorted(scores["total"]) == [6, 7, 8, 11, 11]
    assert sorted(scores["mean"]) == pytest.approx([11, 34 / 3, 12, 12, 12], rel=1e-15)


@pytest.mark.thorough
def test_qualtrics_legacy_export_of_the_same_survey_gives_the_same_answers(tmp_path: Path) -> None:
    folder = need(SHARED / "exports" / "qualtrics" / "qualtricstools")
    name = "Single_Answer_Matrix_Questions__Single_Answer_Matrix_Questions"
    text = (STUDIES / "qualtrics.yaml").read_text()
    relative = f"../../../shared/exports/qualtrics/qualtricstools/{name}_(Insights).csv"
    legacy = text.replace(relative, (folder / f"{name}.csv").as_posix()).replace("ResponseID", "V1")
    study = tmp_path / "legacy.yaml"
    # Legacy headers are numbers of the platform; the questions stand in the same place.
    study.write_text(legacy.replace('"Q2_{item}"', '["@K", "@L", "@M"]').replace('"Q4_{item}"', '["@N", "@O", "@P"]'))
    columns = ["person_id", "instrument", "item", "value"]
    old = evaluate(study, key=KEY).tables["responses"]
    new = evaluate(STUDIES / "qualtrics.yaml", key=KEY).tables["responses"]
    pd.testing.assert_frame_equal(old[columns], new[columns])


def test_redcap_events_become_waves() -> None:
    need(SHARED / "exports" / "redcap" / "REDCapR")
    tables = evaluate(STUDIES / "redcap.yaml", key=KEY).tables
    flow = tables["flow"].set_index(["wave", "file", "reason"])["rows"]
    assert flow["visit_2", "", "paired"] == 2
    assert tables["flow"].query("reason == 'received'")["rows"].sum() == 18
    change = tables["comparisons"].query("method == 'change_cr2'").iloc[0]
    # Two people: 0 to 1 and 3 to 4.
    assert change["estimate"] == 1
    assert "no test is possible" in change["note"]
    assert tables["claims"]["verdict"].tolist() == ["no_claim"]


def test_surveymonkey_columns_by_place() -> None:
    need(SHARED / "exports" / "surveymonkey")
    tables = evaluate(STUDIES / "surveymonkey.yaml", key=KEY).tables
    responses = tables["responses"].set_index("item")["value"]
    assert tables["sources"].loc[0, ["platform", "header_rows", "rows"]].tolist() == ["surveymonkey", 2, 550]
    # Yes answers as counted in the file.
    assert [int(responses[item].sum()) for item in range(1, 7)] == [84, 416, 257, 36, 480, 92]


def iri_with_ids(tmp_path: Path, *, declared: bool) -> Path:
    source = need(SHARED / "datasets" / "iri_briganti" / "iri.csv")
    answers = pd.read_csv(source, dtype=str)
    answers.insert(0, "person", [f"B{number:04}" for number in range(len(answers))])
    answers.to_csv(tmp_path / "iri_with_ids.csv", index=False)
    text = (STUDIES / "iri.yaml").read_text()
    study = tmp_path / "iri.yaml"
    study.write_text(text if declared else text.replace(", already_reversed: true", ""))
    return study


def test_iri_declared_as_already_reversed_gives_the_stated_alphas(tmp_path: Path) -> None:
    tables = evaluate(iri_with_ids(tmp_path, declared=True), key=KEY).tables
    expected = json.loads((SHARED / "datasets" / "iri_briganti" / "expected.json").read_text())
    stated = expected["as_stored_already_reversed"]
    quality = tables["quality"].set_index("scale")
    described = tables["descriptives"].query("arm == 'all'").set_index("scale")
    assert set(tables["findings"]["severity"]) <= {"note"}
    for scale in ("PT", "FS", "EC", "PD"):
        assert quality.at[scale, "alpha"] == pytest.approx(stated[scale]["alpha"], abs=5e-5)
        assert described.at[scale, "mean"] == pytest.approx(stated[scale]["mean"], abs=5e-5)
        assert described.at[scale, "sd"] == pytest.approx(stated[scale]["sd"], abs=5e-5)


def test_iri_undeclared_is_reported_and_not_reversed_twice(tmp_path: Path) -> None:
    tables = evaluate(iri_with_ids(tmp_path, declared=False), key=KEY).tables
    findings = tables["findings"].query("severity != 'note'").set_index("scale")
    assert sorted(findings.index) == ["EC", "FS", "PD", "PT"]
    assert set(findings["code"]) == {"WARN-ALPHA"}
    assert "alpha is -0.125 after and 0.752 before reversing" in findings.at["EC", "seen"]
    assert "already_reversed: true" in findings.at["EC", "mend"]
    assert tables["scores"]["score"].isna().all()
    assert set(tables["scores"]["status"]) == {"doubtful_key"}


@pytest.mark.thorough
def test_qualtrics_legacy_and_insights_by_the_same_keys_and_question_texts(tmp_path: Path) -> None:
    """One study file, word for word, for both formats: person by ImportId, items by question text."""
    folder = need(SHARED / "exports" / "qualtrics" / "qualtricstools")
    name = "Single_Answer_Matrix_Questions__Single_Answer_Matrix_Questions"
    insights = folder / f"{name}_(Insights).csv"
    labels = read_export(insights, shown_as="insights").labels
    study = yaml.safe_load((STUDIES / "qualtrics.yaml").read_text())
    export = study["cohorts"][0]["exports"][0] | {"person_id": "responseId"}
    export["items"] = [{"instrument": "statements", "columns": [labels[f"Q2_{item}"] for item in (1, 2, 3)]}]
    tables = []
    for number, path in enumerate((insights, folder / f"{name}.csv")):
        study["cohorts"][0]["exports"] = [export | {"file": path.as_posix()}]
        written = tmp_path / f"{number}.yaml"
        written.write_text(yaml.safe_dump(study))
        tables.append(evaluate(written, key=KEY).tables["responses"])
    columns = ["person_id", "instrument", "item", "value"]
    assert len(tables[0]) == 15
    pd.testing.assert_frame_equal(tables[0][columns], tables[1][columns])
