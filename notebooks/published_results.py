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
sources = {row.line: row for row in rows}
of_t = list(table.loc[(table["compared"] == "p") & table["recomputed"].notna(), "row"])
source = next(sources[line] for line in of_t if sources[line].stat_name == "t" and sources[line].df1)
first = table[(table["row"] == source.line) & (table["compared"] == "p")].iloc[0]
pd.Series({name: getattr(source, name) for name in ("study", "outcome", "stat_name", "stat_value", "df1", "p_printed")})

# %%
by_hand = 2 * student.sf(abs(float(source.stat_value)), float(source.df1))
assert first["recomputed_low"] <= by_hand <= first["recomputed_high"]
print(f"p = {by_hand:.4f}; the digits of t allow {first['recomputed_low']:.4f} to {first['recomputed_high']:.4f}")
print(f"printed: p {source.p_printed}; verdict: {first['verdict']}")

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
