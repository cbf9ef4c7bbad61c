"""What cannot be scored is refused, with the reason."""

import pytest
from scoring_help import responses

from balint_eval.errors import StudyError
from balint_eval.instruments.model import Structure
from balint_eval.instruments.registry import (
    instrument_to_score,
    known_instruments,
    no_key,
    registry_entries,
    unknown_instrument,
)
from balint_eval.instruments.show import describe_instrument
from balint_eval.scoring import score_responses

WITHOUT_KEY = ["BBNAS", "BGQ_C", "G_SAQ", "MBI_SS", "P_SPIKES", "SEGUE"]
PARTIAL = {
    "BAT12": ["EX", "MD", "EI", "CI"],
    "BAT23": ["EX", "MD", "EI", "CI"],
    "MiniZ2": ["supportive", "pace"],
    "PMI": ["abilities", "sensitivity"],
    "UWES17": ["VI", "DE", "AB"],
}


def test_which_are_without_a_key():
    assert [e.name for e in registry_entries().values() if isinstance(e, Structure)] == WITHOUT_KEY
    partial = {e.name: [s.name for s in e.unkeyed] for e in registry_entries().values() if e.keyed == "partial"}
    assert partial == PARTIAL


@pytest.mark.parametrize("name", WITHOUT_KEY)
def test_no_key_no_score(name):
    """Wherever one is to be scored: from the registry, or from answers in a table."""
    why = registry_entries()[name].why
    with pytest.raises(StudyError) as caught:
        instrument_to_score(name)
    (problem,) = caught.value.problems
    assert problem.code == "CFG-NOKEY"
    assert problem.what == f"{name} cannot be scored: {why}"
    assert "config/instruments/README.md" in problem.mend
    with pytest.raises(StudyError, match=f"CFG-NOKEY: {name} cannot be scored: {why}"):
        score_responses(responses(name, [1.0, 2.0]), known_instruments())
    assert f"not scored: {why}"[:60] in describe_instrument(name)


@pytest.mark.parametrize("name", WITHOUT_KEY)
@pytest.mark.parametrize("use", ["outcome", "export"])
def test_a_study_that_wants_it_scored_is_refused(folder, name, use):
    if use == "outcome":
        folder.content["outcomes"].append({"instrument": name})
    else:
        folder.export(0)["items"].append({"instrument": name, "columns": "x{item}"})
    with pytest.raises(StudyError) as caught:
        folder.read()
    (problem,) = caught.value.problems
    assert name in problem.what
    assert problem.row > 0
    assert problem.column.endswith("instrument")


@pytest.mark.parametrize(("name", "scale"), [(name, scale) for name, scales in PARTIAL.items() for scale in scales])
def test_scales_without_positions(folder, name, scale):
    """The rest of the form is scored; the scale is refused."""
    problem = no_key(name, scale)
    assert problem.code == "CFG-NOKEY"
    assert problem.what == f"the scale '{scale}' of {name} cannot be scored: its item positions are not known here"
    assert problem.mend.startswith("use total, or ")
    assert no_key(name) is None
    assert no_key(name, "total") is None
    folder.content["outcomes"].append({"instrument": name, "scale": scale})
    with pytest.raises(StudyError) as caught:
        folder.read()
    assert caught.value.problems[0].column == "outcomes.1.scale"


def test_a_key_of_ones_own_may_take_the_name(folder):
    """The registry holds no key of BGQ_C, so a study that has its manual declares one."""
    folder.content["own_instruments"].append({**folder.content["own_instruments"][0], "name": "BGQ_C"})
    folder.content["outcomes"].append({"instrument": "BGQ_C"})
    assert folder.read().instruments["BGQ_C"].n_items == 3


def test_unknown_names():
    assert no_key("NOTHING") is None
    assert no_key("TEQ") is None
    assert unknown_instrument("teq").mend == "did you mean 'TEQ'?"
    assert unknown_instrument("bgq_c").mend == "did you mean 'BGQ_C'?"
    assert unknown_instrument("zzzzzz").mend.startswith("use one of: aMBI, BAT12, ")
    with pytest.raises(StudyError, match="CFG-REFERENCE: there is no instrument 'NOTHING'"):
        score_responses(responses("NOTHING", [1.0]), known_instruments())
    with pytest.raises(StudyError, match="CFG-REFERENCE"):
        describe_instrument("NOTHING")
