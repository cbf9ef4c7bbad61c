"""Answers: decoded exactly as declared, or refused with place, value and remedy."""

import math

import pandas as pd
import pytest

from balint_eval.ingest.answers import decode_items
from balint_eval.instruments.model import Instrument
from balint_eval.study_exports import Items

LIKERT = {"codes": [1, 2, 3, 4, 5]}


def instrument(codes=(1, 2, 3, 4, 5), reverse=(), n_items=2):
    return Instrument.model_validate({
        "name": "TRY", "title": "t", "measures": "skill", "level": "2b", "n_items": n_items,
        "response": {"codes": list(codes)}, "reverse": list(reverse), "licence": {"status": "own"},
    })  # fmt: skip


def decode(*rows, entry=None, codes=(1, 2, 3, 4, 5), reverse=()):
    cells = pd.DataFrame(list(rows), columns=["q1", "q2"], index=range(2, len(rows) + 2), dtype=object)
    items = Items.model_validate({"instrument": "TRY", "columns": "q{item}", **(entry or {})})
    return decode_items(cells, ["q1", "q2"], items, instrument(codes, reverse), "a.csv")


def codes_of(decoded):
    return [problem.code for problem in decoded.problems]


def values_of(decoded):
    return [[None if math.isnan(v) else v for v in row] for row in decoded.values.to_numpy()]


def answers(*pairs):
    return {"answers": [{"answer": text, "code": code} for text, code in pairs]}


FIVE = answers(("never", 1), ("seldom", 2), ("3 or more times", 3), ("often", 4), ("Always", 5))


def test_codes_and_blanks():
    decoded = decode(["1", ""], ["5", "\u00a0\u200f"])
    assert values_of(decoded) == [[1, None], [5, None]]
    assert decoded.values.columns.tolist() == [1, 2]
    assert (decoded.problems, decoded.notes) == ([], [])


@pytest.mark.parametrize("text", ["3.0", "3,0", "+3", " 3 ", "۳", "٣", "\u200e3", "3\u00a0"])
def test_numbers_written_otherwise_are_read_and_noted(text):
    decoded = decode([text, "3"])
    assert values_of(decoded) == [[3, 3]]
    assert decoded.problems == []
    (note,) = decoded.notes
    assert "TRY: read as whole numbers although written otherwise: 1 answer in" in note
    assert note.startswith("WARN-COERCE: ") == (text not in {"۳", "٣"})


@pytest.mark.parametrize("text", ["1_0", "0x10", "1e1", "inf", "-inf", "nan", "50%", "3.5", "2,5", "3/4", "--3", "1 2"])
def test_what_only_a_parser_calls_a_number(text):
    decoded = decode(["1", text])
    assert codes_of(decoded) == ["VAL-NOTINT"]
    problem = decoded.problems[0]
    assert (problem.file, problem.row, problem.column, problem.value) == ("a.csv", 2, "q2", text)
    assert values_of(decoded) == [[1, None]]


@pytest.mark.parametrize(("text", "point"), [("３", "U+FF13"), ("३", "U+0969")])
def test_other_digits_are_refused_with_their_code_point(text, point):
    decoded = decode(["1", text])
    assert codes_of(decoded) == ["VAL-NOTINT"]
    assert point in decoded.problems[0].what


@pytest.mark.parametrize("text", ["22", "44", "6", "0", "-9", "99", "999"])
def test_impossible_values_each_with_its_place(text):
    decoded = decode(["1", text], ["2", "3"], [text, "5"])
    assert codes_of(decoded) == ["VAL-RANGE", "VAL-RANGE"]
    assert {(p.row, p.column) for p in decoded.problems} == {(2, "q2"), (4, "q1")}
    assert "allows 1, 2, 3, 4, 5 (this value occurs 2 times in TRY)" in decoded.problems[0].what
    assert "missing_codes" in decoded.problems[0].mend
    assert values_of(decoded) == [[1, None], [2, 3], [None, 5]]


@pytest.mark.parametrize("text", ["NA", "N/A", ".", "-", "null", " na "])
def test_words_for_missing_are_refused_once_until_declared(text):
    decoded = decode([text, text], [text, "1"])
    assert codes_of(decoded) == ["VAL-MISSTEXT"]
    assert "occurs 3 times" in decoded.problems[0].what
    assert f'missing_codes: ["{text.strip()}"]' in decoded.problems[0].mend
    assert values_of(decode([text, "1"], entry={"missing_codes": [text.strip().upper()]})) == [[None, 1]]


def test_declared_missing_code_is_never_averaged_in():
    decoded = decode(
        ["-99", "5"], ["Prefer not to answer", "4"], entry={"missing_codes": ["-99", "prefer NOT to answer"]}
    )
    assert values_of(decoded) == [[None, 5], [None, 4]]
    assert decoded.problems == []


