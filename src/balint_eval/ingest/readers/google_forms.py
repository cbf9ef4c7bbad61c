"""Google Forms: one header row of question texts, the moment of sending in the first column."""

from __future__ import annotations

import re

from balint_eval.ingest.grid import Grid
from balint_eval.ingest.readers.form_notes import points_note
from balint_eval.ingest.readers.layout import Layout, tidy_names
from balint_eval.ingest.readers.plain import foreign_header
from balint_eval.ingest.text import match_key

TIMESTAMP_WORDS = frozenset(
    match_key(word)
    for word in (
        "Timestamp",
        "Marca temporal",
        "Marca de tiempo",
        "Horodateur",
        "Zeitstempel",
        "Carimbo de data/hora",
        "Informazioni cronologiche",
        "Időbélyeg",
        "Tijdstempel",
        "Sygnatura czasowa",
        "Časové razítko",
        "Zaman damgası",
        "Отметка времени",
        "Позначка часу",
        "مهر زمان",
        "مُهر زمانی",
        "طابع زمني",
        "时间戳记",
        "タイムスタンプ",
    )
)
"""First header in the languages seen, as `match_key` gives it."""

SEEN = 20
_MOMENT = re.compile(r"\d{1,4}[-/.]\s?\d{1,2}[-/.]\s?\d{1,4}\.?,?[ T]\s?\d{1,2}:\d{2}(:\d{2})?(\W.*)?")
_DIRECT = re.compile(r"\d{4}/\d{2}/\d{2} \d{1,2}:\d{2}:\d{2}\s?[^\d\s].*\b(GMT|UTC|[A-Z]{3,4})\b.*")


def is_google_forms(grid: Grid) -> bool:
    """Tell a Google Forms export by its first column: the word and the format of the moments."""
    moments = [record[0].strip() for record in grid.records[1 : SEEN + 1] if record[0].strip()]
    if not moments or not grid.header:
        return False
    if match_key(grid.header[0]) in TIMESTAMP_WORDS:
        return all(_MOMENT.fullmatch(moment) for moment in moments)
    return all(_DIRECT.fullmatch(moment) for moment in moments)


def arrange(grid: Grid) -> Layout:
    """Take question texts as names; the first column is the moment of sending."""
    names = tidy_names(grid)
    return Layout(
        platform="google_forms",
        names=list(grid.header),
        labels={name: name for name in names[1:]},
        ended=names[0] if names else "",
        notes=tuple(points_note(grid)),
        problems=tuple(foreign_header(grid)),
    )
