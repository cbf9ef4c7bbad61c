"""Microsoft Forms: id, start, completion, e-mail, name, then one column a question."""

from __future__ import annotations

import re

from balint_eval.ingest.grid import Grid
from balint_eval.ingest.readers.form_notes import numbered_note, points_note, several_answers_note
from balint_eval.ingest.readers.layout import Layout, tidy_names
from balint_eval.ingest.readers.plain import foreign_header
from balint_eval.ingest.text import match_key

START_WORDS = frozenset(
    match_key(word)
    for word in (
        "Start time",
        "Startzeit",
        "Hora de inicio",
        "Heure de début",
        "Ora di inizio",
        "Hora de início",
        "Begintijd",
        "Kezdés időpontja",
        "Время начала",
        "زمان شروع",
    )
)
META_COLUMNS = 5
_MOMENT = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} \d{1,2}:\d{2}(:\d{2})?.*")


def is_microsoft_forms(grid: Grid) -> bool:
    """Tell a Microsoft Forms export by `ID` and two columns of moments, in whatever language."""
    header = [match_key(cell) for cell in grid.header[:META_COLUMNS]]
    if len(header) < 3 or header[0] not in ("id", "شناسه", "azonosító"):
        return False
    return header[1] in START_WORDS or (
        grid.spreadsheet and len(header) == META_COLUMNS and _moments(grid, 1) and _moments(grid, 2)
    )


def _moments(grid: Grid, position: int) -> bool:
    found = [cell for record in grid.records[1:] for cell in record[position : position + 1] if cell]
    return bool(found) and all(_MOMENT.fullmatch(cell) for cell in found)


def arrange(grid: Grid) -> Layout:
    """Take question texts as names; columns 2 and 3 are start and completion."""
    names = tidy_names(grid)
    timed = len(names) > 2
    return Layout(
        platform="microsoft_forms",
        names=list(grid.header),
        labels={name: name for name in names[META_COLUMNS:]},
        started=names[1] if timed else "",
        ended=names[2] if timed else "",
        notes=(*numbered_note(names[META_COLUMNS:]), *several_answers_note(grid), *points_note(grid)),
        problems=tuple(foreign_header(grid)),
    )
