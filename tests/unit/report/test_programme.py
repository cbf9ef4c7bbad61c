"""The programme as it ran: intervals between meetings, and what each person got of them."""

from types import SimpleNamespace

import pytest

from balint_eval.language import ENGLISH
from balint_eval.report.counts import Dose, Span, dose, group_runs
from balint_eval.report.programme import programme_rows
from balint_eval.report.steps import off_plan
from balint_eval.study_model import Programme

DATES = ["2026-01-07", "2026-01-14", "2026-02-04", "2026-03-04"]


def material(people=12, dates=DATES, came=4, attendance=True, **programme):
    """Give one group of one cohort; person 0 comes to one meeting only, the others to the first `came`."""
    tables = {
        "participants": [{"cohort": "c", "person_id": f"p{n}", "group_id": "c/g"} for n in range(people)]
        + [{"cohort": "c", "person_id": "waiting", "group_id": ""}],
        "sessions": [
            {"cohort": "c", "group_id": "c/g", "session": n, "date": day, "minutes": 90.0 - n, "leaders": 2}
            for n, day in enumerate(dates, start=1)
        ],
        "attendance": [
            {"cohort": "c", "group_id": "c/g", "session": session, "person_id": f"p{n}"}
            for n in range(people)
            for session in range(1, 1 + (1 if n == 0 else came))
        ]
        if attendance
        else [],
    }
    study = SimpleNamespace(programme=Programme(**programme))
    return SimpleNamespace(own_rows=tables.__getitem__, study=study, language=ENGLISH, say=ENGLISH.say)


def rows(*args, **kwargs):
    return {row[0]: row[1:] for row in programme_rows(material(*args, **kwargs))}


def test_dose_by_hand():
    # Meetings of 89, 88, 87 and 86 minutes; three quarters of four meetings are three.
    assert dose(material(came=3)) == Dose(12, Span(1, 3), Span(89, 89 + 88 + 87), 11)
    assert dose(material(came=2)).most == 0
    assert dose(material(attendance=False)) is None


def test_who_never_came_counts_as_nothing():
    found = material(came=4)
    kept = [row for row in found.own_rows("attendance") if row["person_id"] != "p0"]
    tables = {"attendance": kept}
    without = SimpleNamespace(own_rows=lambda name: tables.get(name) or found.own_rows(name), study=found.study)
    assert (dose(without).people, dose(without).meetings) == (12, Span(0, 4))


def test_intervals_are_counted_in_the_order_of_dates():
    (run,) = group_runs(material(dates=list(reversed(DATES))))
    assert run.days_between == Span(7, 28)
    (run,) = group_runs(material(dates=["2026-01-07"]))
    assert run.days_between is None


@pytest.mark.parametrize(
    ("dates", "kept"),
    [
        (DATES, "✓ yes"),
        (["2026-01-07", "2026-01-11"], "✓ yes"),
        (["2026-01-07", "2026-01-10"], "✗ differs"),
        (["2026-01-07", "2026-02-10"], "✓ yes"),
        (["2026-01-07", "2026-02-11"], "✗ differs"),
    ],
)
def test_weekly_to_monthly_give_or_take_three_days(dates, kept):
    assert rows(dates=dates, came=1)["Days from a meeting to the next"][2] == kept


def test_the_plan_is_written_with_its_tolerance():
    assert rows()["Days from a meeting to the next"] == ("7 to 31 (± 3)", "7 to 28", "✓ yes")
    assert rows(interval_tolerance=0)["Days from a meeting to the next"][0] == "7 to 31"


def test_a_long_pause_is_off_the_plan():
    assert off_plan(material(dates=["2026-01-07", "2026-03-07"]))
    assert not off_plan(material())


def test_what_people_got_is_said():
    found = rows(came=4)
    assert found["Meetings a person came to"][1] == "1 to 4"
    assert found["Minutes a person got"][1] == "89 to 350"
    assert found["People who came to three quarters of the meetings or more"][1] == "92%"
    assert "Minutes a person got" not in rows(attendance=False)


@pytest.mark.parametrize(("people", "shown"), [(9, "89%"), (4, "[n<5]")])
def test_single_people_are_not_told(people, shown):
    found = rows(people=people)
    assert found["Minutes a person got"][1] == "[withheld]"
    assert found["People who came to three quarters of the meetings or more"][1] == shown


def test_the_student_variant_is_shorter():
    assert Programme(variant="student").minutes == 60
    assert Programme(variant="student", minutes=75).minutes == 75
    assert Programme().minutes == 90
