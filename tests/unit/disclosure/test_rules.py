"""The rules: all thirteen, for both audiences, the same in code and manual."""

from pathlib import Path

import pytest

from balint_eval.disclosure import RULES, Limits, rules_page


def test_the_manual_holds_the_rules_of_the_code():
    page = (Path(__file__).parents[3] / "docs" / "confidentiality.md").read_text(encoding="utf-8")
    assert f"-->\n{rules_page()}<!-- end of rules -->" in page


def test_thirteen_rules_each_with_both_audiences():
    assert [rule.name for rule in RULES] == [f"P{number}" for number in range(1, 14)]
    assert all(rule.internal and rule.release for rule in RULES)


@pytest.mark.parametrize(
    ("smallest", "limits"),
    [(5, (5, 10, 30, 10)), (8, (8, 10, 30, 10)), (10, (10, 10, 30, 10)), (12, (12, 12, 30, 12)),
     (40, (40, 40, 40, 40))],
)  # fmt: skip
def test_no_limit_lies_below_the_smallest_number(smallest, limits):
    found = Limits.of(smallest)
    assert (found.smallest, found.dispersion, found.items, found.comments) == limits


def test_the_usual_limits():
    assert Limits() == Limits.of(8) == Limits(8, 10, 30, 10)
