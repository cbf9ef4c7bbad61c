"""Synthetic contract tables with a fixed seed, for the figures' tests and for looking at the figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from balint_eval.assumptions import assess_residuals, count_edges
from balint_eval.baseline_dependence import assess_baseline_dependence
from balint_eval.heterogeneity import assess_heterogeneity
from balint_eval.influence import assess_influence
from balint_eval.instruments.registry import known_instruments
from balint_eval.pooling import pool_cohorts
from balint_eval.study import StudyFile
from balint_eval.study_model import Study
from balint_eval.tables import TABLES, check_table

OUTCOMES = [
    ("TEQ", "total", "Empathy (Toronto Empathy Questionnaire)", "2a", "primary", 0, 64, "better", 3.0),
    ("CBI", "PB", "Personal burnout (CBI)", "well_being", "secondary", 0, 100, "worse", -6.0),
    ("CBI", "WB", "Work-related burnout (CBI)", "well_being", "secondary", 0, 100, "worse", -4.0),
    ("PMI", "total", "Psychological mindedness in the consultation, rated by oneself", "2a", "secondary",
     1, 7, "better", 0.2),
]  # fmt: skip
GROUPS = {"balint": ["G1", "G2", "G3", "G4", "G10"], "control": ["K1", "K2", "K3"]}


def made_study(*, control: bool = True, follow_up: bool = True, **labels: str) -> Study:
    """Give a study; `labels` replaces the label of an arm or a wave by name."""
    waves = [("pre", "Before", "baseline"), ("post", "After", "post"), ("fu", "6 months later", "follow_up")]
    arms = [("balint", "Balint group", "intervention"), ("control", "Waiting list", "control")]
    return Study.model_validate(
        {
            "name": "made",
            "title": "Made study",
            "waves": [
                {"name": n, "label": labels.get(n, label), "role": role}
                for n, label, role in waves[: 3 if follow_up else 2]
            ],
            "arms": [
                {"name": n, "label": labels.get(n, label), "role": role}
                for n, label, role in arms[: 2 if control else 1]
            ],
            "programme": {"sessions": 10},
            "outcomes": [{"instrument": o[0], "scale": o[1], "role": o[4]} for o in OUTCOMES],
            "cohorts": [
                {
                    "name": name,
                    "label": labels.get(name, ""),
                    "exports": [{"file": f"{name}.csv", "wave": "pre", "person_id": "id"}],
                }
                for name in ("c1", "c2", "c3")
            ],
        }
    )


def study_file(study: Study, folder) -> StudyFile:
    return StudyFile(study, folder, "study.yaml", {})


def participants(study: Study, size: int = 8) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    rows = []
    for arm in study.arms:
        for group in GROUPS[arm.name]:
            people = 4 if group == "G4" else size + int(rng.integers(-1, 3))
            rows += [("all", f"p{len(rows) + i:04}", group, arm.name, "", "resident") for i in range(people)]
    names = ["cohort", "person_id", "group_id", "arm", "site", "role"]
    return check_table(pd.DataFrame(rows, columns=names), "participants")


def scores(study: Study, people: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    rows = []
    for instrument, scale, _, _, _, low, high, higher_is, gain in OUTCOMES:
        for person in people.itertuples():
            span = high - low
            start = rng.normal(low + 0.55 * span, 0.13 * span)
            for step, wave in enumerate(study.waves):
                moved = gain * min(step, 1) * (1 if person.arm == "balint" else 0.1)
                score = float(np.clip(start + moved + rng.normal(0, 0.06 * span), low, high))
                score = np.nan if rng.random() < 0.08 else round(score, 2)
                status = "not_answered" if np.isnan(score) else "scored"
                rows.append(
                    ("all", person.person_id, wave.name, instrument, scale, score, 10, 10, False, status,
                     low, high, higher_is)
                )  # fmt: skip
    names = "cohort person_id wave instrument scale score n_items n_answered prorated status minimum maximum higher_is"
    return check_table(pd.DataFrame(rows, columns=names.split()), "scores")


def outcomes(**labels: str) -> pd.DataFrame:
    rows = [
        {
            "instrument": o[0], "scale": o[1], "label": labels.get(f"{o[0]}_{o[1]}", o[2]), "level": o[3],
            "basis": "", "rater": "self", "role": o[4], "family": o[4], "minimum": o[5], "maximum": o[6],
            "higher_is": o[7], "smallest_change": np.nan, "smallest_change_source": "", "citation": "",
            "licence": "", "missing_rule": "", "evidence": "",
            "cut_off": np.nan, "cut_off_side": "", "cut_off_source": "",
        }
        for o in OUTCOMES
    ]  # fmt: skip
    return check_table(pd.DataFrame(rows), "outcomes")


def descriptives(study: Study, people: pd.DataFrame, scored: pd.DataFrame) -> pd.DataFrame:
    joined = scored.merge(people[["cohort", "person_id", "arm"]], on=["cohort", "person_id"])
    grouped = joined.groupby(["cohort", "arm", "wave", "instrument", "scale"])["score"]
    table = grouped.agg(
        n="count", mean="mean", sd="std", median="median",
        quartile_low=lambda v: v.quantile(0.25), quartile_high=lambda v: v.quantile(0.75),
    )  # fmt: skip
    return check_table(table.reset_index(), "descriptives")


def comparisons(study: Study, people: pd.DataFrame, scored: pd.DataFrame) -> pd.DataFrame:
    joined = scored.merge(people[["person_id", "arm"]], on="person_id")
    wide = joined.pivot(index=["instrument", "scale", "arm", "person_id"], columns="wave", values="score")
    rows = []
    base = study.baseline.name
    for (instrument, scale), part in wide.groupby(level=["instrument", "scale"]):
        role = next(o[4] for o in OUTCOMES if (o[0], o[1]) == (instrument, scale))
        for wave in study.later_waves:
            change = (part[wave.name] - part[base]).dropna()
            pre = part[base].dropna()
            by_arm = {arm.name: change.xs(arm.name, level="arm") for arm in study.arms}
            for name, values in by_arm.items():
                rows.append(_row(instrument, scale, wave.name, base, name, "", values, None, pre, role))
            if len(by_arm) == 2:
                one, two = by_arm.values()
                rows.append(_row(instrument, scale, wave.name, base, *by_arm, one, two, pre, role))
    return check_table(pd.DataFrame(rows), "comparisons")


def _row(instrument, scale, later, base, arm, reference, values, others, pre, role):
    se = values.std() / np.sqrt(len(values))
    estimate, kind, suffix = values.mean(), "change", ""
    if others is not None:
        estimate -= others.mean()
        se = np.hypot(se, others.std() / np.sqrt(len(others)))
        kind, suffix = "difference", f"-{reference}"
    sd = pre.std()
    low, high = estimate - 2.2 * se, estimate + 2.2 * se
    n = len(values) + (0 if others is None else len(others))
    return {
        "cohort": "all", "instrument": instrument, "scale": scale, "contrast": f"{later}-{base}@{arm}{suffix}",
        "method": "change_cr2" if others is None else "ancova_cr2", "kind": kind, "wave_from": base,
        "wave_to": later, "arm": arm, "reference_arm": reference, "n_pre": n + 2, "n_post": n + 1,
        "n_paired": n, "n_groups": 8, "mean_pre": pre.mean(), "sd_pre": sd, "mean_post": pre.mean() + estimate,
        "sd_post": sd, "estimate": estimate, "std_error": se, "df": 6.2, "statistic": estimate / se,
        "p_value": 0.04, "p_adjusted": 0.08, "family": role, "conf_low": low, "conf_high": high,
        "conf_level": 0.95, "effect": estimate / sd, "effect_name": "d_av" if others is None else "d_total",
        "effect_low": low / sd, "effect_high": high / sd, "role": role, "kirkpatrick_level": "2a",
        "converged": True, "note": "",
    }  # fmt: skip


REACTION = [
    "I felt safe to speak about my own feelings in the group",
    "The leader kept the group on the doctor\u2013patient relationship",
    "The cases were relevant to my work",
    "I would recommend the group to a colleague",
    "The time of day suited me, and the length of the meetings let me come to each of them without hurry",
]
ANSWERS = ["strongly disagree", "disagree", "neither", "agree", "strongly agree"]


def item_counts(labels: list[str] = REACTION, answers: list[str] = ANSWERS, people: int = 44) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = []
    for item, label in enumerate(labels, 1):
        shares = rng.dirichlet([(1.0, 2.0, 3.0, 8.0, 6.0)[place % 5] for place in range(len(answers))])
        counts = rng.multinomial(people - item % 3, shares)
        for code, (answer, count) in enumerate(zip(answers, counts, strict=True), 1):
            rows.append(("all", "post", "reaction", item, code, label, answer, count, counts.sum(), "better"))
    names = ["cohort", "wave", "instrument", "item", "code", "label", "answer", "people", "answered", "higher_is"]
    return check_table(pd.DataFrame(rows, columns=names), "item_counts")


def flow(study: Study) -> pd.DataFrame:
    rows = []
    for wave, received in zip(study.waves, (71, 66, 52), strict=False):
        files = {
            "pre": ["pre_qualtrics.csv", "pre_paper.xlsx"],
            "post": ["post_qualtrics.csv"],
            "fu": ["follow_up_google_forms.csv"],
        }[wave.name]
        for file in files:
            lost = {"duplicate": 2, "unfinished": 4, "no_person_id": 1, "not_in_roster": 1}
            rows += [("all", wave.name, file, reason, n) for reason, n in lost.items()]
            share = received // len(files)
            rows += [
                ("all", wave.name, file, "received", share),
                ("all", wave.name, file, "used", share - sum(lost.values())),
            ]
        if wave.name != "pre":
            rows += [("all", wave.name, "", r, n) for r, n in (("paired", 48), ("pre_only", 7), ("post_only", 4))]
    names = ["cohort", "wave", "file", "reason", "rows"]
    return check_table(pd.DataFrame(rows, columns=names), "flow")


def sessions(people: pd.DataFrame, held: int = 9) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(4)
    meetings, presences = [], []
    for (group, arm), members in people.groupby(["group_id", "arm"]):
        if arm != "balint":
            continue
        for session in range(1, held + int(rng.integers(-1, 2)) + 1):
            there = members[rng.random(len(members)) < 0.8]["person_id"]
            meetings.append(("all", group, session, f"2025-01-{session:02}", 90, 2, len(there)))
            presences += [("all", group, session, person) for person in there]
    return (
        check_table(
            pd.DataFrame(meetings, columns=["cohort", "group_id", "session", "date", "minutes", "leaders", "present"]),
            "sessions",
        ),
        check_table(pd.DataFrame(presences, columns=["cohort", "group_id", "session", "person_id"]), "attendance"),
    )


def made_tables(study: Study) -> dict[str, pd.DataFrame]:
    people = participants(study)
    scored = scores(study, people)
    held, present = sessions(people)
    compared = comparisons(study, people, scored)
    return {
        "participants": people, "scores": scored, "comparisons": with_cohorts(compared),
        "outcomes": outcomes(), "descriptives": descriptives(study, people, scored),
        "item_counts": item_counts(), "flow": flow(study), "sessions": held, "attendance": present,
        "beside_published": beside_published(), "tipping": tipping(study),
        "pooled": pool_cohorts(with_cohorts(compared)),
        **looked_at(study, people, scored, compared),
    }  # fmt: skip


def with_cohorts(compared: pd.DataFrame) -> pd.DataFrame:
    """Add three invented cohorts: a usual one, one with a result of an implausible size, one of four people."""
    planned = compared[compared["method"].isin(["change_cr2", "ancova_cr2"])]
    parts = [compared]
    for place, (name, people, moved) in enumerate((("c1", 20, 0.0), ("c2", 18, 2.5), ("c3", 4, -0.4))):
        by = moved * planned["sd_pre"]
        shifted = {column: planned[column] + by for column in ("estimate", "conf_low", "conf_high")}
        effect = (planned["estimate"] + by) / planned["sd_pre"]
        facts = {"cohort": name, "role": "by_cohort", "family": "", "n_paired": people, "n_groups": 3 + place}
        parts.append(planned.assign(**facts, **shifted, effect=effect))
    return check_table(pd.concat(parts, ignore_index=True), "comparisons")


def looked_at(study: Study, people: pd.DataFrame, scored: pd.DataFrame, compared: pd.DataFrame) -> dict:
    """Give the tables of assumptions, as the computing stage makes them of these scores."""
    given = (scored, people, outcomes())
    residuals, checks = assess_residuals(*given, compared, study)
    spread, effects = assess_heterogeneity(*given, study)
    changes = [
        {"instrument": o[0], "scale": o[1], "wave_to": wave.name, "arm": "balint", "method": "jacobson_truax",
         "reliability": 0.8, "reliability_source": "said", "baseline_mean": 0.5 * (o[5] + o[6])}
        for o in OUTCOMES for wave in study.later_waves if o[0] != "PMI"
    ]  # fmt: skip
    reliable = check_table(pd.DataFrame(changes, columns=TABLES["individual_change"].names), "individual_change")
    file = StudyFile(study, Path(), "study.yaml", dict(known_instruments()))
    slopes, bins, _ = assess_baseline_dependence(*given, reliable, file)
    return {
        "residuals": residuals, "residual_checks": checks, "influence": assess_influence(*given, study),
        "group_spread": spread, "group_effects": effects, "edges": count_edges(*given, study),
        "baseline_slopes": slopes, "baseline_bins": bins,
    }  # fmt: skip


def tipping(study: Study, lost: int = 7) -> pd.DataFrame:
    """Give a made tipping curve of the first outcome's main comparison at each later wave, turning below zero."""
    arms = "balint-control" if study.control_arm else "balint"
    rows = []
    for wave in study.later_waves:
        for step in range(-8, 9):
            estimate, half = 3.0 + 0.3 * step, 2.0 + 0.01 * step**2
            rows.append({
                "cohort": "all", "instrument": "TEQ", "scale": "total", "contrast": f"{wave.name}-pre@{arms}",
                "step": step, "shift": 2.1 * step, "shift_sd": 0.25 * step, "turns": step == -4, "n": 60,
                "n_shifted": lost, "mean_shifted": 40 + 2.1 * step, "estimate": estimate, "std_error": half / 2.4,
                "df": 5.5, "p_value": 0.04, "conf_low": estimate - half, "conf_high": estimate + half,
                "conf_level": 0.95,
            })  # fmt: skip
    return check_table(pd.DataFrame(rows), "tipping")


