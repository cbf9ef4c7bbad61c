"""`python tests/newcomer/write_page.py` writes docs/transcripts.md and docs/newcomer.md from the stored transcripts."""

from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "transcripts.md"
NEWCOMER = PAGE.with_name("newcomer.md")
TITLES = {
    "qualtrics": "Qualtrics",
    "redcap": "REDCap",
    "limesurvey": "LimeSurvey",
    "google_forms": "Google Forms",
    "microsoft_forms": "Microsoft Forms",
    "surveymonkey": "SurveyMonkey",
}
PARTS = ("demo", "spring_group", "balint_1404")
INTRODUCTION = """# From two files to a report, platform by platform

<!-- Written by tests/newcomer/write_page.py; do not edit. -->

Each transcript begins with what a platform gives you and ends with the paths of the reports. Shown are every command,
everything typed (at most three answers), every cell changed in the codebook, and everything said. Long lines are cut at
` ...`.

The files are made up: sixteen people in two groups, one of whom leaves, and a questionnaire that somebody began and did
not send. A test writes them, types the answers, changes the cells, and compares what is said with this page
(`tests/newcomer/`). In the same way with your own files: [first-study.md](first-study.md).
"""
WALK = """# From a bare clone to a report of one's own data

<!-- Written by tests/newcomer/walk.py; do not edit. -->

A newcomer with a fresh copy of the repository, its `README.md` and nothing else: the demo study first, then two
programmes of one group each, one in English and one in Persian. Shown is every command, everything typed, every cell
changed in the codebook, and everything said; long lines are cut at ` ...`. The people are made up. `make newcomer`
walks it again, in a clone made for it.

With one group and no comparison the reports describe what changed and claim nothing, and say why. That is as it should
be ([why](how-to/one-group.md)).

## The copy and the demo study

The first line of `make demo` takes the longest: it fetches what the program needs, once.

```text
{demo}```

## A group in English: Google Forms

```text
{spring_group}```

## A group in Persian: Microsoft Forms

Three questions on the course itself are set aside here (`نادیده`); how to keep such questions as a form of one's own:
[own-scale.md](how-to/own-scale.md).

```text
{balint_1404}```
"""


def newcomer() -> str:
    """Give the page of the walk."""
    stored = {name: (HERE / "transcripts" / f"{name}.txt").read_text("utf-8") for name in PARTS}
    return WALK.format(**stored)


def page() -> str:
    """Give the page."""
    parts = [
        f"## {title}\n\n```text\n{(HERE / 'transcripts' / f'{name}.txt').read_text('utf-8')}```\n"
        for name, title in TITLES.items()
    ]
    return "\n".join([INTRODUCTION, *parts])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    NEWCOMER.write_text(newcomer(), encoding="utf-8")
