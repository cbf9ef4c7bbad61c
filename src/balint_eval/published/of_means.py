"""Recompute means and SDs: can whole scores of so many people give them, and how large is the difference."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache

from balint_eval.published import inference
from balint_eval.published.check import CONDITIONAL, CONSISTENT, IMPLAUSIBLE, USED, Check, not_recomputable
from balint_eval.published.context import Study
from balint_eval.published.granularity import has_power, squares_behind_sd, sums_behind_mean
from balint_eval.published.rows import PublishedRow, folder

LARGEST_USUAL = 2.0
"""Standardised differences above this are flagged: the trials with plausible numbers find .24 to .36."""


def check_means(row: PublishedRow, study: Study) -> Iterator[Check]:
    """Recompute mean and SD from whole scores, and the size of a difference that has no test beside it."""
    sizes = list(_implausible_sizes(row, study))
    grain = _grain(row)
    yield from sizes
    if grain is not None:
        yield grain
    elif not sizes and _is_used(row, study):
        yield Check(row=row, check="none", verdict=USED, remark="an input of the test of this outcome")
    elif not sizes:
        yield not_recomputable(
            row, "no test is printed beside this mean" if row.people else "the number of people is not printed"
        )


def check_mean(row: PublishedRow, study: Study) -> Iterator[Check]:
    """Say why a mean without SD gives nothing."""
    del study
    yield not_recomputable(row, "no SD is printed beside this mean")


def _is_used(row: PublishedRow, study: Study) -> bool:
    tests = (*study.of_kind("test"), *study.of_kind("p_only"))
    return any(pair and row in (pair.first, pair.second) for pair in map(study.pair_of, tests))


def _implausible_sizes(row: PublishedRow, study: Study) -> Iterator[Check]:
    for pair in study.pairs():
        if pair.first is not row or not pair.usable:
            continue
        within = inference.standardised_difference(*pair.arms())
        if abs(within).low > LARGEST_USUAL:
            yield Check(
                row=row, check="size", verdict=IMPLAUSIBLE, compared="d", recomputed=within, value=within.middle,
                remark=f"standardised difference (pooled SD) from {pair.lines}",
                would_fit=f"up to {LARGEST_USUAL:g} is usual",
            )  # fmt: skip


@cache
def _divisors() -> dict[tuple[str, str], int]:
    """Read in which steps a single person's score runs: 1 for whole points, k for means of k items."""
    text = (folder() / "measures.csv").read_text(encoding="utf-8").splitlines()
    return {(entry["study"], entry["outcome"]): int(entry["divisor"]) for entry in csv.DictReader(text)}


def _grain(row: PublishedRow) -> Check | None:
    """Hold mean and SD against whole scores; `None` where nothing could be out of reach or the steps are unknown."""
    divisor = _divisors().get((row.study, row.outcome))
    mean = row.mean_within()
    if divisor is None or row.people is None or not has_power(mean, row.people, divisor):
        return None
    sums = sums_behind_mean(mean, row.people, divisor)
    if not sums:
        return _out_of_reach(row, "mean", row.mean, row.people, divisor)
    if any(squares_behind_sd(row.sd_within(), total, row.people, divisor) for total in sums):
        return Check(row=row, check="whole_scores", verdict=CONSISTENT, compared="mean and SD", printed=row.mean,
                     remark=f"whole scores of {row.people} people can give this mean and SD")  # fmt: skip
    return _out_of_reach(row, "SD", row.sd, row.people, divisor)


def _out_of_reach(row: PublishedRow, compared: str, text: str, n: int, divisor: int) -> Check:
    fits = f"scores that are not whole, or another n ({_nearest_people(row, divisor)})"
    if compared == "mean":
        cells = n * divisor
        below = int(float(row.mean) * cells // 1)
        fits = f"{below / cells:.2f} or {(below + 1) / cells:.2f}; or {fits}"
    return Check(
        row=row, check="whole_scores", verdict=CONDITIONAL, compared=compared, printed=text, would_fit=fits,
        remark=f"no {n} whole scores have this {compared} (GRIM{'' if compared == 'mean' else 'MER'})",
    )  # fmt: skip


def _nearest_people(row: PublishedRow, divisor: int) -> str:
    n = row.people or 0
    for other in sorted(range(max(2, n - 20), n + 21), key=lambda one: (abs(one - n), one)):
        sums = sums_behind_mean(row.mean_within(), other, divisor)
        if any(squares_behind_sd(row.sd_within(), total, other, divisor) for total in sums):
            return str(other)
    return "none within 20"
