"""From two exports of each of six platforms to a report: at most three answers typed, only the codebook edited.

The transcripts are the expected output (`transcripts/`); `UPDATE_TRANSCRIPTS=1` writes them anew, to be read before
they are kept. Every day each goes as far as `check`; CI runs all of them to the report.
"""

import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
import made_exports  # noqa: E402
import own_data  # noqa: E402
import visit as visits  # noqa: E402
import walk  # noqa: E402
import write_page  # noqa: E402

sys.path.pop(0)

STORED = HERE / "transcripts"
RUN = "$ balint-eval run"
WORDS = {word: code for code, word in enumerate(made_exports.WORDS)}
VISITS = {
    "qualtrics": visits.Visit(
        "Two downloads from Qualtrics, before and after the course. The questions are called Q4_1, Q4_2 and so on, and "
        "the numbers run from 1 to 5.",
        ("TEQ", "PSS10", "1"),
        {str(code + 1): code for code in range(5)},
        {},
    ),
    "redcap": visits.Visit(
        "The data of a REDCap project with two events, and its data dictionary.",
        ("TEQ.total",),
        {},
        {},
    ),
    "limesurvey": visits.Visit(
        "Two results files from LimeSurvey with question codes as headings. Their names say nothing; the answers are "
        "called AO01 to AO05.",
        ("TEQ", "PSS10", "1"),
        {f"AO0{code + 1}": code for code in range(5)},
        {"G01Q02": "group"},
    ),
    "google_forms": visits.Visit(
        "Two sheets of answers from Google Forms. The questions are grids, the answers are words.",
        ("TEQ", "PSS10", "1"),
        WORDS,
        {},
    ),
    "microsoft_forms": visits.Visit(
        "Two workbooks from Microsoft Forms. The rows of two questions follow each other, and no heading says where "
        "one questionnaire ends.",
        ("TEQ, PSS10", "1"),
        WORDS,
        {},
    ),
    "surveymonkey": visits.Visit(
        "Two downloads of all individual responses from SurveyMonkey.",
        ("4", "pss10", "TEQ.total"),
        WORDS,
        {},
    ),
}


@pytest.fixture
def transcript(tmp_path, monkeypatch):
    folder = tmp_path / "my_study"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("BALINT_EVAL_KEY_FILE", str(tmp_path / "key" / "k"))
    for name in ("init.command", "check"):
        monkeypatch.setattr(f"balint_eval.{name}.program", lambda: "balint-eval")
    return visits.Transcript(monkeypatch)


@pytest.mark.parametrize("platform", VISITS)
def test_two_exports_come_to_a_study_in_order(transcript, platform):
    files = made_exports.PLATFORMS[platform](Path())
    visits.walk(transcript, VISITS[platform], files)
    assert "is in order: 1 cohort." in transcript.text
    assert "people in 2 groups of 8" in transcript.text
    if not os.environ.get("UPDATE_TRANSCRIPTS"):
        assert transcript.text == (STORED / f"{platform}.txt").read_text("utf-8").partition(RUN)[0].rstrip() + "\n"


@pytest.mark.thorough
@pytest.mark.parametrize("platform", VISITS)
def test_and_from_there_to_a_report(transcript, platform):
    visits.walk(transcript, VISITS[platform], made_exports.PLATFORMS[platform](Path()))
    transcript.lines.append("")
    assert transcript.command("run", "study.yaml", "--plain") == 0
    reports = sorted(path.name for path in Path("results/my_study/report").glob("*.html"))
    assert reports == ["educator.en.INTERNAL.html", "researcher.en.INTERNAL.html"]
    stored = STORED / f"{platform}.txt"
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        STORED.mkdir(exist_ok=True)
        stored.write_text(transcript.text, encoding="utf-8")
    assert transcript.text == stored.read_text("utf-8")


def test_the_page_shows_the_transcripts_as_they_are():
    assert list(write_page.TITLES) == list(VISITS)
    assert write_page.PAGE.read_text("utf-8") == write_page.page()
    assert write_page.NEWCOMER.read_text("utf-8") == write_page.newcomer()


@pytest.mark.thorough
@pytest.mark.parametrize("name", own_data.VISITS)
def test_a_newcomers_own_data_come_to_a_report(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BALINT_EVAL_KEY_FILE", str(tmp_path / "key" / "k"))
    for module in ("init.command", "check"):
        monkeypatch.setattr(f"balint_eval.{module}.program", lambda: walk.PROGRAM)
    Path(name).mkdir()
    transcript = visits.Transcript(monkeypatch, walk.PROGRAM)
    own_data.walk(transcript, name)
    assert transcript.text == (STORED / f"{name}.txt").read_text("utf-8")
