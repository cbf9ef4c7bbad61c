"""Person-level tests, effects, CR2 and alpha against R, published data sets and hand arithmetic.

`small_samples.json` is made by `small_samples.R`, which holds every call. The data sets of
`shared/` lie outside the repository; their tests skip where it is absent.
"""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from balint_eval.stats.adjust import adjust_p
from balint_eval.stats.cluster import ancova_cr2, change_cr2, change_difference_cr2, rank_cr2_ancova
from balint_eval.stats.effects import (
    cliffs_delta,
    d_av,
    d_pooled,
    d_z,
    hedges_factor,
    probability_of_superiority,
    rank_biserial,
)
from balint_eval.stats.independent import change_t, change_welch, mann_whitney
from balint_eval.stats.paired import paired_t, wilcoxon
from balint_eval.stats.reliability import cronbach_alpha, item_rest_correlations

SHARED = Path(__file__).parents[2].parent / "shared" / "datasets"
R = json.loads((Path(__file__).parent / "small_samples.json").read_text())
DATA = {name: np.array(values, dtype=float) for name, values in R["data"].items()}
NAMES = {"low": "conf_low", "high": "conf_high", "p": "p_value"}

needs_shared = pytest.mark.skipif(
    not SHARED.exists(), reason="shared/datasets lies outside the repository and is not here"
)


def assert_equal_to_r(result, reference, rel=1e-9):
    for key, value in reference.items():
        if key != "call":
            assert getattr(result, NAMES.get(key, key)) == pytest.approx(value, rel=rel), key


def two_arms(first, second):
    """Put two samples of changes into pre, post and treated."""
    change = np.concatenate((first, second))
    return np.zeros(change.size), change, np.repeat([1, 0], [len(first), len(second)])


def rows(name):
    with (SHARED / name).open(newline="") as file:
        return list(csv.DictReader(file))


def numbers(table, column):
    return np.array([float(row[column] or "nan") for row in table])


@pytest.fixture(scope="module")
def expected():
    return json.loads((SHARED / "bench_mixed" / "expected.json").read_text())


def test_golden_pairs_of_kirkpatrick_section_6():
    # Re-run with scipy 1.17.1: W 20.5, exact p .288086, rank biserial -.378788, superiority .395833.
    result = wilcoxon(DATA["golden_y"], DATA["golden_x"])
    assert (result.statistic, result.n_paired) == (20.5, 12)
    assert result.p_value == pytest.approx(0.2880859375, rel=1e-12)
    assert result.effect == pytest.approx(-25 / 66)
    assert "1 of 12 people did not change" in result.note
    superiority = probability_of_superiority(DATA["golden_x"], DATA["golden_y"])
    assert superiority.value == pytest.approx(57 / 144)


def test_golden_d_av_of_kirkpatrick_section_6():
    odd, whole = np.arange(1.0, 14, 2), np.arange(1.0, 8)
    corrected = d_av(odd, whole)  # later minus earlier: 1..7 against 1, 3, .., 13
    assert corrected.value / hedges_factor(6) == pytest.approx(-0.878310, abs=5e-7)
    assert corrected.value == pytest.approx(-0.7637479, abs=5e-8)
    # The exact gamma form is -.7629236 by hand: J(6) = Gamma(3) / (sqrt(3) Gamma(2.5)) = .8686267, as
    # R effectsize. kirkpatrick.md prints -.7629149, which differs in the fifth digit and is not used.
    exact = corrected.value / hedges_factor(6) * hedges_factor(6, exact=True)
    assert hedges_factor(6, exact=True) == pytest.approx(2 / (np.sqrt(3) * 0.75 * np.sqrt(np.pi)), rel=1e-12)
    assert exact == pytest.approx(-0.7629236, abs=5e-8)


def test_hedges_factor_of_fifteen_pairs():
    assert hedges_factor(14) == pytest.approx(0.945, abs=5e-4)  # effectsize; pingouin's 28 gives .973
    assert hedges_factor(28) == pytest.approx(0.973, abs=5e-4)


def test_same_twelve_pairs_differ_by_denominator():
    golden = d_z(DATA["golden_x"], DATA["golden_y"]), d_av(DATA["golden_x"], DATA["golden_y"])
    assert golden[0].value != pytest.approx(golden[1].value, rel=0.1)


@pytest.mark.parametrize(
    ("key", "before", "after", "exact"),
    [
        ("golden_exact", "golden_y", "golden_x", True),
        ("golden_normal", "golden_y", "golden_x", False),
        ("ties_exact", None, "ties", True),
        ("ties_normal", None, "ties", False),
        ("depression", "depression_y", "depression_x", None),
        ("depression_90", "depression_y", "depression_x", None),
    ],
)
def test_signed_rank_against_r(key, before, after, exact):
    post = DATA[after]
    pre = np.zeros(post.size) if before is None else DATA[before]
    level = 0.9 if key.endswith("90") else 0.95
    assert_equal_to_r(wilcoxon(pre, post, level, exact=exact), R["signed_rank"][key])


