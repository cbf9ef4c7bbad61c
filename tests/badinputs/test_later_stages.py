"""Where each listed case of scoring, analysis, pages and workflow is tried; none may be listed and tried nowhere."""

import re
from pathlib import Path

import pytest
import yaml

TESTS = Path(__file__).parents[1]
LISTED = TESTS.parent.parent / "shared" / "bad_inputs.yaml"
NOTICES, LOCK, VERIFY = "unit/test_notices.py", "unit/test_lock.py", "unit/test_verify.py"
INJECTION, CRASH, WORKFLOW = "injection/test_injection.py", "crash/battery.py", "workflow/test_workflow.py"
TRIED = {
    "B117": (NOTICES, "test_too_few_answers_give_a_blank_score_and_are_counted"),
    "B118": (NOTICES, "test_a_form_that_nobody_answered_is_refused"),
    "B119": (NOTICES, "test_people_who_left_have_no_later_score"),
    "B121": ("badinputs/test_later_stages.py", "test_each_scale_is_held_to_its_own_range"),
    "B122": (NOTICES, "test_one_pair_is_not_estimable_and_nothing_is_infinite"),
    "B123": (NOTICES, "test_a_cohort_without_pairs_changes_no_other"),
    "B125": (NOTICES, "test_changes_that_are_all_equal_have_no_p_value"),
    "B126": (NOTICES, "test_a_ceiling_is_told_with_its_share"),
    "B127": (NOTICES, "test_one_group_gets_the_paired_test_and_no_mixed_model"),
    "B129": (NOTICES, "test_names_of_groups_are_never_numbers"),
    "B130": ("reference/test_awkward_fits.py", "test_"),
    "B131": (NOTICES, "test_group_variance_at_zero_is_said_and_the_effect_is_the_mean_change"),
    "B133": (NOTICES, "test_alpha_is_withheld_for_few_people"),
    "B147": (INJECTION, "test_nothing_of_a_study_runs"),
    "B149": ("badinputs/test_later_stages.py", "test_letters_that_cannot_be_drawn_are_named"),
    "B150": ("badinputs/test_later_stages.py", "test_letters_that_cannot_be_drawn_are_named"),
    "B151": (INJECTION, "test_nothing_of_a_study_runs"),
    "B153": (CRASH, "kill"),
    "B154": (LOCK, "test_orphans_of_an_earlier_run_are_ended"),
    "B155": (CRASH, "interrupted"),
    "B157": (LOCK, "test_folders_that_cannot_be_written_are_named_before_anything_is_read"),
    "B158": (LOCK, "test_a_second_run_is_told_who_works"),
    "B159": (LOCK, "test_the_lock_of_a_dead_run_is_taken_over"),
    "B161": (WORKFLOW, "test_same_content_with_a_new_date_reruns_nothing"),
    "B162": (WORKFLOW, "test_a_changed_setting_reruns_what_it_touches"),
    "B163": ("unit/test_provenance.py", "test_another_version_reruns_everything"),
    "B165": (WORKFLOW, "test_one_broken_cohort_is_set_aside_where_that_is_asked_for"),
    "B166": ("crash/determinism.py", "main"),
    "B167": ("crash/determinism.py", "main"),
    "B169": (VERIFY, "test_the_date_is_the_only_thing_that_differs"),
}


def test_every_listed_case_is_tried():
    if not LISTED.is_file():
        pytest.skip(f"{LISTED} is not on this machine")
    later = ("score", "analyse", "render", "workflow")
    listed = {entry["id"] for entry in yaml.safe_load(LISTED.read_text(encoding="utf-8")) if entry["stage"] in later}
    assert listed == {*TRIED}


@pytest.mark.parametrize("id", sorted(TRIED))
def test_the_named_test_is_there(id):
    path, name = TRIED[id]
    assert re.search(rf"def {name}", (TESTS / path).read_text(encoding="utf-8"))


def test_each_scale_is_held_to_its_own_range(folder):
    """Codes 1 to 5 and 1 to 7 in one export: 7 is an answer of the one and none of the other."""
    wide = {**folder.content["own_instruments"][0], "name": "WIDE", "response": {"codes": [1, 2, 3, 4, 5, 6, 7]}}
    wide["scales"] = [{**wide["scales"][0], "range": [3, 21]}]
    folder.content["own_instruments"] = [folder.content["own_instruments"][0], wide]
    for wave in (0, 1):
        folder.export(wave)["items"].append({"instrument": "WIDE", "columns": "w{item}"})
    header = [*folder.header, "w1", "w2", "w3"]
    before = [[f"A{n}", 1 + n % 5, 2, 3, 1 + n, 7, 2] for n in range(6)]
    after = [[f"A{n}", 1 + (n + 1) % 5, 2, 3, 7 - n, 6, 1] for n in range(6)]
    responses = folder.waves(before, after, header).ingest().tables["responses"]
    assert responses.query("instrument == 'WIDE'")["value"].max() == 7
    assert responses.query("instrument == 'TRY'")["value"].max() == 5
    with pytest.raises(Exception, match=r"VAL-RANGE: .*column q2 .*TRY allows 1, 2, 3, 4, 5"):
        folder.waves(before, [*after[:5], ["A5", 1, 7, 3, 7, 6, 1]], header).ingest()


def test_letters_that_cannot_be_drawn_are_named():
    from balint_eval.plots.words import tidied, unknown_letters

    assert tidied(r"$\frac{1}$ & <b>") == r"$\frac{1}$ & <b>"
    assert unknown_letters(["گروه بالینت", "Ärzte", r"$\frac{1}$"]) == ""
    assert unknown_letters(["倾听 one", "two 听\u200c", "\U0001fac2"]) == "倾听\U0001fac2"
