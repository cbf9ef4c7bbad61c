"""The numbers behind figures: headings in words, names that readers know, nothing of a column that is blank."""

from __future__ import annotations

from math import nan
from types import SimpleNamespace

import pandas as pd
import pytest

from balint_eval.language import ENGLISH, read_language
from balint_eval.report.figures import figure
from balint_eval.report.material import Material


def numbers_behind(example, frame, language=ENGLISH):
    tables, file, _, provenance = example("gain")
    words = dict.fromkeys(("title", "caption", "alternative_text"), "words")
    drawing = SimpleNamespace(svg="<svg/>", data=frame, **words)
    (block,) = figure(Material(tables, file, {"means": drawing}, provenance, language), "means")
    return [column.heading for column in block.columns], block.rows


def test_outcome_arm_and_wave_have_the_names_of_the_study(example):
    tables = example("gain")[0]
    row = tables["descriptives"].query("arm != 'all'").iloc[0]
    frame = pd.DataFrame([row[["instrument", "scale", "arm", "wave", "n", "mean"]]]).astype({"n": int, "mean": float})
    heads, rows = numbers_behind(example, frame)
    assert heads == ["Outcome", "Arm", "Wave", "People", "Mean"]
    assert not {row["arm"], row["wave"], row["instrument"]} & set(rows[0])
    persian, _ = numbers_behind(example, frame, read_language("fa"))
    assert persian == ["پیامد", "بازو", "نوبت", "افراد", "میانگین"]


@pytest.mark.parametrize("blank", [nan, ""])
def test_the_blank_arm_of_a_study_without_arms_is_left_out(example, blank):
    frame = pd.DataFrame({"arm": [blank, blank], "wave": ["w1", "w2"], "n": [9, 8], "mean": [1.0, nan]})
    heads, rows = numbers_behind(example, frame)
    assert heads == ["Wave", "People", "Mean"]
    assert [row[0] for row in rows] == ["w1", "w2"]
