"""Versions: each scored by hand, chosen by name, and never with bounds or norms of other points."""

from fractions import Fraction as F

import pytest
from scoring_help import blank, cycle, same, scores, statuses

from balint_eval.errors import StudyError
from balint_eval.instruments.evidence import unverified
from balint_eval.instruments.registry import instrument_to_score, known_instruments, registry_entries
from balint_eval.instruments.versions import Version, resolve
from balint_eval.study import read_study

UP_DOWN = [7.0] * 10 + [1.0] * 10
CASES = [
    # The sums of the same answers as 0-4, over seven; and with 1 a piece more.
    ("IRI@mean_score", cycle(0, 4, 28), {"PT": F(10, 7), "FS": F(12, 7), "EC": F(13, 7), "PD": F(12, 7)}),
    ("IRI@coded_1_to_5", cycle(1, 5, 28), {"PT": 17, "FS": 19, "EC": 20, "PD": 19}),
    ("IRI@coded_1_to_5_mean", cycle(1, 5, 28), {"PT": F(17, 7), "FS": F(19, 7), "EC": F(20, 7), "PD": F(19, 7)}),
    # Items 1-10 plain 34; items 11-20 are 4 5 6 7 1 2 3 4 5 6 = 43, reversed 80 - 43.
    ("JSE20@positive_items_first", cycle(1, 7, 20), {"total": 34 + 37}),
    ("JSE20@positive_items_first", UP_DOWN, {"total": 140}),
    ("JSE20@positive_items_first", blank(UP_DOWN, 1, 2, 11, 12), {"total": 140}),
    ("JSE20@positive_items_first", blank(UP_DOWN, 1, 2, 11, 12, 20), {"total": None}),
    ("MBI_HSS@mean_score", cycle(0, 6, 22), {"EE": F(25, 9), "DP": F(9, 5), "PA": F(29, 8)}),
    # 25 + 9, 9 + 5, 29 + 8: the offset of the retracted paper, under its own name.
    ("MBI_HSS@coded_1_to_7", cycle(1, 7, 22), {"EE": 34, "DP": 14, "PA": 37}),
    # EE 1+2+3+6+2+1+2+4+2, DP 5+4+5+3+4, PA 4+1+3+6+5+6+1+3.
    ("MBI_HSS@coded_1_to_6", cycle(1, 6, 22), {"EE": 23, "DP": 21, "PA": 29}),
    ("MBI_GS@published_code_order", cycle(0, 6, 16), {"EX": 2, "PE": F(19, 6), "CY": F(14, 5)}),
    # EX 0+1+2+3+5, PE 4+6+2+3+4+1, CY 0+1+5+6+0.
    ("MBI_GS@english_manual_order", cycle(0, 6, 16), {"EX": F(11, 5), "PE": F(20, 6), "CY": F(12, 5)}),
    ("MBI_GS@coded_1_to_7", cycle(1, 7, 16), {"EX": 3, "PE": F(25, 6), "CY": F(19, 5)}),
    ("aMBI@nine_items", cycle(0, 6, 9), {"PA": 6, "DP": 5, "EE": 11}),
    # WB 2+3+4+5+1+2+(6-3), CB 4+5+1+2+3+4.
    ("CBI@coded_1_to_5", cycle(1, 5, 19), {"PB": F(16, 6), "WB": F(20, 7), "CB": F(19, 6)}),
    ("CBI@coded_0_to_4", cycle(0, 4, 19), {"PB": F(10, 6), "WB": F(13, 7), "CB": F(13, 6)}),
    ("CBI@coded_0_to_4", blank(cycle(0, 4, 19), 7, 8, 9, 10), {"PB": F(10, 6), "WB": None, "CB": F(13, 6)}),
    ("OLBI@one_is_strongly_agree", cycle(1, 4, 16), {"DIS": 19, "EXH": 15, "total": 34}),
    ("OLBI@one_is_strongly_agree_mean", cycle(1, 4, 16), {"DIS": F(19, 8), "EXH": F(15, 8), "total": F(34, 16)}),
    # DIS 4+3+2+2+1+3+4+2, EXH 2+4+4+4+3+4+3+1; with the other direction they add up to 8 x 5.
    ("OLBI@one_is_strongly_disagree", cycle(1, 4, 16), {"DIS": 21, "EXH": 25, "total": 46}),
    ("OLBI@one_is_strongly_disagree_mean", cycle(1, 4, 16), {"DIS": F(21, 8), "EXH": F(25, 8), "total": F(46, 16)}),
    ("PFI@percent", cycle(0, 4, 16), {"PF": F(250, 6), "WE": F(250, 4), "ID": F(250, 6), "burnout": 50}),
    ("CSQ8@printed_order_stored", cycle(1, 4, 8), {"total": 18}),
    ("CSQ8@option_values_stored", cycle(1, 4, 8), {"total": 20}),
    # Helplessness 1+2+3+1+4+5, low self-efficacy 2+1+4+3.
    ("PSS10@coded_1_to_5", cycle(1, 5, 10), {"helplessness": 16, "low_self_efficacy": 10, "total": 26}),
    # (11+7) x 2, (13+7) x 2, (6+7) x 2.
    ("DASS21@coded_1_to_4", cycle(1, 4, 21), {"S": 36, "A": 40, "D": 26}),
]
VERSIONS = [name for name in known_instruments() if "@" in name]


@pytest.mark.parametrize(("name", "answers", "expected"), CASES, ids=[case[0] for case in CASES])
def test_scored_by_hand(name, answers, expected):
    same(scores(name, answers), expected)
    assert ("too_few" in statuses(name, answers).values()) == (None in expected.values())


def test_every_version_is_scored_by_hand():
    assert {name for name, _, _ in CASES} == set(VERSIONS)


