"""Are blanks stored as answers? People who stop on the way and then all give one and the same answer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from balint_eval.doctor.finding import ALL_WAVES, Finding, accepting
from balint_eval.doctor.form import Form
from balint_eval.scoring import FloatArray

FEWEST_ITEMS = 7
SHARE_OF_FORM = 0.5
"""Share of the form that must be one answer at its end."""
FEWEST_PEOPLE = 3
LEAST_SHARE = 0.03
"""Share of the answer sheets that must end so."""
COMMON_ANSWER = 0.3
"""Share of an answer among the last items of the others from which a run of it says nothing."""


def blanks_stored_as_answers(form: Form) -> Iterator[Finding]:
    """Find people whose form ends in a long run of one and the same answer.

    Notes
    -----
    A run of at least 5 items and half of the form, after an answer that differs by more than one step from
    it, to the last item. The same runs at the beginning of the form are the yardstick: people who really
    answer like that do so at both ends. Named from 3 people and 3 % of the sheets on, when they
    are 4 times the others and more, and only where the others give that answer to at most 30 % of the last
    items: an answer that is common there (as no complaint in a list of complaints) is honest.
    """
    n_items = form.instrument.n_items
    if n_items < FEWEST_ITEMS:
        return
    length = max(5, int(np.ceil(SHARE_OF_FORM * n_items)))
    stored = np.concatenate(list(form.stored.values()))
    for code in form.instrument.response.codes:
        ends = _runs(stored, code, length)
        ending, beginning = int(ends.sum()), int(_runs(stored[:, ::-1], code, length).sum())
        enough = max(FEWEST_PEOPLE, 4 * (beginning + 0.5), LEAST_SHARE * len(stored))
        if ending >= enough and _share(stored[~ends, -length:], code) <= COMMON_ANSWER:
            yield _finding(form, code, ending, beginning, length)


def _share(stored: FloatArray, code: float) -> float:
    return float((stored == code).mean()) if stored.size else 1.0


def _runs(stored: FloatArray, code: float, length: int) -> NDArray[np.bool_]:
    """Tell whose last answers are all one code while the answers before hardly ever are."""
    ends = (stored[:, -length:] == code).all(axis=1)
    before = stored[:, : max(stored.shape[1] // 4, 1)]
    return np.asarray(ends & ((before == code).mean(axis=1) <= 0.5))


def _finding(form: Form, code: float, ending: int, beginning: int, length: int) -> Finding:
    name = form.instrument.name
    return Finding(
        code="DOC-BLANKS",
        wave=ALL_WAVES,
        people=ending,
        seen=(f"{ending} answer sheets end with {length} or more times the answer {code:g} and {beginning} begin so"),
        why=f"blanks were most likely stored as {code:g}; they would be counted as answers",
        mend=(
            f"export again with blanks, or under a code outside the answers and list it under missing_codes of {name}; "
            + accepting("DOC-BLANKS", name)
        ),
    )