def beside_published() -> pd.DataFrame:
    """Give invented published results beside the first outcome: usual, overlapping, implausible, without interval."""
    sources = [
        ("this study", 0, 0.41, 0.05, 0.77, 16, False, ""),
        ("this study, c1", 0, 0.52, -0.9, 1.94, 9, False, "part of the row `this study`"),
        ("this study, c2", 0, 9.99, 9.0, 9.999, 4, False, "part of the row `this study`"),
        ("Doe and others 2030", 8, 0.27, 0.01, 0.53, 240, False, "beside Roe 2031: they may share participants"),
        ("Roe 2031", 9, 6.87, 5.5, 8.3, 56, False, "implausibly large: above 2 look at the source"),
        ("Poe 2032", 10, -0.2, np.nan, np.nan, 0, False, "no interval"),
        ("Moe 2033", 11, 0.5, 0.1, 0.9, 0, True, "a meta-analysis: holds single trials"),
        ("Noe 2034", 12, 0.5, np.nan, np.nan, 0, True, "a meta-analysis: holds single trials"),
    ]
    instrument, scale = OUTCOMES[0][:2]
    rows = [
        {
            "instrument": instrument, "scale": scale, "contrast": "post-pre@balint-control", "source": source,
            "row": row, "outcome": "empathy", "measured_with": "a rather long name of a scale", "people": people,
            "comparison": "Balint vs control", "effect_name": "g_post" if row else "d_total", "effect": effect,
            "effect_low": low, "effect_high": high, "from_meta_analysis": meta, "warning": warning,
        }
        for source, row, effect, low, high, people, meta, warning in sources
    ]  # fmt: skip
    return check_table(pd.DataFrame(rows, columns=TABLES["beside_published"].names), "beside_published")
