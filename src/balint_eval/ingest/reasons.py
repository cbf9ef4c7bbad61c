"""Why rows are left out, in words."""

from __future__ import annotations

from collections.abc import Mapping

REASON_WORDS: Mapping[str, str] = {
    "blank_id": "without a person id",
    "comment_only": "with a comment and no answers",
    "duplicate": "given twice",
    "no_answers": "without answers",
    "not_approved": "not approved",
    "not_enrolled": "of people who are not on the roster",
    "other_wave": "left out by their wave",
    "outside_window": "outside the days of their wave",
    "undated": "without a date",
}
"""What a count of rows is followed by, where the reason itself does not read as a word."""


def rows_in_words(counts: Mapping[str, int]) -> str:
    """Say how many rows had each reason: `2 without answers, 28 used`."""
    return ", ".join(f"{number} {REASON_WORDS.get(reason, reason)}" for reason, number in counts.items())
