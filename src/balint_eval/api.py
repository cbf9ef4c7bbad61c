"""The functions of `import balint_eval`: score, link, compare, plan and draw by themselves, or run a whole study.

Each is thin: it puts what is given into the shape of the house and calls the function the stages call.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from balint_eval.errors import Problem, StudyError
from balint_eval.instruments.registry import known_instruments, unknown_instrument
from balint_eval.pipeline import Evaluation, evaluate
from balint_eval.planned import PlannedStudy, power

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from balint_eval.instruments.model import Instrument
    from balint_eval.plots.drawing import Drawing
    from balint_eval.study_model import Study

__all__ = ["Evaluation", "PlannedStudy", "compare", "evaluate", "figure", "link", "power", "score"]


def score(answers: pd.DataFrame | ArrayLike, instrument: str | Instrument) -> pd.DataFrame:
    """Score the answers to one questionnaire.

    Parameters
    ----------
    answers : pandas.DataFrame or array_like of float, shape (people, n_items)
        Items in the order of the form, in the instrument's codes, not reversed; NaN where not answered.
    instrument : str or Instrument
        Name in the registry (`balint-eval instruments`), or an instrument of your own.

    Returns
    -------
    pandas.DataFrame, shape (people, scales)
        One column a scale, in points of the scale, with the index of `answers`. NaN where the missing rule of the
        instrument allows no score.

    Raises
    ------
    StudyError
        CFG-REFERENCE: no such instrument.
    DataError
        VAL-RANGE: an answer is none of the instrument's codes.
    ValueError
        There is not a column an item.

    Notes
    -----
    An item is reversed as lowest + highest code - answer. With missing answers the score stands on the mean of those
    answered when the manual's number of them, or half where there is no manual's rule, is there. Each key's source is
    in the registry.

    Examples
    --------
    >>> import balint_eval
    >>> balint_eval.score([[1, 2, 3, 4, 2, 1, 3, 3, 4, 2]], "PSS10")
       helplessness  low_self_efficacy  total
    0          13.0                4.0   17.0
    """
    from balint_eval.score_arrays import score_wide

    form = _form(instrument) if isinstance(instrument, str) else instrument
    index = answers.index if isinstance(answers, pd.DataFrame) else None
    found = score_wide(np.asarray(answers, dtype=np.float64), form)
    return pd.DataFrame({scale.name: found[scale.name].score for scale in form.scales}, index=index)


def _form(name: str) -> Instrument:
    if name not in known_instruments():
        raise StudyError(unknown_instrument(name))
    return known_instruments()[name]


def link(before: Sequence[Sequence[str]], after: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Find people again by the codes they made themselves, element by element.

    Parameters
    ----------
    before, after : sequence of codes
        A code is a sequence of its elements, such as `("MA", "07", "B")`, all of the same number of them. Capitals,
        blanks and the digits of other scripts do not matter; a blank element fits nothing.

    Returns
    -------
    pandas.DataFrame
        One row a code of `after` that was found again, or may be one of `before`: `before` and `after` (places from 0),
        `how` (`exact`, `tolerant`: one element differs, no other code is near; or `to_decide`), `differing` (elements).
        A code to decide can have several rows: nothing is guessed.

    Raises
    ------
    ValueError
        Codes have different numbers of elements, or one code stands twice in one of the two.

    Notes
    -----
    The rule and how often it errs: `docs/linkage.md`.

    Examples
    --------
    >>> import balint_eval
    >>> balint_eval.link([("MA", "07", "B"), ("ZE", "21", "K")], [("ze", "21", "K"), ("MA", "08", "B")])
       before  after       how  differing
    0       1      0     exact          0
    1       0      1  tolerant          1
    """
    from balint_eval.ingest.linkage.elements import plain
    from balint_eval.ingest.linkage.persons import Entry, Occasion, link_persons

    codes = [[tuple(plain(part) for part in code) for code in wave] for wave in (before, after)]
    if len({len(code) for wave in codes for code in wave}) > 1:
        raise ValueError("every code needs the same number of elements")
    if any(len(set(wave)) < len(wave) for wave in codes):
        raise ValueError("one code stands twice in one wave: settle that first")
    keys = [[f"{at:09}" for at in range(len(wave))] for wave in codes]
    occasions = [
        Occasion(name, [Entry(key, code) for key, code in zip(keys[at], codes[at], strict=True)])
        for at, name in enumerate(("before", "after"))
    ]
    people = link_persons(occasions)
    at_first = {people.joined["before", key].person: place for place, key in enumerate(keys[0])}
    rows = []
    for place, key in enumerate(keys[1]):
        found = people.joined["after", key]
        if found.person in at_first:
            rows.append((at_first[found.person], place, found.kind, found.off))
    rows += [(int(asked.earlier[1]), int(asked.later[1]), "to_decide", asked.off) for asked in people.questions]
    ordered = sorted(rows, key=lambda row: (row[1], row[0]))
    return pd.DataFrame(ordered, columns=["before", "after", "how", "differing"])


