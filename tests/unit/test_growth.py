"""Growth from scores to the table and the page, and how often chance alone is taken for growth."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtr
from tests.unit.made_studies import ARMS, ONE_ARM, TEQ, WAVES, a_study, drawn, some_people, stacked

from balint_eval.growth import assess_growth, enumerate_lines
from balint_eval.stats.cr2 import cr2_contrasts
from balint_eval.stats.growth import FEW_WAVES, PARTLY_ALONE, growth_model, person_slopes
from balint_eval.study_model import Study

MONTHS = {"before": 0.0, "after": 3.0, "later": 12.0}


def timed(arms=ARMS, months=MONTHS, starts=None, **plan):
    study = a_study(arms, tuple(WAVES), **plan).model_dump(by_alias=True, exclude_none=True)
    study["waves"] = [wave | ({"months": months[wave["name"]]} if months else {}) for wave in study["waves"]]
    study["arms"] = [arm | {"starts_after": (starts or {}).get(arm["name"], "")} for arm in study["arms"]]
    return Study.model_validate(study)


def one(table, **facts):
    found = table[np.logical_and.reduce([table[name] == value for name, value in facts.items()])]
    assert len(found) == 1
    return found.iloc[0]


def test_points_per_month_by_hand():
    people = some_people()
    scores = drawn(people, 3, tuple(WAVES))
    table = assess_growth(scores, people, TEQ, timed(allocation="groups"))
    wide = scores.pivot(index="person_id", columns="wave", values="score")[list(MONTHS)].dropna()
    slopes = pd.Series(np.polyfit(list(MONTHS.values()), wide.to_numpy().T, 1)[0], index=wide.index)
    by_arm = slopes.groupby(people.set_index("person_id").loc[wide.index, "arm"]).mean()
    row = one(table, contrast="slope@balint", method="slopes_cr2")
    assert row["estimate"] == pytest.approx(by_arm["balint"])
    assert row["waves"] == "before; after; later"
    between = one(table, contrast="slope@balint-waiting", method="slopes_cr2")
    assert between["estimate"] == pytest.approx(by_arm["balint"] - by_arm["waiting"])
    assert (between["n"], between["n_groups"]) == (len(wide), 6)
    model = one(table, contrast="slope@balint-waiting", method="growth_model")
    answered = scores.dropna(subset=["score"])["person_id"].nunique()
    assert (model["n"], model["converged"]) == (answered, True)
    assert model["std_error"] > 0


def test_waves_without_a_time_are_only_ordered():
    people = some_people()
    assert assess_growth(drawn(people, 3, tuple(WAVES)), people, TEQ, timed(months=None, allocation="groups")).empty
    assert assess_growth(drawn(people, 3), people, TEQ, timed(allocation="groups")).empty


def test_a_waiting_arm_is_compared_until_it_begins():
    study = timed(starts={"waiting": "after"}, allocation="groups")
    lines = {line.name: line.waves for line in enumerate_lines(study, list(MONTHS))}
    assert lines == {
        "slope@balint": ("before", "after", "later"),
        "slope@waiting": ("after", "later"),
        "slope@balint-waiting": ("before", "after"),
    }
    people = some_people()
    table = assess_growth(drawn(people, 3, tuple(WAVES)), people, TEQ, study)
    few = table[table["contrast"] != "slope@balint"]
    assert set(few["note"]) == {FEW_WAVES}
    assert few["estimate"].isna().all()


def test_people_alone_beside_groups_and_nobody_in_groups():
    people = some_people(grouped=ONE_ARM)
    table = assess_growth(drawn(people, 3, tuple(WAVES)), people, TEQ, timed(allocation="people"))
    row = one(table, contrast="slope@balint-waiting", method="growth_model")
    assert row["note"] == PARTLY_ALONE
    alone = some_people(grouped=())
    model = assess_growth(drawn(alone, 3, tuple(WAVES)), alone, TEQ, timed(allocation="people"))
    assert (model["n_groups"] == 0).all()
    assert model["std_error"].notna().all()


def test_models_that_cannot_be_fitted_say_why():
    rng = np.random.default_rng(1)
    scores = rng.normal(40, 5, (12, 3))
    result, fit = growth_model(scores, [0, 1, 2], np.zeros(12))
    assert fit is None
    assert "one group in each arm" in result.note
    lines = 40 + np.outer(rng.normal(0, 1, 12), [0, 1, 2])
    assert "straight lines" in growth_model(lines, [0, 1, 2], np.arange(12) // 4)[0].note
    assert "No mixed model" in growth_model(scores[:, :2], [0, 1], np.arange(12) // 4)[0].note


def test_shuffled_rows_change_nothing():
    people = some_people()
    scores, study = drawn(people, 8, tuple(WAVES)), timed(allocation="groups")
    other = assess_growth(
        stacked(scores.sample(frac=1, random_state=1)), people.sample(frac=1, random_state=2), TEQ, study
    )
    pd.testing.assert_frame_equal(assess_growth(scores, people, TEQ, study), other)


def test_the_page_shows_growth_or_says_why_not():
    from balint_eval.report.material import Material
    from balint_eval.report.research_growth import growth

    people = some_people()
    study = timed(allocation="groups")
    table = assess_growth(drawn(people, 3, tuple(WAVES)), people, TEQ, study)
    file = SimpleNamespace(study=study, instruments={})
    (block,) = growth(Material({"growth": table, "outcomes": TEQ}, file, {}, {})).blocks
    assert len(block.rows) == len(table)
    assert "balint − waiting" in block.rows[0][1].replace("\u2068", "").replace("\u2069", "")
    unsaid = SimpleNamespace(study=timed(months=None, allocation="groups"), instruments={})
    (paragraph,) = growth(Material({"outcomes": TEQ}, unsaid, {}, {})).blocks
    assert "only ordered" in paragraph.text
    assert "No outcome was asked at three waves" in growth(Material({"outcomes": TEQ}, file, {}, {})).blocks[0].text
    two = SimpleNamespace(study=a_study(), instruments={})
    assert not growth(Material({}, two, {}, {})).blocks


TIMES = np.array([0.0, 3.0, 6.0])


def nothing_grows(rng, groups, share, replications):
    """Give scores, shape (people, waves, replications), in which slopes of groups differ and their mean is 0."""
    group = np.arange(groups).repeat(8)
    lasting = rng.standard_normal((group.size, 1, replications))
    shape = (group.size, 1, replications)
    slope = 0.1 * rng.standard_normal(shape) + share * rng.standard_normal((groups, 1, replications))[group]
    noise = 0.6 * rng.standard_normal((group.size, TIMES.size, replications))
    return group, lasting + slope * TIMES[None, :, None] + noise


@pytest.mark.parametrize("groups", [2, 3, 4, 8])
@pytest.mark.parametrize("share", [0.0, 0.05, 0.15])
def test_slopes_of_persons_reject_as_promised(groups, share):
    rng = np.random.default_rng(10 * groups + int(100 * share))
    group, scores = nothing_grows(rng, 2 * groups, share, 4000)
    flat = scores.transpose(0, 2, 1).reshape(-1, TIMES.size)
    slopes = person_slopes(flat, TIMES).reshape(group.size, -1)
    design = np.column_stack((np.ones(group.size), group < groups)).astype(float)
    found = cr2_contrasts(design, slopes, group, np.array([0.0, 1.0]))
    rejected = np.mean(2 * stdtr(found.df, -np.abs(found.estimate / found.std_error)) < 0.05)
    # Standard error .0034: 7 of 100 lies nearly three away from the bound.
    assert abs(rejected - 0.05) < 0.011


@pytest.mark.slow
def test_the_growth_model_never_rejects_too_often():
    rng, many = np.random.default_rng(4), 300
    found = []
    for groups, share in ((3, 0.1), (4, 0.0), (4, 0.1), (8, 0.05)):
        group, scores = nothing_grows(rng, 2 * groups, share, many)
        found += [growth_model(scores[:, :, r], TIMES, group, group < groups)[0].p_value for r in range(many)]
    assert np.mean(np.array(found) < 0.05) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / (4 * many))
