"""Items under other names than declared: counted from another number, or with another stem; never by order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from balint_eval.errors import Problem
from balint_eval.ingest.grid import escaped, listed
from balint_eval.ingest.sheet import Sheet
from balint_eval.ingest.text import match_key
from balint_eval.study_exports import Items

_NUMBER = re.compile(r"\d+")


def numbering_problem(sheet: Sheet, items: Items, n_items: int) -> Problem | None:
    """Say what the items are called in a file that does not have them under their declared names.

    Parameters
    ----------
    sheet : Sheet
    items : Items
        With a pattern of columns; a list of columns is left alone.
    n_items : int

    Returns
    -------
    Problem or None
        HD-OFFBYONE where the same pattern counts from another number, HD-MISSING with the pattern of the file
        where as many columns are numbered alike under another stem; None where the declared names are there,
        or nothing can be said.
    """
    if not isinstance(items.columns, str) or n_items < 2:
        return None
    names = items.column_names(n_items)
    headers = [str(column) for column in sheet.cells.columns]
    # As `resolve_columns` finds them: by header, question text or the platform's key.
    texts = [text for name in headers for text in (name, sheet.labels.get(name, ""), sheet.keys.get(name, ""))]
    known = {match_key(text) for text in texts if text}
    missing = [name for name in names if match_key(name) not in known]
    if not missing:
        return None
    return _counted_otherwise(sheet, items.columns, names, missing, known) or _stem(
        sheet, items.instrument, names, missing, headers
    )


def _counted_otherwise(
    sheet: Sheet, pattern: str, names: Sequence[str], missing: Sequence[str], known: set[str]
) -> Problem | None:
    for first in (0, 2):
        others = [pattern.format(item=number) for number in range(first, first + len(names))]
        if all(match_key(name) in known for name in others):
            what = f"the file has the items {others[0]} to {others[-1]}, declared are {names[0]} to {names[-1]}"
            mend = (
                "list the columns of this file under columns: in the order of the form; they are not matched by order"
            )
            return Problem("HD-OFFBYONE", what, mend, sheet.file, sheet.header_rows, missing[0])
    return None


def _stem(
    sheet: Sheet, form: str, names: Sequence[str], missing: Sequence[str], headers: Sequence[str]
) -> Problem | None:
    """Find one pattern of which the file has as many columns as there are items, with none of the declared."""
    if len(missing) < len(names):
        return None
    patterns = _patterns(headers)
    fitting = [pattern for pattern, numbers in patterns.items() if numbers == set(range(1, len(names) + 1))]
    if len(fitting) != 1:
        return None
    pattern = fitting[0]
    what = (
        f"none of the {len(names)} columns of {form} is there: {listed(names, 20)}; the file has "
        f"{escaped(pattern.format(item=1))} to {escaped(pattern.format(item=len(names)))}"
    )
    mend = f'if these are the items, in the same order on the form, set columns: "{escaped(pattern)}"'
    return Problem("HD-MISSING", what, mend, sheet.file, sheet.header_rows, names[0])


def _patterns(headers: Sequence[str]) -> dict[str, set[int]]:
    """Give every pattern with one number that headers follow, with the numbers that occur."""
    found: dict[str, set[int]] = {}
    for header in headers:
        numbers = list(_NUMBER.finditer(header))
        if len(numbers) == 1 and "{" not in header and "}" not in header:
            digits = numbers[0][0]
            slot = f"{{item:0{len(digits)}}}" if digits.startswith("0") else "{item}"
            pattern = header[: numbers[0].start()] + slot + header[numbers[0].end() :]
            found.setdefault(pattern, set()).add(int(digits))
    return found
