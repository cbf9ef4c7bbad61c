"""The study file: every fault with its line, its key, its value and what to do, all at once."""

import re
from pathlib import Path

import pytest

from balint_eval.errors import Problem, StudyError
from balint_eval.study import read_study

ROOT = Path(__file__).parents[2]


@pytest.fixture
def faults(folder):
    """Read the study and give the problems, checking what every message must hold."""

    def read(text=None):
        path = folder.write(text)
        with pytest.raises(StudyError) as caught:
            read_study(path)
        problems = list(caught.value.problems)
        assert [problem.row for problem in problems] == sorted(problem.row for problem in problems)
        for problem in problems:
            assert problem.code.startswith("CFG-")
            assert problem.file == path.as_posix()
            assert problem.row > 0
            assert problem.mend, problem
        return problems

    return read


@pytest.fixture
def fault(faults):
    def read(text=None):
        problems = faults(text)
        assert len(problems) == 1, [str(problem) for problem in problems]
        return problems[0]

    return read


def line_of(problem, text):
    return Path(problem.file).read_text().splitlines()[problem.row - 1].find(text) >= 0


def test_the_small_study_and_the_demo_are_in_order(folder):
    assert folder.read().study.name == "small"
    file = read_study(ROOT / "config" / "config.yaml")
    assert file.study.baseline.name == "before"
    assert [wave.name for wave in file.study.later_waves] == ["after", "three_months"]
    assert file.study.primary_wave == "after"
    assert file.study.control_arm.name == "waiting"


def test_message_format():
    problem = Problem("CFG-X", "it is wrong", "mend it", "s.yaml", 3, "a.b", "v")
    assert str(problem) == "CFG-X: s.yaml, line 3, key a.b, value 'v': it is wrong. To mend it: mend it."
    problem = Problem("VAL-X", "it is wrong", "is it x?", "s.csv", 3, "q1", "v")
    assert str(problem) == "VAL-X: s.csv, row 3, column q1, value 'v': it is wrong. To mend it: is it x?"
    assert str(Problem("X", "it is wrong")) == "X: it is wrong."


@pytest.mark.parametrize(
    ("key", "near"), [("titel", "title"), ("outcome", "outcomes"), ("Title", "title"), ("WAVES", ""), ("zzz", "")]
)
def test_unknown_key(folder, fault, key, near):
    folder.content[key] = 1
    problem = fault()
    assert (problem.code, problem.column) == ("CFG-UNKNOWN", key)
    assert f"there is no key '{key}'" in problem.what
    assert (
        problem.mend == f"did you mean '{near}'?"
        if near
        else problem.mend.startswith("use one of: allow_external_inputs, answer_sets, arms, ")
    )
    assert line_of(problem, f"{key}: 1")


def test_unknown_key_deep_inside(folder, fault):
    folder.items(1)["missing_code"] = ["9"]
    problem = fault()
    assert problem.column == "cohorts.0.exports.1.items.0.missing_code"
    assert problem.mend == "did you mean 'missing_codes'?"
    assert line_of(problem, "missing_code:")


def test_unquoted_name_is_read_as_another(folder, fault):
    folder.content["cohorts"][0]["name"] = "MARK"
    problem = fault(folder.write().read_text().replace("MARK", "012"))
    assert (problem.code, problem.column, problem.value) == ("CFG-IDTYPE", "cohorts.0.name", "012")
    assert "read as '10'" in problem.what
    assert problem.mend == 'quote it, as in "012"'


@pytest.mark.parametrize(("written", "read"), [("12:30", "750"), ("2026-01-05", "2026-01-05"), ("no", "False")])
def test_other_names_yaml_changes(folder, fault, written, read):
    folder.export(0)["person_id"] = "MARK"
    problem = fault(folder.write().read_text().replace("MARK", written))
    assert (problem.code, problem.value) == ("CFG-IDTYPE", written)
    assert f"'{read}'" in problem.what
    assert written in problem.mend


def test_unquoted_missing_code(folder, fault):
    folder.items(0)["missing_codes"] = [-99]
    problem = fault()
    assert (problem.code, problem.column) == ("CFG-IDTYPE", "cohorts.0.exports.0.items.0.missing_codes.0")
    assert problem.mend == 'quote it, as in "-99"'


def test_blank_value(folder, fault):
    folder.content["title"] = None
    problem = fault()
    assert (problem.code, problem.what) == ("CFG-BLANK", "the key 'title' has no value")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda s: s["own_instruments"][0].update(n_items="three"), "a whole number is expected"),
        (lambda s: s.update(plan={"confidence": 95}), "the value must be less than 1"),
        (lambda s: s.update(plan={"confidence": "high"}), "a number is expected"),
        (
            lambda s: s["own_instruments"][0]["scales"][0].update(range=[3]),
            "the list is too short: it has no value number 2",
        ),
    ],
)
def test_numbers_in_words(folder, fault, change, says):
    change(folder.content)
    problem = fault()
    assert (problem.code, problem.what) == ("CFG-VALUE", says)


