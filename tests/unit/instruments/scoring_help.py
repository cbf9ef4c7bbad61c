"""Score one person's answers: one number an item, None for no answer."""

import pandas as pd
import pytest

from balint_eval.instruments.registry import known_instruments
from balint_eval.scoring import score_responses


def cycle(first, last, n_items):
    """Answers that run from the first to the last code and begin again."""
    return [float(first + place % (last - first + 1)) for place in range(n_items)]


def blank(answers, *items):
    """The same answers without some items."""
    return [None if place in items else answer for place, answer in enumerate(answers, start=1)]


def responses(name, *people):
    rows = [
        {"cohort": "c", "person_id": f"p{number:04}", "wave": "w", "instrument": name, "item": item, "value": answer}
        for number, answers in enumerate(people)
        for item, answer in enumerate(answers, start=1)
    ]
    return pd.DataFrame(rows).astype({"value": "float64"})


def scores(name, answers):
    """Give score by scale for one person: None where no score is given."""
    assert len(answers) == known_instruments()[name].n_items
    table = score_responses(responses(name, answers), known_instruments())
    return {row.scale: None if pd.isna(row.score) else row.score for row in table.itertuples()}


def statuses(name, answers):
    table = score_responses(responses(name, answers), known_instruments())
    return dict(zip(table["scale"], table["status"], strict=True))


def same(found, expected):
    """Hold scores against numbers worked by hand, to 1e-9 points."""
    assert set(found) == set(expected)
    for scale, value in expected.items():
        if value is None:
            assert found[scale] is None, scale
        else:
            assert found[scale] == pytest.approx(float(value), abs=1e-9), scale
