"""A finding as a row: what stands in it unless said, what a person settles, and which scales it withholds."""

from types import SimpleNamespace

import numpy as np
import pytest

from balint_eval.doctor.finding import (
    KEY_CODES,
    Finding,
    accepted_codes,
    accepting,
    as_table,
    between_waves,
    doubtful_scales,
    settled,
)
from balint_eval.instruments.registry import known_instruments

KNOWN = known_instruments()
WORDS = {"people": 3, "seen": "s", "why": "w", "mend": "m"}


def finding(code="DOC-ORDER", **more):
    return Finding(code=code, **(WORDS | more))


def test_a_finding_concerns_the_whole_form_in_all_waves_and_refuses():
    said = finding()
    assert (said.severity, said.cohort, said.instrument, said.scale, said.wave) == ("refuse", "", "all", "all", "all")


def test_how_a_finding_is_accepted():
    assert accepting("DOC-X", "TEQ") == (
        "if a person has checked that the export is right, accept: [DOC-X] under the items of TEQ"
    )


def test_a_finding_between_two_waves_is_of_the_later_one_and_of_the_people_of_both(made):
    who = {"before": ["A", "B"], "between": ["Z"], "after": ["B", "C"]}
    form = made("TEQ", who, before=np.ones((2, 16)), between=np.ones((1, 16)), after=np.ones((2, 16)))
    assert between_waves(form, "DOC-X", "before", "after", seen="s", why="w", mend="m") == Finding(
        code="DOC-X", wave="after", people=3, seen="s", why="w",
        mend="m; if a person has checked that the export is right, accept: [DOC-X] under the items of TEQ",
    )  # fmt: skip


def test_accepted_codes_of_all_exports():
    def export(*items):
        return SimpleNamespace(items=[SimpleNamespace(**item) for item in items])

    teq = {"instrument": "TEQ", "accept": ["DOC-ORDER"], "key_confirmed": False}
    cohorts = [
        SimpleNamespace(exports=[export(teq)]),
        SimpleNamespace(exports=[export(teq | {"accept": ["DOC-SHIFT"]}, {**teq, "instrument": "IRI", "accept": []})]),
        SimpleNamespace(exports=[export({"instrument": "CBI", "accept": [], "key_confirmed": True})]),
    ]
    assert accepted_codes(*cohorts) == {"TEQ": {"DOC-ORDER", "DOC-SHIFT"}, "IRI": set(), "CBI": set(KEY_CODES)}
    assert {"WARN-ALPHA", "DOC-ITEMKEY"} == KEY_CODES


def test_only_refusals_of_the_accepted_codes_become_warnings():
    found = [finding(), finding("DOC-SHIFT"), finding(severity="note")]
    assert [one.severity for one in settled(found, ["DOC-ORDER"])] == ["warn", "refuse", "note"]


def test_of_two_findings_with_one_key_the_first_stands():
    table = as_table([finding(seen="first"), finding(seen="second"), finding(wave="after", seen="third")])
    assert sorted(table["seen"]) == ["first", "third"]
    assert as_table([]).empty


@pytest.mark.parametrize(
    ("instrument", "scale", "known", "pairs"),
    [
        ("OLBI", "DIS", KNOWN, [("OLBI", "DIS"), ("OLBI", "total")]),
        ("OLBI", "DIS", None, [("OLBI", "DIS")]),
        ("OLBI", "DIS", {"TEQ": KNOWN["TEQ"]}, [("OLBI", "DIS")]),
        ("OLBI", "all", KNOWN, [("OLBI", "all")]),
        ("IRI", "EC", KNOWN, [("IRI", "EC")]),
    ],
)
def test_a_scale_that_shares_an_item_is_doubtful_too(instrument, scale, known, pairs):
    table = as_table([
        finding(instrument=instrument, scale=scale), finding(instrument=instrument, scale=scale, wave="after"),
        finding(instrument="TEQ", severity="warn"),
    ])  # fmt: skip
    assert doubtful_scales(table, known) == pairs
