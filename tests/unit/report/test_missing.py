"""What the reports say of people who answered once."""

import pandas as pd
import pytest

from balint_eval.report.material import Material
from balint_eval.report.missing_words import hangs_on_missing, what_turns
from balint_eval.report.numbers import PROTECTED, WITHHELD
from balint_eval.report.research_missing import missing
from balint_eval.report.wording import plain_enough
from balint_eval.tables import TABLES, check_table, empty_table


def steps(main, at=((-8.0, -1.0, False), (-2.0, -0.001, True), (0.0, 0.6, False), (8.0, 1.9, False)), sd=8.0, lost=7):
    """Rows of `tipping`: shift, lower limit, whether it turns there."""
    first = next(place for place, (shift, _, _) in enumerate(at) if shift == 0)
    rows = [
        {name: main[name] for name in ("cohort", "instrument", "scale", "contrast")}
        | {"step": place - first, "shift": shift, "shift_sd": shift / sd, "turns": turns, "n": 52, "n_shifted": lost,
           "mean_shifted": 40.0 + shift, "estimate": low + 2, "std_error": 0.8, "df": 5.0, "p_value": 0.03,
           "conf_low": low, "conf_high": low + 4, "conf_level": 0.95}
        for place, (shift, low, turns) in enumerate(at)
    ]  # fmt: skip
    return check_table(pd.DataFrame(rows), "tipping")


def patterns(counts):
    rows = [
        {"cohort": "all", "arm": arm, "instrument": "TEQ", "scale": "total", "pattern": pattern, "people": people,
         "groups": 3}
        for (arm, pattern), people in counts.items()
    ]  # fmt: skip
    return check_table(pd.DataFrame(rows, columns=TABLES["missing_patterns"].names), "missing_patterns")


@pytest.fixture
def made(example, kinds):
    """Give a material of a study with a clear gain, some of whose people were lost."""
    name = next(name for name, kind in kinds.items() if kind.verdict == "clear_gain" and len(kind.arms) > 1)

    def build(**tables):
        held, file, _, _ = example(name)
        rows = held["comparisons"]
        main = rows[(rows["role"] == "primary")].iloc[0]
        notes = {"_imputed": "9 of 104 scores of 52 people imputed 50 times", "_imputed_planned_df": ""}
        more = pd.DataFrame([
            main.to_dict() | {"method": f"{main['method']}{end}", "role": "sensitivity", "family": "", "note": note}
            for end, note in notes.items()
        ])  # fmt: skip
        held["comparisons"] = check_table(pd.concat([rows, more], ignore_index=True), "comparisons")
        held["tipping"] = steps(main)
        return Material(held | {name: table(main) for name, table in tables.items()}, file, {}, {})

    return build


def main_of(material):
    return material.main_rows[0]


def test_four_ways_stand_side_by_side(made):
    section = missing(made())
    beside = next(block for block in section.blocks if getattr(block, "name", "") == "missing-beside")
    who = [row[2] for row in beside.rows]
    assert who == [
        "Complete cases (planned)",
        "All available data (mixed model)",
        "Imputed, Barnard-Rubin df",
        "Imputed, planned df",
        "Least favourable: those lost 8.0 points lower",
        "Most favourable: those lost 8.0 points higher",
    ]
    assert any("9 of 104 scores of 52 people imputed" in note for note in beside.notes)


def test_where_higher_is_worse_the_ends_change_places(made):
    material = made()
    outcome = dict(material.outcome(main_of(material))) | {"higher_is": "worse"}
    material.outcomes[:] = [outcome, *material.outcomes[1:]]
    beside = next(block for block in missing(material).blocks if getattr(block, "name", "") == "missing-beside")
    assert [row[2] for row in beside.rows][4] == "Least favourable: those lost 8.0 points higher"


def test_the_turning_point_is_said_in_one_sentence(made):
    material = made()
    said = what_turns(material, main_of(material))
    assert said == "The result would vanish if those lost had changed by 2.0 points less than those who stayed."


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (((-8.0, 0.2, False), (0.0, 0.6, False)), "No plausible shift within the scale's range changes it."),
        (((-8.0, -1.0, False), (0.0, -0.1, False)), "holds zero without any shift"),
        (((-1.0, -0.1, False), (-0.01, -0.001, True), (0.0, 0.6, False)), "Almost any shift"),
        (((0.0, 0.6, False), (3.0, -0.1, True)), "changed by 3.0 points more than"),
    ],
)
def test_every_outcome_of_the_shifts_has_its_sentence(made, at, said):
    material = made(tipping=lambda main: steps(main, at))
    assert said in what_turns(material, main_of(material))


def test_the_educator_hears_of_it_only_when_the_result_hangs_on_it(made):
    material = made()
    line = next(line for line in material.headlines if line.outcome["role"] == "primary")
    said = hangs_on_missing(material, line)
    assert "Had they changed by 2.0 points less than the others" in said
    assert plain_enough(said)
    far = made(tipping=lambda main: steps(main, sd=2.0))
    assert hangs_on_missing(far, line) == ""
    gone = made(tipping=lambda main: steps(main, ((-8.0, -1.0, False), (0.0, -0.1, False))))
    assert "no longer clear" in hangs_on_missing(gone, line)
    assert plain_enough(hangs_on_missing(gone, line))
    assert hangs_on_missing(made(tipping=lambda _: empty_table("tipping")), line) == ""


def test_few_people_are_withheld_and_none_can_be_had_by_subtraction(made):
    counts = {
        ("balint", "before + after"): 22, ("balint", "before"): 3, ("balint", "after"): 6,
        ("waiting", "before + after"): 19, ("waiting", "before"): 2, ("waiting", "after"): 1,
        ("all", "before + after"): 41, ("all", "before"): 5, ("all", "after"): 7,
    }  # fmt: skip
    material = made(missing_patterns=lambda _: patterns(counts))
    table = next(block for block in missing(material).blocks if getattr(block, "name", "") == "missing-patterns")
    shown = [row[3] for row in table.rows]
    assert shown == ["22", PROTECTED, WITHHELD, "19", WITHHELD, WITHHELD]
    assert table.rows[0][0]
    assert not any(row[0] for row in table.rows[1:])


def test_nobody_missing_gives_no_section(example, kinds):
    held, file, _, _ = example(next(iter(kinds)))
    assert missing(Material(held, file, {}, {})).blocks == ()
