"""Awkward data sets for the cross-check with R: unbalanced, singular, two groups, nested, crossed, slopes.

Every set is a model formula of R, the same model as arrays for `fit_reml`, and its columns. Sets are drawn from a
seed, so `make r-check SEED=7` tries others than the committed ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from balint_eval.stats.reml import RandomTerm, crossed, random_intercept, random_slope

FloatArray = NDArray[np.float64]
Columns = dict[str, FloatArray]


@dataclass(frozen=True)
class Shape:
    """One kind of model: R's formula, its fixed part, and what stands for both in arrays."""

    formula: str
    fixed: str
    cluster: str
    design: Callable[[Columns], list[FloatArray]]
    terms: Callable[[Columns], tuple[RandomTerm, ...]]
    draw: Callable[[Generator], Columns]

    def arrays(self, data: Columns) -> tuple[FloatArray, FloatArray, tuple[RandomTerm, ...]]:
        """Give y, X (intercept first, columns in R's order) and the random terms."""
        y = data[self.formula.split(" ~ ")[0]]
        return y, np.column_stack([np.ones(y.size), *self.design(data)]), self.terms(data)


def variance(rng: Generator) -> float:
    """Draw a standard deviation: nothing in a third of the sets, little, or as much as between people."""
    return float(rng.choice([0.0, 0.0, 0.3, 1.0, 3.0]))


def people(rng: Generator, groups: int, low: int = 2, high: int = 10) -> NDArray[np.intp]:
    """Give the group of each person; one group may be far larger than the others."""
    sizes = rng.integers(low, high + 1, groups)
    if rng.random() < 0.3:
        sizes[rng.integers(groups)] += 12
    return np.repeat(np.arange(groups), sizes)


def arms_of(rng: Generator, groups: int) -> FloatArray:
    """Give the arm of each group; at least two groups in each."""
    treated = int(rng.integers(2, groups - 1)) if groups > 4 else groups // 2
    return (np.arange(groups) < treated).astype(float)


def scaled(rng: Generator, values: FloatArray) -> FloatArray:
    """Write scores as surveys do: decimals, whole points, five steps, far from zero, or tiny."""
    how = rng.integers(5)
    if how == 0:
        return np.round(values)
    if how == 1:
        return np.clip(np.round(values / 4), -2, 2) + 3
    if how == 2:
        return np.round(1e4 + 10 * values, 1)
    return np.round(values / 1000, 7) if how == 3 else np.round(40 + values, 2)


def some(rng: Generator, data: Columns, share: float) -> Columns:
    """Leave out a share of the rows, at random."""
    kept = rng.random(next(iter(data.values())).size) >= share
    return {name: np.asarray(values, dtype=float)[kept] for name, values in data.items()}


def before_after(rng: Generator, groups: int) -> tuple[NDArray[np.intp], FloatArray, FloatArray, FloatArray]:
    group = people(rng, groups)
    arm = arms_of(rng, groups)[group] if groups > 1 else np.ones(group.size)
    pre = rng.normal(0, 5, group.size)
    post = 0.6 * pre + rng.normal(0, 4, group.size) + variance(rng) * rng.normal(0, 1, groups)[group] + 2 * arm
    return group, arm, np.round(pre, 1), post


def draw_ancova(rng: Generator) -> Columns:
    groups = int(rng.choice([4, 5, 6, 8, 12, 24]))
    group, arm, pre, post = before_after(rng, groups)
    return {"group": group, "arm": arm, "pre": pre, "post": scaled(rng, post)}


def draw_change(rng: Generator) -> Columns:
    groups = int(rng.choice([2, 2, 3, 4, 12]))
    group, _, pre, post = before_after(rng, max(groups, 2))
    return {"group": group, "change": scaled(rng, post - pre)}


