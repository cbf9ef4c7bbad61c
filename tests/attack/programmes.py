"""Programmes drawn by lot for the attacks: one to five cohorts, groups of three to ten, drop-out, few people."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from balint_eval.comparisons import PRIMARY_METHOD
from balint_eval.contrasts import Contrast, Sample, each_sample, is_main, place_of
from balint_eval.kinds import CHANGE, DIFFERENCE
from balint_eval.stats import cluster, levels
from balint_eval.study_model import Study
from balint_eval.tables import ALL_COHORTS, TABLES, check_table, empty_table

WAVES = {"before": "baseline", "after": "post", "later": "follow_up"}
SCALES = ("total", "part")
ANSWERS = ("never", "rarely", "at times", "often", "always")


@dataclass(frozen=True)
class Programme:
    """A study as it lies in the tables, with the attacker's knowledge of who took part."""

    study: Study
    tables: dict[str, pd.DataFrame]

    @property
    def scores(self) -> pd.DataFrame:
        return self.tables["scores"]

    @property
    def people(self) -> pd.DataFrame:
        return self.tables["participants"]


def draw_programme(seed: int) -> Programme:
    """Draw one programme; the same number gives the same one."""
    rng = np.random.default_rng(seed)
    arms = {"balint": "intervention", "waiting": "control"} if rng.random() < 0.5 else {"balint": "intervention"}
    waves = list(WAVES)[: 2 + (rng.random() < 0.4)]
    people = _people(rng, list(arms))
    return assemble(_study(arms, waves), people, _scores(rng, people, waves), _answers(rng, people))


def assemble(study: Study, people: pd.DataFrame, scores: pd.DataFrame, item_counts: pd.DataFrame) -> Programme:
    """Put the tables of a programme together, with the planned comparisons of its scores."""
    outcomes = _outcomes()
    tables = {name: empty_table(name) for name in ("claims", "levels", "quality", "flow", "responses")}
    comparisons = planned_comparisons(scores, people, outcomes, study)
    given = {"participants": people, "scores": scores, "outcomes": outcomes, "item_counts": item_counts}
    return Programme(study, {**tables, **given, "comparisons": comparisons})


def with_late_answers(programme: Programme, number: int, seed: int) -> Programme | None:
    """Give the programme after so many more people have answered the last wave; None where fewer were missing."""
    rng, scores = np.random.default_rng(seed), programme.scores
    last = scores["wave"].iloc[-1] if scores.empty else programme.study.waves[-1].name
    there = set(scores.loc[(scores["wave"] == last) & (scores["scale"] == "total"), "person_id"])
    missing = [name for name in programme.people["person_id"] if name not in there]
    if len(missing) < number:
        return None
    late = programme.people[programme.people["person_id"].isin(rng.choice(missing, number, replace=False))]
    rest = scores[~((scores["wave"] == last) & scores["person_id"].isin(late["person_id"]))]
    more = pd.concat([rest, *(_of_wave(rng, late, last, scale) for scale in SCALES)], ignore_index=True)
    return assemble(programme.study, programme.people, check_table(more, "scores"), programme.tables["item_counts"])


def _study(arms: dict[str, str], waves: list[str]) -> Study:
    return Study.model_validate({
        "name": "drawn", "title": "Drawn",
        "waves": [{"name": wave, "role": WAVES[wave]} for wave in waves],
        "arms": [{"name": arm, "role": role} for arm, role in arms.items()],
        "outcomes": [{"instrument": "TEQ", "scale": scale} for scale in SCALES],
        "cohorts": [{"name": "c", "exports": [{"file": "a.csv", "wave": "before", "person_id": "id"}]}],
        "plan": {"allocation": "groups"},
    })  # fmt: skip


