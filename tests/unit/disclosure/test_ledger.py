"""The ledger of releases: what it keeps, what it refuses, that it names nobody."""

import json

import pytest

from balint_eval.disclosure.ledger import Ledger, Release, check_release, from_text, marker, to_text
from balint_eval.disclosure.solve import Sum
from balint_eval.errors import DisclosureError

BEFORE, AFTER = (("before", 1),), (("after", 1),)
CHANGE = (("after", 1), ("before", -1))


def people(first, last):
    return frozenset(f"p{number:02}" for number in range(first, last))


def release(day="2026-01-01", smallest=8, reason="", **sums):
    return Release(day, smallest, reason, {name: tuple(found) for name, found in sums.items()})


def refusals(ledger, wanted, smallest=8):
    try:
        check_release(ledger, wanted, smallest, "ledger.json")
    except DisclosureError as error:
        return [(problem.code, problem.what, problem.mend, problem.file) for problem in error.problems]
    return []


@pytest.mark.parametrize(("more", "refused"), [(0, False), (1, True), (7, True), (8, False)])
def test_people_that_differ_by_few_are_refused(more, refused):
    ledger = Ledger((release(TEQ=[Sum(BEFORE, people(0, 20))]),))
    for wanted in (people(0, 20 + more), people(more, 20)):
        found = refusals(ledger, {"TEQ": [Sum(BEFORE, wanted)]})
        assert [code for code, *_ in found] == ["PV-DIFFERENCE"] * refused


def test_people_exchanged_count_on_both_sides():
    ledger = Ledger((release(TEQ=[Sum(BEFORE, people(0, 20))]),))
    assert refusals(ledger, {"TEQ": [Sum(BEFORE, people(3, 23))]})
    assert not refusals(ledger, {"TEQ": [Sum(BEFORE, people(4, 24))]})


def test_other_waves_and_other_instruments_are_no_earlier_figure():
    ledger = Ledger((release(TEQ=[Sum(BEFORE, people(0, 20))]),))
    assert not refusals(ledger, {"TEQ": [Sum(AFTER, people(0, 19))], "PSS": [Sum(BEFORE, people(0, 19))]})


def test_a_refusal_says_what_differs_and_what_to_do():
    ledger = Ledger((release(TEQ=[Sum(CHANGE, people(0, 20)), Sum(BEFORE, people(0, 20))]),))
    wanted = {"TEQ": [Sum(CHANGE, people(0, 21)), Sum(BEFORE, people(0, 21))], "PSS": [Sum(BEFORE, people(0, 9))]}
    assert refusals(ledger, wanted) == [(
        "PV-DIFFERENCE",
        "the people behind TEQ (after, before) differ from those of an earlier release by fewer than 8: from both "
        "releases together the answers of these few could be worked out",
        "wait until at least 8 more people have answered, or give out the earlier release again; if that one never "
        "left your hands, delete its entry in this file and run again",
        "ledger.json",
    )]  # fmt: skip


def test_each_instrument_is_refused_by_itself_in_order():
    earlier = [Sum(BEFORE, people(0, 20))]
    ledger = Ledger((release(TEQ=earlier, PSS=earlier, UCLA=earlier),))
    wanted = {name: [Sum(BEFORE, people(0, 21))] for name in ("UCLA", "TEQ", "PSS")}
    assert [what.split()[3] for _, what, *_ in refusals(ledger, wanted)] == ["PSS", "TEQ", "UCLA"]


def test_the_stricter_of_the_two_releases_counts():
    ledger = Ledger((release(smallest=8, TEQ=[Sum(BEFORE, people(0, 30))]),))
    wanted = {"TEQ": [Sum(BEFORE, people(0, 39))]}
    assert not refusals(ledger, wanted, smallest=8)
    assert refusals(ledger, wanted, smallest=10)[0][0] == "PV-DIFFERENCE"
    strict = Ledger((release(smallest=10, TEQ=[Sum(BEFORE, people(0, 30))]),))
    assert [code for code, *_ in refusals(strict, wanted, smallest=8)] == ["PV-KLOWERED", "PV-DIFFERENCE"]


def test_the_smallest_number_may_rise_and_never_fall():
    ledger = Ledger((release(smallest=10), release(smallest=8)))
    assert not refusals(ledger, {}, 10)
    assert not refusals(ledger, {}, 12)
    assert not refusals(Ledger(), {}, 1)
    assert refusals(ledger, {}, 9) == [(
        "PV-KLOWERED",
        "the smallest number of people was 10 in an earlier release and is now 9; what was hidden then could be told "
        "from the two releases together",
        "write smallest: 10 under release:, or give a new programme a name of its own",
        "ledger.json",
    )]  # fmt: skip


