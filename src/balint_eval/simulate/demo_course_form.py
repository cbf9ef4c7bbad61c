"""Answers of the demo study to its own course form, and comments; all of it invented."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from balint_eval.simulate.design import FloatArray, IntArray

ITEM_MEANS = (4.2, 4.4, 4.0, 4.3, 3.9, 3.6)

COMMENTS = (
    "I liked that we took our time, and that nobody was in a hurry to give advice.",
    'The sentence "what do you imagine the patient felt?" stayed with me.',
    "جلسه‌ها آرام و مفید بود، ممنون.",
    "At first I did not know what to say; by the third meeting it was easier.",
    "Please keep the evening slot.",
    "I would have liked two more meetings.",
    "Two things to change:\nthe room was cold, and we began late twice.",
    "Hearing that others struggle with the same patients was a relief.",
    "The silences were long; the leader explained why, which helped.",
    "Nothing to add, thank you.",
    "Good group, good leaders, poor coffee.",
    "More time for the second case would be welcome.",
)


def course_answers(people: int, rng: np.random.Generator) -> FloatArray:
    """Draw answers 1 to 5 to the six items; who likes one thing tends to like the others.

    Returns
    -------
    array of float, shape (people, 6)
    """
    liking = 0.5 * rng.standard_normal((people, 1))
    drawn: FloatArray = np.array(ITEM_MEANS) + liking + 0.7 * rng.standard_normal((people, len(ITEM_MEANS)))
    rounded: FloatArray = np.clip(np.rint(drawn), 1, 5)
    return rounded


def comments_for(people: Sequence[int], texts: Sequence[str], rng: np.random.Generator) -> dict[int, str]:
    """Give each text to another person; the people left over wrote nothing."""
    writers: IntArray = rng.permutation(np.array(people, dtype=np.int64))
    return {int(person): text for person, text in zip(writers, texts, strict=False)}
