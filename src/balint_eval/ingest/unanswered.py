"""A scale that nobody answered in a file: the wrong columns were named, or the form was not asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from balint_eval.errors import Problem
from balint_eval.instruments.model import Instrument


def unanswered(
    values: pd.DataFrame, instrument: Instrument, columns: Sequence[str], wanted: Collection[str], file: str
) -> list[Problem]:
    """Refuse a form that nobody answered, and scales of the outcomes that nobody answered.

    Parameters
    ----------
    values : pandas.DataFrame, shape (rows, items)
        Answers of the rows in which the form was asked.
    instrument : Instrument
    columns : sequence of str
        Column of each item.
    wanted : collection of str
        Scales of the instrument that are outcomes; another may have been left away on purpose.
    file : str

    Returns
    -------
    list of Problem
        SC-ALLMISSING.
    """
    given = values.notna().to_numpy()
    if not given.size:
        return []
    if not given.any():
        return [_problem(f"nobody answered any item of {instrument.name}", len(values), columns, file)]
    answered: NDArray[np.bool_] = np.any(given, axis=0)
    lacking = {scale.name: np.array(scale.items) - 1 for scale in instrument.scales if scale.items}
    return [
        _problem(
            f"nobody answered any item of {instrument.name} {name}", len(values), [columns[at] for at in places], file
        )
        for name, places in lacking.items()
        if name in wanted and not answered[places].any()
    ]


def _problem(what: str, rows: int, columns: Sequence[str], file: str) -> Problem:
    counted = "in the 1 row" if rows == 1 else f"in any of the {rows} rows"
    named = ", ".join(columns[:3]) + (", ..." if len(columns) > 3 else "")
    mend = (
        f"check that these are the columns of the form ({named}); if it was not asked there, take it out of the items "
        "of this file, or name the waves in which it was asked"
    )
    return Problem("SC-ALLMISSING", f"{what} {counted}", mend, file, 0, columns[0])