def test_labels_without_a_map_are_one_message_with_a_list_to_paste():
    decoded = decode(["agree", "agree"], ["disagree", "agree"], ["five", "1"])
    (problem,) = decoded.problems
    assert (problem.code, problem.row, problem.column, problem.value) == ("VAL-LABEL", 2, "q1", "agree")
    assert "'agree' (3), 'disagree' (1), 'five' (1)" in problem.what
    assert (
        '[{answer: "agree", code: ___}, {answer: "disagree", code: ___}, {answer: "five", code: ___}]' in problem.mend
    )
    assert "1, 2, 3, 4, 5" in problem.mend


@pytest.mark.parametrize("text", ["ALWAYS", " always ", "al\u200bways", "always\u00a0"])
def test_declared_labels_in_any_case_and_with_blanks(text):
    assert values_of(decode([text, "3 or more times"], entry=FIVE)) == [[5, 3]]


@pytest.mark.parametrize("text", ["5", "5 = Alwys", "alwys", "3", "3 Often", "3 or more", "5 = Sometimes"])
def test_a_declared_map_rules_and_nothing_is_guessed_from_a_number(text):
    decoded = decode([text, "never"], entry=FIVE)
    assert codes_of(decoded) == ["VAL-LABELMAP"]
    assert values_of(decoded) == [[None, 1]]


@pytest.mark.parametrize("text", ["5 = Always", "Always (5)", "5- always", "۵. ALWAYS", "[5] always", "always: 5"])
def test_a_declared_label_may_carry_its_own_code(text):
    decoded = decode([text, "never"], entry=FIVE)
    assert (values_of(decoded), decoded.problems) == ([[5, 1]], [])
    assert "WARN-NORMALISE: TRY: 1 answer matched a declared answer after tidying" in decoded.notes[0]


def test_a_label_with_another_code_than_declared_is_refused():
    (problem,) = decode(["4 = Always", "never"], entry=FIVE).problems
    assert "'4 = Always' (1; it carries 4, declared is 5)" in problem.what


def test_misspelled_labels_are_listed_with_the_nearest_declared_one():
    (problem,) = decode(["alwys", "sldom"], ["alwys", "xyz"], entry=FIVE).problems
    assert problem.code == "VAL-LABELMAP"
    assert "'alwys' (2; nearest is 'Always'), 'sldom' (1; nearest is 'seldom'), 'xyz' (1)" in problem.what
    assert '{answer: "alwys", code: 5}, {answer: "sldom", code: 2}, {answer: "xyz", code: ___}' in problem.mend


@pytest.mark.parametrize(
    "rows",
    [
        [["1 - strongly disagree", "5 - strongly agree"], ["3 - neither", "5 - strongly agree"]],
        [["1 = Strongly disagree", "Strongly agree (5)"], ["۳- neither", "5: strongly agree."]],
        [["1 - Strongly disagree", "5 - strongly agree"], ["3", "5"]],
        [["۱- کاملاً مخالفم", "۵- کاملاً موافقم"], ["۳- بی‌نظر", "۵ (کاملا موافقم)"]],
        [["1) کاملاً مخالفم", "۵- کاملاً موافقم"], ["۳- بي نظر", "٥-كاملا موافقم"]],
    ],
)
def test_codes_with_their_labels_need_no_map(rows):
    decoded = decode(*rows)
    assert (values_of(decoded), decoded.problems) == ([[1, 5], [3, 5]], [])
    assert f"decoded by the code that each label carries ('{rows[0][0]}' as 1, " in decoded.notes[0]


@pytest.mark.parametrize(
    "text",
    ["3 (or more) times", "۳ بار", "3 or more times", "2-3 times", "10+ times", "3 Often", "1 to 2", "4 - 5 days"],
)
def test_a_label_with_a_number_in_it_carries_no_code(text):
    decoded = decode([text, "5 - always"])
    assert codes_of(decoded) == ["VAL-LABEL"]
    assert values_of(decoded) == [[None, 5]]
    assert f'{{answer: "{text}", code: ___}}' in decoded.problems[0].mend
    assert '{answer: "5 - always", code: 5}' in decoded.problems[0].mend


def test_a_bare_label_beside_a_coded_one_is_proposed_not_taken():
    (problem,) = decode(["5 - always", "Always"]).problems
    assert problem.code == "VAL-LABEL"
    assert '{answer: "Always", code: 5}' in problem.mend


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([["5 - always", "5 - often"]], "the code 5 has several labels ('5 - always', '5 - often')"),
        ([["5 - always", "1 - always"]], "one label has several codes ('1 - always', '5 - always')"),
    ],
)
def test_codes_and_labels_that_contradict_each_other(rows, says):
    (problem,) = decode(*rows).problems
    assert problem.code == "VAL-LABELMAP"
    assert says in problem.what


def test_coded_labels_outside_the_range_and_shifted():
    assert codes_of(decode(["7 - always", "1 - never"])) == ["VAL-RANGE"]
    assert codes_of(decode(["0 - never", "6 - always"], codes=range(1, 8))) == ["VAL-SHIFT"]


