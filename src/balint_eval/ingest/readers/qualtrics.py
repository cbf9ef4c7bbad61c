"""Qualtrics exports: three header rows with ImportIds, or two in the legacy format."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from balint_eval.errors import Problem
from balint_eval.ingest.grid import Grid, Record, counted, letter, listed
from balint_eval.ingest.readers.layout import Layout, count_cells, tidy_names
from balint_eval.ingest.text import match_key

SEARCHED_RECORDS = 10

LEGACY_KEYS = {
    "ResponseID": "responseId",
    "ResponseSet": "responseSetId",
    "Name": "recipientName",
    "ExternalDataReference": "externalDataReference",
    "EmailAddress": "recipientEmail",
    "IPAddress": "ipAddress",
    "Status": "status",
    "StartDate": "startDate",
    "EndDate": "endDate",
    "Finished": "finished",
}
"""Legacy metadata by the text of the second row, with the ImportId newer exports give them."""

NAME_KEYS = {
    "StartDate": "startDate",
    "EndDate": "endDate",
    "Status": "status",
    "Finished": "finished",
    "ResponseId": "_recordId",
    "ResponseID": "responseId",
    "DistributionChannel": "distributionChannel",
}

STATUSES = {
    "0": "",
    "ip address": "",
    "1": "preview",
    "survey preview": "preview",
    "2": "test",
    "survey test": "test",
    "4": "imported",
    "imported": "imported",
    "8": "spam",
    "spam": "spam",
    "16": "",
    "offline": "",
}
SEEN_NOT_ANSWERED = frozenset({"-99", "-999"})
UNFINISHED = frozenset({"0", "false", "falsch", "faux", "falso", "hamis", "nein", "no"})

_IMPORT_ID = re.compile(r"\s*\{.*['\"]ImportId['\"]\s*:")
_ZONE = re.compile(r"['\"]timeZone['\"]\s*:\s*['\"]([^'\"]+)['\"]")
_MOMENT = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b")


def import_id_row(grid: Grid) -> int | None:
    """Give the position of the record that holds ImportIds, None where there is none."""
    for position, record in enumerate(grid.records[:SEARCHED_RECORDS]):
        hits = sum(1 for cell in record if _IMPORT_ID.match(cell))
        if hits and hits * 2 >= sum(map(bool, record)):
            return position
    return None


def is_qualtrics(grid: Grid) -> bool:
    """Tell a Qualtrics export by its structure, whatever the language of the account."""
    return import_id_row(grid) is not None or _is_legacy(grid) or _has_metadata_names(grid.header)


def _is_legacy(grid: Grid) -> bool:
    if len(grid.records) < 2 or grid.header[:5] != ["V1", "V2", "V3", "V4", "V5"]:
        return False
    return len(set(grid.records[1]) & set(LEGACY_KEYS)) >= 3


def _has_metadata_names(header: Record) -> bool:
    names = set(header)
    return {"StartDate", "EndDate", "Status", "Finished"} <= names and bool({"ResponseId", "ResponseID"} & names)


def arrange(grid: Grid) -> Layout:
    """Say what the columns of a Qualtrics export are.

    Notes
    -----
    Columns keep their names. A name that occurs twice, which Qualtrics allows, gets its ImportId in brackets,
    in the legacy format the question text.
    """
    found = import_id_row(grid)
    rows = found + 1 if found is not None else _rows_without_import_ids(grid)
    keys = _keys(grid, found)
    names, notes = _unique(tidy_names(grid), keys, _texts(grid, rows, found))
    by_key = {key: name for name, key in zip(names, keys, strict=True) if key}
    places = {key: position for position, key in enumerate(keys) if key}
    people = grid.records[rows:]
    return Layout(
        platform="qualtrics",
        names=names,
        header_rows=rows,
        labels=dict(zip(names, grid.records[1], strict=False)) if rows > 1 and found != 1 else {},
        keys={name: key for name, key in zip(names, keys, strict=True) if key},
        started=by_key.get("startDate", ""),
        ended=by_key.get("endDate", ""),
        time_zone=zone_of(_zones(grid, found)),
        reason=lambda record: _reason(record, places),
        notes=(*notes, *_unknown_statuses(people, places), *_zone_notes(_zones(grid, found)), *_unanswered(people)),
        problems=tuple(_problems(grid, found)),
    )


def _rows_without_import_ids(grid: Grid) -> int:
    if _is_legacy(grid):
        return 2
    if len(grid.records) < 2 or "StartDate" not in grid.header:
        return 1
    at = grid.header.index("StartDate")
    second = grid.records[1]
    return 1 if at < len(second) and _MOMENT.match(second[at]) else 2


def _problems(grid: Grid, found: int | None) -> list[Problem]:
    if found is not None and found > 2:
        what = "the row of ImportIds should be the third row of the file"
        mend = "delete what was added above the header, or export again"
        return [Problem("IN-HEADERROWS", what, mend, grid.file, grid.lines[found])]
    if found is None and not is_qualtrics(grid):
        what = "this is not a Qualtrics export: it has no row of ImportIds and no Qualtrics column names"
        return [Problem("IN-PLATFORM", what, "set `platform: plain` (or `auto`) for this file", grid.file)]
    return []


def _keys(grid: Grid, found: int | None) -> list[str]:
    if found is not None:
        return _padded([_import_key(cell) for cell in grid.records[found]], len(grid.header))
    if _is_legacy(grid):
        return _padded([LEGACY_KEYS.get(text, "") for text in grid.records[1]], len(grid.header))
    return [NAME_KEYS.get(name, "") for name in grid.header]


def _padded(keys: list[str], width: int) -> list[str]:
    return (keys + [""] * width)[:width]


def _import_key(cell: str) -> str:
    """Give ImportId, and choiceId where there is one, from JSON or from a Python-style dict."""
    try:
        content = json.loads(cell)
    except ValueError:
        try:
            content = ast.literal_eval(cell.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return ""
    if not isinstance(content, dict):
        return ""
    parts = [str(content.get("ImportId", "")), str(content.get("choiceId", ""))]
    return "-".join(part for part in parts if part)


def _texts(grid: Grid, rows: int, found: int | None) -> list[str]:
    return _padded(list(grid.records[1]) if rows > 1 and found != 1 else [], len(grid.header))


def _unique(names: list[str], keys: list[str], texts: list[str]) -> tuple[list[str], list[str]]:
    folded = Counter(match_key(name) for name in names)
    repeated = [folded[match_key(name)] > 1 and bool(name) for name in names]
    if not any(repeated):
        return names, []
    columns = zip(names, keys, texts, repeated, strict=True)
    made = [f"{name} [{key or text}]" if twice else name for name, key, text, twice in columns]
    again = Counter(map(match_key, made))
    final = [
        f"{name} ({letter(at)})" if again[match_key(name)] > 1 and repeated[at] else name
        for at, name in enumerate(made)
    ]
    shown = listed([letter(at) for at, twice in enumerate(repeated) if twice])
    how = "ImportId" if any(keys[at] for at, twice in enumerate(repeated) if twice) else "question text"
    return final, [f"Column names that occur more than once were made unique by their {how}: {shown}."]


def _reason(record: Record, places: dict[str, int]) -> str:
    def value(key: str) -> str:
        return record[places[key]].strip().casefold() if key in places and places[key] < len(record) else ""

    if reason := STATUSES.get(value("status"), ""):
        return reason
    if (channel := value("distributionChannel")) in ("preview", "test"):
        return channel
    return "unfinished" if value("finished") in UNFINISHED else ""


def _zones(grid: Grid, found: int | None) -> list[str]:
    """Give the time zones in which the moments are written, where the ImportIds say it."""
    return sorted({zone for cell in (grid.records[found] if found is not None else []) for zone in _ZONE.findall(cell)})


def zone_of(named: Sequence[str]) -> str:
    """Give the one time zone that a file names and this computer knows, else `""`; Qualtrics writes Z for UTC.

    Examples
    --------
    >>> zone_of(["Z"]), zone_of(["Europe/Budapest"]), zone_of(["Mars/Base"]), zone_of(["Z", "Asia/Tehran"])
    ('UTC', 'Europe/Budapest', '', '')
    """
    if len(named) != 1:
        return ""
    zone = "UTC" if named[0].upper() == "Z" else named[0]
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        return ""
    return zone


def _zone_notes(named: Sequence[str]) -> list[str]:
    if not named:
        return []
    zone = zone_of(named)
    known = "" if zone else " That is not one known zone, so it was not used; give time_zone: of the export."
    return [f"Moments are written in the time zone {zone or listed(named)}.{known}"]


def _unanswered(people: Sequence[Record]) -> list[str]:
    """Count the code that Qualtrics gives questions seen and not answered, where the export asked for it."""
    number = count_cells(people, SEEN_NOT_ANSWERED, range(len(people[0]) if people else 0))
    if not number:
        return []
    held = counted(number, "cell holds", "cells hold")
    return [f"{held} -99 or -999, Qualtrics' codes of a question seen and not answered: see the key missing_codes."]


def _unknown_statuses(people: Sequence[Record], places: dict[str, int]) -> list[str]:
    if "status" not in places:
        return []
    at = places["status"]
    values = Counter(record[at].strip() for record in people if at < len(record))
    unknown = [f"'{value[:30]}' ({number})" for value, number in values.items() if _is_unknown(value)]
    return [f"Values of Status that are not known count as normal: {listed(unknown)}."] if unknown else []


def _is_unknown(value: str) -> bool:
    return bool(value) and value.casefold() not in STATUSES
