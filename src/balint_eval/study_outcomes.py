"""The line to paste where a study names instruments and lists no outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from balint_eval.errors import Problem
from balint_eval.instruments.model import Instrument


def with_outcomes_to_paste(
    problems: Iterable[Problem], values: object, instruments: Mapping[str, Instrument]
) -> list[Problem]:
    """Give the problems, that of missing outcomes with a line that mends it.

    Parameters
    ----------
    problems : iterable of Problem
    values : object
        The study file with what its codebook says, not checked yet.
    instruments : mapping of name to Instrument
        The registry.

    Returns
    -------
    list of Problem
        Unchanged where the study names no instrument either.
    """
    entries = list(_entries(values, instruments)) if isinstance(values, dict) else []
    if not entries:
        return list(problems)
    line = f"outcomes: [{', '.join(entries)}]"
    mend = (
        "paste this line into the study file in place of the key, take out what is not to be compared, and write "
        f"`, role: primary` behind the scale the study is about, best before you look at the answers: {line}"
    )
    return [replace(one, mend=mend) if one.column == "outcomes" else one for one in problems]


def _entries(values: Mapping[str, Any], instruments: Mapping[str, Instrument]) -> Iterator[str]:
    own = {str(entry.get("name")): entry for entry in _mappings(values.get("own_instruments"))}
    for name in dict.fromkeys(_named(values)):
        if name in own:
            scales = [str(scale.get("name")) for scale in _mappings(own[name].get("scales"))]
            main = ["total"] if "total" in scales else scales
        else:
            main = instruments[name].main_scales if name in instruments else []
        yield from (f"{{instrument: {name}, scale: {scale}}}" for scale in main)


def _named(values: Mapping[str, Any]) -> Iterator[str]:
    """Give the instruments of all exports, in their order."""
    for cohort in _mappings(values.get("cohorts")):
        for export in _mappings(cohort.get("exports")):
            yield from (str(items.get("instrument", "")) for items in _mappings(export.get("items")))


def _mappings(entries: object) -> list[Mapping[str, Any]]:
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