def draw_waves(rng: Generator, waves: int, groups: int) -> Columns:
    """Draw a score for everybody at every wave, and lose some."""
    group = people(rng, groups, 2, 8)
    n = group.size
    person, wave = np.repeat(np.arange(n), waves), np.tile(np.arange(waves), n)
    arm = arms_of(rng, groups)[group][person]
    by_wave = variance(rng) * rng.normal(0, 1, (groups, waves))
    slope = variance(rng) / 2 * rng.normal(0, 1, n)
    score = (
        (4 * rng.normal(0, 1, n) + variance(rng) * rng.normal(0, 1, groups)[group])[person]
        + by_wave[group[person], wave]
        + slope[person] * wave
        + (1 + arm) * wave
        + rng.normal(0, 3, n * waves)
    )
    data = {"person": person, "group": group[person], "wave": wave, "arm": arm, "score": scaled(rng, score)}
    return some(rng, data, float(rng.choice([0.0, 0.1, 0.25])))


def draw_two_waves(rng: Generator) -> Columns:
    return draw_waves(rng, 2, int(rng.choice([4, 4, 6, 8, 12])))


def draw_three_waves(rng: Generator) -> Columns:
    return draw_waves(rng, 3, int(rng.choice([4, 6, 9])))


def draw_growth(rng: Generator) -> Columns:
    return draw_waves(rng, int(rng.choice([4, 5])), int(rng.choice([4, 6, 8])))


def draw_sites(rng: Generator) -> Columns:
    """Groups within sites, both arms in every site."""
    group = people(rng, 8, 3, 8)
    site = group // 2
    arm = (group % 2).astype(float)
    score = variance(rng) * rng.normal(0, 1, 4)[site] + variance(rng) * rng.normal(0, 1, 8)[group]
    return {
        "site": site, "group": group, "arm": arm, "score": scaled(rng, score + arm + rng.normal(0, 4, group.size))
    }  # fmt: skip


