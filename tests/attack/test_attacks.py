"""A bounded form of `make attack`: nothing is recovered from releases, and the attacks work where nothing is hidden."""

from collections import Counter

import numpy as np
import pytest
from tests.attack import attacks
from tests.attack.programmes import draw_programme
from tests.attack.suite import Tally, attack

from balint_eval.disclosure import Limits, release_tables
from balint_eval.plots import list_figures
from balint_eval.study import StudyFile


@pytest.mark.parametrize(
    "seed", [1000, 1001, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(1002, 1012))]
)
def test_nothing_on_few_people_is_recovered(seed):
    tally = Tally()
    attack(seed, tally)
    assert tally.figures
    assert tally.recovered == Counter()


def test_the_attacks_recover_figures_where_nothing_is_hidden():
    tally = Tally()
    for seed in (1000, 1001):
        attack(seed, tally, protected=False)
    assert {"linear", "answers", "two releases"} <= set(tally.recovered)


def test_what_is_recovered_is_true():
    programme = draw_programme(1001)
    shown = programme.tables["comparisons"]
    listed = attacks.equations(programme, shown)["total"]
    found = attacks.solve_linearly(listed, most=20)[0]
    scored = attacks.members(programme)
    truth = {sum(scored["total", wave].get(name, 0.0) for name in found.people) for wave in ("before", "after", "later")
             if ("total", wave) in scored}  # fmt: skip
    changes = {abs(one - other) for one in truth for other in truth}
    assert min(abs(abs(found.value) - one) for one in truth | changes) < 0.05


def test_the_error_of_two_groups_gives_a_small_one_away_unless_it_is_withheld():
    for seed in range(40):
        programme = draw_programme(seed)
        if attacks.read_groups_from_errors(programme, programme.tables["comparisons"]):
            break
    else:
        pytest.fail("no programme with two groups was drawn")
    released = release_tables(programme.tables, Limits.of(8), comments=0)
    assert attacks.read_groups_from_errors(programme, released.shown["comparisons"]) == []


@pytest.mark.parametrize(("answers", "ways"), [((1, 1, 2, 1, 1, 1), 1), ((3, 3, 3, 3, 3, 3), 1)])
def test_mean_and_spread_of_one_item_give_six_answers_back(answers, ways):
    values = np.array(answers, dtype=float)
    assert attacks.rebuild_answers(values.mean(), values.std(ddof=1), 6, 1, 5) == ways


def test_mean_and_spread_of_one_item_leave_thirty_answers_open():
    values = np.array([1, 2, 3, 4, 5] * 6, dtype=float)
    assert attacks.rebuild_answers(values.mean(), values.std(ddof=1), 30, 1, 5) > 10


@pytest.mark.parametrize("seed", [1000, 1003])
def test_figures_hold_released_numbers_only(seed):
    programme = draw_programme(seed)
    released = release_tables(programme.tables, Limits.of(8), comments=0)
    figures = list_figures(released.of_figures(), StudyFile(programme.study, None, "", {}))
    told = set(np.round(released.numbers["comparisons"].select_dtypes("number").to_numpy(dtype=float).ravel(), 4))
    for name in ("forest", "means"):
        drawing = figures[name]()
        if drawing is not None:
            assert drawing.data.filter(regex="^n$|people").min().min() >= 8
            drawn = drawing.data.filter(["effect", "mean"]).to_numpy(dtype=float).ravel()
            assert set(np.round(drawn[np.isfinite(drawn)], 4)) <= told