def test_the_name_of_the_version_is_in_the_table():
    assert known_instruments()["IRI@mean_score"].name == "IRI@mean_score"
    assert "means of items" in known_instruments()["IRI@mean_score"].title


@pytest.mark.parametrize("name", VERSIONS)
def test_bounds_and_norms_fit_the_points(name):
    """A version with other codes, rule or factor has none of the base's bounds and norms."""
    version, base = known_instruments()[name], known_instruments()[name.partition("@")[0]]
    for entry in (*version.norms, *(cutoff for cutoff in version.cutoffs if cutoff.metric == "raw")):
        assert entry.scale in {scale.name for scale in version.scales}
        original = entry in base.norms or entry in base.cutoffs
        assert version.scale(entry.scale).range == base.scale(entry.scale).range or not original
    assert version.missing == base.missing


def test_bounds_on_means_come_in_with_means():
    mean = known_instruments()["OLBI@one_is_strongly_disagree_mean"]
    assert [(c.scale, c.value, c.metric) for c in mean.cutoffs] == [("EXH", 2.25, "raw"), ("DIS", 2.1, "raw")]
    assert [c.metric for c in known_instruments()["OLBI"].cutoffs] == ["mean", "mean"]
    assert known_instruments()["MBI_HSS@mean_score"].cutoffs == []
    assert known_instruments()["MBI_HSS@coded_1_to_7"].norms == []
    assert len(known_instruments()["JSE20@positive_items_first"].norms) == 9


def test_choosing_a_version_settles_what_was_to_be_confirmed():
    for name in ("OLBI", "CSQ8", "MBI_GS"):
        base = known_instruments()[name]
        assert any(doubt == base.to_confirm for doubt in unverified(base, base.scales[0]))
        for version in registry_entries()[name].versions:
            chosen = known_instruments()[f"{name}@{version.name}"]
            assert bool(chosen.to_confirm) != version.settles
    order = known_instruments()["MBI_GS@english_manual_order"]
    assert unverified(order, order.scales[0]) == ("the key: which items count and which are reversed",)


def test_a_version_that_does_not_exist_is_refused():
    with pytest.raises(StudyError, match=r"there is no instrument 'IRI@means'.*did you mean 'IRI@mean_score'"):
        instrument_to_score("IRI@means")


def test_a_study_chooses_a_version(folder):
    export = folder.export(0)
    export["items"].append({"instrument": "BURNOUT1", "columns": ["b"]})
    export["items"].append({"instrument": "CSQ8@option_values_stored", "columns": "c{item}"})
    folder.content["outcomes"].append({"instrument": "CSQ8@option_values_stored"})
    study = read_study(folder.write())
    assert study.instruments["CSQ8@option_values_stored"].reverse == []
    header = ("code", "q1", "q2", "q3", "b", *(f"c{item}" for item in range(1, 9)))
    folder.rows("before.csv", *[(f"P{n}", 1, 2, 3, 4, *[1, 2, 3, 4] * 2) for n in range(5)], header=header)
    folder.rows("after.csv", *[(f"P{n}", 5, 4, 1 + n) for n in range(5)])
    found = folder.ingest().tables["responses"]
    assert set(found["instrument"]) == {"TRY", "BURNOUT1", "CSQ8@option_values_stored"}


def test_own_names_cannot_look_like_versions(folder):
    folder.content["own_instruments"][0]["name"] = "TEQ@mine"
    with pytest.raises(StudyError, match=r"CFG-IDCHARS.*letters, digits and _"):
        folder.read()


def resolved(name, **changes):
    return resolve(known_instruments()[name], Version(name="made", text="made", mark="derived", **changes))


def test_what_a_version_does_not_name_stays():
    same_key = resolved("JSE20")
    base = known_instruments()["JSE20"]
    assert (same_key.scales, same_key.response, same_key.reverse) == (base.scales, base.response, base.reverse)
    assert same_key.reverse_unverified == [14, 18, 19]
    assert (same_key.norms, same_key.cutoffs, same_key.reliability) == (base.norms, base.cutoffs, base.reliability)
    assert same_key.evidence == base.evidence | {"version": ["derived"]}


def test_ends_of_the_answers():
    turned = known_instruments()["OLBI@one_is_strongly_disagree"].response
    assert (turned.codes, turned.low, turned.high) == ([1, 2, 3, 4], "strongly disagree", "strongly agree")
    kept = known_instruments()["PSS10@coded_1_to_5"].response
    assert (kept.codes, kept.low, kept.high) == ([1, 2, 3, 4, 5], "never", "very often")


def test_optional_items_of_a_shorter_form():
    assert resolved("aMBI", n_items=10, only=["PA"], reverse=[10]).optional_items == [10]
    assert known_instruments()["aMBI@nine_items"].optional_items == []


def test_bounds_on_means_need_the_same_codes():
    assert resolved("OLBI", rule="mean", codes=[0, 1, 2, 3]).cutoffs == []
    assert resolved("OLBI", rule="mean", multiply=2).cutoffs == []
    assert resolved("OLBI", rule="sum").cutoffs == known_instruments()["OLBI"].cutoffs


def test_reliability_is_that_of_the_scales_it_has():
    """Alpha does not change with the points."""
    assert len(resolved("MBI_HSS", only=["EE"]).reliability) == 1
    known = known_instruments()
    assert known["MBI_HSS@coded_1_to_7"].reliability == known["MBI_HSS"].reliability


def test_a_composed_scale_follows_its_parts():
    mean = resolved("QCAE", rule="mean")
    assert mean.scale("PT").range == (1, 4)
    assert (mean.scale("cognitive").rule, mean.scale("cognitive").range) == ("sum", (2, 8))