def test_wrong_kind(folder, faults):
    folder.content["title"] = ["a", "b"]
    folder.items(0)["columns"] = 5
    assert [(p.code, p.column) for p in faults()] == [
        ("CFG-VALUE", "title"),
        ("CFG-IDTYPE", "cohorts.0.exports.0.items.0.columns"),
    ]


def test_missing_required(folder, faults):
    del folder.content["title"]
    del folder.export(1)["person_id"]
    assert [(p.code, p.column) for p in faults()] == [
        ("CFG-REQUIRED", "title"),
        ("CFG-REQUIRED", "cohorts.0.exports.1.person_id"),
    ]


def test_wrong_choice(folder, fault):
    folder.content["waves"][1]["role"] = "later"
    problem = fault()
    assert (problem.code, problem.column, problem.value) == ("CFG-CHOICE", "waves.1.role", "later")
    assert "'baseline', 'post' or 'follow_up'" in problem.what


@pytest.mark.parametrize("name", ["CON", "all", "Summary", "nul.csv", "com7", "one."])
def test_reserved_names(folder, fault, name):
    folder.cohort["name"] = name
    problem = fault()
    assert (problem.code, problem.column) == ("CFG-IDRESERVED", "cohorts.0.name")
    assert name in problem.what


@pytest.mark.parametrize("name", ["../../outside/x", "a b", "-a", "é", "a/b"])
def test_names_that_are_no_file_names(folder, fault, name):
    folder.cohort["name"] = name
    problem = fault()
    assert (problem.code, problem.value) == ("CFG-IDCHARS", name)


def test_long_name(folder, fault):
    folder.cohort["name"] = "x" * 65
    problem = fault()
    assert problem.code == "CFG-IDLENGTH"
    assert "65 characters and may have 64" in problem.what


def test_names_that_collide_by_case(folder, faults):
    folder.content["cohorts"].append({**folder.cohort, "name": "ONE"})
    problem, *same_files = faults()
    assert problem.code == "CFG-IDCOLLIDE"
    assert re.search(r"'one' \(line \d+\) and 'ONE'", problem.what)
    assert problem.column == "cohorts.1.name"
    assert [fault.code for fault in same_files] == ["CFG-SAMEFILE", "CFG-SAMEFILE"]


@pytest.mark.parametrize(
    ("change", "key", "says", "mend"),
    [
        (lambda s: s["outcomes"][0].update(instrument="TRI"), "outcomes.0.instrument", "instrument 'TRI'", "'TRY'"),
        (lambda s: s["outcomes"][0].update(scale="totl"), "outcomes.0.scale", "scale of TRY 'totl'", "'total'"),
        (
            lambda s: s["cohorts"][0]["exports"][1].update(wave="aftr"),
            "cohorts.0.exports.1.wave",
            "wave 'aftr'",
            "'after'",
        ),
        (
            lambda s: s["cohorts"][0]["exports"][1]["items"][0].update(waves=["befor"]),
            "cohorts.0.exports.1.items.0.waves.0",
            "wave 'befor'",
            "'before'",
        ),
        (lambda s: s.update(plan={"primary_wave": "aftre"}), "plan.primary_wave", "later wave 'aftre'", "'after'"),
        (lambda s: s["cohorts"][0].update(arm="balin"), "cohorts.0.arm", "arm 'balin'", "'balint'"),
    ],
)
def test_names_that_refer_to_nothing(folder, fault, change, key, says, mend):
    change(folder.content)
    problem = fault()
    assert (problem.code, problem.column) == ("CFG-REFERENCE", key)
    assert problem.what == f"there is no {says}"
    assert problem.mend == f"did you mean {mend}?"
    assert line_of(problem, key.split(".")[-1]) or line_of(problem, "befor")


def test_column_list_of_wrong_length(folder, fault):
    folder.items(0)["columns"] = ["q1", "q2"]
    problem = fault()
    assert problem.code == "CFG-COLUMNS"
    assert "2 columns are listed and TRY has 3 items" in problem.what


def test_one_column_for_two_items(folder, fault):
    folder.items(0)["columns"] = ["q1", "q2", "q2"]
    assert "'q2' is given for two items" in fault().what


@pytest.mark.parametrize("pattern", ["q", "q_{item", "q_{item:zz}", "{other}_{item}", "q_{}", "q_{item.x}", "{{item}}"])
def test_pattern_that_is_none(folder, fault, pattern):
    folder.items(0)["columns"] = pattern
    problem = fault()
    assert (problem.code, problem.value) == ("CFG-COLUMNS", pattern)
    assert "{item}" in problem.what