def compare(
    data: pd.DataFrame,
    *,
    before: str = "before",
    after: str = "after",
    group: str = "group",
    arm: str = "",
    control: str = "",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Compare the scores of people who met in groups, by every method that fits, in one table.

    Parameters
    ----------
    data : pandas.DataFrame
        One row a person.
    before, after : str
        Columns with the scores; NaN where there is none.
    group : str
        Column with the group each person met in; blank for a person without one.
    arm : str
        Column with the arm; without it there is one arm, and what is estimated is a change.
    control : str
        Value of `arm` for those who wait or get the usual. Needed with `arm`.
    confidence : float
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        The columns of the table `comparisons`, one row a contrast and method. The row with the role `primary` is the
        one a claim would rest on: least squares with CR2 standard errors (Bell and McCaffrey 2002; Pustejovsky and
        Tipton 2018) on the groups; `note` says why a number is missing.

    Raises
    ------
    StudyError
        CFG-REFERENCE: a column, or the control arm, is not in the data. CFG-IDCHARS: the name of an arm holds blanks
        or other signs.

    Examples
    --------
    >>> import balint_eval, pandas as pd
    >>> data = pd.DataFrame({
    ...     "group": ["a"] * 4 + ["b"] * 4 + ["c"] * 4,
    ...     "before": [40, 42, 38, 45, 41, 39, 44, 37, 43, 40, 36, 42],
    ...     "after": [44, 45, 40, 47, 43, 44, 45, 41, 46, 41, 40, 47],
    ... })
    >>> table = balint_eval.compare(data)
    >>> row = table[table["role"] == "primary"].iloc[0]
    >>> row["method"], float(round(row["estimate"], 2)), int(row["n_groups"])
    ('change_cr2', 3.0, 3)
    """
    from balint_eval import comparisons

    problems = [
        Problem(
            "CFG-REFERENCE", f"the data have no column '{name}'", f"choose from: {', '.join(map(str, data.columns))}"
        )
        for name in (before, after, group, *([arm] if arm else []))
        if name not in data.columns
    ]
    if not problems and arm and control not in set(data[arm].astype(str)):
        mend = f"choose from: {', '.join(sorted(set(data[arm].astype(str))))}"
        problems = [Problem("CFG-REFERENCE", f"the column '{arm}' holds no arm '{control}'", mend)]
    problems += [
        Problem("CFG-IDCHARS", f"the arm '{name}' holds other signs", "use letters, digits, '.', '_' and '-' for arms")
        for name in (sorted(set(data[arm].astype(str))) if arm and not problems else [])
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]*", name)
    ]
    if problems:
        raise StudyError(problems)
    arms = data[arm].astype(str) if arm else pd.Series("group", index=data.index)
    study = _study(sorted(set(arms)), control, confidence)
    people = pd.DataFrame(
        {
            "cohort": "data",
            "person_id": [f"P{at:09}" for at in range(len(data))],
            "group_id": data[group].astype("string").fillna("").astype(object).to_numpy(),
            "arm": arms.to_numpy(),
            "site": "",
            "role": "",
        }
    )
    scores = _long_scores(people, {"before": data[before], "after": data[after]})
    return comparisons.compare(scores, people, _outcome(), study)[0]


def _study(arms: Sequence[str], control: str, confidence: float) -> Study:
    from balint_eval.study_model import Study

    declared = [{"name": name, "role": "control" if name == control else "intervention"} for name in arms]
    export = {
        "file": "data", "person_id": "person_id", "wave": "before",
        "items": [{"instrument": "score", "columns": ["score"]}],
    }  # fmt: skip
    return Study.model_validate(
        {
            "name": "data",
            "title": "data",
            "waves": [{"name": "before", "role": "baseline"}, {"name": "after", "role": "post"}],
            "arms": declared,
            "outcomes": [{"instrument": "score", "scale": "score", "role": "primary"}],
            "cohorts": [{"name": "data", "exports": [export]}],
            "plan": {"confidence": confidence, "allocation": "not_random" if len(arms) > 1 else "none"},
        }
    )


def _long_scores(people: pd.DataFrame, waves: dict[str, pd.Series]) -> pd.DataFrame:
    from balint_eval.tables import TABLES, check_table

    parts = [
        people[["cohort", "person_id"]].assign(wave=wave, score=values.astype(float).to_numpy())
        for wave, values in waves.items()
    ]
    long = pd.concat(parts, ignore_index=True).assign(
        instrument="score", scale="score", n_items=1, n_answered=1, prorated=False, minimum=-np.inf, maximum=np.inf,
        higher_is="better",
    )  # fmt: skip
    long["status"] = np.where(long["score"].notna(), "scored", "too_few")
    return check_table(long[list(TABLES["scores"].names)], "scores")


def _outcome() -> pd.DataFrame:
    from balint_eval.tables import TABLES, check_table

    row = dict.fromkeys(TABLES["outcomes"].names, "") | {
        "instrument": "score", "scale": "score", "role": "primary", "family": "primary", "higher_is": "better",
        "minimum": np.nan, "maximum": np.nan, "smallest_change": np.nan, "cut_off": np.nan,
    }  # fmt: skip
    return check_table(pd.DataFrame([row]), "outcomes")


def figure(evaluation: Evaluation, name: str, *, language: str = "en", width_mm: float | None = None) -> Drawing | None:
    """Draw one figure of an evaluated study.

    Parameters
    ----------
    evaluation : Evaluation
        From `evaluate`.
    name : str
        Such as `forest`, `means` or `slopes_TEQ_total`.
    language : str
        Tag of a language, as `en` or `fa`.
    width_mm : float, optional
        By default the width it has in the results.

    Returns
    -------
    Drawing or None
        With `figure` (matplotlib), `data` (the numbers it shows), `title`, `caption` and `alternative_text`; None where
        there is nothing to draw.

    Raises
    ------
    StudyError
        WF-FIGURENAME, WF-LANGUAGE: no such figure or language.

    Examples
    --------
    >>> import balint_eval
    >>> evaluation = balint_eval.evaluate("config/config.yaml")  # doctest: +SKIP
    >>> balint_eval.figure(evaluation, "forest", width_mm=174).figure.savefig("forest.pdf")  # doctest: +SKIP
    """
    from balint_eval.language import known_languages
    from balint_eval.plots import list_figures

    if language not in known_languages():
        mend = f"use one of: {', '.join(known_languages())}"
        raise StudyError(Problem("WF-LANGUAGE", f"there is no language '{language}'", mend))
    figures = list_figures(evaluation.tables, evaluation.file, evaluation.file.language(language))
    if name not in figures:
        raise StudyError(Problem("WF-FIGURENAME", f"there is no figure '{name}'", f"use some of: {', '.join(figures)}"))
    return figures[name](**({} if width_mm is None else {"width_mm": width_mm}))
