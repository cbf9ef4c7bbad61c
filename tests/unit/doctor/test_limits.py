"""What could not have been seen: the numbers of people at which another sentence is said, word by word."""

import numpy as np
import pytest

from balint_eval.doctor.finding import Finding
from balint_eval.doctor.limits import what_could_not_be_seen

FEW = (
    "{}: with fewer than 20 a wrong key, single wrong items, swapped codes and exchanged columns cannot be told "
    "from chance"
)
SOME = "{}: with fewer than 30 a single wrong item, two swapped codes or two exchanged columns are often missed"
FLAT = "the key of {} was not judged: too few complete answers, or an item that does not vary"
RNG = np.random.default_rng(6)


def answers(people, items=16):
    return RNG.integers(0, 5, size=(people, items)).astype(float)


def said(form, found=()):
    return [finding.seen for finding in what_could_not_be_seen(form, found)]


@pytest.mark.parametrize(
    ("people", "says"),
    [(1, FEW.format("1 person")), (2, FEW.format("2 people")), (19, FEW.format("19 people")),
     (20, SOME.format("20 people")), (29, SOME.format("29 people"))],
)  # fmt: skip
def test_few_people(made, people, says):
    (finding,) = what_could_not_be_seen(made("TEQ", before=answers(people)), [])
    assert finding.seen == says
    assert (finding.code, finding.severity, finding.people) == ("DOC-NOTJUDGED", "note", people)
    assert finding.why == "what was not found may still be there"
    assert finding.mend == "compare the key, the codes and the order of the columns with the form by eye"


def test_enough_people_in_the_larger_wave(made):
    assert said(made("TEQ", before=answers(30), after=answers(3))) == []


@pytest.mark.parametrize(("severity", "number"), [("refuse", 0), ("warn", 1), ("note", 1)])
def test_nothing_is_said_beside_a_refusal(made, severity, number):
    found = [Finding(code="DOC-X", people=1, seen="", why="", mend="", severity=severity)]
    assert len(said(made("TEQ", before=answers(5)), found)) == number


def test_scales_whose_key_no_wave_can_judge_are_named(made):
    before, after = answers(40, 28), answers(40, 28)
    form = made("IRI", before=before, after=after)
    scales = {scale.name: scale for scale in form.instrument.scales}
    for name in ("FS", "PD"):
        before[:, scales[name].items[0] - 1] = after[:, scales[name].items[-1] - 1] = 2
    before[:, scales["EC"].items[0] - 1] = 2
    form = made("IRI", before=before, after=after)
    names = [scale.label or scale.name for scale in form.instrument.scales if scale.name in {"FS", "PD"}]
    assert said(form) == [FLAT.format(", ".join(names))]


def test_a_scale_without_a_label_goes_by_its_name(made):
    before = answers(40)
    before[:, 0] = 2
    scales = [scale.model_copy(update={"label": label}) for label in ("Sum", "")
              for scale in made("TEQ", before=before).instrument.scales]  # fmt: skip
    form = made("TEQ", change={"scales": scales}, before=before)
    assert said(form) == [FLAT.format(f"Sum, {scales[0].name}")]
