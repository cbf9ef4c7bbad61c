"""Recompute tests: p from the statistic, the statistic and p from means and SDs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from balint_eval.published import inference
from balint_eval.published.check import (
    CONDITIONAL,
    CONSISTENT,
    IMPLAUSIBLE,
    INCONSISTENT,
    Check,
    compare,
    compare_at,
    crosses_significance,
    not_recomputable,
    p_text,
    span,
)
from balint_eval.published.context import VERSUS, Pair, Study
from balint_eval.published.inference import Arm
from balint_eval.published.intervals import HALF, Interval
from balint_eval.published.rows import PublishedRow

MOST_PEOPLE = 2000
USUAL_CORRELATIONS = (0.3, 0.8)
"""Correlations of two waves of one scale that are usual; outside them a reading is called implausible."""
PAIRED = frozenset({"pre vs post", "paired", "paired, within arm"})


def check_test(row: PublishedRow, study: Study) -> Iterator[Check]:
    """Recompute a printed test: its p from its statistic, its statistic from the means where they are printed."""
    df = _degrees_of_freedom(row, study)
    if row.p_printed and df:
        yield _p_from_statistic(row, study, df)
    pair = study.pair_of(row)
    if pair and row.stat_name == "t" and pair.usable:
        yield _t_from_means(row, study, pair)
    elif pair and row.stat_name == "t" and _tells_people(row, pair):
        yield _n_from_statistic(row, study)
    elif not (row.p_printed and df):
        yield not_recomputable(row, "no p, and no means with SD and n fine enough, stand beside this statistic")


def _degrees_of_freedom(row: PublishedRow, study: Study) -> tuple[float, ...]:
    """Give df as printed or as the numbers of people imply; empty where neither is known."""
    if row.df1:
        return tuple(float(df) for df in (row.df1, row.df2) if df)
    if row.stat_name != "t":
        return ()
    if row.comparison in PAIRED:
        return (row.people - 1.0,) if row.people else ()
    arms = [study.people_in(arm) for arm in row.comparison.split(VERSUS)]
    return (sum(arms) - 2.0,) if len(arms) == 2 and all(arms) else ()  # type: ignore[arg-type]


def _p_from_statistic(row: PublishedRow, study: Study, df: tuple[float, ...]) -> Check:
    def recomputed(units: float) -> Interval:
        return _p(row.statistic_within(units), df)

    verdict, would_fit = compare_at(row.p_within, recomputed), ""
    if verdict != CONSISTENT:
        verdict, would_fit = _explain(row, study, df, verdict)
    within = recomputed(HALF)
    return Check(
        row=row, check="p_from_statistic", verdict=verdict, compared="p", printed=row.p_printed, recomputed=within,
        value=_p(row.statistic_within(0.0), df).middle, would_fit=would_fit,
        decision_error=crosses_significance(row.p_within(), within),
        remark=f"from {row.stat_name} = {row.stat_value} with {' and '.join(f'{one:g}' for one in df)} df",
    )  # fmt: skip


def _p(statistic: Interval, df: tuple[float, ...]) -> Interval:
    return inference.p_of_t(statistic, *df) if len(df) == 1 else inference.p_of_f(statistic, *df)


def _explain(row: PublishedRow, study: Study, df: tuple[float, ...], verdict: str) -> tuple[str, str]:
    """Say which statistic, or which degrees of freedom of Welch's test, would give the printed p."""
    if len(df) == 2:
        return verdict, f"F = {span(inference.f_of_p(row.p_within(), *df), 3)} with these df"
    fits = f"t = {span(inference.t_of_p(row.p_within(), *df), 3)} with {df[0]:g} df"
    arms = [study.people_in(arm) or 0 for arm in row.comparison.split(VERSUS)]
    if len(arms) != 2 or min(arms) < 2:
        return verdict, fits
    welch = inference.df_of_p(row.statistic_within(), row.p_within(), min(arms) - 1.0, sum(arms) - 2.0)
    if welch is None:
        return verdict, fits
    return CONDITIONAL, f"{span(welch, 1)} df, as Welch's test for unequal variances or fewer people give; or {fits}"


