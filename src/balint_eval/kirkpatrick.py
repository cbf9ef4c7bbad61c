"""Which outcome is evidence for which level, and how much may be claimed from a result."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan, nan
from typing import Any

import pandas as pd

from balint_eval.instruments.evidence import unverified
from balint_eval.instruments.model import Instrument, Mark, Scale
from balint_eval.kinds import BETWEEN_ARMS, CHANGE, LEVEL
from balint_eval.language import marked
from balint_eval.study import StudyFile
from balint_eval.study_model import Outcome
from balint_eval.tables import ALL_COHORTS, TABLES, check_table, records

VOCABULARIES: Mapping[str, Mapping[str, str]] = {
    "classic4": {"1": marked("Reaction"), "2": marked("Learning"), "3": marked("Behaviour"), "4": marked("Results")},
    "barr6": {
        "1": marked("Reaction"),
        "2a": marked("Attitudes and perceptions"),
        "2b": marked("Knowledge and skills"),
        "3": marked("Behaviour"),
        "4a": marked("Organisation and delivery of care"),
        "4b": marked("Benefit to patients"),
    },
    "barr7": {
        "1": marked("Reaction"),
        "2a": marked("Attitudes and perceptions"),
        "2b": marked("Knowledge and skills"),
        "3a": marked("Behaviour, self-reported"),
        "3b": marked("Behaviour, observed"),
        "4a": marked("Organisation and delivery of care"),
        "4b": marked("Benefit to patients"),
    },
    "beme_students": {
        "1": marked("Reaction"),
        "2a": marked("Attitudes and perceptions"),
        "2b": marked("Knowledge and skills"),
        "3": marked("Behaviour"),
        "4a": marked("Change in the system"),
        "4b": marked("Change among the participants' students or peers"),
    },
}
BESIDE_THE_LEVELS = {"process": marked("Group process"), "well_being": marked("Well-being of the learners")}


GROUPS_UNKNOWN = (
    "nobody's group is known: people who met in one group are not independent, so no claim may rest on this result"
)


ARMS_ARE_COHORTS = "no cohort has people of both arms: what differs between cohorts cannot be told from the programme"


def level_in(vocabulary: str, level: str) -> str:
    """Translate a level of the registry into a vocabulary, as `3b` becomes `3` where levels are not split.

    Parameters
    ----------
    vocabulary : str
        A key of `VOCABULARIES`.
    level : str
        Level as the registry or the study file gives it.

    Returns
    -------
    str
        A level of the vocabulary, `process` or `well_being`. A whole level in a vocabulary that only has
        its halves stays whole, as `2`: which half it is, only a person can say.
    """
    known = VOCABULARIES[vocabulary]
    if level in BESIDE_THE_LEVELS or level in known:
        return level
    return level[0] if level[0] in known else level


def list_outcomes(file: StudyFile) -> pd.DataFrame:
    """Give every outcome of the study with its level, direction and evidence.

    Returns
    -------
    pandas.DataFrame
        Contract `outcomes`, in the order of the contract's key.
    """
    rows = [_outcome_record(file, outcome, *file.scale_of(outcome)) for outcome in file.study.outcomes]
    return check_table(pd.DataFrame(rows, columns=TABLES["outcomes"].names), "outcomes")


def _outcome_record(file: StudyFile, outcome: Outcome, instrument: Instrument, scale: Scale) -> dict[str, object]:
    moved = outcome.level is not None and outcome.level != instrument.level
    return {
        "instrument": instrument.name,
        "scale": scale.name,
        "label": outcome.label or scale.label or f"{instrument.title}, {scale.name}",
        "level": level_in(file.study.levels, outcome.level or instrument.level),
        "basis": outcome.level_reason or "set in the study file" if moved else instrument.level_basis,
        "rater": instrument.rater,
        "role": outcome.role,
        "family": outcome.family or outcome.role,
        "minimum": scale.range[0],
        "maximum": scale.range[1],
        "higher_is": scale.higher_is,
        "smallest_change": outcome.smallest_change,
        "smallest_change_source": outcome.smallest_change_source,
        "citation": instrument.citation + (f" doi:{instrument.doi}" if instrument.doi else ""),
        "licence": instrument.licence.status + (f": {instrument.licence.note}" if instrument.licence.note else ""),
        "missing_rule": missing_rule(instrument, scale),
        "evidence": _evidence(instrument, scale),
        **_mark(outcome, instrument, scale),
    }


def _mark(outcome: Outcome, instrument: Instrument, scale: Scale) -> dict[str, object]:
    """Give the mark people are counted at: the study's cut-off, or the upper answer of an item with two."""
    declared, mark, side, source = outcome.cut_off, nan, "", ""
    if declared is not None:
        mark, side, source = declared.value, declared.side, declared.source
    elif len(scale.items) == 1 and len(instrument.response.codes) == 2:
        mark, side = scale.range[1], "at_or_above"
    return {"cut_off": mark, "cut_off_side": side, "cut_off_source": source}


