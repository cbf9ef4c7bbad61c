"""What decides a score and is unverified is said in words, in the registry and in the report's table."""

import pytest

from balint_eval.instruments.evidence import MARKS, spelled_out, unverified
from balint_eval.instruments.model import Instrument
from balint_eval.instruments.registry import known_instruments
from balint_eval.kirkpatrick import list_outcomes

WHOLE_KEY = "the key: which items count and which are reversed"
RANGE = "the range (codes and factor)"
EXPECTED = {
    ("JSE20", "total"): ("the reversal of items 14, 18, 19", "the missing rule"),
    ("JSE20", "CC"): ("the item split", "the reversal of items 14, 18, 19", "the missing rule"),
    ("JSE20", "PT"): ("the item split", "the missing rule"),
    ("JSE20@positive_items_first", "total"): ("the missing rule",),
    ("CBI", "CB"): ("the missing rule",),
    ("aMBI", "SM"): ("the item split",),
    ("DASS21", "S"): ("the factor 2",),
    ("PSS4", "total"): (WHOLE_KEY, RANGE),
    ("UWES9", "VI"): (WHOLE_KEY, RANGE),
    ("UWES9", "total"): (WHOLE_KEY, RANGE),
    ("GSES", "total"): (WHOLE_KEY, RANGE),
    ("BAT12", "total"): (WHOLE_KEY,),
    ("MBI2", "EE1"): (RANGE,),
    ("WHO5", "total"): (RANGE,),
    ("PMI", "total"): ("that all items make one score", "that no item is reversed"),
    ("MiniZ2", "total"): ("that the form is version 2.0 (version 1.0 mixes the directions)",),
}
SETTLED = [
    ("TEQ", "total"), ("IRI", "PT"), ("QCAE", "cognitive"), ("CARE", "total"), ("MBI_HSS", "EE"), ("CBI", "PB"),
    ("CBI", "WB"), ("ProQOL5", "BO"), ("GAD7", "total"), ("PHQ9", "total"), ("BRS", "total"), ("PFI", "burnout"),
    ("GCQ_S", "Engaged"), ("WCW15", "total"), ("BURNOUT1", "total"), ("BAT23", "total"), ("UWES17", "total"),
    ("aMBI", "PA"), ("PSS10", "total"), ("OLBI@one_is_strongly_agree", "DIS"), ("CSQ8@option_values_stored", "total"),
]  # fmt: skip


def doubts(name, scale):
    instrument = known_instruments()[name]
    return unverified(instrument, instrument.scale(scale))


@pytest.mark.parametrize(("name", "scale"), EXPECTED)
def test_what_is_unverified(name, scale):
    assert doubts(name, scale) == EXPECTED[(name, scale)]


@pytest.mark.parametrize(("name", "scale"), SETTLED)
def test_what_rests_on_sources(name, scale):
    assert doubts(name, scale) == ()


@pytest.mark.parametrize("name", ["OLBI", "CSQ8", "MBI_GS"])
def test_what_a_person_must_hold_against_the_form(name):
    instrument = known_instruments()[name]
    assert doubts(name, instrument.scales[0].name) == (instrument.to_confirm,)
    assert f"{name}@" in instrument.to_confirm


def test_a_composed_scale_has_the_doubts_of_its_parts():
    base = known_instruments()["QCAE"]
    split = [scale.model_copy(update={"mark": "U"}) if scale.name == "OS" else scale for scale in base.scales]
    doubtful = base.model_copy(update={"scales": split, "reverse_unverified": [17]})
    assert unverified(doubtful, doubtful.scale("cognitive")) == ("the item split",)
    assert unverified(doubtful, doubtful.scale("affective")) == ("the reversal of item 17",)


def test_an_unverified_reversal():
    base = known_instruments()["QCAE"]
    two = base.model_copy(update={"reverse_unverified": [2, 17]})
    assert unverified(two, two.scale("PeR")) == ("the reversal of items 2, 17",)
    whole = base.model_copy(update={"evidence": base.evidence | {"reverse": ["U"]}})
    assert unverified(whole, whole.scale("PeR")) == ("the reversal",)


def test_own_scales_have_none(folder):
    own = Instrument.model_validate(folder.content["own_instruments"][0])
    assert unverified(own, own.scales[0]) == ()


def test_the_outcomes_table_says_it(folder):
    folder.content["outcomes"] += [
        {"instrument": "JSE20", "scale": "CC"},
        {"instrument": "GCQ_S", "scale": "Engaged"},
        {"instrument": "TEQ"},
    ]
    table = list_outcomes(folder.read()).set_index("instrument")
    assert table.loc["JSE20", "evidence"].endswith(
        "; unverified: the item split, the reversal of items 14, 18, 19, the missing rule"
    )
    assert "unverified" not in table.loc["TEQ", "evidence"]
    assert table.loc["GCQ_S", "missing_rule"] == (
        "at least 1 of 5 items answered, then the mean of the answered (rule of the manual); "
        "no score when more than 4 items of the form are missing (rule of the manual)"
    )
    assert "(package default); no score when more than 4" in table.loc["JSE20", "missing_rule"]
    assert table.loc["TEQ", "missing_rule"].endswith("(package default, no rule of the authors is known)")


def test_marks_in_the_outcomes_table(folder):
    """Own scales are the user's word; a registry entry claims no mark it does not have."""
    folder.content["outcomes"] += [{"instrument": "BURNOUT1"}, {"instrument": "IRI@coded_1_to_5", "scale": "EC"}]
    table = list_outcomes(folder.read()).set_index("instrument")
    assert table.loc["TRY", "evidence"] == "key user; range user; missing user"
    assert table.loc["BURNOUT1", "evidence"] == "key S; range S"
    assert table.loc["BURNOUT1", "missing_rule"] == "one item: scored only when it is answered"
    assert table.loc["IRI@coded_1_to_5", "evidence"] == "key C+D; range P; missing U; version derived"


def test_marks_in_words():
    assert spelled_out(["C", "U"]) == "published scoring code, unverified"
    used = {mark for entry in known_instruments().values() for marks in entry.evidence.values() for mark in marks}
    assert used <= set(MARKS)