def _t_from_means(row: PublishedRow, study: Study, pair: Pair) -> Check:
    def recomputed(units: float) -> Interval:
        return abs(inference.student_t(*pair.arms(units))[0])

    verdict = compare(abs(row.statistic_within()), recomputed(HALF))
    welch = abs(inference.welch_t(*pair.arms())[0])
    would_fit = "" if verdict == CONSISTENT else _other_people(row, study)
    if verdict == INCONSISTENT and welch.meets(abs(row.statistic_within())):
        verdict, would_fit = CONDITIONAL, "unequal variances (Welch)"
    return Check(
        row=row, check="t_from_means", verdict=verdict, compared="t", printed=row.stat_value,
        recomputed=recomputed(HALF), value=recomputed(0.0).middle, would_fit=would_fit,
        remark=f"pooled variance, {pair.lines}, sign left aside; Welch's t is {span(welch, 3)}",
    )  # fmt: skip


def _other_people(row: PublishedRow, study: Study) -> str:
    """Search the number of people in the second arm that fits every t of this comparison in the study."""
    tests = [one for one in study.of_kind("test") if (one.comparison, one.stat_name) == (row.comparison, "t")]
    pairs = [(one, pair) for one in tests if (pair := study.pair_of(one)) and pair.usable]
    fitting = _fitting(pairs, range(2, MOST_PEOPLE), HALF)
    if not fitting:
        return f"no n of {row.comparison.split(VERSUS)[1]} fits every t of this comparison"
    digits = _fitting(pairs, fitting, 0.0)
    best = f" (with the means and SDs exactly as printed: {span(Interval(digits[0], digits[-1]), 0)})" if digits else ""
    arm = row.comparison.split(VERSUS)[1]
    return f"n = {span(Interval(fitting[0], fitting[-1]), 0)} for {arm} fits all {len(pairs)} t{best}"


def _fitting(pairs: Sequence[tuple[PublishedRow, Pair]], tried: Sequence[int], units: float) -> list[int]:
    """Give the numbers of people in the second arm with which every printed t agrees with its means and SDs."""
    read = [(abs(one.statistic_within()), *pair.arms(units)) for one, pair in pairs]
    return [
        n
        for n in tried
        if all(abs(inference.student_t(first, replace(second, n=n))[0]).meets(t) for t, first, second in read)
    ]


def _tells_people(row: PublishedRow, pair: Pair) -> bool:
    """Tell whether only the number of people is missing: two waves that differ, and both spread."""
    before, after = pair.arms()
    counted = pair.first.people or pair.second.people
    known = abs(after.mean - before.mean).low > 0.0 and min(before.sd.low, after.sd.low) > 0.0
    return row.comparison in PAIRED and not counted and known


def _n_from_statistic(row: PublishedRow, study: Study) -> Check:
    """Ask which numbers of people would fit, where n is not printed, for all rows of the study at once."""
    tests = [one for one in study.of_kind("test") if one.comparison == row.comparison]
    readings = [(one, other) for one in tests if (other := study.pair_of(one)) and _tells_people(one, other)]
    ranges = [_people_if_paired(one, other) for one, other in readings]
    alone = [_people_if_apart(one, other) for one, other in readings]
    mine = [one for one, _ in readings].index(row)
    fits = _common(ranges) or _common(alone)
    low, high = USUAL_CORRELATIONS
    return Check(
        row=row, check="n_from_statistic", verdict=CONDITIONAL if fits else IMPLAUSIBLE, compared="n", printed="",
        recomputed=ranges[mine], value=ranges[mine].middle,
        would_fit=f"n = {span(fits, 0)}" if fits else f"no one n for the {len(readings)} tests of this study",
        remark=f"the number of people is not printed; paired, with a correlation of {low:g} to {high:g} between the "
        f"waves, {span(ranges[mine], 0)} people; as two separate samples of equal size, {span(alone[mine], 0)} each",
    )  # fmt: skip


def _people_if_paired(row: PublishedRow, pair: Pair) -> Interval:
    low, high = USUAL_CORRELATIONS
    ends = [inference.n_of_paired_t(*pair.arms(), row.statistic_within(), r) for r in (high, low)]
    return Interval(ends[0].low, ends[1].high)


def _people_if_apart(row: PublishedRow, pair: Pair) -> Interval:
    """Two samples of equal size are a pair of waves that do not correlate."""
    return inference.n_of_paired_t(*pair.arms(), row.statistic_within(), 0.0)


def _common(ranges: list[Interval]) -> Interval | None:
    low, high = max(one.low for one in ranges), min(one.high for one in ranges)
    return Interval(low, high) if low <= high else None


