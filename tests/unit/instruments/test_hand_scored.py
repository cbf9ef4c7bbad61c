"""Every keyed instrument, scored by hand: one full person, and people with answers missing.

The expected numbers are arithmetic done on paper from the keys of the publications; each line gives the
keyed answers that make them, so that anybody can follow.
"""

from fractions import Fraction as F

import pytest
from scoring_help import blank, cycle, same, scores, statuses

from balint_eval.instruments.registry import known_instruments

FULL = {
    # TEQ, 0 1 2 3 4 0 ...: plain 0+2+4+0+2+3+2+0 = 13, reversed 3+1+3+0+4+3+1+0 = 15.
    "TEQ": (cycle(0, 4, 16), {"total": 28}),
    # PT 2+2+0+0+0+4+2, FS 0+4+3+3+0+2+0, EC 1+1+3+1+2+4+1, PD 0+4+2+1+1+3+1.
    "IRI": (cycle(0, 4, 28), {"PT": 10, "FS": 12, "EC": 13, "PD": 12}),
    # PT 3+4+3+4+1+2+4+1+2+3, OS 4+3+4+1+2+2+4+2+3, EC 4+1+1+2, PrR 3+2+4+3, PeR 3+3+4+4.
    "QCAE": (
        cycle(1, 4, 31),
        {"PT": 27, "OS": 25, "EC": 8, "PrR": 12, "PeR": 14, "cognitive": 52, "affective": 34},
    ),
    # PT 2+4+5+2+3+6+1+2+3+6, CC 7+1+7+4+3+1+4+3, WIPS 5+2.
    "JSE20": (cycle(1, 7, 20), {"PT": 34, "CC": 30, "WIPS": 7, "total": 71}),
    "CARE": (cycle(1, 5, 10), {"total": 30}),
    # EE 0+1+2+5+0+5+6+1+5, DP 4+2+3+0+0, PA 3+6+1+4+2+3+4+6.
    "MBI_HSS": (cycle(0, 6, 22), {"EE": 25, "DP": 9, "PA": 29}),
    # EX 0+1+2+3+4, PE 5+6+0+3+4+1, CY 1+2+5+6+0.
    "MBI_GS": (cycle(0, 6, 16), {"EX": 2, "PE": F(19, 6), "CY": F(14, 5)}),
    # PA 0+5+1, DP 1+4+0, EE 2+3+6, SM (6-2)+3+(6-4).
    "aMBI": (cycle(0, 6, 12), {"PA": 6, "DP": 5, "EE": 11, "SM": 9}),
    # PB 0+25+50+75+100+0, WB 25+50+75+100+0+25+(100-50), CB 75+100+0+25+50+75.
    "CBI": (
        [25 * answer for answer in cycle(0, 4, 19)],
        {"PB": F(250, 6), "WB": F(325, 7), "CB": F(325, 6)},
    ),
    # DIS 1+2+3+3+4+2+1+3, EXH 3+1+1+1+2+1+2+4.
    "OLBI": (cycle(1, 4, 16), {"DIS": 19, "EXH": 15, "total": 34}),
    # Four times 1 to 5, then 1+2+3.
    "BAT23": (cycle(1, 5, 23), {"total": F(66, 23)}),
    "BAT12": (cycle(1, 5, 12), {"total": F(33, 12)}),
    # PF 0+1+2+3+4+0, WE 1+2+3+4, ID 0+1+2+3+4+0; burnout is the mean of the ten, not 25/12.
    "PFI": (cycle(0, 4, 16), {"PF": F(10, 6), "WE": F(10, 4), "ID": F(10, 6), "burnout": 2}),
    # CS 3+1+2+1+3+5+2+4+2+5, BO 5+2+3+5+1+4+4+1+1+2, STS 2+5+2+4+1+3+4+3+5+3.
    "ProQOL5": (cycle(1, 5, 30), {"CS": 28, "BO": 28, "STS": 32}),
    "MiniZ2": (cycle(1, 5, 10), {"total": 30}),
    "BURNOUT1": ([4.0], {"total": 4}),
    "MBI2": ([5.0, 2.0], {"EE1": 5, "DP1": 2}),
    # Even 2+4+6+1+3+5+7, odd 1+3+5+7+2+4+6+1.
    "WCW15": (cycle(1, 7, 15), {"intrinsic": 28, "extrinsic": 29, "total": 57}),
    # 1+3+3+1+4+2+3+1.
    "CSQ8": (cycle(1, 4, 8), {"total": 18}),
    # VI 0+1+4, DE 2+3+6, AB 5+0+1.
    "UWES9": (cycle(0, 6, 9), {"VI": F(5, 3), "DE": F(11, 3), "AB": 2, "total": F(22, 9)}),
    # 21 + 21 + 0+1+2.
    "UWES17": (cycle(0, 6, 17), {"total": F(45, 17)}),
    # Helplessness 0+1+2+0+3+4, low self-efficacy 1+0+3+2.
    "PSS10": (cycle(0, 4, 10), {"helplessness": 10, "low_self_efficacy": 6, "total": 16}),
    # 0+3+2+3.
    "PSS4": (cycle(0, 4, 4), {"total": 8}),
    # S 0+1+3+2+3+1+1 = 11, A 1+3+2+0+2+2+3 = 13, D 2+0+1+0+3+0+0 = 6; each times 2, once.
    "DASS21": (cycle(0, 3, 21), {"S": 22, "A": 26, "D": 12}),
    "GAD7": (cycle(0, 3, 7), {"total": 9}),
    "PHQ9": (cycle(0, 3, 9), {"total": 12}),
    # (0+1+2+3+4) x 4.
    "WHO5": (cycle(0, 5, 5), {"total": 40}),
    # 1+4+3+2+5+5.
    "BRS": (cycle(1, 5, 6), {"total": F(20, 6)}),
    # 45 + 1+2.
    "PMI": (cycle(1, 9, 11), {"total": F(48, 11)}),
    # Engaged 0+1+3+0+3, Avoiding 2+4+1, Conflict 5+6+2+4.
    "GCQ_S": (cycle(0, 6, 12), {"Engaged": F(7, 5), "Avoiding": F(7, 3), "Conflict": F(17, 4)}),
    "GSES": (cycle(1, 4, 10), {"total": 23}),
}
FIRST = {name: answers for name, (answers, _) in FULL.items()}