@pytest.mark.parametrize(
    ("key", "first", "second", "exact"),
    [
        ("ties_exact", "arm_1", "arm_0", True),
        ("ties_normal", "arm_1", "arm_0", False),
        ("plain", "plain_1", "plain_0", None),
    ],
)
def test_mann_whitney_against_r(key, first, second, exact):
    result = mann_whitney(*two_arms(DATA[first], DATA[second]), exact=exact)
    assert_equal_to_r(result, R["rank_sum"][key])


def test_t_tests_against_r():
    assert_equal_to_r(paired_t(DATA["golden_x"], DATA["golden_y"]), R["t_tests"]["paired"])
    arms = two_arms(DATA["arm_1"], DATA["arm_0"])
    assert_equal_to_r(change_t(*arms), R["t_tests"]["student"])
    assert_equal_to_r(change_welch(*arms), R["t_tests"]["welch"])


def test_cr2_against_r():
    pre, post, treated, group = (DATA[name] for name in ("pre", "post", "treated", "group"))
    assert_equal_to_r(change_cr2(pre, post, group), R["cr2"]["change"])
    assert_equal_to_r(ancova_cr2(pre, post, treated, group), R["cr2"]["ancova"])
    assert_equal_to_r(change_difference_cr2(pre, post, treated, group), R["cr2"]["difference"])
    assert_equal_to_r(rank_cr2_ancova(pre, post, treated, group), R["cr2"]["rank_ancova"])


def assert_effect(effect, reference, factor=1.0, rel=1e-6):
    got = np.array([effect.value, effect.low, effect.high]) / factor
    assert got == pytest.approx([reference["value"], reference["low"], reference["high"]], rel=rel)


def test_effects_against_effectsize():
    x, y, reference = DATA["golden_x"], DATA["golden_y"], R["effects"]
    # effectsize finds the noncentrality by optimisation: its intervals have about 5 digits.
    assert_effect(d_z(y, x), reference["d_z_raw"], hedges_factor(11), rel=2e-4)
    exact = hedges_factor(11) / hedges_factor(11, exact=True)
    assert_effect(d_z(y, x), reference["d_z_exact_j"], exact, rel=2e-4)
    _, change, treated = two_arms(DATA["arm_1"], DATA["arm_0"])
    assert_effect(d_pooled(change, treated == 1), reference["d_pooled_raw"], hedges_factor(16), rel=2e-4)
    ranked = rank_biserial(DATA["depression_y"], DATA["depression_x"])
    assert_effect(ranked, reference["rank_biserial"], rel=1e-9)
    # The interval of Cliff's delta is Feng and Cliff's here, Fisher's z in effectsize: value only.
    delta = cliffs_delta(DATA["arm_1"], DATA["arm_0"]).value
    assert delta == pytest.approx(reference["cliffs_delta_value"]["value"])


@pytest.mark.parametrize("method", ["holm", "hochberg", "bh"])
def test_adjustment_against_r(method):
    assert adjust_p(R["adjust"]["p"], method) == pytest.approx(R["adjust"][method])


@needs_shared
def test_sleepstudy_days_0_and_9(expected):
    table = rows("bench_mixed/lme4_sleepstudy.csv")
    days, reaction = numbers(table, "Days"), numbers(table, "Reaction")
    pre, post = reaction[days == 0], reaction[days == 9]
    reference = expected["sleepstudy"]["pre_post_day0_day9"]
    result = paired_t(pre, post)
    assert_paired_t(result, reference["paired_t"])
    for name in ("mean_pre", "sd_pre", "mean_post", "sd_post"):
        assert getattr(result, name) == pytest.approx(reference[name], rel=1e-9)
    assert result.statistic == pytest.approx(6.9576, abs=5e-5)
    ranked = wilcoxon(pre, post)
    assert ranked.statistic == reference["wilcoxon"]["V"]
    assert ranked.p_value == pytest.approx(reference["wilcoxon"]["p"], rel=1e-8)


def assert_paired_t(result, reference):
    assert result.estimate == pytest.approx(reference["estimate"], rel=1e-9)
    assert result.statistic == pytest.approx(reference["t"], rel=1e-9)
    assert result.p_value == pytest.approx(reference["p"], rel=1e-8)
    assert result.df == pytest.approx(reference["df"], rel=1e-9)
    if "ci95" in reference:
        assert [result.conf_low, result.conf_high] == pytest.approx(reference["ci95"], rel=1e-8)