def missing_rule(instrument: Instrument, scale: Scale) -> str:
    """Say in words when a score is given although items are missing."""
    if not scale.items:
        return f"scored only when {' and '.join(scale.of)} are"
    if len(scale.items) == 1:
        return "one item: scored only when it is answered"
    required = instrument.required_answers(scale)
    default = "package default" if instrument.missing.published else "package default, no rule of the authors is known"
    basis = "rule of the manual" if scale.min_answered else default
    rule = f"at least {required} of {len(scale.items)} items answered, then the mean of the answered ({basis})"
    most = instrument.missing.most_missing_on_form
    if most is None or len(scale.items) == instrument.n_items:
        return rule
    return f"{rule}; no score when more than {most} items of the form are missing (rule of the manual)"


def _evidence(instrument: Instrument, scale: Scale) -> str:
    declared: list[Mark] = [] if instrument.evidence else ["user"]
    groups = ("key", "range", "missing", "version") if instrument.evidence else ("key", "range", "missing")
    marks = {group: list(instrument.evidence.get(group, declared)) for group in groups}
    if scale.mark:
        marks["key"] = [scale.mark]
    words = [f"{group} {'+'.join(values)}" for group, values in marks.items() if values]
    if doubts := unverified(instrument, scale):
        words.append(f"unverified: {', '.join(doubts)}")
    return "; ".join(words)


def cover_levels(
    file: StudyFile, outcomes: pd.DataFrame, item_counts: pd.DataFrame, scores: pd.DataFrame
) -> pd.DataFrame:
    """Say for every level of the vocabulary what measured it, also when nothing did.

    Returns
    -------
    pandas.DataFrame
        Contract `levels`, a row for each level and for process and well-being where measured.
    """
    found = _measures(file, outcomes, item_counts, scores)
    rows = []
    for level, title in {**VOCABULARIES[file.study.levels], **BESIDE_THE_LEVELS, **_whole_levels(found)}.items():
        mine = [measure for measure in found if measure[0] == level]
        if not mine and level in BESIDE_THE_LEVELS:
            continue
        raters = sorted({"self-report" if rater == "self" else f"rated by {rater}s" for _, _, rater in mine})
        rows.append({
            "level": level,
            "title": title,
            "measured": bool(mine),
            "outcomes": "; ".join(label for _, label, _ in mine),
            "how": " and ".join(raters) or "not measured",
        })  # fmt: skip
    return check_table(pd.DataFrame(rows, columns=TABLES["levels"].names), "levels")


def _measures(
    file: StudyFile, outcomes: pd.DataFrame, item_counts: pd.DataFrame, scores: pd.DataFrame
) -> list[tuple[str, str, str]]:
    """Give level, label and rater of everything that has at least one answer."""
    answered = scores[scores["n_answered"] > 0]
    scored = set(zip(answered["instrument"], answered["scale"], strict=True))
    measures = [
        (str(row["level"]), str(row["label"]), str(row["rater"]))
        for row in records(outcomes)
        if (row["instrument"], row["scale"]) in scored
    ]
    for name in sorted(set(item_counts.loc[item_counts["answered"] > 0, "instrument"])):
        instrument = file.instruments[name]
        if not instrument.scales:
            measures.append((level_in(file.study.levels, instrument.level), instrument.title, instrument.rater))
    return measures


def _whole_levels(found: list[tuple[str, str, str]]) -> dict[str, str]:
    """Give levels in use that the vocabulary only has in halves."""
    return {level: VOCABULARIES["classic4"][level] for level, _, _ in found if level in VOCABULARIES["classic4"]}