def without(name, *items):
    return blank(FIRST[name], *items)


NONE = None
MISSING = [
    # Half of the items, by the package's default: keyed 0+3+2+1+4+0+3+2 = 15 of 8 items, times 16.
    ("TEQ", without("TEQ", *range(9, 17)), {"total": 30}),
    ("TEQ", without("TEQ", *range(8, 17)), {"total": NONE}),
    # PT 0+0+4+2 of four; FS has three of seven.
    ("IRI", without("IRI", 1, 3, 5, 7, 8, 11, 12), {"PT": F(6 * 7, 4), "FS": NONE, "EC": 13, "PD": 12}),
    # PT without a 3; EC has one of four, so there is no affective score.
    (
        "QCAE", without("QCAE", 8, 9, 13, 15),
        {"PT": F(240, 9), "OS": 25, "EC": NONE, "PrR": 12, "PeR": 14, "cognitive": F(240, 9) + 25, "affective": NONE},
    ),
    # Sixteen of twenty: 71 - (2+4+5+2) = 58; one more and no score stands.
    ("JSE20", without("JSE20", 2, 4, 5, 9), {"PT": 35, "CC": 30, "WIPS": 7, "total": F(58 * 20, 16)}),
    ("JSE20", without("JSE20", 2, 4, 5, 9, 10), {"PT": NONE, "CC": NONE, "WIPS": NONE, "total": NONE}),
    ("CARE", without("CARE", 1, 2), {"total": F(270, 8)}),
    ("CARE", without("CARE", 1, 2, 3), {"total": NONE}),
    # EE 0+5+6+1+5 of five; DP has two of five.
    ("MBI_HSS", without("MBI_HSS", 1, 2, 3, 6, 5, 10, 11), {"EE": F(17 * 9, 5), "DP": NONE, "PA": 29}),
    ("MBI_GS", without("MBI_GS", 1, 2, 9, 10, 13), {"EX": 3, "PE": F(19, 6), "CY": NONE}),
    # The optional items left out; PA 5+1 of two, DP one of three.
    ("aMBI", without("aMBI", 10, 11, 12, 1, 2, 5), {"PA": 9, "DP": NONE, "EE": 11, "SM": NONE}),
    # The manual: three personal, four work-related, three client-related answers.
    ("CBI", without("CBI", 1, 2, 3, 7, 8, 9, 14, 15, 16), {"PB": F(175, 3), "WB": F(175, 4), "CB": 50}),
    ("CBI", without("CBI", 1, 2, 3, 4, 7, 8, 9, 10, 14, 15, 16, 17), {"PB": NONE, "WB": NONE, "CB": NONE}),
    # DIS 4+2+1+3 of four; the total 25 of twelve.
    ("OLBI", without("OLBI", 1, 3, 6, 7), {"DIS": 20, "EXH": 15, "total": F(25 * 16, 12)}),
    ("BAT23", without("BAT23", *range(1, 12)), {"total": F(35, 12)}),
    ("BAT23", without("BAT23", *range(1, 13)), {"total": NONE}),
    ("BAT12", without("BAT12", *range(1, 7)), {"total": F(17, 6)}),
    ("BAT12", without("BAT12", *range(1, 8)), {"total": NONE}),
    # WE 3+4 of two; burnout 17 of eight; PF has two of six.
    ("PFI", without("PFI", 1, 2, 3, 4, 7, 8), {"PF": NONE, "WE": F(7, 2), "ID": F(10, 6), "burnout": F(17, 8)}),
    # CS 5+2+4+2+5 of five; STS has four of ten.
    ("ProQOL5", without("ProQOL5", 3, 6, 12, 16, 18, 2, 5, 7, 9, 11, 13), {"CS": 36, "BO": 28, "STS": NONE}),
    ("MiniZ2", without("MiniZ2", 5, 10), {"total": 25}),
    ("MiniZ2", without("MiniZ2", *range(1, 7)), {"total": NONE}),
    ("BURNOUT1", [None], {"total": NONE}),
    ("MBI2", [None, 2.0], {"EE1": NONE, "DP1": 2}),
    # Intrinsic 2+4+6+1 of four; the total 42 of twelve.
    ("WCW15", without("WCW15", 10, 12, 14), {"intrinsic": F(91, 4), "extrinsic": 29, "total": F(630, 12)}),
    ("CSQ8", without("CSQ8", 1), {"total": F(17 * 8, 7)}),
    ("CSQ8", without("CSQ8", 1, 2, 3, 4, 5), {"total": NONE}),
    # DE 3+6 of two, AB 2; the total 19 of six; VI has one of three.
    ("UWES9", without("UWES9", 1, 2, 3), {"VI": NONE, "DE": F(9, 2), "AB": 2, "total": F(19, 6)}),
    ("UWES17", without("UWES17", *range(1, 9)), {"total": F(24, 9)}),
    ("UWES17", without("UWES17", *range(1, 10)), {"total": NONE}),
    # Low self-efficacy 3+2 of two; the total 15 of eight.
    ("PSS10", without("PSS10", 4, 5), {"helplessness": 10, "low_self_efficacy": 10, "total": F(150, 8)}),
    ("PSS4", without("PSS4", 1), {"total": F(32, 3)}),
    ("PSS4", without("PSS4", 1, 2, 3), {"total": NONE}),
    # S 2+3+1+1 of four, times 7, times 2; A has three of seven.
    ("DASS21", without("DASS21", 1, 6, 8, 2, 4, 7, 9), {"S": F(49, 2), "A": NONE, "D": 12}),
    ("GAD7", without("GAD7", 1, 2, 3), {"total": F(42, 4)}),
    ("GAD7", without("GAD7", 1, 2, 3, 4), {"total": NONE}),
    # A blank is never a 0.
    ("PHQ9", without("PHQ9", 1, 9), {"total": F(108, 7)}),
    ("PHQ9", without("PHQ9", 1, 2, 3, 4, 5), {"total": NONE}),
    ("WHO5", without("WHO5", 1, 2), {"total": 60}),
    ("WHO5", without("WHO5", 1, 2, 3), {"total": NONE}),
    ("BRS", without("BRS", 1, 3, 5), {"total": F(11, 3)}),
    ("BRS", without("BRS", 1, 2, 3, 5), {"total": NONE}),
    ("PMI", without("PMI", 1, 2, 3, 4, 5), {"total": F(33, 6)}),
    ("PMI", without("PMI", 1, 2, 3, 4, 5, 6), {"total": NONE}),
    # The mean of whatever is answered, while no more than four are missing on the whole form.
    ("GCQ_S", without("GCQ_S", 3, 5, 6, 7), {"Engaged": F(7, 5), "Avoiding": 1, "Conflict": 3}),
    ("GCQ_S", without("GCQ_S", 3, 5, 9), {"Engaged": F(7, 5), "Avoiding": NONE, "Conflict": F(17, 4)}),
    ("GCQ_S", without("GCQ_S", 3, 5, 6, 7, 1), {"Engaged": NONE, "Avoiding": NONE, "Conflict": NONE}),
    ("GSES", without("GSES", 1, 2, 3, 4, 5), {"total": 24}),
    ("GSES", without("GSES", 1, 2, 3, 4, 5, 6), {"total": NONE}),
]  # fmt: skip


