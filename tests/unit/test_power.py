"""Power: closed form against its formula and statsmodels, simulation against the closed form, words and files."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nct
from statsmodels.stats.power import TTestIndPower

from balint_eval.cli import main
from balint_eval.planned import PlannedStudy, closed_form, power, power_of_t, simulated, smallest_detectable


def test_power_of_t_is_statsmodels():
    # Two samples of 20, d = 0.6: noncentrality 0.6 sqrt(10).
    expected = TTestIndPower().power(0.6, 20, 0.05)
    assert power_of_t(0.6, np.sqrt(2 / 20), 38) == pytest.approx(expected, rel=1e-6)
    assert power_of_t(0, 1, 5) == pytest.approx(0.05)
    assert power_of_t(-0.6, 0.3, 38) == power_of_t(0.6, 0.3, 38)


@pytest.mark.parametrize("df", [0.3, 1, 1.0006, 2.4, 8.7, 200])
def test_power_rises_with_the_effect_and_is_never_missing(df):
    found = [power_of_t(effect, 1.0, df) for effect in (*np.linspace(0, 6, 61), *np.logspace(1, 4, 60))]
    assert np.isfinite(found).all()
    assert (np.diff(found) > -1e-6).all()
    assert power_of_t(smallest_detectable(1.0, df), 1.0, df) == pytest.approx(0.8)


def test_closed_form_by_hand():
    planned = PlannedStudy(arms=2, groups=4, members=(8, 8), effect=0.5, icc=0.05, correlation=0.6, drop_out=0)
    error = np.sqrt(2 * (0.05 + 0.75 / 8) / 4)
    critical = 2.4469118511449692  # t(.975, 6)
    expected = nct.sf(critical, 6, 0.5 / error) + nct.cdf(-critical, 6, 0.5 / error)
    assert closed_form(planned).power == pytest.approx(expected)


@pytest.mark.parametrize("arms", [1, 2])
@pytest.mark.parametrize("icc", [0.0, 0.15])
def test_simulation_meets_the_closed_form_for_equal_groups(arms, icc):
    planned = PlannedStudy(arms=arms, groups=5, members=(8, 8), effect=4, sd=8, icc=icc, drop_out=0)
    exact = closed_form(planned)
    method = "group_means_t" if arms == 2 else "change_cr2"
    found = next(one for one in simulated(planned, 3000) if one.method == method)
    assert abs(found.power - exact.power) < 4 * found.power_error
    assert found.width == pytest.approx(exact.width, rel=0.03)


def test_without_an_effect_the_primary_method_finds_something_in_five_of_a_hundred():
    found = simulated(PlannedStudy(effect=0.0), 3000)[0]
    assert (found.method, found.how) == ("ancova_cr2", "simulation")
    assert abs(found.power - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 3000)


def test_more_groups_and_larger_effects_never_lower_power():
    table = power(PlannedStudy(effect=0.5), groups=(2, 4, 8), iccs=(0.0, 0.15), replications=1000)
    primary = table[table["method"] == "ancova_cr2"]
    for _, mine in primary.groupby("icc"):
        assert mine.sort_values("groups")["power"].is_monotonic_increasing
        assert mine.sort_values("groups")["width"].is_monotonic_decreasing
    assert (table["power"].between(0, 1)).all()


def test_the_same_seed_gives_the_same_table():
    one, other = (power(PlannedStudy(), replications=200, seed=4) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)


def test_the_smallest_detectable_change_has_the_power_asked_for():
    found = smallest_detectable(2.0, 6.5, power=0.8)
    assert power_of_t(found, 2.0, 6.5) == pytest.approx(0.8)
    assert smallest_detectable(4.0, 6.5) == pytest.approx(2 * found)
    assert np.isnan([smallest_detectable(np.nan, 3), smallest_detectable(1, np.nan), smallest_detectable(0, 3)]).all()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"arms": 3}, "arms must be 1 or 2"),
        ({"groups": 1}, "groups must be 2 or more"),
        ({"members": (6,)}, "two numbers"),
        ({"members": (10, 6)}, "the smaller first"),
        ({"sd": 0}, "sd must be above 0"),
        ({"icc": 0.6, "correlation": 0.6}, "not exceed 1 together"),
        ({"drop_out": 1}, "drop_out"),
        ({"conf_level": 95}, "conf_level"),
    ],
)
def test_impossible_plans_are_refused(settings, says):
    with pytest.raises(ValueError, match=says):
        PlannedStudy(**settings)


def test_the_command_says_what_it_found_and_writes_it(tmp_path, capsys):
    arguments = ["power", "--effect", "4", "--sd", "8", "--groups", "2,4", "--icc", "0.05", "--replications", "200"]
    assert main([*arguments, "--output", str(tmp_path / "new")]) == 0
    said = capsys.readouterr().out
    assert "A true difference between two arms of 4 points" in said
    assert "More groups help more" in said
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        "power_table.csv", "power.svg", "power.pdf", "power.png", "power.csv", "power.txt"
    }  # fmt: skip
    words = (tmp_path / "new" / "power.txt").read_text("utf-8")
    assert "ICC 0.05" in words
    assert "2 groups" in words


def test_one_arm_of_two_groups_is_warned_of(capsys):
    arguments = ["power", "--effect", "4", "--sd", "8", "--arms", "1", "--groups", "2", "--icc", "0"]
    assert main([*arguments, "--replications", "100"]) == 0
    assert "With fewer than 3 groups no claim is made" in capsys.readouterr().out


def test_every_impossible_option_is_said_at_once(capsys):
    assert main(["power", "--effect", "4", "--sd", "-1", "--drop-out", "2"]) == 2
    said = capsys.readouterr().err
    assert said.count("CFG-POWER") == 2