def draw_raters(rng: Generator) -> Columns:
    """Patients of several clinicians, some of them seen by two: crossed factors."""
    clinicians, patients = int(rng.choice([5, 8, 12])), int(rng.choice([8, 20]))
    clinician, patient = (part.ravel() for part in np.meshgrid(np.arange(clinicians), np.arange(patients)))
    arm = (clinician < clinicians // 2).astype(float)
    score = (
        variance(rng) * rng.normal(0, 1, clinicians)[clinician] + variance(rng) * rng.normal(0, 1, patients)[patient]
    )
    data = {"clinician": clinician, "patient": patient, "arm": arm}
    data["score"] = scaled(rng, score + 1.5 * arm + rng.normal(0, 3, clinician.size))
    return some(rng, data, float(rng.choice([0.2, 0.5])))


def draw_partly(rng: Generator) -> Columns:
    """Groups in one arm only; everybody in the other is alone."""
    groups = int(rng.choice([3, 4, 6]))
    group = people(rng, groups, 4, 9)
    alone = int(rng.choice([8, 24]))
    unit = np.concatenate([group, groups + np.arange(alone)])
    arm = (unit < groups).astype(float)
    pre = np.round(rng.normal(0, 5, unit.size), 1)
    shared = variance(rng) * rng.normal(0, 1, groups + alone)[unit] * arm
    post = scaled(rng, 0.5 * pre + arm + shared + rng.normal(0, 4, unit.size))
    return {"unit": unit, "arm": arm, "pre": pre, "post": post}


def factor_waves(data: Columns) -> list[FloatArray]:
    waves = [(data["wave"] == wave).astype(float) for wave in (1, 2)]
    return [data["arm"], *waves, *(data["arm"] * wave for wave in waves)]


def by_wave(data: Columns) -> list[FloatArray]:
    return [data["wave"], data["arm"], data["wave"] * data["arm"]]


def group_terms(data: Columns) -> tuple[RandomTerm, ...]:
    return (
        random_intercept("group", data["group"]),
        random_intercept("group:wave", crossed(data["group"], data["wave"])),
        random_intercept("person", data["person"]),
    )


def _intercepts(*names: str) -> Callable[[Columns], tuple[RandomTerm, ...]]:
    return lambda data: tuple(random_intercept(name, data[name]) for name in names)


def _slope(over: str, other: str, *, correlated: bool) -> Callable[[Columns], tuple[RandomTerm, ...]]:
    return lambda data: (
        random_slope(over, data[over], "wave", data["wave"], correlated=correlated),
        random_intercept(other, data[other]),
    )


def _ancova(data: Columns) -> list[FloatArray]:
    return [data["pre"], data["arm"]]


def _arm(data: Columns) -> list[FloatArray]:
    return [data["arm"]]


_GROUPED = "(1 | group) + (1 | group:wave) + (1 | person)"
SHAPES: dict[str, Shape] = {
    "ancova": Shape(
        "post ~ pre + arm + (1 | group)", "post ~ pre + arm", "group", _ancova, _intercepts("group"), draw_ancova
    ),
    "change": Shape(
        "change ~ 1 + (1 | group)", "change ~ 1", "group", lambda _: [], _intercepts("group"), draw_change
    ),
    "two_waves": Shape(
        f"score ~ wave * arm + {_GROUPED}", "score ~ wave * arm", "group", by_wave, group_terms, draw_two_waves
    ),
    "three_waves": Shape(
        f"score ~ arm * factor(wave) + {_GROUPED}", "score ~ arm * factor(wave)", "group",
        factor_waves, group_terms, draw_three_waves,
    ),
    "growth": Shape(
        "score ~ wave * arm + (wave | person) + (1 | group)", "score ~ wave * arm", "group", by_wave,
        _slope("person", "group", correlated=True), draw_growth,
    ),
    "growth_independent": Shape(
        "score ~ wave * arm + (wave || person) + (1 | group)", "score ~ wave * arm", "group", by_wave,
        _slope("person", "group", correlated=False), draw_growth,
    ),
    "growth_of_groups": Shape(
        "score ~ wave * arm + (wave | group) + (1 | person)", "score ~ wave * arm", "group", by_wave,
        _slope("group", "person", correlated=True), draw_growth,
    ),
    "sites": Shape(
        "score ~ arm + (1 | site) + (1 | group)", "score ~ arm", "site", _arm, _intercepts("site", "group"), draw_sites
    ),
    "raters": Shape(
        "score ~ arm + (1 | clinician) + (1 | patient)", "score ~ arm", "clinician", _arm,
        _intercepts("clinician", "patient"), draw_raters,
    ),
    "partly": Shape(
        "post ~ pre + arm + (0 + arm | unit)", "post ~ pre + arm", "unit", _ancova,
        lambda data: (RandomTerm("unit", data["unit"], data["arm"][:, None], ("arm",)),), draw_partly,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class AwkwardSet:
    """One drawn data set."""

    name: str
    shape: str
    columns: Columns

    @property
    def joint(self) -> FloatArray:
        """Contrasts tested together: every coefficient but the intercept, or the intercept where there is no other."""
        X = SHAPES[self.shape].arrays(self.columns)[1]
        eye = np.eye(X.shape[1])
        return eye[1:] if len(eye) > 1 else eye

    def for_r(self) -> dict[str, object]:
        """Give what awkward_fits.R reads."""
        shape = SHAPES[self.shape]
        return {
            "name": self.name, "formula": shape.formula, "fixed": shape.fixed, "cluster": shape.cluster,
            "columns": {name: values.tolist() for name, values in self.columns.items()}, "joint": self.joint.tolist(),
        }  # fmt: skip


def draw_sets(count: int, seed: int) -> Iterator[AwkwardSet]:
    """Draw `count` sets, the shapes in turn; a design that is rank deficient is drawn again."""
    names = list(SHAPES)
    for number in range(count):
        shape = names[number % len(names)]
        rng = np.random.default_rng([seed, number])
        while True:
            data = {name: np.asarray(values, dtype=float) for name, values in SHAPES[shape].draw(rng).items()}
            y, X, _ = SHAPES[shape].arrays(data)
            if np.linalg.matrix_rank(X) == X.shape[1] and np.ptp(y) > 0:
                break
        yield AwkwardSet(f"{shape}_{seed}_{number}", shape, data)
