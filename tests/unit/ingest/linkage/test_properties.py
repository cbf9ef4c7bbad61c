"""What holds for every set of codes: order says nothing, linking is symmetric, nobody is linked twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balint_eval.ingest.linkage.match import accepted, alphabet_differences, candidates, distances
from balint_eval.ingest.linkage.persons import Entry, Occasion, link_persons

# Few possible elements, so that near codes are common; blanks and Persian letters among them.
ELEMENTS = (
    st.sampled_from(["ma", "zo", "te", "ما", ""]),
    st.sampled_from(["1", "2", "3", ""]),
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(["5", "6"]),
)
CODE = st.tuples(*ELEMENTS)
WAVE = st.lists(CODE, max_size=7, unique=True)
SOME = settings(max_examples=200, deadline=None, derandomize=True)


def occasion(name, codes):
    return Occasion(name, [Entry("|".join(code), code) for code in codes])


def partners(persons):
    """Give the sets of (wave, key) that are one person."""
    found = {}
    for place, join in persons.joined.items():
        found.setdefault(join.person, set()).add(place)
    return {frozenset(places) for places in found.values()}


@pytest.mark.thorough
@SOME
@given(st.lists(WAVE, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(waves, random):
    shuffled = [random.sample(codes, len(codes)) for codes in waves]
    first, second = (link_persons([occasion(str(n), codes) for n, codes in enumerate(w)]) for w in (waves, shuffled))
    assert first.joined == second.joined
    assert set(first.questions) == set(second.questions)


@pytest.mark.thorough
@SOME
@given(WAVE, WAVE)
def test_two_waves_are_linked_alike_in_either_direction(before, after):
    forth = link_persons([occasion("a", before), occasion("b", after)])
    back = link_persons([occasion("b", after), occasion("a", before)])
    assert partners(forth) == partners(back)


@SOME
@given(st.lists(WAVE, min_size=2, max_size=4))
def test_nobody_has_two_codes_of_one_wave_and_every_code_has_one_person(waves):
    persons = link_persons([occasion(str(n), codes) for n, codes in enumerate(waves)])
    assert len(persons.joined) == sum(len(codes) for codes in waves)
    for places in partners(persons):
        names = [wave for wave, _ in places]
        assert len(names) == len(set(names))


@SOME
@given(WAVE, WAVE, CODE)
def test_a_newcomer_changes_no_exact_link(before, after, newcomer):
    def exact(codes):
        persons = link_persons([occasion("a", before), occasion("b", codes)])
        equal = {"|".join(code) for code in before} & {"|".join(code) for code in after}
        return {
            key: join for (wave, key), join in persons.joined.items() if wave == "b" and key in equal and join.off == 0
        }

    with_newcomer = [*after, newcomer] if newcomer not in after and newcomer not in before else after
    assert exact(after).items() <= exact(with_newcomer).items()


@pytest.mark.thorough
@SOME
@given(WAVE, WAVE)
def test_what_is_joined_keeps_the_rule(before, after):
    off, alphabet = distances(before, after), alphabet_differences(before, after)
    persons = link_persons([occasion("a", before), occasion("b", after)])
    found = {join.person: key for (wave, key), join in persons.joined.items() if wave == "b"}
    for i, one in enumerate(before):
        other = found.get("|".join(one))
        if other is None or ("b", other) not in persons.joined:
            continue
        j = ["|".join(code) for code in after].index(other)
        if persons.joined["b", other].person != "|".join(one):
            continue
        assert off[i, j] <= 1
        if off[i, j] == 1:
            assert alphabet[i, j] == 0
            assert (off[i] >= 2).sum() == len(after) - 1
            assert (off[:, j] >= 2).sum() == len(before) - 1
        else:
            assert all(one)


@SOME
@given(WAVE, WAVE)
def test_blank_elements_never_match(before, after):
    off = distances(before, after)
    for i, one in enumerate(before):
        for j, other in enumerate(after):
            both = sum(bool(a) and a == b for a, b in zip(one, other, strict=True))
            assert off[i, j] == len(one) - both


@pytest.mark.thorough
@SOME
@given(WAVE, WAVE, st.permutations(range(4)))
def test_the_order_of_elements_changes_nothing(before, after, order):
    turned = [[tuple(code[place] for place in order) for code in codes] for codes in (before, after)]
    off, off_turned = distances(before, after), distances(*turned)
    assert (off == off_turned).all()
    assert accepted(off) == accepted(off_turned)
    alphabet = alphabet_differences(before, after)
    assert candidates(off, alphabet, 4) == candidates(off_turned, alphabet_differences(*turned), 4)
