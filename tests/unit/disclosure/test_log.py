"""What is said of hidden cells: marks, lines of the log, counts for the sentences under tables."""

import pytest

from balint_eval.disclosure.log import COLUMNS, Hidden, Summary, is_mark, mark, summarise
from balint_eval.disclosure.rules import CODES, RULES


@pytest.mark.parametrize(
    ("rule", "threshold", "said"),
    [("P1", "8", "[REDACTED n<8]"), ("P2", "10", "[REDACTED n<10]"), ("P3", "30", "[REDACTED n<30]"),
     ("P10", "10", "[REDACTED n<10]"), ("P4", "", "[REDACTED P4]"), ("P5", "8", "[REDACTED P5]")],
)  # fmt: skip
def test_a_mark_says_how_many_people_the_rule_asks_for_or_which_rule_it_is(rule, threshold, said):
    assert mark(rule, threshold) == said == Hidden("people", "row", "people", rule, threshold, "<8").mark
    assert is_mark(said)


@pytest.mark.parametrize("value", [8, 8.5, None, "", "8-9", "withheld [REDACTED n<8]"])
def test_figures_and_bands_are_no_marks(value):
    assert not is_mark(value)


def test_a_line_of_the_log():
    one = Hidden("people", "after · paired", "people", "P1", "8", "<8")
    assert one.as_record() == {
        "file": "tables/people.csv", "table": "people", "row": "after · paired", "column": "people", "rule": "P1",
        "threshold": "8", "band": "<8", "action": "withheld", "code": "PV-K",
    }  # fmt: skip
    assert tuple(one.as_record()) == COLUMNS
    assert Hidden("people", "", "people", "P9", "", "<8").as_record()["code"] == ""


def test_every_rule_that_hides_has_its_code():
    """The codes are those of docs/errors.md; P9, P11, P12 and P13 hide no cell of a table, P6 refuses a release."""
    assert CODES == {
        "P1": "PV-K", "P2": "PV-K", "P3": "PV-ITEM", "P4": "PV-CLASS", "P5": "PV-COMPLEMENT", "P7": "PV-DIFFERENCE",
        "P8": "PV-CELL", "P10": "PV-TEXT",
    }  # fmt: skip
    assert set(CODES) == {rule.name for rule in RULES} - {"P6", "P9", "P11", "P12", "P13"}


def cell(row, column, rule, action="withheld"):
    return Hidden("t", row, column, rule, "8", "<8", action)


def test_rows_and_cells_are_counted_by_why_they_are_withheld():
    hidden = [
        *(cell("few", column, "P1") for column in ("n", "mean", "sd")),
        *(cell("items", column, "P3") for column in ("n", "mean", "sd")),
        *(cell("next", column, "P5") for column in ("n", "mean", "sd")),
        *(cell("alike", column, "P4") for column in ("n", "mean", "sd")),
        cell("eight", "sd", "P2"),
        cell("eight", "sd", "P5"),
        cell("nine", "mean", "P5"),
        cell("nine", "sd", "P2"),
        # Neither a figure nor withheld.
        cell("other", "label", "P1"),
        cell("banded", "n", "P7", "banded"),
    ]
    assert summarise(hidden, 8, ("n", "mean", "sd")) == Summary(
        rows=8, too_few=2, protected=1, no_spread=1, partly=2, redacted=15, cells=24
    )


def test_nothing_withheld_is_counted_as_nothing():
    assert summarise([], 0, ("n",)) == Summary() == Summary(0, 0, 0, 0, 0, 0, 0)