@pytest.mark.parametrize("name", FULL)
def test_a_full_person(name):
    answers, expected = FULL[name]
    same(scores(name, answers), expected)
    assert set(statuses(name, answers).values()) == {"scored"}


@pytest.mark.parametrize(("name", "answers", "expected"), MISSING, ids=[case[0] for case in MISSING])
def test_a_person_with_answers_missing(name, answers, expected):
    same(scores(name, answers), expected)
    full = FULL[name][1]
    # Every score that is prorated says so; a score of all its items stays as it was.
    for scale, status in statuses(name, answers).items():
        assert status == "too_few" if expected[scale] is None else status in {"scored", "prorated"}
        assert status != "scored" or expected[scale] == full[scale]


@pytest.mark.parametrize("name", FULL)
def test_nobody_answered_is_no_score_and_never_zero(name):
    assert set(scores(name, [None] * len(FULL[name][0])).values()) == {None}


@pytest.mark.parametrize("name", FULL)
@pytest.mark.parametrize("end", [0, -1])
def test_the_ends_of_the_range_are_reached(name, end):
    """Answers at the ends, reversed items at the other end, give the ends of the range."""
    instrument = known_instruments()[name]
    codes = instrument.response.codes
    other = codes[-1 - end] if end == 0 else codes[0]
    answers = [other if item in instrument.reverse else codes[end] for item in range(1, instrument.n_items + 1)]
    for scale, score in scores(name, answers).items():
        assert score == pytest.approx(instrument.scale(scale).range[end], abs=1e-12)


def test_every_keyed_instrument_is_here():
    assert set(FULL) == {name for name in known_instruments() if "@" not in name}
    assert {case[0] for case in MISSING} == set(FULL)
