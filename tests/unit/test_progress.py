"""Progress of a run: what is told when, and how the time that is left is known."""

import io

import pytest

from balint_eval.language import read_language
from balint_eval.progress import Progress, as_line, time_left
from balint_eval.speaker import Speaker, show_steps

LOG = """\
Job stats:
job         count
--------  -------
ingest          2
score           2
compare         1
all             1
total           6

Select jobs to execute...
[Mon Nov 23 06:19:20 2026]
localrule ingest:
    input: a.csv
    jobid: 4
    wildcards: cohort=students
    resources: tmpdir=/tmp
rule ingest:
    jobid: 6
    wildcards: cohort=residents
    resources: tmpdir=/tmp
Finished jobid: 6 (Rule: ingest)
1 of 6 steps (17%) done
Finished jobid: 4 (Rule: ingest)
2 of 6 steps (33%) done
localrule score:
    jobid: 5
    wildcards: cohort=students
    resources: tmpdir=/tmp
Finished jobid: 5 (Rule: score)
localrule all:
    jobid: 0
    resources: tmpdir=/tmp
Finished jobid: 0 (Rule: all)
"""


def clock(*moments):
    """A clock that shows these moments, one a look."""
    return iter(moments).__next__


def told(language, *moments):
    steps = Progress(language, clock(*moments)).follow(io.StringIO(LOG))
    return [as_line(step, language) for step in steps if step.words]


def test_each_stage_is_told_with_its_cohort_and_the_time_left():
    # Begins at 100 s. Looked at again when a job ends and for each line once one has: 110, 120, 121, 131 s.
    lines = told(read_language("en"), 100, 110, 120, 121, 131)
    assert lines == [
        "Step 1 of 5: reading the files of students.",
        "Step 1 of 5: reading the files of residents.",
        # Two of four shares of reading are done after 21 s; 2 scorings (8) and comparing (7) are left of 23 shares.
        "Step 3 of 5: scoring students. About 40 seconds left.",
    ]


def test_the_time_left_goes_down_to_nothing():
    progress = Progress(read_language("en"), clock(0, 40, 80, 80, 120))
    steps = list(progress.follow(io.StringIO(LOG)))
    assert [round(step.seconds_left) for step in steps if step.seconds_left is not None] == [190, 150, 150, 110]
    assert (steps[-1].done, steps[-1].steps) == (3, 5)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "a few seconds left"),
        (8, "about 10 seconds left"),
        (54, "about 50 seconds left"),
        (56, "about 1 minute left"),
        (89, "about 1 minute left"),
        (150, "about 2 minutes left"),
        (3600, "about 60 minutes left"),
    ],
)
def test_a_time_is_said_no_more_exactly_than_it_is_known(seconds, said):
    assert time_left(seconds) == said


@pytest.mark.parametrize(("tag", "plain"), [("en", False), ("en", True), ("fa", True)])
def test_without_a_terminal_or_plainly_no_sign_is_sent_that_is_not_text(capsys, tag, plain):
    show_steps(io.StringIO(LOG), Speaker(read_language(tag), plain=plain))
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 3
    assert all(letter.isprintable() or letter in "\n\u200c" for letter in said.err)


def test_plainly_wins_over_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    show_steps(io.StringIO(LOG), Speaker(plain=True))
    assert "\r" not in capsys.readouterr().err


def test_on_a_terminal_a_bar_stands_beside_the_words(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    show_steps(io.StringIO(LOG), Speaker())
    said = capsys.readouterr().err
    assert "\r" in said
    assert "scoring students" in said
    assert "\x1b[3" not in said, "a colour was sent"


def test_in_persian_the_numbers_are_persian():
    lines = told(read_language("fa"), 100, 110, 120, 121, 131)
    assert lines[2].startswith("گام ۳ از ۵: نمره‌گذاری")
    assert lines[2].endswith("حدود ۴۰ ثانیه مانده است.")
