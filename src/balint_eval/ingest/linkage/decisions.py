"""The decisions of a review sheet, read back: every row that cannot be used is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from balint_eval.errors import DataError, Problem, shown
from balint_eval.ingest.linkage.persons import DIFFERENT, SAME, UNDECIDED, Decision, Place
from balint_eval.ingest.linkage.review import DECISION, MARK, SHEET, mark_of
from balint_eval.ingest.readers.open import read_export
from balint_eval.ingest.text import clean_text

_RENEW = "run without the key linkage_decisions, and decide in the new sheet"


def read_decisions(path: Path, shown_as: str, places: Mapping[Place, object], order: list[str]) -> list[Decision]:
    """Read what a person decided about pairs of codes.

    Parameters
    ----------
    path : Path
        A review sheet (XLSX), or the same columns as CSV.
    shown_as : str
        The file as shown to people.
    places : mapping of Place
        The codes there are now.
    order : list of str
        Occasions in time.

    Returns
    -------
    list of Decision
        Rows that say `same` or `different`; `undecided` and blank rows decide nothing.

    Raises
    ------
    DataError
        The file cannot be read (IN-...), lacks a column (HD-MISSING), holds another word (LK-DECISION), or decides
        about codes that have changed since (LK-STALE); all rows at once.
    """
    try:
        cells = _cells(path, shown_as)
    except DataError as error:
        # A sheet without pairs is what a study gets whose codes all agree.
        if [problem.code for problem in error.problems] == ["IN-NOROWS"]:
            return []
        raise
    missing = [name for name in (DECISION, MARK) if name not in cells.columns]
    if missing:
        what = f"this is not a review sheet: it has no column '{missing[0]}'"
        raise DataError(Problem("HD-MISSING", what, _RENEW, shown_as, 1, missing[0]))
    words = cells[DECISION].map(lambda text: clean_text(text).casefold())
    decided = words[words.isin([SAME, DIFFERENT])]
    pairs = _pairs_by_mark(places, order, set(cells.loc[decided.index, MARK]))
    problems = [*_word_problems(words, shown_as), *_stale(cells.loc[decided.index, MARK], pairs, shown_as)]
    problems += _twice(cells.loc[decided.index, MARK], shown_as)
    if problems:
        raise DataError(problems)
    marks = cells.loc[decided.index, MARK]
    return [Decision(*pairs[marks[row]], word == SAME, int(str(row))) for row, word in decided.items()]


def _cells(path: Path, shown_as: str) -> pd.DataFrame:
    # A CSV file has no sheets, so that the name says nothing there.
    return read_export(path, shown_as=shown_as, platform="plain", sheet=SHEET).cells


def words_in(path: Path) -> dict[str, str]:
    """Give what stands in the column `decision` of a review sheet, by mark; nothing where it cannot be read."""
    try:
        cells = _cells(path, path.name)
    except DataError:
        return {}
    if not {DECISION, MARK} <= set(cells.columns):
        return {}
    return {mark: clean_text(word).casefold() for mark, word in cells[[MARK, DECISION]].itertuples(index=False)}


def _pairs_by_mark(places: Mapping[Place, object], order: list[str], marks: set[str]) -> dict[str, tuple[Place, Place]]:
    """Find the two codes of each mark among the codes there are now."""
    halves = {mark_of(place, place).partition("-")[0]: place for place in places}
    found = {}
    for mark in marks:
        first, _, second = mark.partition("-")
        if first in halves and second in halves:
            earlier, later = halves[first], halves[second]
            if order.index(earlier[0]) < order.index(later[0]):
                found[mark] = earlier, later
    return found


def _word_problems(words: pd.Series, file: str) -> Iterator[Problem]:
    for row, word in words.items():
        if word not in {SAME, DIFFERENT, UNDECIDED, ""}:
            what = "this is no decision"
            mend = f"choose {SAME}, {DIFFERENT} or {UNDECIDED}"
            yield Problem("LK-DECISION", what, mend, file, int(str(row)), DECISION, shown(word, 20).strip("'"))


def _stale(marks: pd.Series, pairs: Mapping[str, object], file: str) -> Iterator[Problem]:
    for row, mark in marks.items():
        if mark not in pairs:
            what = "the codes of this pair have changed since it was decided: one of them is no longer in the exports"
            mend = f"set it to {UNDECIDED} and run again; the new sheet then shows the pair as it is now"
            yield Problem("LK-STALE", what, mend, file, int(str(row)), DECISION)


def _twice(marks: pd.Series, file: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for row, mark in marks.items():
        if mark in first:
            what = f"this pair is decided twice, first in row {first[mark]}"
            yield Problem("LK-DECISION", what, "keep one of the rows", file, int(str(row)), DECISION)
        first.setdefault(mark, int(str(row)))
