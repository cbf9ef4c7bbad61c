"""Sensitivity rows: the planned method on equal codes only, and without people who answered twice."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from balint_eval.pipeline import evaluate

KEY = bytes(range(32))
NUMBERS = ["n_pre", "n_post", "n_paired", "n_groups", "estimate", "std_error", "df", "p_value", "effect"]
ELEMENTS = [
    {"name": "mother", "kind": "letters", "length": 2},
    {"name": "day", "kind": "day"},
    {"name": "town", "kind": "letters", "length": 2},
]
HEADER = ("code", "group", "q1", "q2", "q3")


def rows(seed, gain):
    rng = np.random.default_rng(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"
    codes = [f"{letters[n % 26]}{letters[(7 * n) % 26]}{1 + n:02}{letters[(3 * n) % 26]}x" for n in range(24)]
    level = np.clip(np.random.default_rng(0).integers(1, 6, 24) + gain * rng.integers(0, 2, 24), 1, 5)
    one, two, three = (np.clip(level + rng.integers(-1, 2, 24), 1, 5) for _ in range(3))
    return [[code, 1 + n // 8, one[n], two[n], 6 - three[n]] for n, code in enumerate(codes)]


@pytest.fixture
def study(new_folder):
    """Make a study of two waves, linked in one way, and give its comparisons."""

    def compared(name, before, after, **linkage):
        folder = new_folder(name)
        folder.header = HEADER
        for index in (0, 1):
            folder.export(index).update(group="group")
        elements = {"elements": ELEMENTS} if linkage.get("method") == "code" else {}
        folder.content["linkage"] = {**elements, "min_match_rate": 0.1, **linkage}
        folder.waves(before, after)
        tables = evaluate(folder.write(), key=KEY).tables
        return tables["comparisons"].set_index("method")

    return compared


@pytest.fixture(scope="module")
def answers():
    return rows(1, 0), rows(2, 1)


def with_slips(after, places):
    """Change the day in some codes."""
    return [[row[0][:2] + "31" + row[0][4:], *row[1:]] if n in places else row for n, row in enumerate(after)]


def test_equal_codes_only_is_the_exact_study(study, answers):
    before, after = answers[0], with_slips(answers[1], {2, 9})
    found = study("code", before, after, method="code")
    exact = study("exact", before, after)
    row = found.loc["change_cr2_exact_links"]
    assert_allclose(row[NUMBERS].astype(float), exact.loc["change_cr2", NUMBERS].astype(float), rtol=1e-12)
    assert (row["role"], row["family"], row["note"]) == ("sensitivity", "", "22 of 24 pairs")
    assert np.isnan(row["p_adjusted"])
    assert found.loc["change_cr2", "n_paired"] == 24
    assert found.loc["change_cr2", "role"] == "primary"
    assert "change_cr2_exact_links" not in exact.index
    assert "change_cr2_answered_once" not in found.index


def test_no_such_row_where_all_codes_are_equal(study, answers):
    assert not [name for name in study("code", *answers, method="code").index if name.endswith(("links", "once"))]


@pytest.mark.thorough
def test_without_people_who_answered_twice(study, answers):
    before, after = answers
    twice = [*after, [*after[3][:2], 1, 1, 1]]
    found = study("twice", before, twice, duplicates="last")
    once = study("once", before, [row for row in after if row is not after[3]])
    row = found.loc["change_cr2_answered_once"]
    assert_allclose(row[NUMBERS].astype(float), once.loc["change_cr2", NUMBERS].astype(float), rtol=1e-12)
    assert row["note"] == "23 of 24 pairs"
    assert found.loc["change_cr2", "estimate"] != row["estimate"]


@pytest.mark.thorough
def test_none_uses_none_of_them(study, answers):
    before, after = answers
    found = study("none", before, [*after, [*after[3][:2], 1, 1, 1]], duplicates="none")
    once = study("once", before, [row for row in after if row is not after[3]])
    assert found.loc["change_cr2", NUMBERS].tolist() == once.loc["change_cr2", NUMBERS].tolist()
    assert "change_cr2_answered_once" not in found.index