@pytest.mark.parametrize("typed", ["می‌شوم", "می شوم", "میشوم", "مي شوم ", "می‌شوم.", "«می‌شوم»", "مِی‌شوم"])
def test_persian_typing_variants_of_a_declared_label(typed):
    entry = answers(("می‌شوم", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5))
    assert values_of(decode([typed, "e"], entry=entry)) == [[1, 5]]


@pytest.mark.parametrize(("declared", "typed"), [("کاملاً", "کاملا"), ("پایین", "پائین"), ("مسؤول", "مسوول")])
def test_tanwin_and_hamza(declared, typed):
    entry = answers((declared, 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5))
    assert values_of(decode([typed, declared], entry=entry)) == [[1, 1]]


def test_declared_answers_that_only_punctuation_tells_apart_stay_apart():
    entry = answers(("yes", 1), ("yes!", 2), ("c", 3), ("d", 4), ("e", 5))
    assert values_of(decode(["yes", "yes!"], entry=entry)) == [[1, 2]]
    assert codes_of(decode(["yes", "yes?"], entry=entry)) == ["VAL-LABELMAP"]


def test_mixed_spellings_when_all_are_declared():
    entry = answers(("5 = yes", 5), ("yes (5)", 5), ("۵", 5), ("4", 4), ("3", 3), ("2", 2), ("1", 1))
    assert values_of(decode(["5 = Yes", "Yes (5)"], ["5", "٥"], entry=entry)) == [[5, 5], [5, 5]]


def test_arabic_and_persian_spellings_of_one_label_agree():
    entry = answers(("كمى", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5))
    assert values_of(decode(["کمی", "e"], entry=entry)) == [[1, 5]]


@pytest.mark.parametrize(
    ("codes", "rows", "says"),
    [
        ((0, 1, 2, 3, 4, 5, 6), [["1", "7"], ["4", "5"]], "shifted by +1: the code 0 never occurs and 7 does"),
        ((1, 2, 3, 4, 5, 6, 7), [["0", "6"], ["4", "5"]], "shifted by -1: the code 7 never occurs and 0 does"),
        ((0, 25, 50, 75, 100), [["25", "125"]], "shifted by +25"),
    ],
)
def test_a_shifted_questionnaire_is_one_problem(codes, rows, says):
    decoded = decode(*rows, codes=codes)
    assert codes_of(decoded) == ["VAL-SHIFT"]
    assert says in decoded.problems[0].what
    assert "answers:" in decoded.problems[0].mend


def test_an_odd_value_beside_the_lowest_code_is_no_shift():
    assert codes_of(decode(["0", "7"], codes=range(7))) == ["VAL-RANGE"]
    assert codes_of(decode(["1", "7"], ["9", "2"], codes=range(7))) == ["VAL-RANGE", "VAL-RANGE"]


def test_reversed_by_the_platform_is_turned_back():
    decoded = decode(["1", "1"], ["5", ""], entry={"already_reversed": True}, reverse=[2])
    assert values_of(decoded) == [[1, 5], [5, None]]
    assert values_of(decode(["1", "1"], reverse=[2])) == [[1, 1]]


def test_nobody_asked():
    decoded = decode()
    assert decoded.values.shape == (0, 2)
    assert decoded.problems == []


def test_stories_and_addresses_are_masked():
    story = "I told my patient Jane Miller everything about it"
    shown = str([str(p) for p in decode([story, "jane@mail.org"]).problems])
    assert "Jane" not in shown
    assert "jane" not in shown
    assert f"I… ({len(story)} characters)" in shown


def test_a_long_label_is_shown_only_when_many_gave_it():
    label = "I agree with this statement almost without exception"
    (once,) = decode([label, "1"]).problems
    assert label not in str(once)
    (often,) = decode(*[[label, "1"]] * 5).problems
    assert f'{{answer: "{label}", code: ___}}' in often.mend


@pytest.mark.parametrize(("text", "fault"), [("3.56", "VAL-NOTINT"), ("22", "VAL-RANGE"), ("2.5", "VAL-NOTINT")])
def test_imputed_means_and_slips_of_the_keyboard(text, fault):
    assert codes_of(decode([text, "1"], codes=range(1, 7))) == [fault]


def test_skipped_and_never_shown_are_counted_apart():
    decoded = decode(["-99", "5"], ["", "-99"], ["", ""], ["n/a", "3"], entry={"missing_codes": ["-99", "N/A"]})
    note = "TRY: without an answer are 3 cells with a declared missing code ('-99' 2, 'n/a' 1) and 3 blank ones."
    assert decoded.notes == [note]
    assert decode(["", "5"], entry={"missing_codes": ["-99"]}).notes == []


def test_spellings_of_one_label_are_listed_once():
    (problem,) = decode(["Agree", "agree "], ["agree ", "agree."], ["1 = never", "5"]).problems
    assert "'agree' (4)" in problem.what
    assert problem.mend.count("gree") == 1
    assert '{answer: "agree", code: ___}' in problem.mend
