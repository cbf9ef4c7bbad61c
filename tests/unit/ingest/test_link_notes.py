"""What is said of a linkage that is not refused, and people in two cohorts."""

import copy

import pandas as pd
import pytest

from balint_eval.cohort_stages import ingest_all
from balint_eval.errors import DataError
from balint_eval.ingest.link_notes import across_cohorts, interval_notes, spelling_notes
from balint_eval.ingest.pseudonyms import pseudonymiser

BEFORE = [[f"A{n}", 1 + n % 5, 2, 3] for n in range(6)]
AFTER = [[f"A{n}", 1 + (n + 1) % 5, 2, 3] for n in range(6)]


def test_ids_written_in_two_ways_are_counted(folder):
    folder.waves(BEFORE, [["a0", *AFTER[0][1:]], ["A1 ", *AFTER[1][1:]], *AFTER[2:]])
    (note,) = folder.ingest().notes
    assert note.startswith("WARN-NORMALISE: 2 ids were written in two ways and taken for one person, because ")
    assert note.endswith("because blanks at the ends go; capital and small letters are the same (casefold).")
    seen = pd.DataFrame({"person_id": ["P1", "P1", "P2"], "raw_id": ["a", "A", "b"]})
    assert next(spelling_notes(seen)).startswith("WARN-NORMALISE: 1 id was written")
    assert list(spelling_notes(seen.iloc[1:])) == []


def visits(*rows):
    return pd.DataFrame(rows, columns=["person_id", "wave", "answered_on"])


@pytest.mark.parametrize(
    ("later", "short", "long"),
    [
        ("2026-01-01", 1, 0),
        ("2026-01-02", 1, 0),
        ("2026-01-03", 0, 0),
        ("2028-12-31", 0, 0),
        ("2029-01-01", 0, 1),
        ("", 0, 0),
    ],
)
def test_intervals(later, short, long):
    given = visits(("P1", "a", "2026-01-01"), ("P1", "b", later), ("P2", "a", "2026-01-01"), ("P2", "b", "2026-05-01"))
    notes = list(interval_notes(given, ["a", "b"]))
    if not short and not long:
        assert notes == []
    else:
        expected = (
            f"WARN-INTERVAL: of 2 people with both dates {short} answered 'b' within 1 day of 'a', "
            f"and {long} more than 3 years later."
        )
        assert notes == [expected]


def test_no_dates_no_note():
    assert list(interval_notes(visits(("P1", "a", ""), ("P1", "b", "")), ["a", "b"])) == []
    assert list(interval_notes(visits(), ["a", "b"])) == []


def places(*rows):
    return pd.DataFrame(rows, columns=["cohort", "person_id", "shown", "wave", "file", "row"])


def test_nobody_in_two_cohorts():
    assert across_cohorts(places(("x", "P1", "A…", "a", "f", 2), ("x", "P1", "A…", "b", "g", 2))) == []


def test_one_wave_in_two_cohorts_comes_before_a_move():
    (problem,) = across_cohorts(
        places(("x", "P1", "A…", "a", "f", 2), ("y", "P1", "A…", "b", "g", 3), ("y", "P1", "A…", "a", "h", 4))
    )
    assert (problem.code, problem.file, problem.row) == ("LK-TWOCOHORTS", "f", 2)
    assert "in the cohort 'y' in the wave 'a' (row 4 of h)" in problem.what
    (problem,) = across_cohorts(places(("x", "P1", "A…", "a", "f", 2), ("y", "P1", "A…", "b", "g", 3)))
    assert problem.code == "LK-MOVED"
    assert problem.mend == (
        "put all answers of one person into one cohort, or make the ids different if they are two people"
    )
    assert "in the cohort 'x' in the wave 'a' and in the cohort 'y' in the wave 'b' (row 3 of g)" in problem.what


@pytest.fixture
def two_cohorts(folder):
    """A second cohort with files of its own, to be filled."""
    second = copy.deepcopy(folder.cohort)
    second["name"] = "two"
    for wave, export in zip(("before", "after"), second["exports"], strict=True):
        export["file"] = f"two_{wave}.csv"
    folder.content["cohorts"].append(second)
    folder.waves(BEFORE, AFTER)

    def fill(codes):
        for rows, wave in ((BEFORE, "before"), (AFTER, "after")):
            folder.rows(f"two_{wave}.csv", *[[code, *row[1:]] for code, row in zip(codes, rows, strict=False)])
        return folder.read()

    return fill


def test_a_person_in_two_cohorts_is_refused_before_anything_is_written(two_cohorts):
    file = two_cohorts(["B1", "A3", "B2", "B3"])
    with pytest.raises(DataError) as caught:
        ingest_all(file, pseudonymiser(bytes(range(32))))
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.row) == ("LK-TWOCOHORTS", "before.csv", 5)
    assert "A… (2 characters)" in problem.what
    assert len(ingest_all(two_cohorts(["B1", "B2", "B3"]), pseudonymiser(bytes(range(32))))) == 2


def test_people_stand_in_the_order_in_which_they_turn_up():
    moved = [(cohort, person, f"{person}…", cohort, "f", 2) for person in ("P2", "P1") for cohort in ("x", "y")]
    assert [problem.what.split()[2] for problem in across_cohorts(places(*moved))] == ["P2…", "P1…"]
