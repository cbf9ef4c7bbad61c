"""Every design of docs/designs.md, from the exports to claims: what is recognised, what is refused and why."""

import copy
from pathlib import Path

import numpy as np
import pytest
from tests.conftest import KEY, TRY

from balint_eval import evaluate
from balint_eval.report.researcher import build_researcher

PAGE = (Path(__file__).parents[2] / "docs" / "designs.md").read_text("utf-8")
ROLES = {"before": "baseline", "after": "post", "later": "follow_up"}
TWO = {"balint": {}, "waiting": {"role": "control"}}
YES = {
    **TRY, "name": "EVER", "title": "Ever in a group", "n_items": 1, "response": {"codes": [0, 1]}, "reverse": [],
    "scales": [{"name": "total", "items": [1], "rule": "sum", "range": [0, 1], "higher_is": "better"}],
}  # fmt: skip


def some_people(groups, size=5, alone=0):
    """Give code, group, arm and site: `groups` counts them by arm, `alone` are controls without a group."""
    people = [
        (f"p{arm}{group}{place}", f"{arm}{group}", arm, "north" if group % 2 else "south")
        for arm, count in groups.items() for group in range(count) for place in range(size)
    ]  # fmt: skip
    return people + [(f"palone{place}", "", "waiting", "south") for place in range(alone)]


class Design:
    """A study on disk; every method changes it and gives it back."""

    def __init__(self, folder, people, waves=("before", "after"), arms=TWO, **plan):
        self.folder, self.people, self.rng = folder, people, np.random.default_rng(len(people))
        self.traits = {code: self.rng.normal(3, 0.8) for code, *_ in people}
        content = folder.content
        content["waves"] = [{"name": wave, "role": ROLES[wave]} for wave in waves]
        content["arms"] = [{"name": name, **facts} for name, facts in arms.items()]
        content["plan"] = {"allocation": "groups", **plan} if len(arms) > 1 else plan
        folder.cohort["roster"] = {
            "file": "roster.csv",
            "person_id": "code",
            "group": "group",
            "arm": "arm",
            "site": "site",
        }
        folder.rows("roster.csv", *people, header=("code", "group", "arm", "site"))
        folder.cohort["exports"] = []
        for wave in waves:
            self.asks(wave)

    def answers(self, code, items):
        """Draw answers of one person, the third reversed; an item alone is a yes or a no."""
        drawn = np.clip(np.rint(self.traits[code] + self.rng.normal(0, 0.6, items)), 1, 5).astype(int)
        if items == 1:
            return [int(drawn[0] > 2)]
        return [*drawn[:2], 6 - drawn[2]]

    def asks(self, wave, instrument="TRY", arms=None, raters=1, items=3):
        """Add an export: everybody (or some arms) asked at a wave, or rated by several."""
        name = f"{wave}_{instrument}_{raters}.csv"
        export = {"file": name, "platform": "plain", "wave": wave, "person_id": "code"}
        export["items"] = [{"instrument": instrument, "columns": "q{item}"}]
        if raters > 1:
            export["ratings"] = True
        self.folder.cohort["exports"].append(export)
        rows = [
            (code, *self.answers(code, items))
            for code, _, arm, _ in self.people if arms is None or arm in arms for _ in range(raters)
        ]  # fmt: skip
        header = ("code", *(f"q{item + 1}" for item in range(items)))
        self.folder.rows(name, *rows, header=header)
        return self

    def forgets(self, *waves):
        """Take the exports of waves out again."""
        exports = self.folder.cohort["exports"]
        self.folder.cohort["exports"] = [export for export in exports if export["wave"] not in waves]
        return self

    def also(self, instrument, **facts):
        """Declare a further instrument as an outcome."""
        own = {**copy.deepcopy(TRY), **facts, "name": instrument}
        self.folder.content["own_instruments"] = [*self.folder.content["own_instruments"], own]
        self.folder.content["outcomes"] = [*self.folder.content["outcomes"], {"instrument": instrument}]
        return self

    def tables(self):
        """Evaluate from the files; the report can be built from what comes out."""
        evaluation = evaluate(self.folder.write(), key=KEY)
        assert build_researcher(evaluation.tables, evaluation.file, {}, {}).sections
        return evaluation.tables


