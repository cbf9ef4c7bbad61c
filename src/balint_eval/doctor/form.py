"""The answers of one instrument in one cohort, wave by wave, as the checks want them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from balint_eval.instruments.model import Instrument
from balint_eval.scoring import FloatArray, reversed_by_key, stored_answers

TextArray = NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Form:
    """One instrument as one cohort answered it.

    Attributes
    ----------
    cohort : str
    instrument : Instrument
    stored : mapping of wave to ndarray, shape (rows, items)
        Answers as on the form, not keyed; NaN where not answered. Waves in the order of the study.
    people : mapping of wave to ndarray of str, shape (rows,)
        Pseudonym of each row; a rating of a person has a `#`.
    """

    cohort: str
    instrument: Instrument
    stored: Mapping[str, FloatArray] = field(repr=False)
    people: Mapping[str, TextArray] = field(repr=False)

    @property
    def ends(self) -> float:
        """Lowest plus highest code: what a reversed answer is taken from."""
        return self.instrument.response.codes[0] + self.instrument.response.codes[-1]

    @property
    def step(self) -> float:
        """Distance of the two lowest codes."""
        return self.instrument.response.codes[1] - self.instrument.response.codes[0]

    @cached_property
    def turned(self) -> NDArray[np.bool_]:
        """Which items the key reverses, shape (items,)."""
        return np.isin(np.arange(1, self.instrument.n_items + 1), self.instrument.reverse)

    @cached_property
    def rated(self) -> bool:
        """Whether others answered about the person; the rows of two waves are then not one person's."""
        return any(bool((np.char.find(who, "#") >= 0).any()) for who in self.people.values())

    @property
    def fewest(self) -> int:
        """People in the wave with the fewest."""
        return min(len(who) for who in self.people.values())

    @cached_property
    def places(self) -> dict[str, NDArray[np.intp]]:
        """For each wave the place of each row's person among all people of the form, sorted."""
        everybody = np.unique(np.concatenate(list(self.people.values())))
        return {wave: np.searchsorted(everybody, who) for wave, who in self.people.items()}

    def keyed(self, wave: str) -> FloatArray:
        """Give one wave's answers, reversed by the key."""
        return reversed_by_key(self.stored[wave], self.instrument)

    def n_people(self, *waves: str) -> int:
        """Count the people of some waves, or of all."""
        return len({str(who) for wave in waves or self.people for who in self.people[wave]})

    def wave_pairs(self) -> Iterator[tuple[str, str]]:
        """Give each earlier and later wave."""
        yield from combinations(self.stored, 2)

    def paired(self, first: str, second: str) -> tuple[FloatArray, FloatArray]:
        """Give the stored answers of the people of both waves, row by row the same person.

        Returns
        -------
        earlier, later : ndarray, shape (people, items)
            People who left more than half of the form blank are left out; other blanks hold the item's mean.
        """
        _, one, two = np.intersect1d(self.people[first], self.people[second], return_indices=True)
        earlier, later = self.stored[first][one], self.stored[second][two]
        use = _mostly_answered(earlier) & _mostly_answered(later)
        return filled(earlier[use]), filled(later[use])


def _mostly_answered(values: FloatArray) -> NDArray[np.bool_]:
    return np.asarray(np.isnan(values).mean(axis=1) <= 0.5)


def filled(values: FloatArray) -> FloatArray:
    """Put the item's mean where an answer is missing; for looking at answers, never for a score."""
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    means = np.divide(np.where(known, values, 0.0).sum(axis=0), count, out=np.zeros(len(count)), where=count > 0)
    return np.where(known, values, means)


def complete(values: FloatArray) -> FloatArray:
    """Give the rows without a missing answer."""
    return np.asarray(values[~np.isnan(values).any(axis=1)])


def make_forms(
    responses: pd.DataFrame, instruments: Mapping[str, Instrument], waves: Sequence[str] = ()
) -> Iterator[Form]:
    """Give every cohort's forms that have a key.

    Parameters
    ----------
    responses : pandas.DataFrame
        Contract `responses`.
    instruments : mapping of name to Instrument
    waves : sequence of str
        The study's waves in order; others follow sorted by name.
    """
    order = {name: place for place, name in enumerate(waves)}
    for (cohort, name), answers in responses.groupby(["cohort", "instrument"], sort=True):
        instrument = instruments.get(str(name))
        if instrument is None or not instrument.scales:
            continue
        who, stored = stored_answers(answers, instrument)
        present = sorted(who["wave"].unique(), key=lambda wave: (order.get(wave, len(order)), wave))
        rows = {str(wave): (who["wave"] == wave).to_numpy() for wave in present}
        people = who["person_id"].to_numpy(dtype=np.str_)
        yield Form(
            str(cohort),
            instrument,
            {wave: stored[chosen] for wave, chosen in rows.items()},
            {wave: people[chosen] for wave, chosen in rows.items()},
        )
