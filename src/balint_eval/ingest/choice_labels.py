"""Codes of a dictionary or syntax file that the study file names by their labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from balint_eval.errors import shown
from balint_eval.ingest.text import clean_header
from balint_eval.study_exports import AnswerCode


def by_declared_labels(
    cells: pd.DataFrame,
    columns: Sequence[str],
    choices: Mapping[str, Mapping[str, str]],
    answers: Sequence[AnswerCode],
) -> tuple[pd.DataFrame, list[str]]:
    """Give the cells with each code as its label, where `answers` declares the label and not the code.

    Parameters
    ----------
    cells : pandas.DataFrame
        Text cells.
    columns : sequence of str
        Columns of the items.
    choices : mapping of column to a mapping of code to label
        What the file beside the data says.
    answers : sequence of AnswerCode
        What the study file declares.

    Returns
    -------
    cells : pandas.DataFrame
        A copy where anything changed.
    notes : list of str
        Which codes were read by their label.
    """
    declared = {_plain(answer.answer) for answer in answers}
    spoken: dict[str, str] = {}
    changed: dict[str, pd.Series] = {}
    for column in columns:
        labels = {
            c: t for c, t in choices.get(column, {}).items() if _plain(c) not in declared and _plain(t) in declared
        }
        found = {code: clean_header(labels[code]) for code in cells[column].unique() if code in labels}
        if found:
            spoken |= found
            changed[column] = cells[column].map(lambda cell, found=found: found.get(cell, cell))
    if not changed:
        return cells, []
    shown_codes = ", ".join(f"{shown(code, 12)} as {shown(label, 30)}" for code, label in sorted(spoken.items())[:5])
    return cells.assign(**changed), [
        f"Codes were read by the labels the file beside the data gives them: {shown_codes}."
    ]


def _plain(text: str) -> str:
    return clean_header(text).casefold()
