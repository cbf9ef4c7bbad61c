"""Recompute counts and percentages: parts add up, parts are within the whole, people stand behind a share."""

from __future__ import annotations

from collections.abc import Iterator

from balint_eval.published.check import CONSISTENT, INCONSISTENT, USED, Check, not_recomputable
from balint_eval.published.context import Study
from balint_eval.published.granularity import counts_behind_percent
from balint_eval.published.intervals import Interval
from balint_eval.published.rows import PublishedRow

EVERYBODY = "all"
_WHOLE = {"n_analysed": "n_randomised", "n_completed": "n_randomised"}
NEARBY = 30


def check_count(row: PublishedRow, study: Study) -> Iterator[Check]:
    """Recompute a count from its parts, or hold it against the whole it is a part of."""
    parts = _parts(row, study)
    if row.arm == EVERYBODY and parts:
        yield _sum(row, parts)
        return
    whole = _whole(row, study)
    if whole is not None:
        yield _share(row, whole)
    elif any(other.arm == EVERYBODY and _parts(other, study) for other in _same(row, study)):
        yield Check(row=row, check="none", verdict=USED, remark="a part of the sum over the arms")
    else:
        yield not_recomputable(row, "a count that stands alone")


def _same(row: PublishedRow, study: Study) -> list[PublishedRow]:
    return [one for one in study.of_kind("count") if one.stat_name == row.stat_name]


def _parts(row: PublishedRow, study: Study) -> dict[str, int]:
    """Give the count of each arm: printed as a count, or (for people analysed) beside the means."""
    named = {one.arm: int(one.stat_value) for one in _same(row, study) if one.arm not in {EVERYBODY, ""}}
    if not named and row.stat_name == "n_analysed":
        named = {one.arm: one.people for one in study.of_kind("mean_sd") if one.people and one.arm != EVERYBODY}
    return named if len(named) > 1 else {}


def _sum(row: PublishedRow, parts: dict[str, int]) -> Check:
    total = sum(parts.values())
    return Check(
        row=row, check="parts_add_up", verdict=CONSISTENT if total == int(row.stat_value) else INCONSISTENT,
        compared="count", printed=row.stat_value, recomputed=Interval(total, total), value=total,
        would_fit="" if total == int(row.stat_value) else str(total),
        remark=" + ".join(f"{count} {arm}" for arm, count in parts.items()),
    )  # fmt: skip


def _whole(row: PublishedRow, study: Study) -> int | None:
    """Give the number the count is a part of: of its own row, or a count of the same arm."""
    if row.people:
        return row.people
    above = _WHOLE.get(row.stat_name)
    found = [int(one.stat_value) for one in study.of_kind("count") if (one.stat_name, one.arm) == (above, row.arm)]
    return found[0] if found else None


def _share(row: PublishedRow, whole: int) -> Check:
    fits = int(row.stat_value) <= whole
    return Check(
        row=row, check="part_of_whole", verdict=CONSISTENT if fits else INCONSISTENT, compared="count",
        printed=row.stat_value, recomputed=Interval(0, whole), value=float(row.stat_value),
        would_fit="" if fits else f"at most {whole}", remark=f"{row.stat_value} of {whole}",
    )  # fmt: skip


def check_percent(row: PublishedRow, study: Study) -> Iterator[Check]:
    """Find the people behind a percentage."""
    del study
    if row.people is None:
        yield not_recomputable(row, "the number of people behind this percentage is not printed")
        return
    found = counts_behind_percent(row.statistic_within(), row.people)
    nearest = round(float(row.stat_value) * row.people / 100)
    share = 100 * nearest / row.people
    yield Check(
        row=row, check="people_behind_percent", verdict=CONSISTENT if found else INCONSISTENT, compared="percent",
        printed=row.stat_value, recomputed=Interval(share, share), value=share,
        would_fit="" if found else _other_wholes(row),
        remark=f"{nearest} of {row.people} are {share:.2f} %",
    )  # fmt: skip


def _other_wholes(row: PublishedRow) -> str:
    """Name the nearest numbers of people that the percentage fits: some did not answer, perhaps."""
    n = row.people or 0
    near = sorted(range(max(1, n - NEARBY), n + NEARBY), key=lambda other: (abs(other - n), other))
    fitting = [other for other in near if counts_behind_percent(row.statistic_within(), other)]
    if not fitting:
        return "no number of people near it"
    count = counts_behind_percent(row.statistic_within(), fitting[0])[0]
    return f"{count} of {fitting[0]}"
