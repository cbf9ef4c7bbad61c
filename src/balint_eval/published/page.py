"""The page of the published results: what could be recomputed, what does not fit, and why the rest could not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from balint_eval.published.check import CONSISTENT, FLAGGED, NOT_RECOMPUTABLE, VERDICTS, Check, p_text

_HEAD = """# Published results, recomputed

Every number in `data/published/published_results.csv` that can be recomputed from the numbers beside it was
recomputed, by `balint-eval reproduce`. A number printed with two decimals stands for everything within half of 0.01, so
every recomputation runs on intervals; a printed number that meets its interval is consistent. Nothing here says why a
number does not fit: a slip of the pen, a test that is not named and rounding on the way look alike. The p-values are
two-sided and those of the test the paper used; that none of these tests allows for people of one group being alike is
another matter (README).

Only abstracts and single tables of most papers were at hand, so "not printed" means "not available here".
"""


def summarise(checks: Sequence[Check]) -> list[str]:
    """Say in a few lines what came out, for the command line."""
    rows = len({check.row.line for check in checks})
    lines = [f"{rows} published numbers, {len(checks)} checks."]
    lines += [f"{count:4d} {verdict}: {VERDICTS[verdict]}" for verdict, count in _counts(checks)]
    flagged = [check for verdict in FLAGGED for check in checks if check.verdict == verdict]
    return lines + [f"row {check.row.line}, {_sentence(check)}" for check in flagged]


def _counts(checks: Sequence[Check]) -> list[tuple[str, int]]:
    counted = [(verdict, sum(check.verdict == verdict for check in checks)) for verdict in VERDICTS]
    return [(verdict, count) for verdict, count in counted if count]


def _sentence(check: Check) -> str:
    """Say one flagged check as a sentence."""
    fits = f" Would fit: {check.would_fit}." if check.would_fit else ""
    crosses = " Printed and recomputed p lie on different sides of .05." if check.decision_error else ""
    seen = " ".join(part for part in (check.compared, check.printed and f"printed {check.printed}") if part)
    found = f"{_place(check)}: {seen}{_comma(_recomputed(check))}, {check.verdict}"
    return f"{found}. {_capital(check.remark)}.{fits}{crosses}"


def _comma(text: str) -> str:
    return f", recomputed {text}" if text else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def published_page(checks: Sequence[Check], notice: str = "") -> str:
    """Give the page as Markdown.

    Parameters
    ----------
    checks : sequence of Check
    notice : str
        Put before everything.
    """
    counts = [[f"`{verdict}`", str(count), VERDICTS[verdict]] for verdict, count in _counts(checks)]
    parts = [notice + _HEAD, "## In numbers\n", *_table(["verdict", "checks", "meaning"], counts), ""]
    parts += ["## What does not fit\n", *_flagged(checks), ""]
    parts += ["## What fits\n", *_consistent(checks), "", "## What cannot be recomputed\n", *_reasons(checks), ""]
    parts += ["## Sources\n", *_sources(checks)]
    return "\n".join(parts) + "\n"


def _flagged(checks: Sequence[Check]) -> list[str]:
    chosen = [check for verdict in FLAGGED for check in checks if check.verdict == verdict]
    header = ["row", "study and number", "printed", "recomputed", "verdict", "stands on", "would fit"]
    rows = [[*_cells(c), _marked(c), c.remark, c.would_fit] for c in chosen]
    return _table(header, rows)


def _cells(check: Check) -> tuple[str, str, str, str]:
    seen = f"{check.compared} {check.printed}".strip()
    return str(check.row.line), _place(check), seen, _recomputed(check)


def _marked(check: Check) -> str:
    return f"{check.verdict}, **crosses .05**" if check.decision_error else check.verdict


def _consistent(checks: Sequence[Check]) -> list[str]:
    rows = [[*_cells(c), c.remark] for c in checks if c.verdict == CONSISTENT]
    return _table(["row", "study and number", "printed", "recomputed", "stands on"], rows)


def _reasons(checks: Sequence[Check]) -> list[str]:
    without = sorted((c for c in checks if c.verdict == NOT_RECOMPUTABLE), key=lambda c: (c.remark, c.row.line))
    rows = [
        [_capital(reason), ", ".join(str(c.row.line) for c in found)]
        for reason, found in groupby(without, key=lambda c: c.remark)
    ]
    return _table(["reason", "rows"], rows)


def _sources(checks: Sequence[Check]) -> list[str]:
    lines = []
    for study in dict.fromkeys(check.row.study for check in checks):
        mine = [check.row for check in checks if check.row.study == study]
        doi = f", doi {mine[0].doi}" if mine[0].doi else ""
        first, last = min(row.line for row in mine), max(row.line for row in mine)
        lines.append(f"- {study}{doi}: rows {first} to {last}" if last > first else f"- {study}{doi}: row {first}")
    return lines


def _place(check: Check) -> str:
    row = check.row
    parts = (row.study, row.outcome or row.stat_name, row.arm, row.wave, row.comparison)
    return ", ".join(part for part in parts if part)


def _recomputed(check: Check) -> str:
    """Give the range that rounding allows, with the decimals its kind deserves."""
    within = check.recomputed
    if within is None:
        return ""
    decimals = {"p": 4, "percent": 2, "count": 0, "n": 0}.get(check.compared, 3)
    if check.compared == "p":
        low, high = p_text(within.low), p_text(within.high)
    else:
        low, high = f"{within.low:.{decimals}f}", f"{within.high:.{decimals}f}"
    return low if low == high else f"{low} to {high}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    cells = [header, ["---"] * len(header), *rows]
    return [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in cells]
