"""The curve of a tipping analysis."""

import numpy as np
import pytest
from made_tables import made_study, made_tables, tipping
from matplotlib.lines import Line2D

from balint_eval.plots import tipping_shift
from balint_eval.plots.style import VERMILLION

FIRST = ("TEQ", "total")


@pytest.fixture
def given(study, tables):
    return {name: tables[name] for name in ("tipping", "comparisons", "outcomes")} | {"study": study}


def draw(given, **changed):
    parts = given | changed
    return tipping_shift(parts["tipping"], parts["comparisons"], parts["outcomes"], parts["study"], *FIRST)


def test_the_curve_is_that_of_the_main_comparison_at_the_primary_wave(given):
    drawing = draw(given)
    assert len(drawing.data) == 17
    assert drawing.data["turns"].sum() == 1
    assert "Difference between arms at After" in drawing.caption
    assert "of Balint group" in drawing.caption
    lines = drawing.figure.findobj(Line2D)
    assert sum(line.get_color() == VERMILLION for line in lines) == 1


def test_words_give_ends_middle_and_turn(given):
    words = draw(given).alternative_text
    assert "7 people lost" in words
    assert "0.0 points: 3.0 [1.0, 5.0]" in words
    assert "turns at −8.4 points" in words
    calm = given["tipping"].assign(turns=False)
    assert "turns nowhere" in draw(given, tipping=calm).alternative_text


def test_few_lost_are_not_counted_aloud(given, study):
    words = draw(given, tipping=tipping(study, lost=3)).alternative_text
    assert "fewer than 5 people lost" in words
    assert "3 people" not in words


def test_one_arm_speaks_of_change():
    study = made_study(control=False)
    tables = made_tables(study)
    caption = tipping_shift(tables["tipping"], tables["comparisons"], tables["outcomes"], study, *FIRST).caption
    assert caption.startswith("Change at After when the imputed later scores of those lost are")


@pytest.mark.parametrize("column", ["conf_low", "n_paired"])
def test_nothing_is_drawn_without_interval_or_people(given, column):
    if column == "conf_low":
        assert draw(given, tipping=given["tipping"].assign(conf_low=np.nan)) is None
    else:
        assert draw(given, comparisons=given["comparisons"].assign(n_paired=4)) is None
