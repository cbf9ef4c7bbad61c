"""Files with several waves in one row: the same rows, looked at once for each wave."""

from __future__ import annotations

from dataclasses import replace

from balint_eval.ingest.sheet import Sheet
from balint_eval.study_exports import Export


def views_of(export: Export) -> list[Export]:
    """Give the export as it is, or once for each of its waves.

    Returns
    -------
    list of Export
        Of a wide export one a wave, in the order of `items`, each with the items and the date column of that wave.
        Comments belong to no wave, so the first view alone has them.
    """
    if not export.wide:
        return [export]
    waves = list(dict.fromkeys(wave for items in export.items for wave in items.waves))
    return [_view(export, wave, first=wave == waves[0]) for wave in waves]


def _view(export: Export, wave: str, *, first: bool) -> Export:
    dates = export.answered_on if isinstance(export.answered_on, dict) else {}
    return export.model_copy(
        update={
            "wave": wave,
            "items": [items for items in export.items if wave in items.waves],
            "answered_on": dates.get(wave, ""),
            "comments": export.comments if first else [],
        }
    )


def undated(sheet: Sheet) -> Sheet:
    """Give the sheet without the platform's own dates: where a row holds several waves they would date only one."""
    return replace(sheet, started="", ended="")
