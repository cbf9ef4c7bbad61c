"""Simulated questionnaires in two waves, and the faults that are planted in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from balint_eval.instruments.model import Instrument

FloatArray = NDArray[np.float64]
Rng = np.random.Generator
WAVES = ("before", "after")


@dataclass(frozen=True)
class Form:
    """The stored answers of one questionnaire.

    Attributes
    ----------
    instrument : Instrument
    stored : mapping of wave to ndarray, shape (people, items)
        As in the export; the same people in the same order in both waves.
    """

    instrument: Instrument
    stored: Mapping[str, FloatArray] = field(repr=False)

    @property
    def ends(self) -> float:
        """Lowest plus highest code."""
        return self.instrument.response.codes[0] + self.instrument.response.codes[-1]

    def with_wave(self, wave: str, stored: FloatArray) -> Form:
        """Give the form with one wave replaced."""
        return Form(self.instrument, {**self.stored, wave: stored})

    def responses(self, cohort: str = "one") -> pd.DataFrame:
        """Give the contract `responses`."""
        return pd.concat(
            [long(values, self.instrument.name, wave, cohort) for wave, values in self.stored.items()],
            ignore_index=True,
        )


def long(values: FloatArray, name: str, wave: str, cohort: str = "one") -> pd.DataFrame:
    """Give a responses table of an array (people, items)."""
    people, items = values.shape
    return pd.DataFrame({
        "cohort": cohort, "person_id": np.repeat([f"{cohort}P{n:04}" for n in range(people)], items), "wave": wave,
        "instrument": name, "item": np.tile(np.arange(1, items + 1), people), "value": values.ravel().astype(float),
        "answered_on": "", "source_file": "f", "source_row": np.repeat(np.arange(people) + 2, items),
    })  # fmt: skip


def simulate(instrument: Instrument, people: int, rng: Rng, difficulty: FloatArray | None = None) -> Form:
    """Draw answers of people who understood the form.

    Notes
    -----
    One trait a scale (scales correlate .3), stable over the waves at .7, with a change between -0.5 and 0.8
    SD. Alpha of a scale is drawn from .7 to .9, loadings differ between items, none to 40 % of what an item
    measures alone is stable, and the items differ in difficulty with an SD of 0.3 to 0.6 (in the IRI file it is
    0.47, in the PHQ-9 file 0.36 of an item's SD). 1 % of the answers are left out.
    """
    loading = _loadings(instrument, rng)
    difficulty = draw_difficulty(instrument, rng) if difficulty is None else difficulty
    first = _traits(instrument, people, rng)
    second = 0.7 * first + np.sqrt(1 - 0.49) * _traits(instrument, people, rng) + rng.uniform(-0.5, 0.8)
    share = rng.uniform(0.0, 0.4)
    stable = np.sqrt(share) * rng.normal(size=first.shape)
    stored = {}
    for wave, trait in zip(WAVES, (first, second), strict=True):
        unique = stable + np.sqrt(1 - share) * rng.normal(size=trait.shape)
        latent = loading * trait + np.sqrt(1 - loading**2) * unique + difficulty
        answers = _codes(instrument, latent)
        stored[wave] = np.where(rng.random(answers.shape) < 0.01, np.nan, answers)
    return Form(instrument, stored)


def draw_difficulty(instrument: Instrument, rng: Rng) -> FloatArray:
    """Draw how easily each item is agreed to, in SD of an answer."""
    return np.asarray(rng.normal(scale=rng.uniform(0.3, 0.6), size=instrument.n_items))


def _loadings(instrument: Instrument, rng: Rng) -> FloatArray:
    loading = np.full(instrument.n_items, 0.5)
    alpha = rng.uniform(0.7, 0.9)
    for scale in _parts(instrument):
        size = len(scale)
        common = alpha / (size - alpha * (size - 1))
        loading[scale] = np.clip(np.sqrt(common) + rng.uniform(-0.12, 0.12, size), 0.2, 0.95)
    return loading


def _parts(instrument: Instrument) -> list[NDArray[np.intp]]:
    """Give the scales of items, without those that hold another scale's items."""
    scales = sorted((scale.items for scale in instrument.scales if scale.items), key=len)
    taken: set[int] = set()
    parts = []
    for items in scales:
        if not taken & set(items):
            parts.append(np.asarray(items, dtype=np.intp) - 1)
            taken |= set(items)
    return parts


def _traits(instrument: Instrument, people: int, rng: Rng) -> FloatArray:
    general = rng.normal(size=(people, 1))
    trait = np.tile(general, (1, instrument.n_items))
    for part in _parts(instrument):
        trait[:, part] = np.sqrt(0.3) * general + np.sqrt(0.7) * rng.normal(size=(people, 1))
    return trait


def _codes(instrument: Instrument, latent: FloatArray) -> FloatArray:
    codes = np.asarray(instrument.response.codes)
    edges = np.linspace(-1.5, 1.5, len(codes) - 1)
    return reverse(instrument, codes[np.digitize(latent, edges)])


def reverse(instrument: Instrument, values: FloatArray, items: list[int] | None = None) -> FloatArray:
    """Turn round the reversed items, or the given positions."""
    places = np.asarray(instrument.reverse if items is None else items, dtype=np.intp) - 1
    turned = values.copy()
    turned[:, places] = instrument.response.codes[0] + instrument.response.codes[-1] - turned[:, places]
    return turned


Plant = Callable[[Form, Rng], Form]


def _waves(rng: Rng, both: float) -> tuple[str, ...]:
    return WAVES if rng.random() < both else (str(rng.choice(WAVES)),)


def reversed_by_platform(form: Form, rng: Rng) -> Form:
    """The platform has reversed the items already: in both waves or in one."""
    for wave in _waves(rng, 0.5):
        form = form.with_wave(wave, reverse(form.instrument, form.stored[wave]))
    return form


def item_keyed_wrong(form: Form, rng: Rng) -> Form:
    """One item runs the other way round than the key says, in every wave."""
    item = int(rng.choice(sorted({item for part in _parts(form.instrument) for item in (part + 1).tolist()})))
    for wave in WAVES:
        form = form.with_wave(wave, reverse(form.instrument, form.stored[wave], [item]))
    return form


def off_by_one(form: Form, rng: Rng) -> Form:
    """One wave is stored one step too high or too low; half of the time the end is cut off."""
    wave, sign = str(rng.choice(WAVES)), rng.choice([-1, 1])
    codes = form.instrument.response.codes
    moved = form.stored[wave] + sign * (codes[1] - codes[0])
    if rng.random() < 0.5:
        moved = np.clip(moved, codes[0], codes[-1])
    return form.with_wave(wave, moved)


def anchors_reversed(form: Form, rng: Rng) -> Form:
    """The answers of one wave run from the other end."""
    wave = str(rng.choice(WAVES))
    return form.with_wave(wave, form.ends - form.stored[wave])


def scale_changed(form: Form, rng: Rng) -> Form:
    """One wave offered one answer fewer (without its middle or an end), or two more."""
    wave = str(rng.choice(WAVES))
    codes = np.asarray(form.instrument.response.codes)
    places = np.searchsorted(codes, np.nan_to_num(form.stored[wave], nan=codes[0]))
    step = codes[1] - codes[0]
    kind = rng.integers(3)
    if kind == 0:
        stretched = codes[0] + step * np.rint(places * (len(codes) + 1) / (len(codes) - 1))
        return form.with_wave(wave, np.where(np.isnan(form.stored[wave]), np.nan, stretched))
    left_out = len(codes) // 2 if kind == 1 else int(rng.choice([0, len(codes) - 1]))
    offered = np.delete(np.arange(len(codes)), left_out)
    nearest = offered[np.argmin(np.abs(offered[None, None, :] - places[:, :, None] + 0.1), axis=2)]
    return form.with_wave(wave, np.where(np.isnan(form.stored[wave]), np.nan, codes[nearest]))


def codes_swapped(form: Form, rng: Rng) -> Form:
    """Two neighbouring answers have each other's code: in both waves or in one."""
    codes = form.instrument.response.codes
    at = int(rng.integers(len(codes) - 1))
    low, high = codes[at], codes[at + 1]
    for wave in _waves(rng, 0.5):
        old = form.stored[wave]
        form = form.with_wave(wave, np.where(old == low, high, np.where(old == high, low, old)))
    return form


def items_out_of_order(form: Form, rng: Rng) -> Form:
    """The columns of one wave are mixed, moved on by one, or sorted as text (1, 10, 11, 2)."""
    wave, n = str(rng.choice(WAVES)), form.instrument.n_items
    kind = rng.integers(3)
    order = rng.permutation(n)
    if kind == 1:
        order = np.roll(np.arange(n), 1)
    if kind == 2 and n > 9:
        order = np.asarray(sorted(range(n), key=lambda item: str(item + 1)))
    return form.with_wave(wave, form.stored[wave][:, order])


def _swap(form: Form, rng: Rng, pairs: list[tuple[int, int]], both: float) -> Form:
    order = np.arange(form.instrument.n_items)
    first, second = pairs[int(rng.integers(len(pairs)))]
    order[[first, second]] = order[[second, first]]
    for wave in _waves(rng, both):
        form = form.with_wave(wave, form.stored[wave][:, order])
    return form


def _pairs(instrument: Instrument, *, same_scale: bool, same_key: bool) -> list[tuple[int, int]]:
    scale_of = {int(item): n for n, part in enumerate(_parts(instrument)) for item in part}
    turned = {item - 1 for item in instrument.reverse}
    return [
        (a, b) for a in scale_of for b in scale_of
        if a < b and (scale_of[a] == scale_of[b]) == same_scale and ((a in turned) == (b in turned)) == same_key
    ]  # fmt: skip


def opposite_columns_swapped(form: Form, rng: Rng) -> Form:
    """Two columns of one scale that are keyed the opposite way have changed places."""
    return _swap(form, rng, _pairs(form.instrument, same_scale=True, same_key=False), 0.5)


def columns_of_two_scales_swapped(form: Form, rng: Rng) -> Form:
    """Two columns of different scales, keyed the same way, have changed places."""
    return _swap(form, rng, _pairs(form.instrument, same_scale=False, same_key=True), 0.5)


def harmless_columns_swapped(form: Form, rng: Rng) -> Form:
    """Two columns of one scale, keyed the same way, have changed places: no score changes."""
    return _swap(form, rng, _pairs(form.instrument, same_scale=True, same_key=True), 0.5)


def missing_codes_counted(form: Form, rng: Rng) -> Form:
    """People who gave up part of the way are stored with a code in place of blanks, in every wave.

    A third of the time the code lies outside the answers (99); else it is the lowest or the highest answer.
    """
    codes = form.instrument.response.codes
    code = float(rng.choice([99.0, codes[0], codes[-1]]))
    n = form.instrument.n_items
    for wave in WAVES:
        stored = form.stored[wave].copy()
        people = rng.choice(len(stored), max(2, round(rng.uniform(0.1, 0.25) * len(stored))), replace=False)
        for person in people:
            stored[person, int(rng.integers(n // 4, n // 2 + 1)) :] = code
        form = form.with_wave(wave, stored)
    return form


def column_pasted_twice(form: Form, rng: Rng) -> Form:
    """One item's column stands in the place of another as well, in one wave."""
    first, second = rng.choice(form.instrument.n_items, 2, replace=False)
    wave = str(rng.choice(WAVES))
    stored = form.stored[wave].copy()
    stored[:, second] = stored[:, first]
    return form.with_wave(wave, stored)


def clean(form: Form, rng: Rng) -> Form:
    """Nothing is wrong."""
    return form


KINDS: Mapping[str, Plant] = {
    "reversed by the platform": reversed_by_platform,
    "one item keyed the wrong way": item_keyed_wrong,
    "off by one": off_by_one,
    "anchors reversed in one wave": anchors_reversed,
    "response scale changed": scale_changed,
    "two answers' codes swapped": codes_swapped,
    "items out of order": items_out_of_order,
    "two columns swapped": opposite_columns_swapped,
    "missing codes counted": missing_codes_counted,
    "identical columns": column_pasted_twice,
}
"""The ten kinds of fault."""

MORE_KINDS: Mapping[str, Plant] = {
    "columns of two scales swapped": columns_of_two_scales_swapped,
    "columns swapped, no score changed": harmless_columns_swapped,
}


def applies(kind: str, instrument: Instrument) -> bool:
    """Tell whether a fault can be made in an instrument, and would change a number."""
    if kind == "reversed by the platform":
        return any(0 < len({*scale.items} & {*instrument.reverse}) < len(scale.items) for scale in instrument.scales)
    if kind == "two columns swapped":
        return bool(_pairs(instrument, same_scale=True, same_key=False))
    if kind == "columns of two scales swapped":
        return bool(_pairs(instrument, same_scale=False, same_key=True))
    return True
