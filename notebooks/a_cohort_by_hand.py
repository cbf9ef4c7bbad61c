# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A cohort, explored by hand
#
# `balint-eval run` writes reports. This notebook does the same study in one process and looks at what lies under the
# main number: who is in it, the raw scores, the tests that the literature would have used, and the one the report
# rests on. The data are simulated; the true effect is known.

# %%
from pathlib import Path

import numpy as np
import pandas as pd

from balint_eval import evaluate
from balint_eval.stats.cluster import ancova_cr2
from balint_eval.stats.independent import change_t

ROOT = next(path for path in [Path.cwd(), *Path.cwd().parents] if (path / "config" / "config.yaml").is_file())
pd.set_option("display.width", 160, "display.max_columns", 30)

# %% [markdown]
# The key makes pseudonyms of ids. A real study uses the key file of your computer; a fixed one makes this notebook
# the same everywhere.

# %%
evaluation = evaluate(ROOT / "config" / "config.yaml", key=bytes(range(32)))
tables = evaluation.tables
sorted(tables)

# %% [markdown]
# ## Who is in it
#
# Every row of every export is accounted for: used, or left out for a reason.

# %%
flow = tables["flow"]
flow[flow["wave"] == "before"].pivot_table(index="reason", columns="cohort", values="rows", aggfunc="sum").fillna(0)

# %%
people = tables["participants"]
people.groupby(["cohort", "arm", "group_id"]).size().rename("people").reset_index()

# %% [markdown]
# Eight groups of six to ten. That number, not the sixty people, decides how much this study can tell.
#
# ## The scores
#
# One row a person, for the main outcome: empathy as people rate it themselves, 0 to 64.

# %%
scores = tables["scores"].query("instrument == 'TEQ' and scale == 'total'")
wide = scores.pivot_table(index="person_id", columns="wave", values="score", observed=True)
wide = wide[["before", "after"]].join(people.set_index("person_id")[["cohort", "group_id", "arm"]], how="inner")
both = wide.dropna(subset=["before", "after"])
both.groupby("arm")[["before", "after"]].agg(["count", "mean", "std"]).round(1)

# %% [markdown]
# The change of each group. People of one group move together: look at how far the groups of one arm lie apart.

# %%
both.assign(change=both["after"] - both["before"]).groupby(["arm", "cohort", "group_id"])["change"].agg(
    ["count", "mean", "std"]
).round(1)

# %% [markdown]
# ## Two tests of the same question
#
# The t-test on changes takes all people as independent. The planned method compares people who started alike, and
# lets the groups carry the error.

# %%
treated = (both["arm"] == "balint").to_numpy().astype(int)
before, after = both["before"].to_numpy(), both["after"].to_numpy()
persons = change_t(before, after, treated)
planned = ancova_cr2(before, after, treated, both["group_id"].to_numpy())
pd.DataFrame(
    {
        one.method: [one.estimate, one.std_error, one.df, one.conf_low, one.conf_high, one.p_value]
        for one in (persons, planned)
    },
    index=["estimate", "std_error", "df", "conf_low", "conf_high", "p_value"],
).T.round(3)

# %% [markdown]
# Look at the degrees of freedom: some fifty people, but a handful of independent units. The standard error is smaller
# here, because the start is taken into account and the groups of this study happen to differ little. In most studies
# of groups it is larger, and nobody knows beforehand.
#
# The report's number is this one. Nothing happens in between:

# %%
row = (
    tables["comparisons"]
    .query("cohort == 'all' and instrument == 'TEQ' and method == 'ancova_cr2' and role == 'primary'")
    .iloc[0]
)
assert np.allclose([row["estimate"], row["std_error"], row["df"]], [planned.estimate, planned.std_error, planned.df])
f"{row['estimate']:.1f} points, 95 % from {row['conf_low']:.1f} to {row['conf_high']:.1f}"

# %% [markdown]
# The effect that was put in was 4 points (`data/demo/truth.csv`). The interval holds it.

# %%
truth = (
    pd.read_csv(ROOT / "data" / "demo" / "truth.csv")
    .query("outcome == 'TEQ.total' and wave == 'after'")["effect"]
    .iloc[0]
)
assert row["conf_low"] < truth < row["conf_high"]
float(truth)

# %% [markdown]
# ## Does it hang on one group?

# %%
left_out = tables["influence"].query(
    "cohort == 'all' and instrument == 'TEQ' and left_out == 'group' and contrast == @row.contrast"
)
left_out[["place", "n_paired", "estimate", "conf_low", "conf_high"]].round(2)

# %% [markdown]
# ## How alike are members of a group?
#
# With eight groups the interval is long. That is what eight groups know about it.

# %%
tables["clustering"].query("cohort == 'all' and instrument == 'TEQ' and contrast == @row.contrast")[
    ["n", "n_groups", "icc", "icc_low", "icc_high", "design_effect"]
].round(2)

# %% [markdown]
# ## What may be said
#
# The verdict follows from the place of the interval, the design and the number of groups. No sentence of the report
# computes anything.

# %%
claims = tables["claims"].query("cohort == 'all' and contrast == @row.contrast")
claims[["instrument", "scale", "verdict", "may_say_effect", "smallest_detectable", "p_equivalence"]].round(2)
