"""The scores have the distribution, and the effect, that was asked for."""

import numpy as np
import pytest

from balint_eval.simulate import Design, KnownOutcome, simulate_scores, simulate_two_arms

OUTCOME = KnownOutcome(instrument="TEQ", mean=46, sd=8, effect=(4, 3), drift=(-1, -0.5), icc=0.1)
ABSENT = (0.05, 0.12, 0.2)
STUDIES = 400


@pytest.fixture(scope="module")
def many():
    rng = np.random.default_rng(20250101)
    design = Design(outcomes=(OUTCOME,), absent=ABSENT)
    return [simulate_scores(design, rng) for _ in range(STUDIES)]


def test_the_mean_effect_over_many_studies_is_the_true_one(many):
    def gains(study):
        change = study.scores[:, 1:, 0] - study.scores[:, :1, 0]
        return change[study.treated].mean(axis=0) - change[~study.treated].mean(axis=0)

    effects = np.array([gains(study) for study in many])
    error = effects.std(axis=0, ddof=1) / np.sqrt(STUDIES)
    assert (np.abs(effects.mean(axis=0) - OUTCOME.effect) < 4 * error).all()
    assert (error < 0.15).all()


def test_the_waiting_arm_only_drifts(many):
    means = np.array([study.scores[~study.treated, :, 0].mean(axis=0) for study in many])
    error = means.std(axis=0, ddof=1) / np.sqrt(STUDIES)
    assert (np.abs(means.mean(axis=0) - [46, 45, 45.5]) < 4 * error).all()


def test_spread_and_correlation_are_as_asked(many):
    arms = [study.scores[study.treated, :, 0] for study in many]
    pooled = np.concatenate(arms)
    assert pooled.std(axis=0) == pytest.approx([8, 8, 8], rel=0.03)
    correlations = np.corrcoef(pooled.T)
    assert correlations[0, 1:] == pytest.approx([0.7, 0.7], abs=0.03)
    assert correlations[1, 2] == pytest.approx(0.8, abs=0.03)


def icc_by_anova(values, group):
    """One-way analysis of variance, as in Donner 1986."""
    groups = [values[group == name] for name in np.unique(group)]
    sizes = np.array([len(g) for g in groups])
    total, k = sizes.sum(), len(groups)
    between = sum(len(g) * (g.mean() - values.mean()) ** 2 for g in groups) / (k - 1)
    within = sum(((g - g.mean()) ** 2).sum() for g in groups) / (total - k)
    size = (total - (sizes**2).sum() / total) / (k - 1)
    return (between - within) / size, (between - within) / size + within


@pytest.mark.parametrize(("wave", "icc"), [(0, 0.0), (1, 0.1), (2, 0.1)])
def test_groups_grow_alike_only_after_they_met(many, wave, icc):
    parts = [icc_by_anova(s.scores[s.treated, wave, 0], s.group[s.treated]) for s in many]
    between, total = np.mean(parts, axis=0)
    assert between / total == pytest.approx(icc, abs=0.025)


def test_drop_out_shares(many):
    shares = np.concatenate([study.answered for study in many]).mean(axis=0)
    assert 1 - shares == pytest.approx(ABSENT, abs=0.01)


def test_some_people_answer_only_later(many):
    answered = np.concatenate([study.answered for study in many])
    assert (~answered[:, 0] & answered[:, 1:].any(axis=1)).mean() == pytest.approx(0.05 * (1 - 0.12 * 0.2), abs=0.01)


def test_groups_have_six_to_ten_members(many):
    sizes = np.concatenate([np.bincount(study.group) for study in many])
    assert set(sizes.tolist()) == {6, 7, 8, 9, 10}
    assert all(len(np.unique(study.group)) == 8 for study in many)


def test_the_frame_holds_only_those_who_answered(many):
    study = many[0]
    frame = study.frame()
    assert len(frame) == study.answered.sum()
    assert list(frame.columns) == ["person", "group", "arm", "wave", "instrument", "scale", "score"]
    row = frame.iloc[-1]
    wave = study.design.waves.index(row["wave"])
    assert row["score"] == study.observed[row["person"], wave, 0]
    assert frame.groupby("group")["arm"].nunique().max() == 1


def test_strain_ties_outcomes_together():
    burnout = KnownOutcome(instrument="CBI", scale="PB", mean=50, sd=15, effect=(0,), loading=0.8, icc=0)
    joy = KnownOutcome(instrument="WCW15", mean=70, sd=10, effect=(0,), loading=-0.5, icc=0)
    design = Design(outcomes=(burnout, joy), waves=("a", "b"), absent=(0, 0), groups_per_arm=300)
    scores = simulate_scores(design, np.random.default_rng(3)).scores[:, 0, :]
    # the lasting parts correlate .8 x -.5, and make up .7 of each variance
    assert np.corrcoef(scores.T)[0, 1] == pytest.approx(-0.4 * 0.7, abs=0.05)


def test_two_arms_have_the_same_distribution():
    draws = simulate_two_arms(
        np.random.default_rng(5), 4000, effect=4, mean=46, sd=8, correlation=0.7, icc=0.1, absent=(0.05, 0.12)
    )
    assert draws.pre.shape == draws.post.shape == (4000, 80)
    treated = draws.treated
    gap = np.nanmean(draws.post[:, treated], axis=1) - np.nanmean(draws.post[:, ~treated], axis=1)
    assert gap.mean() == pytest.approx(4, abs=4 * gap.std() / np.sqrt(4000))
    # two arms of four groups with 8 members on average: var = 2 sd^2 (icc / 4 + (1 - icc) / 28)
    assert gap.std() == pytest.approx(8 * np.sqrt(2 * (0.1 / 4 + 0.9 / (32 * 0.88))), rel=0.06)
    assert np.nanstd(draws.pre) == pytest.approx(8, rel=0.02)
    both = ~np.isnan(draws.pre) & ~np.isnan(draws.post) & treated
    assert np.corrcoef(draws.pre[both], draws.post[both])[0, 1] == pytest.approx(0.7, abs=0.02)
    enrolled = 0.8  # 8 of 10 places
    assert np.isnan(draws.post).mean() == pytest.approx(1 - enrolled * 0.88, abs=0.01)


def test_the_same_seed_gives_the_same_study():
    design = Design(outcomes=(OUTCOME,), absent=ABSENT)
    first, second = (simulate_scores(design, np.random.default_rng(9)) for _ in range(2))
    np.testing.assert_array_equal(first.observed, second.observed)
    np.testing.assert_array_equal(first.group, second.group)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"correlation": 0.95, "icc": 0.1}, "not exceed 1"),
        ({"icc": -0.1}, "must not be negative"),
        ({"drift": (1.0,)}, "one number each"),
    ],
)
def test_an_impossible_outcome_is_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        KnownOutcome(**({"instrument": "TEQ", "mean": 46, "sd": 8, "effect": (4, 3)} | change))


def test_a_design_needs_a_number_for_every_wave():
    with pytest.raises(ValueError, match="absent needs one share"):
        Design(outcomes=(OUTCOME,), absent=(0.1,))
    with pytest.raises(ValueError, match="effect needs one number"):
        Design(outcomes=(OUTCOME,), waves=("a", "b"), absent=(0, 0))