def judge_claims(comparisons: pd.DataFrame, outcomes: pd.DataFrame, file: StudyFile) -> pd.DataFrame:
    """Say in one verdict what each primary-method result supports.

    Parameters
    ----------
    comparisons, outcomes : pandas.DataFrame
        Contracts of these names.
    file : StudyFile

    Returns
    -------
    pandas.DataFrame
        Contract `claims`, one row for each row of the role primary or secondary.

    Notes
    -----
    With a smallest change of interest `s` and the interval turned so that up is better: all of it above `s`
    is a clear gain, all above 0 a small gain, all within -s to s no relevant change, otherwise nothing can
    be told; losses mirror gains. Without `s` an interval above 0 is a gain of unjudged size. No claim is
    made from a secondary outcome whose adjusted p is not below 1 - confidence, nor with fewer than 3 groups in a
    single arm or 2 an arm, nor where nobody's group is known (unless the plan says that there were no groups),
    nor from a fit that gave no interval.
    """
    # Reports take their levels from this module and compute nothing.
    from balint_eval.stats.detectable import smallest_detectable
    from balint_eval.stats.equivalence import equivalence_p

    facts = {(row["instrument"], row["scale"]): row for row in records(outcomes)}
    tested = comparisons[comparisons["role"].isin(["primary", "secondary"])]
    confounded = _arms_are_cohorts(comparisons, file)
    rows = []
    for row in records(tested):
        verdict, reason = _verdict(row, facts[(row["instrument"], row["scale"])])
        if file.study.plan.groups == "expected" and row["n_groups"] == 0 and verdict != "no_claim":
            verdict, reason = "no_claim", GROUPS_UNKNOWN
        keys = ("cohort", "instrument", "scale", "contrast", "method")
        rows.append({key: row[key] for key in keys} | {
            "verdict": verdict,
            "may_say_effect": (
                row["kind"] in BETWEEN_ARMS and file.study.plan.allocation in {"people", "groups"} and not confounded
            ),
            "smallest_detectable": smallest_detectable(row["std_error"], row["df"], conf_level=row["conf_level"]),
            "p_equivalence": equivalence_p(
                row["estimate"], row["std_error"], row["df"], facts[row["instrument"], row["scale"]]["smallest_change"]
            ),
            "reason": reason or (ARMS_ARE_COHORTS if confounded else _design_reason(row["kind"], file)),
        })  # fmt: skip
    return check_table(pd.DataFrame(rows, columns=TABLES["claims"].names), "claims")


def _arms_are_cohorts(comparisons: pd.DataFrame, file: StudyFile) -> bool:
    """Say whether no cohort has people of two arms, so that arms cannot be told from cohorts."""
    if len(file.study.cohorts) < 2 or file.study.control_arm is None or comparisons.empty:
        return False
    within = comparisons[(comparisons["cohort"] != ALL_COHORTS) & comparisons["kind"].isin(BETWEEN_ARMS)]
    return not (within["n_paired"] > 0).any()


def _verdict(row: Mapping[str, Any], outcome: Mapping[str, Any]) -> tuple[str, str]:
    low, high = row["conf_low"], row["conf_high"]
    if isnan(low) or isnan(high):
        return "no_claim", row["note"] or "no interval could be given"
    if "no claim" in row["note"]:
        return "no_claim", row["note"]
    if outcome["higher_is"] == "worse":
        low, high = -high, -low
    verdict = _place(low, high, outcome["smallest_change"])
    if verdict not in {"cannot_tell", "no_relevant_change"} and not row["p_adjusted"] < 1 - row["conf_level"]:
        return "cannot_tell", f"after adjusting for the family of tests p is {row['p_adjusted']:.3f}"
    return verdict, ""


def _place(low: float, high: float, smallest: float) -> str:
    if isnan(smallest):
        return "gain" if low > 0 else "loss" if high < 0 else "cannot_tell"
    if -smallest < low and high < smallest and not low > 0 and not high < 0:
        return "no_relevant_change"
    if low > 0:
        return "clear_gain" if low >= smallest else "small_gain"
    if high < 0:
        return "clear_loss" if high <= -smallest else "small_loss"
    return "cannot_tell"


def _design_reason(kind: object, file: StudyFile) -> str:
    if kind == CHANGE:
        return "no control arm: time, the course and other events may explain a change"
    if kind == LEVEL and file.study.plan.allocation == "not_random":
        return "arms were not formed at random and were asked only afterwards: they may have differed from the start"
    if file.study.plan.allocation == "not_random":
        return "arms were not formed at random: they may have differed from the start"
    return ""