def test_missing_code_that_is_an_answer(folder, fault):
    folder.items(0)["missing_codes"] = ["-9", "5"]
    problem = fault()
    assert problem.code == "CFG-MISSCODE"
    assert "missing code 5 is also an answer of TRY (1, 2, 3, 4, 5)" in problem.what


def answers(*pairs):
    return [{"answer": text, "code": code} for text, code in pairs]


def test_answers_must_cover_the_form(folder, faults):
    folder.items(0)["answers"] = answers(("no", 1), ("rather no", 2), ("rather yes", 4), ("yes", 5))
    folder.items(1)["answers"] = answers(("a", 1), ("b", 2), ("c", 3), ("d", 4), ("A", 5), ("e", 6))
    codes = [(p.code, p.what) for p in faults()]
    assert codes[0] == ("CFG-ANSWERS", "no answer stands for the code 3 of TRY")
    assert ("CFG-ANSWERS", "the answer 'a' is given twice") in codes
    assert ("CFG-CODE", "the code 6 is not a code of TRY (1, 2, 3, 4, 5)") in codes


def test_two_spellings_of_one_answer_are_fine(folder):
    pairs = (("1", 1), ("2", 2), ("3", 3), ("4", 4), ("5", 5), ("fully", 5))
    folder.items(0)["answers"] = answers(*pairs)
    assert folder.read()


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (lambda i: i["scales"][0].update(items=[1, 2, 2]), "CFG-ITEMDUP", "lists item 2 at its positions 2 and 3"),
        (lambda i: i["scales"][0].update(items=[1, 2, 4]), "CFG-ITEM", "item 4 of a form with 3 items"),
        (lambda i: i["scales"][0].update(range=[0, 15]), "CFG-RANGE", "from 3 to 15, not from 0 to 15"),
        (lambda i: i["scales"][0].update(range=[15, 3]), "CFG-RANGE", "ranges from 15 to 3"),
        (lambda i: i["scales"][0].update(min_answered=4), "CFG-RANGE", "min_answered"),
        (lambda i: i["scales"][0].update(of=["x"]), "CFG-SCALE", "either items or of"),
        (lambda i: i["response"].update(codes=[1, 3, 2]), "CFG-RANGE", "ascending"),
        (lambda i: i.update(reverse=[0]), "CFG-ITEM", "'reverse' names item 0"),
        (
            lambda i: i["scales"].append(
                {"name": "both", "of": ["total"], "rule": "mean", "range": [3, 16], "higher_is": "better"}
            ),
            "CFG-RANGE",
            "from 3 to 15, not from 3 to 16",
        ),
    ],
)
def test_scales_that_contradict_themselves(folder, fault, change, code, says):
    change(folder.content["own_instruments"][0])
    problem = fault()
    assert problem.code == code
    assert says in problem.what


def test_published_name_with_another_key(folder, faults):
    folder.content["own_instruments"].append({**folder.content["own_instruments"][0], "name": "TEQ"})
    (problem,) = faults()
    assert (problem.code, problem.column) == ("CFG-SCALEHASH", "own_instruments.1.name")


def test_same_file_for_two_waves(folder, fault):
    folder.export(1)["file"] = "before.csv"
    problem = fault()
    assert (problem.code, problem.column) == ("CFG-SAMEFILE", "cohorts.0.exports.1.file")


def test_same_instrument_twice_in_one_export(folder, fault):
    folder.export(0)["items"].append({"instrument": "TRY", "columns": "p{item}"})
    assert fault().code == "CFG-ITEMS"


@pytest.mark.parametrize(
    ("roles", "says"),
    [
        (("post", "follow_up"), "no wave has the role baseline"),
        (("baseline", "baseline"), "'after' is a baseline and not the first"),
        (("post", "baseline"), "'after' is a baseline and not the first"),
    ],
)
def test_one_baseline_and_first(folder, fault, roles, says):
    for wave, role in zip(folder.content["waves"], roles, strict=True):
        wave["role"] = role
    problem = fault()
    assert problem.code == "CFG-WAVES"
    assert says in problem.what


def test_control_arm_needs_allocation(folder, fault):
    folder.content["arms"] = [{"name": "balint"}, {"name": "waiting", "role": "control"}]
    assert "how people came into their arm" in fault().what


def test_outcome_twice_and_unsourced_change(folder, faults):
    folder.content["outcomes"] *= 2
    assert [p.code for p in faults()] == ["CFG-OUTCOMEDUP"]
    folder.content["outcomes"] = [{"instrument": "TRY", "smallest_change": 2}]
    assert [(p.code, p.mend) for p in faults()] == [("CFG-SOURCE", "add smallest_change_source")]


