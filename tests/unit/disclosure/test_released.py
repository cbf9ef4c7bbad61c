"""What a release shows of small studies: each rule with a case that breaks without it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.attack.programmes import assemble, draw_programme
from tests.unit.made_studies import ONE_ARM, a_study, scores_of, some_people, stacked

from balint_eval.disclosure import Ledger, Limits, Release, check_release, release_tables
from balint_eval.disclosure.ledger import from_text, marker, to_text
from balint_eval.disclosure.log import is_mark
from balint_eval.errors import DisclosureError
from balint_eval.study_model import ReleaseRules
from balint_eval.tables import check_table, empty_table

EIGHT = Limits.of(8)


def programme(groups, size=8, cohorts=("c1",), waves=("before", "after"), missing=(), seed=1):
    """Give a programme in one arm; `missing` are (person, wave) without a score."""
    people = some_people(ONE_ARM, groups, size, cohorts)
    rng = np.random.default_rng(seed)
    frames = []
    for wave in waves:
        here = people[[(name, wave) not in missing for name in people["person_id"]]]
        frames.append(scores_of(here["person_id"], rng.normal(40, 6, len(here)), wave, cohort=here["cohort"]))
    return assemble(a_study(ONE_ARM, waves), people, stacked(*frames), empty_table("item_counts"))


def shown(made, limits=EIGHT, **more):
    return release_tables(made.tables, limits, comments=0, **more)


def row_of(released, cohort="all", contrast="after-before@balint"):
    frame = released.shown["comparisons"]
    found = frame[(frame["cohort"] == cohort) & (frame["contrast"] == contrast)]
    assert len(found) == 1
    return found.iloc[0]


def rules_of(released, **facts):
    return {one.rule for one in released.hidden if all(getattr(one, name) == value for name, value in facts.items())}


def test_seven_people_are_not_shown():
    released = shown(programme(1, 7))
    row = row_of(released)
    assert row["estimate"] == row["mean_pre"] == row["n_paired"] == "[REDACTED n<8]"
    assert released.numbers["comparisons"].empty
    log = released.log()
    assert set(log.loc[log["table"] == "comparisons", "band"]) == {"<8"}
    assert set(log.loc[log["table"] == "comparisons", "code"]) == {"PV-K"}


@pytest.mark.parametrize(
    ("size", "mean", "spread"), [(7, False, False), (8, True, False), (9, True, False), (10, True, True)]
)
def test_means_from_eight_and_spreads_from_ten(size, mean, spread):
    row = row_of(shown(programme(1, size)))
    assert is_mark(row["mean_pre"]) is not mean
    assert is_mark(row["sd_pre"]) is not spread


def test_a_suppressed_cohort_takes_the_next_smallest_with_it():
    made = programme(1, 8, ("a", "b", "c", "d", "e"))
    # One cohort of five has seven people; nothing else is small.
    few = made.people["cohort"].eq("e") & made.people["person_id"].str.endswith("-7")
    gone = set(made.people.loc[few, "person_id"])
    people, scores = (table[~table["person_id"].isin(gone)] for table in (made.people, made.scores))
    released = shown(assemble(made.study, people, scores, empty_table("item_counts")))
    hidden = [cohort for cohort in "abcde" if is_mark(row_of(released, cohort)["mean_pre"])]
    assert len(hidden) == 2
    assert "e" in hidden
    assert rules_of(released, column="mean_pre", row=f"{hidden[0]} · TEQ · total · after-before@balint") == {"P5"}
    assert not is_mark(row_of(released)["mean_pre"])
    assert released.summaries["comparisons"].too_few == released.summaries["comparisons"].protected == 1


def test_two_small_groups_leave_no_error():
    assert is_mark(row_of(shown(programme(2, 6)))["std_error"])
    assert not is_mark(row_of(shown(programme(3, 6)))["std_error"])
    assert not is_mark(row_of(shown(programme(2, 10)))["std_error"])


def test_leavers_are_not_told_by_two_means_of_the_first_wave():
    made = programme(3, 8, waves=("before", "after", "later"), missing={("c1-balint-0-1", "later")})
    later = row_of(shown(made), contrast="later-before@balint")
    assert is_mark(later["mean_pre"])
    assert not is_mark(later["estimate"])
    assert row_of(shown(made))["n_pre"] == "20-29"


def test_who_all_scored_alike_is_not_told():
    made = programme(3, 8, ("a", "b"))
    alike = made.scores["cohort"].eq("a") & made.scores["wave"].eq("after")
    scores = made.scores.assign(score=made.scores["score"].where(~alike, 40.0))
    released = shown(assemble(made.study, made.people, check_table(scores, "scores"), empty_table("item_counts")))
    assert rules_of(released, column="mean_post", row="a · TEQ · total · after-before@balint") == {"P4"}
    # The other cohort would give it away from the whole.
    assert is_mark(row_of(released, "b")["mean_post"])


def test_a_scale_of_one_item_needs_thirty_for_its_spread():
    made = programme(3, 8)
    single = {**made.tables, "scores": made.scores.assign(n_items=1)}
    assert row_of(release_tables(single, EIGHT, comments=0))["sd_pre"] == "[REDACTED n<30]"


def test_numbers_hold_nothing_that_is_hidden():
    for seed in (1, 4):
        released = shown(draw_programme(seed))
        text = released.shown["comparisons"].set_index(["cohort", "scale", "contrast"])
        for row in released.numbers["comparisons"].itertuples():
            seen = text.loc[(row.cohort, row.scale, row.contrast)]
            for column in ("mean_pre", "sd_pre", "mean_post", "estimate", "std_error", "p_value", "conf_low", "effect"):
                assert is_mark(seen[column]) == (getattr(row, column) != getattr(row, column)) or pd.isna(seen[column])
        assert set(released.numbers["comparisons"]["cohort"]) <= {"all"}


def test_the_log_holds_neither_numbers_of_people_nor_figures():
    made = draw_programme(5)
    log = shown(made).log()
    counts = {str(n) for n in made.tables["comparisons"]["n_paired"]} - {"8", "10", "30"}
    assert not counts & set(log["threshold"])
    assert log["band"].str.fullmatch(r"<\d+|\d+-\d+|\d+\+").all()


def test_the_same_release_again_shows_the_same():
    made = draw_programme(3)
    first = shown(made)
    again = shown(made, known=first.sums)
    assert again.log().equals(first.log())
    check_release(Ledger((Release("", 8, "", first.sums),)), again.sums, 8, "ledger")


@pytest.mark.parametrize(("late", "refused"), [(1, True), (7, True), (8, False)])
def test_a_release_with_few_people_more_is_refused(late, refused):
    missing = {(f"c1-balint-{place // 8}-{place % 8}", "after") for place in range(late)}
    before, after = shown(programme(5, 8, missing=missing)), shown(programme(5, 8))
    ledger = Ledger((Release("2026-01-01", 8, "", before.sums),))
    if not refused:
        check_release(ledger, after.sums, 8, "ledger")
        return
    with pytest.raises(DisclosureError) as caught:
        check_release(ledger, after.sums, 8, "ledger")
    assert {problem.code for problem in caught.value.problems} == {"PV-DIFFERENCE"}
    assert caught.value.exit_code == 4


def test_a_ledger_survives_its_file_and_names_nobody():
    made = draw_programme(2)
    released = shown(made, mark=marker(bytes(32)))
    ledger = Ledger((Release("2026-01-01", 8, "", released.sums),))
    text = to_text(ledger)
    assert from_text(text, "ledger").known().keys() == ledger.known().keys()
    assert {k: set(v) for k, v in from_text(text, "x").known().items()} == {
        k: set(v) for k, v in ledger.known().items()
    }
    assert not [name for name in made.people["person_id"] if name in text]
    assert ledger.with_release(replace(ledger.releases[0], day="2026-02-02")) == ledger


@pytest.mark.parametrize(("given", "code"), [({"smallest": 3}, "CFG-KFLOOR"), ({"smallest": 6}, "CFG-KREASON"),
                                             ({"smallest": 6, "reason": "a small island"}, "CFG-KREASON")])  # fmt: skip
def test_lower_numbers_need_a_reason_and_have_a_floor(given, code):
    with pytest.raises(ValueError, match=code):
        ReleaseRules.model_validate(given)
    assert ReleaseRules.model_validate({"smallest": 6, "reason": "one clinic, agreed with all"}).smallest == 6