def check_p_only(row: PublishedRow, study: Study) -> Iterator[Check]:
    """Recompute a p-value that is printed without its statistic."""
    pair = study.pair_of(row)
    if pair and pair.usable:
        yield _p_if_paired(row, pair) if row.comparison in PAIRED else _p_from_means(row, pair)
        return
    counts = _paired_counts(row, study)
    yield _p_from_counts(row, *counts) if counts else not_recomputable(row, _what_is_missing(row, study))


def _what_is_missing(row: PublishedRow, study: Study) -> str:
    means = [one for one in study.of_kind("mean_sd") if one.outcome == row.outcome]
    return (
        "no mean, SD or statistic is printed beside this p"
        if not means
        else "the number of people is not printed for the means beside it"
    )


def _p_from_means(row: PublishedRow, pair: Pair) -> Check:
    def recomputed(units: float) -> Interval:
        return inference.p_of_t(*inference.student_t(*pair.arms(units)))

    welch, within = inference.p_of_welch(*pair.arms()), recomputed(HALF)
    verdict = compare(row.p_within(), within)
    if verdict == INCONSISTENT and welch.meets(row.p_within()):
        verdict = CONDITIONAL
    value, either = recomputed(0.0).middle, Interval(min(within.low, welch.low), max(within.high, welch.high))
    return Check(
        row=row, check="p_from_means", verdict=verdict, compared="p", printed=row.p_printed, recomputed=within,
        value=value,
        would_fit="unequal variances (Welch)" if verdict == CONDITIONAL else "",
        decision_error=crosses_significance(row.p_within(), either),
        remark=f"pooled variance, {pair.lines}; the numbers as printed give {p_text(value)}, their rounding allows "
        f"{p_text(within.low)} to {p_text(within.high)} (Welch {p_text(welch.low)} to {p_text(welch.high)})",
    )  # fmt: skip


def _p_if_paired(row: PublishedRow, pair: Pair) -> Check:
    """Ask which correlations of the waves allow the printed p: the SD of the changes is not printed."""
    before, after = pair.arms()
    within = Interval(_paired_p(before, after, 1.0).low, _paired_p(before, after, -1.0).high)
    grid = [r / 100.0 for r in range(-100, 101)]
    allowed = [r for r in grid if _paired_p(before, after, r).meets(row.p_within())]
    usual = [r for r in grid if USUAL_CORRELATIONS[0] <= r <= USUAL_CORRELATIONS[1]]
    verdict = CONSISTENT if set(usual) <= set(allowed) else CONDITIONAL if allowed else INCONSISTENT
    return Check(
        row=row, check="p_if_paired", verdict=verdict, compared="p",
        printed=row.p_printed, recomputed=within,
        decision_error=crosses_significance(row.p_within(), within),
        would_fit=f"any correlation of the waves from {min(allowed):.2f} to {max(allowed):.2f}" if allowed else "",
        remark=f"{pair.lines}; the correlation of the waves is not printed, usual ones are .3 to .8",
    )  # fmt: skip


def _paired_p(before: Arm, after: Arm, correlation: float) -> Interval:
    spread = before.sd.squared() + after.sd.squared()
    both = Interval(before.sd.low * after.sd.low, before.sd.high * after.sd.high).times(2.0 * abs(correlation))
    variance = spread - both if correlation > 0.0 else spread + both
    error = Interval(max(variance.low, 1e-12), max(variance.high, 1e-12)).times(1.0 / before.n).root()
    return inference.p_of_t((after.mean - before.mean) / error, before.n - 1)


def _paired_counts(row: PublishedRow, study: Study) -> tuple[int, int, int] | None:
    """Give people with the condition before and after, and all people."""
    found = {
        one.wave: int(one.stat_value) for one in study.of_kind("count")
        if (one.outcome, one.wave) in {(row.outcome, "pre"), (row.outcome, "post")} and row.outcome
    }  # fmt: skip
    return (found["pre"], found["post"], row.people) if len(found) == 2 and row.people else None


def _p_from_counts(row: PublishedRow, before: int, after: int, n: int) -> Check:
    within = inference.mcnemar_of_margins(before, after, n)
    fits = within.meets(row.p_within())
    return Check(
        row=row, check="p_from_counts", verdict=CONSISTENT if fits else CONDITIONAL, compared="p",
        printed=row.p_printed, recomputed=within, value=within.middle,
        decision_error=crosses_significance(row.p_within(), within),
        would_fit="" if fits else "a test of the scores behind the counts, which are not printed",
        remark=f"exact McNemar test of {before} and {after} of the same {n} people; the test used is not named",
    )  # fmt: skip