def test_what_is_known_is_every_sum_once():
    one, two, three = Sum(BEFORE, people(0, 20)), Sum(AFTER, people(0, 20)), Sum(BEFORE, people(0, 30))
    ledger = Ledger((release(TEQ=[one, two]), release(TEQ=[two, three], PSS=[one])))
    assert ledger.known() == {"TEQ": [one, two, three], "PSS": [one]}
    assert Ledger().known() == {}


def test_the_same_release_again_changes_nothing_another_is_added():
    one, two = Sum(BEFORE, people(0, 20)), Sum(AFTER, people(0, 20))
    ledger = Ledger((release(TEQ=[one, two]), release(smallest=9, TEQ=[one])))
    assert ledger.with_release(release("2026-05-05", TEQ=[two, one], PSS=[])) is ledger
    for other in (release(smallest=9, TEQ=[one, two]), release(TEQ=[one]), release(PSS=[one, two])):
        assert ledger.with_release(other).releases == (*ledger.releases, other)


def test_the_file_is_read_back_as_it_was_written():
    ledger = Ledger((
        release(TEQ=[Sum(CHANGE, people(0, 9)), Sum(BEFORE, people(0, 20))], PSS=[Sum(BEFORE, people(0, 9))]),
        release("2026-02-02", 6, "one clinic of six, agreed with all", TEQ=[]),
    ))  # fmt: skip
    read = from_text(to_text(ledger), "ledger.json")
    assert [(one.day, one.smallest, one.reason) for one in read.releases] == [
        ("2026-01-01", 8, ""), ("2026-02-02", 6, "one clinic of six, agreed with all"),
    ]  # fmt: skip
    assert read.known().keys() == {"TEQ", "PSS"}
    assert set(read.known()["TEQ"]) == set(ledger.known()["TEQ"])
    assert to_text(read) == to_text(ledger)


def test_the_file_is_the_same_whatever_the_order_in_which_sums_came():
    """Larger sums first, then by what is added up and by people: who reads the file finds the whole study first."""
    sums = [Sum(BEFORE, people(0, 20)), Sum(AFTER, people(0, 9)), Sum(BEFORE, people(0, 9)), Sum(BEFORE, people(1, 10))]
    text = to_text(Ledger((release(TEQ=sums, PSS=sums[:1]),)))
    assert text == to_text(Ledger((release(PSS=sums[:1], TEQ=sums[::-1]),)))
    content = json.loads(text)
    assert (content["version"], text[-2:]) == (1, "}\n")
    listed = content["releases"][0]["sums"]
    assert [(one["instrument"], len(one["people"]), one["of"], one["people"][0]) for one in listed] == [
        ("PSS", 20, [["before", 1]], "p00"),
        ("TEQ", 20, [["before", 1]], "p00"),
        ("TEQ", 9, [["after", 1]], "p00"),
        ("TEQ", 9, [["before", 1]], "p00"),
        ("TEQ", 9, [["before", 1]], "p01"),
    ]
    assert all(one["people"] == sorted(one["people"]) for one in listed)


ENTRY = '{"day": "d", "smallest": 8, "reason": "", "sums": [{"instrument": "T", "of": [["b", 1]], "people": ["p"]}]}'


def test_an_entry_by_hand_is_read():
    assert from_text(f'{{"releases": [{ENTRY}]}}', "x").releases == (
        Release("d", 8, "", {"T": [Sum((("b", 1),), frozenset({"p"}))]}),
    )


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "3", "null", '{"releases": [{}]}', '{"releases": 3}', f'{{"releases": [{ENTRY}',
     *(f'{{"releases": [{ENTRY.replace(*what)}]}}' for what in (('"day": "d", ', ""), ("8", '"eight"'), ("1", '"x"'),
                                                              ('"reason": "", ', ""), ('"sums"', '"other"'),
                                                              ('"people"', '"other"'), ('[["b", 1]]', "3")))],
)  # fmt: skip
def test_a_ledger_that_cannot_be_understood_stops_every_release(text):
    with pytest.raises(DisclosureError) as caught:
        from_text(text, "ledger.json")
    (problem,) = caught.value.problems
    assert (problem.code, problem.file) == ("PV-LEDGER", "ledger.json")
    assert problem.what == "the ledger of releases cannot be read"
    assert problem.mend == "bring the file back from a copy; without it nothing can be released safely"
    # What stands in it, such as marks of people, is told nowhere.
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_marks_are_keyed_and_of_the_ledger_only():
    """By OpenSSL: printf 'ledger\\nP0123' | openssl dgst -sha256 -mac HMAC -macopt hexkey:00...00 | cut -c1-16."""
    mark = marker(bytes(32))
    assert mark("P0123") == "0fa6eb52540a1df3"
    assert mark("P0123") != marker(bytes(31) + b"\1")("P0123")


def test_the_file_is_laid_out_for_people():
    assert to_text(Ledger(())) == '{\n "version": 1,\n "releases": []\n}\n'
