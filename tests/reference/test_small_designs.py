"""CR2 with Bell-McCaffrey df against R clubSandwich 0.5.8 on 24 small clustered designs.

Source: shared/oracle/small_designs_R.csv, columns df_bm and p_cr2, made with
`coef_test(lm(post ~ pre + a), vcov = "CR2", cluster = g, test = "Satterthwaite")` (two arms) or
`lm(post - pre ~ 1)` (one arm). Tolerance 1e-8 relative.
"""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from balint_eval.stats.cluster import ancova_cr2, change_cr2

ORACLE = Path(__file__).parents[2].parent / "shared" / "oracle"

pytestmark = pytest.mark.skipif(
    not (ORACLE / "small_designs_R.csv").exists(),
    reason="shared/oracle/small_designs_R.csv lies outside the repository and is not here",
)


def read(name):
    with (ORACLE / name).open(newline="") as file:
        return list(csv.DictReader(file))


def designs():
    rows = defaultdict(list)
    for row in read("small_designs.csv"):
        rows[row["id"]].append(row)
    return rows


def fit(rows):
    pre, post, arm = (np.array([float(row[name]) for row in rows]) for name in ("pre", "post", "a"))
    group = np.array([row["g"] for row in rows])
    if rows[0]["arms"] == "1":
        return change_cr2(pre, post, group)
    return ancova_cr2(pre, post, arm, group)


def test_every_design_agrees_with_clubsandwich():
    data = designs()
    reference = read("small_designs_R.csv")
    assert len(reference) == 24
    for row in reference:
        result = fit(data[row["id"]])
        assert result.df == pytest.approx(float(row["df_bm"]), rel=1e-8), row["id"]
        assert result.p_value == pytest.approx(float(row["p_cr2"]), rel=1e-8), row["id"]
        assert result.n_groups == len({person["g"] for person in data[row["id"]]})