def _people(rng: np.random.Generator, arms: list[str]) -> pd.DataFrame:
    rows = []
    for cohort in range(rng.integers(1, 6)):
        for arm in arms:
            for group in range(rng.integers(1, 4)):
                name = f"c{cohort}/{arm}{group}"
                rows += [(f"c{cohort}", f"{name}-{m}", name, arm, "", "") for m in range(rng.integers(3, 11))]
    return check_table(pd.DataFrame(rows, columns=TABLES["participants"].names), "participants")


def _scores(rng: np.random.Generator, people: pd.DataFrame, waves: list[str]) -> pd.DataFrame:
    absent, frames = rng.choice([0.0, 0.03, 0.1, 0.25]), []
    for wave in waves:
        came = people[rng.random(len(people)) >= absent]
        for scale in SCALES:
            # A few leave one scale out: its people then differ from the other's by one or two.
            answered = came[rng.random(len(came)) >= 0.03]
            frames.append(_of_wave(rng, answered if len(answered) else came, wave, scale))
    return check_table(pd.concat(frames, ignore_index=True), "scores")


def _of_wave(rng: np.random.Generator, people: pd.DataFrame, wave: str, scale: str) -> pd.DataFrame:
    values = np.clip(np.round(rng.normal(40, 8, len(people))), 0, 64)
    if rng.random() < 0.03:
        values[:] = 40
    frame = people[["cohort", "person_id"]].assign(wave=wave, instrument="TEQ", scale=scale, score=values)
    facts = {"n_items": 16, "n_answered": 16, "prorated": False, "status": "scored"}
    return frame.assign(**facts, minimum=0.0, maximum=64.0, higher_is="better")


def _answers(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for item in (1, 2, 3):
        answered = int(rng.integers(len(people) // 2, len(people) + 1))
        given = rng.multinomial(answered, rng.dirichlet(np.ones(len(ANSWERS))))
        for code, (answer, number) in enumerate(zip(ANSWERS, given, strict=True), start=1):
            rows.append(("all", "after", "form", item, code, f"Item {item}", answer, number, answered, "better"))
    return check_table(pd.DataFrame(rows, columns=TABLES["item_counts"].names), "item_counts")


def _outcomes() -> pd.DataFrame:
    rows = [
        {"instrument": "TEQ", "scale": scale, "label": scale, "level": "2a", "higher_is": "better",
         "role": "secondary" if place else "primary", "family": "f", "minimum": 0, "maximum": 64}
        for place, scale in enumerate(SCALES)
    ]  # fmt: skip
    return check_table(pd.DataFrame(rows).reindex(columns=TABLES["outcomes"].names), "outcomes")


def planned_comparisons(
    scores: pd.DataFrame, people: pd.DataFrame, outcomes: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Compare by the planned methods only; the others are never released and would take most of the time."""
    rows = []
    for outcome, cohort, contrast, sample in each_sample(scores, people, outcomes, study):
        result = _planned(sample, contrast)
        main = "primary" if outcome["role"] == "primary" else "secondary"
        role = "by_cohort" if cohort != ALL_COHORTS else main if is_main(contrast, study) else "by_arm"
        facts = {name: getattr(result, name) for name in result.__slots__}
        # Groups of nobody's own would be counted as people.
        rows.append(place_of(outcome, cohort, contrast) | contrast.as_record() | facts | {"role": role})
    frame = pd.DataFrame(rows).reindex(columns=TABLES["comparisons"].names)
    return check_table(frame.assign(family="", kirkpatrick_level="2a"), "comparisons")


def _planned(sample: Sample, contrast: Contrast) -> object:
    if contrast.kind == CHANGE:
        found = cluster.change_cr2(sample.pre, sample.post, sample.cluster, 0.95)
    elif contrast.kind == DIFFERENCE:
        found = cluster.ancova_cr2(sample.pre, sample.post, sample.treated, sample.cluster, 0.95)
    else:
        found = levels.level_cr2(sample.post, sample.treated, sample.cluster, 0.95)
    return replace(found, method=PRIMARY_METHOD[contrast.kind])
