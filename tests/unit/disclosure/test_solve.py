"""What follows from published sums: by hand, and against every combination of small cases."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from balint_eval.disclosure.solve import Shown, Sum, follows, gives_away


def people(first, last):
    return frozenset(f"p{number}" for number in range(first, last))


def at(population, wave="before"):
    return Sum(((wave, 1),), population)


def change(population):
    return Sum((("after", 1), ("before", -1)), population)


def test_two_means_that_differ_by_one_person_give_that_person_away():
    assert gives_away([at(people(0, 20)), at(people(0, 19))], 8)
    assert not gives_away([at(people(0, 20)), at(people(0, 12))], 8)


def test_the_last_of_five_cohorts_follows_from_the_total():
    cohorts = [people(10 * place, 10 * place + size) for place, size in enumerate((10, 10, 10, 9, 6))]
    whole = frozenset().union(*cohorts)
    shown = Shown(8)
    assert shown.allows([at(whole)])
    shown.add([at(whole)])
    allowed = []
    for cohort in cohorts:
        allowed.append(shown.allows([at(cohort)]))
        if allowed[-1]:
            shown.add([at(cohort)])
    # The smallest is too small, and the next smallest would give it away.
    assert allowed == [True, True, True, False, False]


def test_a_change_may_be_shown_where_the_means_may_not():
    shown = Shown(8)
    shown.add([at(people(0, 31)), at(people(0, 31), "after")])
    later = people(0, 27)
    assert not shown.allows([at(later), at(later, "later")])
    assert shown.allows([Sum((("later", 1), ("before", -1)), later)])


def test_a_change_and_the_later_mean_give_the_earlier_mean():
    both = people(0, 20)
    assert follows(at(both), [change(both), at(both, "after")])
    assert not follows(at(both), [change(both)])
    assert gives_away([change(both), at(both, "after"), at(people(0, 17))], 8)


def test_what_is_hidden_must_not_follow_however_many_people_it_has():
    alike, rest = people(0, 20), people(20, 60)
    shown = Shown(8)
    shown.hide(at(alike))
    assert not shown.allows([at(alike)])
    shown.add([at(alike | rest)])
    assert not shown.allows([at(rest)])


def test_an_earlier_release_counts():
    assert not Shown(8, [at(people(0, 20))]).allows([at(people(0, 24))])
    assert Shown(8, [at(people(0, 20))]).allows([at(people(0, 30))])


def every_combination(sums, smallest):
    """Look for a vector on few people by trying every set of them: slow, and written another way."""
    names = sorted(frozenset().union(*(one.people for one in sums)))
    parts = sorted({name for one in sums for name, _ in one.parts})
    matrix = np.array([
        [dict(one.parts).get(part, 0) * (name in one.people) for name in names for part in parts] for one in sums
    ])  # fmt: skip
    owner = np.repeat(np.arange(len(names)), len(parts))
    whole = np.linalg.matrix_rank(matrix)
    return any(
        np.linalg.matrix_rank(matrix[:, ~np.isin(owner, chosen)]) < whole
        for number in range(1, smallest)
        for chosen in combinations(range(len(names)), number)
    )


@pytest.mark.parametrize("seed", range(60))
def test_agrees_with_every_combination(seed):
    rng = np.random.default_rng(seed)
    names = [f"p{number}" for number in range(rng.integers(5, 10))]
    sums = []
    for _ in range(rng.integers(1, 5)):
        population = frozenset(name for name in names if rng.random() < 0.6)
        if population:
            sums.append(change(population) if rng.random() < 0.3 else at(population, rng.choice(["before", "after"])))
    if sums:
        assert gives_away(sums, 4) == every_combination(sums, 4)


def test_sums_stand_in_the_order_in_which_they_came_and_once():
    first, second = at(people(0, 20)), at(people(0, 20), "after")
    shown = Shown(8, [first])
    shown.add([second, first, second])
    assert shown.sums == (first, second)


def test_a_sum_of_the_smallest_number_is_shown_and_of_one_less_is_not():
    assert Shown(8).allows([at(people(0, 8))])
    assert not Shown(8).allows([at(people(0, 7))])


def test_one_person_of_a_wave_is_found_beside_sums_of_another_wave():
    """The columns of the two waves stand among each other, so that rows must change places to be reduced."""
    shown = [at(frozenset("abd"), "after"), at(frozenset("bcd")), at(frozenset("abcd"))]
    assert gives_away(shown, 3)


def chain(links, size, start=0):
    """Give sums of two neighbours each, of a row of sets of people: the first less the third follows, and so on."""
    sets = [people(start + size * place, start + size * (place + 1)) for place in range(links)]
    return [at(one | other) for one, other in pairwise(sets)]


@pytest.mark.parametrize(("links", "given_away"), [(12, False), (13, True)])
def test_more_than_twelve_sets_that_hang_together_count_as_unsafe(links, given_away):
    """Two sets of seven differ by fourteen people; that this is the least is tried for up to twelve sets."""
    assert gives_away(chain(links, 7), 8) is given_away


def test_sets_that_do_not_hang_together_are_tried_apart():
    assert not gives_away([*chain(8, 7), *chain(8, 7, start=100)], 8)


def test_sets_of_the_smallest_number_need_not_be_tried():
    assert not gives_away(chain(14, 8), 8)
