"""Tables that hold the contracts, for reports of every kind of study; numbers are invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from math import nan
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from balint_eval.appraisal.checklists import fill_checklists
from balint_eval.appraisal.mersqi import propose_mersqi
from balint_eval.instruments.registry import known_instruments
from balint_eval.study import StudyFile
from balint_eval.study_model import Study
from balint_eval.tables import TABLES, check_table

ARMS = ("balint", "waiting")
SVG = (
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'width="{width}pt" height="200pt" viewBox="0 0 400 200"><defs><clipPath id="clip"><rect id="r" width="9" '
    'height="9"/></clipPath><path id="DejaVuSans-41" d="M 0 0 L 9 9" transform="scale(0.015625)"/></defs>'
    '<g id="figure_1" clip-path="url(#clip)"><use xlink:href="#DejaVuSans-41"/></g></svg>'
)


@dataclass(frozen=True)
class Kind:
    """What sort of study to make up."""

    verdict: str = "clear_gain"
    estimate: float = 4.21
    low: float = 2.33
    high: float = 6.09
    arms: tuple[str, ...] = ARMS
    groups: int = 6
    pairs: int = 44
    people: int = 60
    allocation: str = "groups"
    singular: bool = False
    smallest: float = 2.0
    reaction: int = 27
    own: dict[str, object] = field(default_factory=dict)


GRID = {
    "gain": Kind(),
    "loss": Kind("clear_loss", -4.6, -6.8, -2.4),
    "no_change": Kind("no_relevant_change", 0.04, -0.9, 1.0),
    "cannot_tell": Kind("cannot_tell", 1.7, -1.9, 5.3),
    "small_gain": Kind("small_gain", 1.8, 0.3, 3.3),
    "nothing_fixed": Kind("gain", smallest=nan),
    "one_arm": Kind("small_gain", 1.8, 0.3, 3.3, arms=("balint",), allocation="none"),
    "one_group": Kind("no_claim", 1.8, nan, nan, arms=("balint",), allocation="none", groups=1, pairs=8, people=9),
    "not_random": Kind(allocation="not_random"),
    "singular": Kind("cannot_tell", 1.7, -1.9, 5.3, singular=True),
    "too_few": Kind("no_claim", 3.14, -1.23, 7.51, groups=2, pairs=4, people=6, reaction=4),
    "markup": Kind(own={"title": "<script>alert(1)</script> & 'quotes' \"", "contact": "<img src=x onerror=y>"}),
}


def study_file(kind: Kind) -> StudyFile:
    """Give the study file of a kind of study."""
    arms = [{"name": n, "label": n.title(), "role": "control" if n == "waiting" else "intervention"} for n in kind.arms]
    reaction = {
        "name": "course",
        "title": "Course form",
        "measures": "reaction",
        "level": "1",
        "n_items": 2,
        "response": {"codes": [1, 2, 3, 4, 5]},
        "by_item": True,
        "licence": {"status": "own"},
    }
    study = {
        "name": "made-up",
        "title": "Made-up evaluation",
        "question": "Does anything change?",
        "contact": "the team",
        "waves": [
            {"name": "before", "label": "Before", "role": "baseline"},
            {"name": "after", "label": "After", "role": "post"},
        ],
        "arms": arms,
        "programme": {"sessions": 8},
        "outcomes": [
            {"instrument": "TEQ", "role": "primary", "label": "Empathy"},
            {"instrument": "CBI", "scale": "PB", "label": "Burnout <b>"},
        ],
        "cohorts": [
            {"name": "year4", "label": "Year 4", "exports": [{"file": "a.csv", "wave": "before", "person_id": "id"}]}
        ],
        "own_instruments": [reaction],
        "plan": {"allocation": kind.allocation},
        **kind.own,
    }
    parsed = Study.model_validate(study)
    return StudyFile(
        parsed,
        Path(),
        "study.yaml",
        {**known_instruments(), **{instrument.name: instrument for instrument in parsed.own_instruments}},
    )


def tables(kind: Kind) -> dict[str, pd.DataFrame]:
    """Give every table of a kind of study, held to its contract."""
    makers = {
        "participants": participants,
        "sessions": sessions,
        "flow": flow,
        "quality": quality,
        "item_statistics": item_statistics,
        "retest": retest,
        "findings": findings,
        "item_counts": item_counts,
        "descriptives": descriptives,
        "comparisons": comparisons,
        "diagnostics": diagnostics,
        "outcomes": outcomes,
        "levels": levels,
        "claims": claims,
    }
    made = {name: _table(name, make(kind)) for name, make in makers.items()}
    known = {**made, "scores": _table("scores", [])}
    appraised = {"mersqi": propose_mersqi, "checklists": fill_checklists}
    return made | {name: make(study_file(kind), known) for name, make in appraised.items()}


def _table(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    return check_table(pd.DataFrame(rows, columns=TABLES[name].names), name)


def drawings(kind: Kind) -> dict[str, object]:
    """Give stand-ins for the figures."""
    data = pd.DataFrame({"outcome": ["Empathy", "Burnout"], "n": [kind.pairs, 3], "estimate": [kind.estimate, 9.87]})
    person = pd.DataFrame({"person_id": ["P1"], "score": [12.34]})
    made = {"forest": data, "slopes_TEQ_total": person, "means_TEQ_total": data, "reaction": data, "flow": data}
    return {
        name: SimpleNamespace(
            svg=SVG.format(width=240 if name.startswith("means") else 493),
            alternative_text=f"Words for {name}",
            title=f"Title of {name}",
            caption=f"Caption of {name}.",
            data=frame,
        )
        for name, frame in made.items()
    }


def provenance() -> dict[str, object]:
    """Give what a run says of itself."""
    return {
        "generated": "2026-03-04",
        "command": "balint-eval run study.yaml",
        "seed": 7,
        "packages": {"pandas": "3.1.1"},
        "inputs": [("a.csv", "0f" * 32)],
        "decisions": ["duplicates: refuse"],
    }


def example(name: str) -> tuple[dict[str, pd.DataFrame], StudyFile, dict[str, object], dict[str, object]]:
    """Give the four arguments of a builder for a kind of study."""
    made, file = _made(name)
    return {table: frame.copy() for table, frame in made.items()}, file, drawings(GRID[name]), provenance()


@cache
def _made(name: str) -> tuple[dict[str, pd.DataFrame], StudyFile]:
    return tables(GRID[name]), study_file(GRID[name])


def participants(kind: Kind) -> list[dict[str, object]]:
    return [
        {
            "cohort": "year4",
            "person_id": f"P{i:03}",
            "group_id": f"G{i % kind.groups}",
            "arm": kind.arms[(i % kind.groups) % len(kind.arms)],
            "site": "",
            "role": "student",
        }
        for i in range(kind.people)
    ]


def sessions(kind: Kind) -> list[dict[str, object]]:
    return [
        {
            "cohort": "year4",
            "group_id": f"G{group}",
            "session": number,
            "date": f"2024-10-{number:02}",
            "minutes": 90.0 - 5 * (number == 3),
            "leaders": 2,
            "present": 6,
        }
        for group in range(0, kind.groups, len(kind.arms))
        for number in range(1, 9)
    ]


def flow(kind: Kind) -> list[dict[str, object]]:
    people = {"paired": kind.pairs, "pre_only": kind.people - kind.pairs - 2, "post_only": 2}
    rows = {"received": kind.people + 3, "preview": 3, "used": kind.people}
    return [
        {"cohort": "year4", "wave": "after", "file": file, "reason": reason, "rows": count}
        for file, counts in (("", people), ("exports/a.csv", rows))
        for reason, count in counts.items()
    ]


SCALES = (("TEQ", "total"), ("CBI", "PB"))


def quality(kind: Kind) -> list[dict[str, object]]:
    return [
        {
            "cohort": "all",
            "wave": wave,
            "instrument": instrument,
            "scale": scale,
            "n": kind.pairs,
            "alpha": 0.834,
            "alpha_low": 0.751,
            "alpha_high": 0.897,
            "omega": 0.841,
            "omega_low": 0.762,
            "omega_high": 0.893,
            "sem": 3.127,
            "missing_share": 0.012,
            "floor_share": 0.0,
            "ceiling_share": 0.034,
            "prorated": 5,
            "note": "fewer than 50 people: alpha and omega are unsteady",
        }
        for wave in ("before", "after")
        for instrument, scale in SCALES
    ]


def item_statistics(kind: Kind) -> list[dict[str, object]]:
    return [
        {
            "cohort": "all",
            "wave": "before",
            "instrument": instrument,
            "scale": scale,
            "item": item,
            "n": kind.people,
            "mean": 2.5,
            "sd": 1.1,
            "missing_share": 0.01,
            "item_rest": 0.2 + 0.1 * item,
            "alpha_if_dropped": 0.85 if item == 1 else 0.8,
        }
        for instrument, scale in SCALES
        for item in (1, 2, 3)
    ]


def retest(kind: Kind) -> list[dict[str, object]]:
    return [
        {
            "cohort": "all",
            "instrument": instrument,
            "scale": scale,
            "wave_from": "before",
            "wave_to": "after",
            "arm": "waiting",
            "n": kind.pairs // 2,
            "icc": 0.712,
            "icc_low": 0.482,
            "icc_high": 0.851,
            "sem": 2.417,
            "note": "fewer than 50 people: unsteady",
        }
        for instrument, scale in (SCALES if "waiting" in kind.arms else ())
    ]


def findings(kind: Kind) -> list[dict[str, object]]:
    return [
        {
            "cohort": "year4",
            "instrument": "TEQ",
            "scale": "total",
            "wave": "after",
            "code": "WARN-STRAIGHT",
            "severity": "warn",
            "people": 3,
            "seen": "straight lines",
            "why": "careless answers",
            "mend": "look at them",
        }
    ]


def item_counts(kind: Kind) -> list[dict[str, object]]:
    given = {1: 0, 2: 1, 3: 1, 4: 2, 5: kind.reaction - 4}
    everyone = {5: kind.reaction}
    return [
        {
            "cohort": "all",
            "wave": "after",
            "instrument": "course",
            "item": item,
            "code": code,
            "label": label,
            "answer": str(code),
            "people": people.get(code, 0),
            "answered": kind.reaction,
            "higher_is": "better",
        }
        for item, label, people in ((1, "Worth the time", given), (2, "Safe <i>", everyone))
        for code in (1, 2, 3, 4, 5)
    ]


def descriptives(kind: Kind) -> list[dict[str, object]]:
    per_arm = {"all": kind.pairs, **{arm: kind.pairs // len(kind.arms) for arm in kind.arms}}
    return [
        {
            "cohort": "all",
            "arm": arm,
            "wave": wave,
            "instrument": instrument,
            "scale": scale,
            "n": n,
            "mean": 41.237 + len(wave),
            "sd": 8.113,
            "median": 41.5,
            "quartile_low": 35.25,
            "quartile_high": 47.75,
        }
        for arm, n in per_arm.items()
        for wave in ("before", "after")
        for instrument, scale in SCALES
    ]


def comparisons(kind: Kind) -> list[dict[str, object]]:
    two = len(kind.arms) > 1
    planned = "ancova_cr2" if two else "change_cr2"
    others = ("group_means_t", "mixed_model", "mann_whitney" if two else "paired_t")
    rows = []
    for place, (instrument, scale) in enumerate(SCALES):
        role = "secondary" if place else "primary"
        for number, method in enumerate((planned, *others)):
            rows.append(_comparison(kind, instrument, scale, method, "sensitivity" if number else role, number))
        rows.append(_comparison(kind, instrument, scale, planned, "by_cohort", 5) | {"cohort": "year4"})
    return rows


def _comparison(kind: Kind, instrument: str, scale: str, method: str, role: str, number: int) -> dict[str, object]:
    two, sign = len(kind.arms) > 1, -1 if instrument == "CBI" else 1
    low, high = sorted((sign * kind.low, sign * kind.high)) if kind.low == kind.low else (nan, nan)
    main = role in ("primary", "secondary")
    return {
        "cohort": "all",
        "instrument": instrument,
        "scale": scale,
        "contrast": "after-before@balint" + ("-waiting" if two else ""),
        "method": method,
        "kind": "difference" if two else "change",
        "wave_from": "before",
        "wave_to": "after",
        "arm": "balint",
        "reference_arm": "waiting" if two else "",
        "n_pre": kind.people,
        "n_post": kind.pairs,
        "n_paired": kind.pairs,
        "n_groups": kind.groups,
        "mean_pre": 41.91,
        "sd_pre": 8.37,
        "mean_post": 44.28,
        "sd_post": 7.93,
        "estimate": sign * kind.estimate + number / 100,
        "std_error": 1.117,
        "df": 5.43,
        "statistic": -0.001 if number else 3.271,
        "p_value": 0.00021 if number else 0.0421,
        "p_adjusted": 0.0432 if main else nan,
        "family": role if main else "",
        "conf_low": low,
        "conf_high": high,
        "conf_level": 0.95,
        "effect": 0.512,
        "effect_name": "d_av",
        "effect_low": 0.091,
        "effect_high": 0.933,
        "role": role,
        "kirkpatrick_level": "2a",
        "converged": True,
        "note": "too few groups: no claim" if kind.verdict == "no_claim" else "",
    }


def diagnostics(kind: Kind) -> list[dict[str, object]]:
    two = len(kind.arms) > 1
    terms = {"group": 0.0 if kind.singular else 2.71, "person": 31.4, "residual": 15.9, "icc": nan}
    return [
        {
            "cohort": "all",
            "instrument": instrument,
            "scale": scale,
            "contrast": "after-before@balint" + ("-waiting" if two else ""),
            "term": term,
            "variance": variance,
            "share": 0.054,
            "singular": kind.singular,
            "formula": "score ~ wave + (1 | group)",
        }
        for instrument, scale in SCALES
        for term, variance in terms.items()
    ]


def outcomes(kind: Kind) -> list[dict[str, object]]:
    common = {"basis": "by definition", "rater": "self", "missing_rule": "half of the items", "evidence": "key P"}
    common |= {"licence": "free", "smallest_change": nan}
    empathy = {"label": "Empathy", "level": "2a", "role": "primary", "family": "primary", "higher_is": "better"}
    burnout = {"label": "Burnout <b>", "level": "well_being", "role": "secondary", "family": "secondary"}
    source = "" if kind.smallest != kind.smallest else "agreed by the team"
    return [
        {
            **{"instrument": "TEQ", "scale": "total", "minimum": 0, "maximum": 64, **common, **empathy},
            **{"smallest_change": kind.smallest, "smallest_change_source": source, "citation": "Spreng 2009"},
        },
        {
            **{"instrument": "CBI", "scale": "PB", "minimum": 0, "maximum": 100, **common, **burnout},
            **{"higher_is": "worse", "citation": "Kristensen 2005"},
        },
    ]


def levels(kind: Kind) -> list[dict[str, object]]:
    measured = {"1": "Course form", "2": "Empathy", "3": "", "4": "", "well_being": "Burnout <b>"}
    return [
        {
            "level": level,
            "title": f"Title {level}",
            "measured": bool(what),
            "outcomes": what,
            "how": "self-report" if what else "not measured",
        }
        for level, what in measured.items()
    ]


def claims(kind: Kind) -> list[dict[str, object]]:
    two = len(kind.arms) > 1
    return [
        {
            "cohort": "all",
            "instrument": instrument,
            "scale": scale,
            "contrast": "after-before@balint" + ("-waiting" if two else ""),
            "method": "ancova_cr2" if two else "change_cr2",
            "verdict": kind.verdict,
            "may_say_effect": two and kind.allocation in ("people", "groups"),
            "smallest_detectable": 5.4,
            "p_equivalence": 0.21,
            "reason": "",
        }
        for instrument, scale in SCALES
    ]
