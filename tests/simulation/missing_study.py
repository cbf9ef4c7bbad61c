"""Simulate studies in which nothing changes and people are lost: how often does the imputed row say otherwise?

    python tests/simulation/missing_study.py --replications 300 --write docs/missing_study.md

The seed is fixed: the same versions give the same page.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from missing_cells import CELLS, WITHOUT_BASELINE, Data, Lost, simulate
from missing_page import page
from scipy.special import stdtrit
from tqdm import tqdm

from balint_eval.stats.cluster import ancova_cr2, change_cr2
from balint_eval.stats.imputation import Imputed
from balint_eval.stats.imputed import Shifted, ancova_imputed, change_imputed, results
from balint_eval.stats.random_intercept import ALONE, draw_parameters
from balint_eval.stats.result import Result

SEED = 20265
IMPUTATIONS = 20
"""Fewer than by default, for the time it takes; the intervals are a little wider for it."""
METHODS = ("complete cases", "imputed", "imputed_planned_df")


@dataclass(frozen=True)
class Row:
    """What one method gives in one cell."""

    cell: Lost
    method: str
    rejected: float
    """Share of studies with an interval that leaves zero out; the others hold the true value."""
    bias: float
    """Mean estimate, in SDs; the truth is 0."""
    variance_ratio: float
    """Mean squared standard error over the variance of the estimates."""
    half_width: float
    """Median half-width of the interval, in SDs."""


Analyse = Callable[[Data, int], list[Result]]


def analyse(data: Data, seed: int) -> list[Result]:
    """Give complete cases, and imputed scores with both kinds of df, by the package's own functions."""
    if data.treated.any():
        whole = ancova_cr2(data.pre, data.post, data.treated, data.group)
        found = ancova_imputed(data.pre, data.post, data.treated, data.group, IMPUTATIONS, seed)
    else:
        whole = change_cr2(data.pre, data.post, data.group)
        found = change_imputed(data.pre, data.post, data.group, IMPUTATIONS, seed)
    return [whole, *results(found, whole.method)] if isinstance(found, Shifted) else [whole, whole, whole]


def without_groups(data: Data, seed: int) -> list[Result]:
    """Impute as if there were no groups, then analyse with them."""
    return _analysed_after(data, lambda: _drawn(data, np.zeros((data.pre.size, 0)), seed))


def fixed_groups(data: Data, seed: int) -> list[Result]:
    """Impute with a coefficient for each group, then analyse."""
    own = data.group[:, None] == np.unique(data.group[np.isfinite(data.post)])[1:]
    return _analysed_after(data, lambda: _drawn(data, own.astype(np.float64), seed))


def _drawn(data: Data, columns: np.ndarray, seed: int) -> Imputed:
    """Draw later scores from a regression; everybody has the earlier one."""
    rng, lost = np.random.default_rng(seed), np.isnan(data.post)
    arm = () if columns.shape[1] else (data.treated,)
    design = np.column_stack((np.ones(data.pre.size), *arm, columns, data.pre))
    design = design[:, [0, *(place for place in range(1, design.shape[1]) if np.ptp(design[~lost, place]) > 0)]]
    alone = np.full(int((~lost).sum()), ALONE)
    drawn = draw_parameters(design[~lost], data.post[~lost], alone, 0, rng, IMPUTATIONS)
    post = np.broadcast_to(data.post, (IMPUTATIONS, lost.size)).copy()
    noise = drawn.sd[:, None] * rng.standard_normal((IMPUTATIONS, int(lost.sum())))
    post[:, lost] = drawn.coefficients @ design[lost].T + noise
    return Imputed(np.broadcast_to(data.pre, post.shape), post, lost, np.isnan(data.pre), 0)


def _analysed_after(data: Data, draw: Callable[[], Imputed]) -> list[Result]:
    from unittest.mock import patch

    with patch("balint_eval.stats.imputed.impute", lambda *_: draw()):
        return analyse(data, 0)


MODELS: Mapping[str, Analyse] = {
    "no groups": without_groups,
    "fixed effects of groups": fixed_groups,
    "random effects of groups (used)": analyse,
}
COMPARED = tuple(Lost(2, groups, icc, lost) for lost in (0.2, 0.4) for groups in (4, 8) for icc in (0.0, 0.15))


def run(cell: Lost, replications: int, how: Analyse = analyse, without_baseline: float = WITHOUT_BASELINE) -> list[Row]:
    """Simulate one cell and give a row for each method."""
    place = (CELLS + COMPARED).index(cell)
    studies = simulate(cell, np.random.default_rng([SEED, place]), replications, without_baseline)
    found = [how(data, SEED + number) for number, data in enumerate(studies)]
    return [_row(cell, name, [each[place] for each in found]) for place, name in enumerate(METHODS)]


def _row(cell: Lost, method: str, found: Sequence[Result]) -> Row:
    usable = [one for one in found if np.isfinite(one.std_error)]
    estimate, error, df = (np.array([getattr(one, name) for one in usable]) for name in ("estimate", "std_error", "df"))
    half = stdtrit(df, 0.975) * error
    rejected = float((np.abs(estimate) > half).mean())
    return Row(
        cell,
        method,
        rejected,
        float(estimate.mean()),
        float((error**2).mean() / estimate.var()),
        float(np.median(half)),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the study, print or write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=300, help="studies a cell")
    parser.add_argument("--write", type=Path, help="file to write; by default the page is printed")
    options = parser.parse_args(arguments)
    rows, models = list[Row](), dict[str, list[Row]]()
    with tqdm(total=len(CELLS) + len(MODELS) * len(COMPARED), unit="cell", file=sys.stderr) as bar:
        for cell in CELLS:
            rows += run(cell, options.replications)
            bar.update()
        for name, how in MODELS.items():
            for cell in COMPARED:
                models.setdefault(name, []).extend(run(cell, options.replications, how, 0.0)[2:])
                bar.update()
    text = page(rows, models, options.replications, SEED, IMPUTATIONS)
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