@needs_shared
def test_shoes(expected):
    table = rows("bench_mixed/MASS_shoes_long.csv")
    wear, material = numbers(table, "wear"), np.array([row["material"] for row in table])
    a, b = wear[material == "A"], wear[material == "B"]
    assert_paired_t(paired_t(b, a), expected["shoes"]["paired_t"])
    normal = wilcoxon(b, a, exact=False)
    assert normal.statistic == 3.0
    assert normal.p_value == pytest.approx(expected["shoes"]["wilcoxon"]["p"], rel=1e-8)
    assert wilcoxon(b, a).p_value == 0.0078125
    assert wilcoxon(b, a, decimals=1).p_value == 0.0078125


@needs_shared
def test_orthodont_ages_8_and_14(expected):
    table = rows("bench_mixed/nlme_Orthodont.csv")
    age, distance = numbers(table, "age"), numbers(table, "distance")
    male = np.array([row["Sex"] == "Male" for row in table])[age == 8]
    pre, post = distance[age == 8], distance[age == 14]
    reference = expected["orthodont"]["pre_post_age8_age14"]
    assert_paired_t(paired_t(pre, post), reference["paired_t"])
    assert_paired_t(change_t(pre, post, male), reference["change_student"])
    assert_paired_t(change_welch(pre, post, male), reference["change_welch"])
    ranked = wilcoxon(pre, post, exact=False)
    assert ranked.statistic == reference["wilcoxon"]["V"]
    assert ranked.p_value == pytest.approx(reference["wilcoxon"]["p"], rel=1e-8)
    ancova = ancova_cr2(pre, post, ~male, np.arange(27))
    assert ancova.estimate == pytest.approx(reference["ancova_SexFemale"]["estimate"], rel=1e-9)


@needs_shared
def test_btheb_pre_to_two_months(expected):
    table = rows("bench_mixed/HSAUR_BtheB.csv")
    pre, post = numbers(table, "bdi.pre"), numbers(table, "bdi.2m")
    usual = np.array([row["treatment"] == "TAU" for row in table])
    reference = expected["btheb"]["pre_to_2m"]
    result = paired_t(pre, post)
    assert (result.n_pre, result.n_post, result.n_paired) == (100, 97, 97)
    assert_paired_t(result, reference["paired_t"])
    assert_paired_t(change_t(pre, post, usual), reference["change_student"])
    assert_paired_t(change_welch(pre, post, usual), reference["change_welch"])
    ancova = ancova_cr2(pre, post, ~usual, np.arange(100))
    assert ancova.estimate == pytest.approx(reference["ancova_BtheB"]["estimate"], rel=1e-9)
    # With one person a group CR2 is HC2, near the classical standard error of R.
    assert ancova.std_error == pytest.approx(reference["ancova_BtheB"]["se"], rel=0.05)


@needs_shared
def test_two_waves_of_phq_and_gad():
    first, second = rows("phq_gad_two_waves/t1.csv"), rows("phq_gad_two_waves/t2.csv")
    for items, t in (("PHQ", -6.212), ("GAD", -6.171)):
        names = [name for name in first[0] if name.startswith(items)]
        pre, post = (sum(numbers(table, name) for name in names) for table in (first, second))
        result = paired_t(pre, post)
        assert result.statistic == pytest.approx(t, abs=5e-4)
        assert result.df == 402


@needs_shared
def test_alphas_of_the_iri():
    expected = json.loads((SHARED / "iri_briganti" / "expected.json").read_text())
    table = rows("iri_briganti/iri.csv")
    scales = {  # Davis 1980, item numbers in form order
        "FS": (1, 5, 7, 12, 16, 23, 26),
        "EC": (2, 4, 9, 14, 18, 20, 22),
        "PT": (3, 8, 11, 15, 21, 25, 28),
        "PD": (6, 10, 13, 17, 19, 24, 27),
    }
    for scale, numbers_of_items in scales.items():
        items = np.column_stack([numbers(table, f"davi{number}") for number in numbers_of_items])
        reference = expected["as_stored_already_reversed"][scale]
        assert cronbach_alpha(items).alpha == pytest.approx(reference["alpha"], abs=5e-5)
        correlations = item_rest_correlations(items)
        reverse = expected["item_rest_r_of_reverse_items"][scale]
        for number, value in reverse.items():
            position = numbers_of_items.index(int(number))
            assert correlations[position] == pytest.approx(value["as_stored"], abs=5e-4)
            items[:, position] = 4 - items[:, position]
        wrong = cronbach_alpha(items)
        assert wrong.alpha == pytest.approx(expected["keyed_again_wrong"][scale]["alpha"], abs=5e-5)
