"""The figure beside published results: order, marks, ends of the axis, and what is withheld."""

import numpy as np
import pandas as pd
import pytest
from looks import words
from made_tables import OUTCOMES, beside_published, made_study, outcomes

from balint_eval.language import ENGLISH
from balint_eval.plots import beside, beside_data
from balint_eval.plots.beside import _ends
from balint_eval.plots.beside_data import beside_rows

FIRST = OUTCOMES[0][:2]


@pytest.fixture
def rows():
    return beside_rows(beside_published(), made_study(), *FIRST, ENGLISH)


def test_own_results_first_then_trials_then_meta_analyses(rows):
    assert [row.label for row in rows] == [
        "This study", "This study, c1", "This study, c2", "Doe and others 2030", "Poe 2032", "Roe 2031", "Moe 2033",
    ]  # fmt: skip


def test_marks_follow_the_warnings(rows):
    assert [row.label for row in rows if row.doubtful] == ["Roe 2031"]
    assert [row.label for row in rows if row.overlapping] == ["Doe and others 2030"]
    assert [row.label for row in rows if row.meta] == ["Moe 2033"]


def test_a_cohort_of_four_is_withheld_everywhere():
    drawing = beside.beside_published(beside_published(), outcomes(), made_study(), *FIRST)
    everything = words(drawing.figure) + drawing.alternative_text + drawing.caption + drawing.data.to_csv()
    assert "9.99" not in everything
    assert "n = 4" not in everything
    assert "too few people" in words(drawing.figure)
    assert drawing.data.loc[drawing.data["source"] == "This study, c2", ["effect", "effect_low"]].isna().all(axis=None)


def test_the_axis_ends_at_three_and_says_what_lies_beyond(rows):
    assert _ends(rows) == (-1.0, 3.0)
    drawing = beside.beside_published(beside_published(), outcomes(), made_study(), *FIRST)
    assert "1 result lies beyond the axis" in drawing.caption
    assert "6.87 [5.50, 8.30]" in words(drawing.figure)


def test_cohorts_too_many_to_read_stand_in_the_tables_only(monkeypatch):
    monkeypatch.setattr(beside_data, "MOST_COHORTS", 1)
    drawing = beside.beside_published(beside_published(), outcomes(), made_study(), *FIRST)
    assert "This study, c1" not in words(drawing.figure) + drawing.alternative_text
    assert "This study" in words(drawing.figure)
    assert "The 2 single cohorts stand in the tables only." in drawing.caption


def test_no_interval_is_no_line(rows):
    assert [row.label for row in rows if row.shown and not row.has_interval] == ["Poe 2032"]
    assert rows[-3].numbers == "−0.20"


def test_nothing_of_ones_own_gives_no_figure():
    published = beside_published().query("row > 0")
    assert beside.beside_published(published, outcomes(), made_study(), *FIRST) is None
    none = pd.DataFrame(columns=published.columns)
    assert beside.beside_published(none, outcomes(), made_study(), *FIRST) is None
    blank = beside_published().assign(effect=np.nan)
    assert beside.beside_published(blank, outcomes(), made_study(), *FIRST) is None
