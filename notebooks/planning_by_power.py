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
# # Planning a study by power
#
# The question before a study is not how many people, but how many groups. This notebook simulates the study that is
# planned, many times, and analyses each as the report would.

# %%
from math import sqrt

import pandas as pd

from balint_eval.planned import PlannedStudy, closed_form, power, smallest_detectable

pd.set_option("display.width", 160)

# %% [markdown]
# ## What is planned
#
# Groups of six to ten, a scale with a standard deviation of 8 points, a true difference of 4 points: half a standard
# deviation, a large effect for a course. Scores of the two waves correlate by .6. One in ten does not answer
# afterwards. Members of a group have 5 % of the later variance in common.

# %%
planned = PlannedStudy(effect=4, sd=8, icc=0.05)
table = power(planned, groups=(2, 3, 4, 6, 8), iccs=(0.0, 0.05, 0.15), replications=2000)
primary = table[table["method"] == "ancova_cr2"]
primary.pivot_table(index="groups", columns="icc", values="power").round(2)

# %% [markdown]
# With two groups an arm a large effect is found in one study of six. With eight it is found in most, if members of a
# group are little alike. The column matters as much as the row: at .15, more people in the same groups would hardly
# help.

# %%
more_people = PlannedStudy(effect=4, sd=8, icc=0.15, members=(12, 20))
doubled = power(more_people, groups=(2, 4), replications=2000)
usual = primary[(primary["icc"] == 0.15) & primary["groups"].isin((2, 4))]
pd.DataFrame(
    {
        "groups of 6 to 10": usual.set_index("groups")["power"],
        "groups of 12 to 20": doubled[doubled["method"] == "ancova_cr2"].set_index("groups")["power"],
    }
).round(2)

# %% [markdown]
# ## The width of the interval
#
# Power asks whether something is found. A reader asks how much. The mean width of the 95 % interval, in points:

# %%
primary.pivot_table(index="groups", columns="icc", values="width").round(1)

# %% [markdown]
# ## The three methods
#
# Group means lose little. The mixed model with Kenward-Roger is too careful with two groups and catches up.

# %%
table[(table["icc"] == 0.05) & (table["how"] == "simulation")].pivot_table(
    index="groups", columns="method", values="power"
).round(2)

# %% [markdown]
# ## Held against a formula
#
# The t-test on group means has a closed form: t is noncentral. Simulation and formula agree within the error of the
# simulation.

# %%
for groups in (2, 4, 8):
    one = PlannedStudy(effect=4, sd=8, icc=0.05, groups=groups, members=(8, 8), drop_out=0.0)
    drawn = power(one, replications=4000).query("method == 'group_means_t' and how == 'simulation'").iloc[0]
    exact = closed_form(one).power
    assert abs(drawn["power"] - exact) < 4 * drawn["power_error"]
    print(f"{groups} groups an arm: formula {exact:.3f}, simulated {drawn['power']:.3f} ({drawn['power_error']:.3f})")

# %% [markdown]
# ## One arm, no comparison
#
# Change is easier to find than a difference, because there is nothing to compare it with. It is not an effect.

# %%
alone = power(PlannedStudy(arms=1, effect=4, sd=8), groups=(3, 4, 6), iccs=(0.05, 0.15), replications=2000)
alone[alone["method"] == "change_cr2"].pivot_table(index="groups", columns="icc", values="power").round(2)

# %% [markdown]
# ## After the study
#
# Never compute the power of the effect that was found: it is the p-value in other words. Say instead what the study
# could have found, from its standard error:

# %%
std_error, df = 8 * sqrt(0.04), 6.0
f"a true difference of {smallest_detectable(std_error, df):.1f} points in 80 of 100 repetitions"
