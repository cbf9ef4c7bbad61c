"""The account of rows and people: received = each reason for leaving out + used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from balint_eval.ingest.reading import Reading


def count_rows(
    cohort: str, readings: Sequence[Reading], answers: pd.DataFrame, used: pd.DataFrame, counts: pd.DataFrame
) -> pd.DataFrame:
    """Give the table `flow`.

    Parameters
    ----------
    cohort : str
    readings : sequence of Reading
    answers : pandas.DataFrame
        After duplicates were settled.
    used : pandas.DataFrame
        Those of `answers` whose person is enrolled.
    counts : pandas.DataFrame
        People by wave, from `count_people`.
    """
    records = [
        record
        for at, reading in enumerate(readings)
        for record in _file_flow(reading, answers[answers["reading"] == at], used[used["reading"] == at])
    ]
    by_file = pd.DataFrame(records, columns=["wave", "file", "reason", "rows"])
    return pd.concat([by_file, counts.assign(file="")], ignore_index=True).assign(cohort=cohort)


def _file_flow(reading: Reading, answers: pd.DataFrame, used: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Say of every row read why it was left out, or that it was used; `answers` and `used` are this reading's."""
    file, table = reading.sheet.file, reading.rows.table
    kept, linked = (table.index.isin(frame["row"]) for frame in (answers, used))
    silent, commented = ~table.index.isin(_rows_with_answers(reading)), table.index.isin(reading.with_comment)
    reasons = np.select(
        [(table["reason"] != "").to_numpy(), silent & commented, silent, ~kept, ~linked],
        [table["reason"].to_numpy(dtype=object), "comment_only", "no_answers", "duplicate", "not_enrolled"],
        default="used",
    )
    for wave, rows in pd.Series(reasons, dtype=object).groupby(table["wave"].astype(str).to_numpy()):
        yield {"wave": wave, "file": file, "reason": "received", "rows": len(rows)}
        for reason, count in rows.value_counts().sort_index().items():
            yield {"wave": wave, "file": file, "reason": reason, "rows": int(count)}


def _rows_with_answers(reading: Reading) -> set[int]:
    return {int(row) for values in reading.answers.values() for row in values.index}


def list_sources(cohort: str, readings: Sequence[Reading]) -> pd.DataFrame:
    """Give the table `sources`: what each file was read as, once a file."""
    notes: dict[str, dict[str, None]] = {}
    for reading in readings:
        notes.setdefault(reading.sheet.file, {}).update(dict.fromkeys(reading.notes))
    return pd.DataFrame([
        {
            "cohort": cohort, "file": reading.sheet.file, "platform": reading.sheet.platform,
            "encoding": reading.sheet.encoding, "delimiter": reading.sheet.delimiter,
            "header_rows": reading.sheet.header_rows, "rows": len(reading.sheet.cells),
            "columns_used": reading.columns_used,
            "columns_ignored": reading.sheet.cells.shape[1] - reading.columns_used,
            "bytes": reading.sheet.n_bytes, "sha256": reading.sheet.sha256,
            "notes": " ".join(notes[reading.sheet.file]),
        }
        for reading in readings if reading.number == 0
    ])  # fmt: skip
