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
# # The published Balint results, derived again
#
# Thirty published studies print means, standard deviations, test statistics and p-values. Much of it can be
# recomputed from what stands beside it, within what rounding allows. This notebook does that, looks at what does not
# fit, and does one by hand.

# %%
import pandas as pd
from scipy.stats import t as student

from balint_eval.published import FLAGGED, VERDICTS, read_published, recompute, reproduction_table

pd.set_option("display.width", 160, "display.max_columns", 30, "display.max_colwidth", 70)

# %%
rows = read_published()
checks = recompute(rows)
table = reproduction_table(checks)
f"{len(rows)} printed numbers of {table['study'].nunique()} studies"

# %% [markdown]
# ## The verdicts

# %%
counted = table["verdict"].value_counts().rename("rows").to_frame()
counted.assign(meaning=[VERDICTS.get(name, "nothing beside it to compute it from") for name in counted.index])

# %% [markdown]
# ## What does not fit
#
# An inconsistency is no accusation: a typing error, a swapped row and a test of another kind look the same from
# outside. `would_fit` says which reading would.

# %%
flagged = table[table["verdict"].isin(FLAGGED)]
flagged[["study", "outcome", "compared", "printed", "recomputed", "verdict"]].head(15)

# %% [markdown]
# ## One by hand
#
# The first row whose p-value follows from its t and degrees of freedom. Rounding makes each printed number an
# interval; the p is consistent when the intervals meet.

# %%
of_p = table[(table["kind"] == "test") & (table["compared"] == "p") & table["recomputed"].notna()]
first = of_p.iloc[0]
source = next(row for row in rows if row.line == first["row"])
source.study, source.stat_name, source.stat_value, source.df1, source.p_printed

# %%
if source.stat_name == "t":
    by_hand = 2 * student.sf(abs(source.stat_value), source.df1)
    assert first["recomputed_low"] <= by_hand <= first["recomputed_high"]
    print(f"p = {by_hand:.4f}; allowed by rounding: {first['recomputed_low']:.4f} to {first['recomputed_high']:.4f}")

# %% [markdown]
# ## How large are published changes?
#
# Sizes above 2 standard deviations are not what groups of this kind find. They are marked, never dropped, and never
# pooled.

# %%
table[table["verdict"] == "implausible"][["study", "outcome", "compared", "printed", "recomputed", "remark"]]

# %% [markdown]
# The page of all of it is `docs/published.md`. Your own table in the same columns: `balint-eval reproduce
# your_table.csv`.
