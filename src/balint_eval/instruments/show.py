"""The registry in words, for `balint-eval instruments`."""

from __future__ import annotations

import difflib

from balint_eval.errors import Problem, StudyError
from balint_eval.instruments.model import Instrument, Scale
from balint_eval.instruments.registry import known_instruments


def list_instruments() -> str:
    """Give one line an instrument: name, items, scales, licence, title."""
    rows = [("name", "items", "scales", "licence", "title")]
    rows += [
        (i.name, str(i.n_items), " ".join(scale.name for scale in i.scales), i.licence.status, i.title)
        for i in known_instruments().values()
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join("  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[4]]) for row in rows)


def describe_instrument(name: str) -> str:
    """Give everything that is known of one instrument.

    Raises
    ------
    StudyError
        There is no such instrument.
    """
    known = known_instruments()
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        mend = f"did you mean '{close[0]}'?" if close else f"use one of: {', '.join(known)}"
        raise StudyError(Problem("CFG-REFERENCE", f"there is no instrument '{name}'", mend))
    return "\n".join(_lines(known[name]))


def _lines(instrument: Instrument) -> list[str]:
    codes = ", ".join(f"{code:g}" for code in instrument.response.codes)
    lines = [
        f"{instrument.name}: {instrument.title}",
        f"  measures {instrument.measures}, answered by: {instrument.rater}, Kirkpatrick level {instrument.level}",
        f"  {instrument.citation}" + (f" doi:{instrument.doi}" if instrument.doi else ""),
        f"  {instrument.n_items} items, codes {codes}; reversed: {_numbers(instrument.reverse)}",
    ]
    lines += [line for scale in instrument.scales for line in _scale_lines(instrument, scale)]
    lines += [
        f"  licence: {instrument.licence.status}" + f" ({instrument.licence.note})" * bool(instrument.licence.note)
    ]
    marks = "; ".join(f"{group} {'+'.join(values)}" for group, values in instrument.evidence.items())
    lines += [f"  evidence: {marks}", "  (P paper, S secondary page, C scoring code, D open data, U unverified)"]
    lines += [
        f"  norm: {norm.scale} {norm.mean:g}" + (f" (SD {norm.sd:g})" if norm.sd else "")
        + f", {norm.population}, {norm.source} [{norm.mark}]"
        for norm in instrument.norms
    ]  # fmt: skip
    lines += [f"  cut-off: {c.scale} {c.op} {c.value:g} {c.label}, {c.source} [{c.mark}]" for c in instrument.cutoffs]
    return lines + [f"  beware: {trap}" for trap in instrument.traps]


def _scale_lines(instrument: Instrument, scale: Scale) -> list[str]:
    made = f"items {_numbers(scale.items)}" if scale.items else f"scales {', '.join(scale.of)}"
    factor = f" x {scale.multiply:g}" if scale.multiply != 1 else ""
    needed = f"; needs {instrument.required_answers(scale)} answers" if scale.items else ""
    low, high = scale.range
    return [
        f"  {scale.name} ({scale.label}): {scale.rule} of {made}{factor}, {low:g} to {high:g}, "
        f"higher is {scale.higher_is}{needed}"
    ]


def _numbers(items: list[int]) -> str:
    return ", ".join(str(item) for item in items) or "none"
