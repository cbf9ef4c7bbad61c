"""Is each column the item it should be? Columns out of order, two exchanged, one pasted twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from balint_eval.doctor.evidence import t_of_mean
from balint_eval.doctor.finding import ALL_WAVES, Finding, accepting, between_waves
from balint_eval.doctor.form import Form
from balint_eval.scoring import FloatArray

FEWEST_PEOPLE = 12
ENOUGH_T = 4.0
"""Standard errors by which another order of columns must fit better; set by simulation (docs/doctor.md)."""
ENOUGH_T_OF_TWO = 4.0
"""The same for two columns that have changed places."""
ENOUGH_GAIN = 0.05
"""Share of the squared differences between two waves that another order must take away."""
SAME_GAIN = 0.8
"""Share of the gain of another order from which turned answers are the simpler reason."""
FOLDS = 5
MOST_PEOPLE = 2000
"""People looked at for the order of columns; more add nothing."""
CHANCE_OF_EQUAL = 0.01
USUAL_QUANTILE = 0.95

Order = NDArray[np.intp]


def columns_out_of_order(form: Form) -> Iterator[Finding]:
    """Find two waves whose columns are matched much better in another order.

    Notes
    -----
    The squared difference between each item in one wave and each item in the other, over the people of
    both, holds the items' means, spreads and what is stable in a person's answer to an item. The cheapest
    assignment is held against the declared one, in people it was not found in. An order that changes no score (items
    exchanged within a scale and keyed alike) is not named.
    """
    if form.rated:
        return
    for first, second in form.wave_pairs():
        earlier, later = form.paired(first, second)
        if len(earlier) < FEWEST_PEOPLE:
            continue
        earlier, later = _aligned(form, earlier, later)
        order, gain = _cheapest(earlier, later), _gain_elsewhere(earlier, later)
        share = float(gain.mean()) / max(_differences(earlier, later), 1e-12)
        swap = _two_exchanged(form, earlier, later)
        if _matters(form, order) and t_of_mean(gain) > ENOUGH_T and share > ENOUGH_GAIN:
            if not _explained_by_coding(form, earlier, later, float(gain.mean())):
                yield _order_finding(form, first, second, order, share)
        elif swap and not _explained_by_coding(form, earlier, later, 0.0):
            yield _exchange_finding(form, first, second, swap)


def _aligned(form: Form, earlier: FloatArray, later: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give both waves in steps of the scale, the later one without the general change."""
    thin = max(1, len(earlier) // MOST_PEOPLE)
    one, two = (wave[::thin] / form.step for wave in (earlier, later))
    return one, _without_change(one, two, form.turned)


def _cheapest(earlier: FloatArray, later: FloatArray) -> Order:
    """Give the order of the later columns with the least squared difference over all people and items."""
    return np.asarray(linear_sum_assignment(cdist(earlier.T, later.T, "sqeuclidean"))[1], dtype=np.intp)


def _gain_elsewhere(earlier: FloatArray, later: FloatArray) -> FloatArray:
    """Give each person's gain from the order that is cheapest for the people of the other folds.

    An order found in the same people always gains; one found in others gains only what is really there.
    """
    fold = np.arange(len(earlier)) % FOLDS
    gain = np.zeros(len(earlier))
    for left_out in range(FOLDS):
        mine = fold == left_out
        gain[mine] = _gain(earlier[mine], later[mine], _cheapest(earlier[~mine], later[~mine]))
    return gain


def _gain(earlier: FloatArray, later: FloatArray, order: Order) -> FloatArray:
    """Give what another order takes away of each person's squared differences."""
    return np.asarray(((earlier - later) ** 2).sum(axis=1) - ((earlier - later[:, order]) ** 2).sum(axis=1))


def _roles(form: Form) -> list[tuple[object, ...]]:
    """Give what an item does: the scales it counts for, and whether it is reversed."""
    scales = form.instrument.scales
    reverse = set(form.instrument.reverse)
    return [
        (*(item in scale.items for scale in scales), item in reverse) for item in range(1, form.instrument.n_items + 1)
    ]


def _matters(form: Form, order: Order) -> bool:
    roles = _roles(form)
    return any(roles[place] != roles[other] for place, other in enumerate(order.tolist()))


def _explained_by_coding(form: Form, earlier: FloatArray, later: FloatArray, gain: float) -> bool:
    """Tell whether turning answers round takes away about as much of the difference as another order does."""
    now = _differences(earlier, later)
    turned = form.turned
    ends = form.ends / form.step
    best = min(
        _differences(earlier, _without_change(earlier, np.where(places, ends - later, later), turned))
        for places in (np.ones_like(turned), turned, ~turned)
    )
    return now - best > max(ENOUGH_GAIN * now, SAME_GAIN * gain)


def _without_change(earlier: FloatArray, later: FloatArray, turned: NDArray[np.bool_]) -> FloatArray:
    """Take the general change of the keyed answers away from the later wave."""
    moved = (later - earlier).mean(axis=0)
    change = np.where(turned, -moved, moved).mean()
    return np.asarray(later - np.where(turned, -change, change))


def _differences(earlier: FloatArray, later: FloatArray) -> float:
    return float(((earlier - later) ** 2).sum(axis=1).mean())


def _two_exchanged(form: Form, earlier: FloatArray, later: FloatArray) -> tuple[int, int] | None:
    """Give the two items whose exchange fits best, when it fits much better."""
    roles = _roles(form)
    best, found = ENOUGH_T_OF_TWO, None
    for first, second in combinations(range(form.instrument.n_items), 2):
        if roles[first] == roles[second]:
            continue
        gain = -(earlier[:, first] - earlier[:, second]) * (later[:, first] - later[:, second])
        t = t_of_mean(gain)
        if t > best:
            best, found = t, (first + 1, second + 1)
    return found


def _order_finding(form: Form, first: str, second: str, order: Order, share: float) -> Finding:
    moved = [f"{place + 1} as {other + 1}" for place, other in enumerate(order.tolist()) if place != other]
    more = f" and {len(moved) - 8} more" if len(moved) > 8 else ""
    return between_waves(
        form,
        "DOC-ORDER",
        first,
        second,
        seen=(
            f"the columns of '{second}' match those of '{first}' better in another order (the best match is item "
            f"{', '.join(moved[:8])}{more}); it takes away {share:.0%} of the difference between the waves"
        ),
        why="items that stand in each other's place are reversed or counted wrongly",
        mend=(f"list under columns: of {form.instrument.name}, for each wave, the columns in the order of the form"),
    )


def _exchange_finding(form: Form, first: str, second: str, swap: tuple[int, int]) -> Finding:
    return between_waves(
        form,
        "DOC-EXCHANGED",
        first,
        second,
        seen=(
            f"the columns of the items {swap[0]} and {swap[1]} seem to have changed places between '{first}' and "
            f"'{second}': who answered one higher than the other before answers it lower after"
        ),
        why="the two items are keyed in opposite ways or count for different scales",
        mend=f"compare the two columns of both exports and correct columns: of {form.instrument.name}",
    )


def identical_columns(form: Form) -> Iterator[Finding]:
    """Find two items with the same answer from everybody.

    Notes
    -----
    Named when two items that agree as often as the 5 % of pairs that agree most would do so for everybody
    with a chance below 1 in 100, all pairs counted: where nearly everyone gives the same answer nothing can
    be said.
    """
    seen: dict[tuple[int, int], list[str]] = {}
    for wave, stored in form.stored.items():
        for pair in _equal_pairs(stored):
            seen.setdefault(pair, []).append(wave)
    if seen:
        yield _identical_finding(form, seen)


def _equal_pairs(stored: FloatArray) -> list[tuple[int, int]]:
    rows = stored[~np.isnan(stored).any(axis=1)]
    k = stored.shape[1]
    if len(rows) < FEWEST_PEOPLE:
        return []
    agreement = np.zeros((k, k))
    for code in np.unique(rows):
        given = (rows == code).astype(float)
        agreement += given.T @ given
    left, right = np.triu_indices(k, 1)
    shares = agreement[left, right] / len(rows)
    varies = np.ptp(rows, axis=0) > 0
    equal, usual = (shares == 1.0) & varies[left], shares[shares < 1.0]
    if not equal.any() or not len(usual):
        return []
    if float(np.quantile(usual, USUAL_QUANTILE)) ** len(rows) * len(shares) > CHANCE_OF_EQUAL:
        return []
    return [(int(left[n]) + 1, int(right[n]) + 1) for n in np.flatnonzero(equal)]


def _identical_finding(form: Form, seen: dict[tuple[int, int], list[str]]) -> Finding:
    name = form.instrument.name
    waves = sorted({wave for where in seen.values() for wave in where})
    listed = ", ".join(f"{first} and {second}" for first, second in sorted(seen)[:5])
    return Finding(
        code="DOC-IDENTICAL",
        wave=waves[0] if len(waves) == 1 else ALL_WAVES,
        people=form.n_people(*waves),
        seen=f"the items {listed} have the same answer from everybody in {', '.join(repr(w) for w in waves)}",
        why="one column was most likely copied over another, so an item is counted twice and one is lost",
        mend=f"export again, or correct columns: of {name}; " + accepting("DOC-IDENTICAL", name),
    )