def planned(tables, **facts):
    table = tables["comparisons"]
    rows = table[table["role"].isin(["primary", "secondary"])]
    for name, value in facts.items():
        rows = rows[rows[name] == value]
    return rows


def verdicts(tables):
    return dict(zip(tables["claims"]["contrast"], tables["claims"]["verdict"], strict=True))


def test_one_group_of_six_is_described_and_nothing_claimed(folder):
    tables = Design(folder, some_people({"balint": 1}, size=6), arms={"balint": {}}).tables()
    (row,) = planned(tables).to_dict("records")
    assert (row["kind"], row["n_paired"], row["n_groups"]) == ("change", 6, 1)
    assert np.isfinite(row["estimate"])
    assert np.isnan(row["p_value"])
    assert verdicts(tables) == {"after-before@balint": "no_claim"}


@pytest.mark.thorough
def test_one_to_two(folder):
    tables = Design(folder, some_people({"balint": 2, "waiting": 4})).tables()
    (row,) = planned(tables).to_dict("records")
    assert (row["method"], row["n_paired"], row["n_groups"]) == ("ancova_cr2", 30, 6)
    assert row["p_value"] > 0
    assert set(tables["claims"]["may_say_effect"]) == {True}


def test_arms_that_were_not_formed_at_random_have_no_effect(folder):
    tables = Design(folder, some_people({"balint": 2, "waiting": 2}), allocation="not_random").tables()
    assert set(tables["claims"]["may_say_effect"]) == {False}
    assert set(tables["claims"]["reason"].str.contains("not formed at random")) == {True}


@pytest.mark.thorough
def test_two_sites(folder):
    tables = Design(folder, some_people({"balint": 4, "waiting": 4}, size=3)).tables()
    methods = set(tables["comparisons"]["method"])
    assert {"ancova_cr2_by_site", "mixed_model_by_site", "change_cr2_by_site"} <= methods


@pytest.mark.thorough
def test_waiting_list_is_a_control_until_it_starts(folder):
    arms = {"balint": {}, "waiting": {"role": "control", "starts_after": "after"}}
    tables = Design(folder, some_people({"balint": 2, "waiting": 2}), ("before", "after", "later"), arms).tables()
    names = set(tables["comparisons"]["contrast"])
    assert "after-before@balint-waiting" in names
    assert "later-after@waiting" in names
    assert not any(name.startswith("later") and name.endswith("balint-waiting") for name in names)


@pytest.mark.thorough
def test_three_arms_with_a_delayed_start_and_a_further_pair(folder):
    arms = {"balint": {}, "late": {"starts_after": "after"}, "waiting": {"role": "control"}}
    people = some_people({"balint": 2, "late": 2, "waiting": 2}, size=4)
    pair = {"arm": "balint", "against": "late"}
    tables = Design(folder, people, ("before", "after", "later"), arms, further_contrasts=[pair]).tables()
    assert "after-before@balint-late" in set(planned(tables, family="primary, further contrasts")["contrast"])
    assert "later-after@late" in set(tables["comparisons"]["contrast"])
    assert list(tables["joint_tests"]["wave_to"]) == ["after"]


def test_groups_in_one_arm_only(folder):
    tables = Design(folder, some_people({"balint": 3}, alone=12), allocation="people").tables()
    (row,) = planned(tables).to_dict("records")
    assert row["n_groups"] == 3
    assert "intra-group correlation of 0.1" in row["note"]
    assert "mixed_model_partially_nested" in set(tables["comparisons"]["method"])
    two = Design(folder, some_people({"balint": 2}, alone=12), allocation="people").tables()
    assert set(verdicts(two).values()) == {"no_claim"}


@pytest.mark.thorough
def test_asked_afterwards_only_and_at_follow_up_only(folder):
    design = Design(folder, some_people({"balint": 2, "waiting": 2}), ("before", "after", "later"))
    tables = design.also("LATE").asks("later", "LATE").forgets("before").asks("before", "OTHER").also("OTHER").tables()
    rows = planned(tables)
    assert set(rows["kind"]) == {"level"}
    assert set(zip(rows["instrument"], rows["wave_to"], strict=True)) == {
        ("TRY", "after"), ("TRY", "later"), ("LATE", "later"),
    }  # fmt: skip