@pytest.mark.parametrize(("value", "side"), [(0, "at_or_above"), (4, "at_or_below"), (99, "at_or_above")])
def test_a_cut_off_must_part_people(folder, faults, value, side):
    (low, high) = folder.content["own_instruments"][0]["scales"][0]["range"]
    mark = {0: low, 4: high}.get(value, value)
    folder.content["outcomes"][0]["cut_off"] = {"value": mark, "side": side, "source": "made"}
    assert [(p.code, p.column) for p in faults()] == [("CFG-CUTOFF", "outcomes.0.cut_off.value")]


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        ({"arm": "balint", "against": "waiting"}, "CFG-PLAN"),
        ({"arm": "balint", "against": "balint"}, "CFG-PLAN"),
        ({"arm": "balint", "against": "balnt"}, "CFG-REFERENCE"),
    ],
)
def test_further_contrasts_name_two_arms_and_no_control(folder, faults, pair, code):
    folder.content["arms"] = [{"name": "balint"}, {"name": "waiting", "role": "control"}]
    folder.content["plan"] = {"allocation": "groups", "further_contrasts": [pair]}
    assert [p.code for p in faults()] == [code]


@pytest.mark.parametrize(("months", "where"), [([0, None], ("waves.1",)), ([3, 3], ("waves.1.months",)), ([0, 3], ())])
def test_times_of_waves_are_told_for_all_and_rise(folder, faults, months, where):
    for wave, time in zip(folder.content["waves"], months, strict=True):
        wave.update({} if time is None else {"months": time})
    folder.content["outcomes"][0]["scale"] = "x"
    assert [p.column for p in faults() if p.code == "CFG-WAVES"] == list(where)


def test_several_faults_at_once_by_line(folder, faults):
    folder.content["waves"][0]["role"] = "first"
    folder.content["titel"] = "x"
    folder.cohort["name"] = 12
    del folder.content["title"]
    assert {p.code for p in faults()} == {"CFG-CHOICE", "CFG-UNKNOWN", "CFG-IDTYPE", "CFG-REQUIRED"}


def test_several_broken_references_at_once(folder, faults):
    folder.content["outcomes"][0]["scale"] = "x"
    folder.export(0)["wave"] = "x"
    folder.items(1)["instrument"] = "X"
    assert len(faults()) == 3


def test_wave_or_wave_column(folder, faults):
    del folder.export(0)["wave"]
    folder.export(1)["wave_from"] = {"column": "w", "values": []}
    assert [p.code for p in faults()] == ["CFG-WAVE", "CFG-WAVE"]


def test_list_in_place_of_a_study(fault):
    assert fault("- a\n- b\n").code == "CFG-VALUE"


def test_instrument_file(folder, faults):
    (folder.folder / "mine.yaml").write_text("name: MINE\ntitle: x\n")
    folder.content["instrument_files"] = ["mine.yaml", "missing.yaml"]
    path = folder.write()
    with pytest.raises(StudyError) as caught:
        read_study(path)
    assert {p.file for p in caught.value.problems} == {"mine.yaml", "missing.yaml"}


def test_more_than_fifty_faults_are_counted(folder):
    folder.items(0)["missing_codes"] = list(range(60))
    with pytest.raises(StudyError, match=r"and 10 more \(60 problems in all\)"):
        folder.read()


def delayed(content, after, **plan):
    """Give the study a waiting arm that starts after a wave."""
    content["waves"] = [{"name": name, "role": role} for name, role in WAVES.items()]
    content["arms"] = [{"name": "balint"}, {"name": "waiting", "role": "control", "starts_after": after}]
    content["plan"] = {"allocation": "people", **plan}


WAVES = {"before": "baseline", "after": "post", "later": "follow_up"}


def test_a_delayed_arm_is_in_order(folder):
    delayed(folder.content, "after")
    assert read_study(folder.write()).study.arms[1].starts_after == "after"


@pytest.mark.parametrize(
    ("after", "plan", "code", "says"),
    [
        ("aftr", {}, "CFG-REFERENCE", "wave 'aftr'"),
        ("before", {}, "CFG-ARMS", "starts after the first wave"),
        ("later", {}, "CFG-ARMS", "starts after the last wave"),
        ("after", {"primary_wave": "later"}, "CFG-PLAN", "the control arm 'waiting' takes part itself"),
    ],
)
def test_a_delayed_arm_needs_a_wave_to_start_after(folder, faults, after, plan, code, says):
    delayed(folder.content, after, **plan)
    problem = faults()[0]
    assert problem.code == code
    assert says in problem.what


def test_one_group_for_everybody_and_a_column_of_groups_contradict_each_other(folder, fault):
    folder.cohort["group"] = "Tuesday"
    folder.export(1)["group"] = "Your group"
    problem = fault()
    assert (problem.code, problem.column) == ("CFG-COLUMNS", "cohorts.0.group")
    assert "'Tuesday'" in problem.what
    assert "'Your group'" in problem.what
