"""Is the scoring right? What the answers themselves say about the key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from balint_eval.instruments.model import Instrument, Scale
from balint_eval.scoring import FloatArray, keyed_answers
from balint_eval.stats.reliability import cronbach_alpha, item_rest_correlations
from balint_eval.tables import TABLES, check_table

ENOUGH_ROWS = 20
"""Complete answer rows below which item-rest correlations are not judged."""


def examine_keys(
    responses: pd.DataFrame, instruments: Mapping[str, Instrument], confirmed: Iterable[str] = ()
) -> pd.DataFrame:
    """Look for items that were reversed before the export, or that the key reverses wrongly.

    Parameters
    ----------
    responses : pandas.DataFrame
        Contract `responses`.
    instruments : mapping of name to Instrument
    confirmed : iterable of instrument names
        Instruments whose key a person has confirmed in the study file.

    Returns
    -------
    pandas.DataFrame
        Contract `findings`. Severity `refuse` means that the scale gets no score until the study file says
        `already_reversed: true` or `key_confirmed: true`.

    Notes
    -----
    In a scale that measures one thing the reversed items, once keyed, go with the others. When their sum
    correlates negatively with the sum of the others, and the scale holds together better without reversing,
    the platform has most likely reversed them already. The sums are held against each other, not each item
    against the rest: where half of the items are reversed the rest is a mixture that says little. Judged on
    at least 20 complete rows, pooled over waves.
    """
    findings = []
    for (cohort, name), answers in responses.groupby(["cohort", "instrument"], sort=True):
        instrument = instruments[str(name)]
        who, keyed = keyed_answers(answers, instrument)
        for scale in instrument.scales:
            finding = _examine_scale(keyed, instrument, scale, confirmed=instrument.name in set(confirmed))
            if finding:
                place = {"cohort": cohort, "instrument": name, "scale": scale.name, "wave": "all"}
                findings.append(place | finding | {"people": int(who["person_id"].nunique())})
    return check_table(pd.DataFrame(findings, columns=TABLES["findings"].names), "findings")


def doubtful_scales(findings: pd.DataFrame) -> list[tuple[str, str]]:
    """Give the (instrument, scale) pairs that get no score."""
    refused = findings[findings["severity"] == "refuse"]
    return list(zip(refused["instrument"], refused["scale"], strict=True))


def _examine_scale(
    keyed: FloatArray, instrument: Instrument, scale: Scale, *, confirmed: bool
) -> dict[str, object] | None:
    reversed_items = [item for item in scale.items if item in instrument.reverse]
    if not reversed_items or len(reversed_items) == len(scale.items):
        return None
    items = keyed[:, np.asarray(scale.items) - 1]
    items = items[~np.isnan(items).any(axis=1)]
    if len(items) < ENOUGH_ROWS or (items.std(axis=0) == 0).any():
        return _not_judged(len(items), scale)
    return _judge(items, reversed_items, instrument, scale, confirmed=confirmed)


def _not_judged(rows: int, scale: Scale) -> dict[str, object] | None:
    return {
        "code": "DOC-NOTJUDGED",
        "severity": "note",
        "seen": f"{rows} complete answers to {scale.label or scale.name}, or an item without any variation",
        "why": f"below {ENOUGH_ROWS} complete answers a wrong key cannot be told from chance",
        "mend": "compare the key with the form by eye",
    }


def _judge(
    items: FloatArray, reversed_items: list[int], instrument: Instrument, scale: Scale, *, confirmed: bool
) -> dict[str, object] | None:
    places = [scale.items.index(item) for item in reversed_items]
    correlations = item_rest_correlations(items)[places]
    as_stored = items.copy()
    as_stored[:, places] = instrument.response.codes[0] + instrument.response.codes[-1] - as_stored[:, places]
    alpha_keyed, alpha_stored = cronbach_alpha(items).alpha, cronbach_alpha(as_stored).alpha
    together = _between(items, places)
    if together >= 0 or alpha_stored <= alpha_keyed:
        return None
    listed = ", ".join(f"item {item} {r:.2f}" for item, r in zip(reversed_items, correlations, strict=True))
    return {
        "code": "WARN-ALPHA",
        "severity": "warn" if confirmed else "refuse",
        "seen": (
            f"after reversing by the key, the reversed items go against the others (r {together:.2f}; with the rest "
            f"of the scale {listed}); alpha is {alpha_keyed:.3f} after and {alpha_stored:.3f} before reversing"
        ),
        "why": "the platform has most likely reversed these items already; reversing twice turns them round",
        "mend": (
            f"set already_reversed: true for {instrument.name} in the study file, or key_confirmed: true if a person "
            "has checked that the export holds the answers as given"
        ),
    }


def _between(items: FloatArray, places: list[int]) -> float:
    """Give the correlation of the sum of the reversed items with the sum of the others."""
    own = items[:, places].sum(axis=1)
    others = items.sum(axis=1) - own
    if own.std() == 0 or others.std() == 0:
        return 0.0
    return float(np.corrcoef(own, others)[0, 1])