def test_ever_or_never_at_one_wave(folder):
    design = Design(folder, some_people({"balint": 4, "waiting": 4}), ("before",), allocation="not_random")
    folder.content["outcomes"][0]["cut_off"] = {"value": 10, "side": "at_or_above", "source": "made"}
    facts = {key: value for key, value in YES.items() if key != "name"}
    tables = design.also("EVER", **facts).asks("before", "EVER", items=1).tables()
    assert set(planned(tables)["method"]) == {"level_cr2"}
    assert set(tables["proportions"]["method"]) == {"share_cr2", "logistic_cr2"}
    shares = tables["proportions"].set_index(["instrument", "method"])["estimate"]
    points = tables["comparisons"].set_index(["instrument", "method"])["estimate"]
    assert shares["EVER", "share_cr2"] == pytest.approx(100 * points["EVER", "level_cr2"])
    assert tables["proportions"].set_index("instrument")["cut_off"].to_dict() == {"EVER": 1.0, "TRY": 10.0}


@pytest.mark.thorough
def test_several_patients_rate_each_clinician(folder):
    design = Design(folder, some_people({"balint": 2, "waiting": 2})).forgets("before", "after")
    tables = design.asks("before", raters=3).asks("after", raters=4).tables()
    (row,) = planned(tables).to_dict("records")
    assert (row["n_pre"], row["n_paired"]) == (20, 20)


@pytest.mark.thorough
def test_a_process_measure_of_one_arm_is_a_change_of_that_arm(folder):
    design = Design(folder, some_people({"balint": 3, "waiting": 3})).also("PROC")
    tables = design.asks("before", "PROC", arms=("balint",)).asks("after", "PROC", arms=("balint",)).tables()
    mine = tables["comparisons"][tables["comparisons"]["instrument"] == "PROC"]
    change = mine[(mine["contrast"] == "after-before@balint") & (mine["method"] == "change_cr2")]
    assert change["p_value"].notna().all()
    assert set(change["role"]) == {"by_arm"}
    between = mine[mine["kind"] == "difference"]
    assert between["p_value"].isna().all()
    assert between["note"].str.contains("only one arm").any()
    claim = tables["claims"][tables["claims"]["instrument"] == "PROC"]
    assert set(claim["verdict"]) == {"no_claim"}


def test_meetings_attended_are_a_dose(folder):
    people = some_people({"balint": 3})
    design = Design(folder, people, arms={"balint": {}})
    rows = [(code, session) for place, (code, *_) in enumerate(people) for session in range(1, 2 + place % 5)]
    folder.rows("attendance.csv", *rows, header=("person_id", "session"))
    folder.cohort["attendance"] = {"file": "attendance.csv"}
    (row,) = design.tables()["dose"].to_dict("records")
    assert row["n_paired"] == 15
    assert row["meetings_mean"] == pytest.approx(3.0)


@pytest.mark.thorough
def test_growth_where_waves_have_a_time(folder):
    design = Design(folder, some_people({"balint": 2, "waiting": 2}), ("before", "after", "later"))
    for wave, months in zip(folder.content["waves"], (0, 3, 9), strict=True):
        wave["months"] = months
    growth = design.tables()["growth"]
    assert set(growth["method"]) == {"slopes_cr2", "growth_model"}
    assert set(growth["contrast"]) == {"slope@balint", "slope@waiting", "slope@balint-waiting"}


def test_nobodys_group_known_carries_no_claim(folder):
    people = [(code, "", arm, site) for code, _, arm, site in some_people({"balint": 2, "waiting": 2})]
    tables = Design(folder, people, allocation="people").tables()
    assert set(verdicts(tables).values()) == {"no_claim"}
    assert set(planned(tables)["n_groups"]) == {0}


def test_the_page_names_this_file():
    assert "tests/unit/test_designs.py" in PAGE
