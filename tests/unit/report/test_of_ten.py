"""Of ten people: said for the primary outcome, and never where it would tell a person's change."""

import pandas as pd
import pytest

from balint_eval.report.educator import build_educator
from balint_eval.report.material import Material
from balint_eval.report.model import Callout
from balint_eval.report.of_ten import of_ten_people
from balint_eval.tables import TABLES, check_table


def row(arm, n, improved, worse, **changed):
    unchanged = n - improved - worse
    ten = {"of_ten_improved": 3.0, "of_ten_unchanged": 6.0, "of_ten_worse": 1.0}
    facts = {"instrument": "TEQ", "scale": "total", "arm": arm, "wave_from": "before", "wave_to": "after"}
    counts = {"n": n, "improved": improved, "unchanged": unchanged, "worse": worse}
    return facts | {"method": "jacobson_truax", "reliability": 0.8} | counts | ten | changed


def said(example, name, *rows):
    tables, *rest = example(name)
    frame = pd.DataFrame(list(rows), columns=TABLES["individual_change"].names)
    tables["individual_change"] = check_table(frame, "individual_change")
    return of_ten_people(Material(tables, *rest)), build_educator(tables, *rest)


def test_each_arm_in_plain_words(example):
    (block,), page = said(example, "gain", row("balint", 22, 7, 2), row("waiting", 22, 2, 2))
    assert block.word == "Of 10 people, Empathy:"
    assert block.text == (
        "Balint: 3 better, 6 as before, 1 worse. Waiting: 3 better, 6 as before, 1 worse. "
        "Better or worse means: by more than the error of one person's score."
    )
    section = next(section for section in page.sections if section.anchor == "what-changed")
    assert [one for one in section.blocks if isinstance(one, Callout)] == [block]


def test_one_arm_needs_no_name(example):
    (block,), _ = said(example, "one_arm", row("balint", 22, 7, 2))
    assert block.text.startswith("3 better, 6 as before, 1 worse. Better or worse")


@pytest.mark.parametrize(
    "hidden",
    [
        row("balint", 4, 1, 1),
        # Nine people and all of them improved: everybody's change is told.
        row("balint", 9, 9, 0),
        row("balint", 22, 7, 2, of_ten_improved=float("nan")),
        row("balint", 22, 7, 2, method="both_waves"),
        row("balint", 22, 7, 2, wave_to="later"),
        row("balint", 22, 7, 2, instrument="CBI", scale="PB"),
    ],
)
def test_nothing_is_said_of(example, hidden):
    assert said(example, "gain", hidden)[0] == ()


def test_ten_people_may_all_improve(example):
    assert said(example, "gain", row("balint", 10, 10, 0))[0]
