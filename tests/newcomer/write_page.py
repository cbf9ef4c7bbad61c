"""`python tests/newcomer/write_page.py` writes docs/transcripts.md from the stored transcripts."""

from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "transcripts.md"
TITLES = {
    "qualtrics": "Qualtrics",
    "redcap": "REDCap",
    "limesurvey": "LimeSurvey",
    "google_forms": "Google Forms",
    "microsoft_forms": "Microsoft Forms",
    "surveymonkey": "SurveyMonkey",
}
INTRODUCTION = """# From two files to a report, platform by platform

<!-- Written by tests/newcomer/write_page.py; do not edit. -->

Each transcript begins with what a platform gives you and ends with the paths of the reports. Shown are every command,
everything typed (at most three answers), every cell changed in the codebook, and everything said. Long lines are cut at
` ...`.

The files are made up: sixteen people in two groups, one of whom leaves, and a questionnaire that somebody began and did
not send. A test writes them, types the answers, changes the cells, and compares what is said with this page
(`tests/newcomer/`). In the same way with your own files: [first-study.md](first-study.md).
"""


def page() -> str:
    """Give the page."""
    parts = [
        f"## {title}\n\n```text\n{(HERE / 'transcripts' / f'{name}.txt').read_text('utf-8')}```\n"
        for name, title in TITLES.items()
    ]
    return "\n".join([INTRODUCTION, *parts])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
