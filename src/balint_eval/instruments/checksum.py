"""A checksum of what decides a score, so that a changed key cannot pass under a published name."""

from __future__ import annotations

import hashlib
import json

from balint_eval.instruments.model import Instrument


def key_sha256(instrument: Instrument) -> str:
    """Give the SHA-256 of an instrument's key.

    Parameters
    ----------
    instrument : Instrument

    Returns
    -------
    str
        64 hexadecimal digits over number of items, codes, reversed items, missing rule of the form, and
        each scale's name, items, parts, rule, factor and answers needed. Names, labels, sources and evidence
        do not enter: they decide no score.
    """
    key = {
        "n_items": instrument.n_items,
        "codes": instrument.response.codes,
        "reverse": sorted(instrument.reverse),
        "optional": sorted(instrument.optional_items),
        "most_missing_on_form": instrument.missing.most_missing_on_form,
        "scales": [
            [s.name, sorted(s.items), sorted(s.of), s.rule, s.multiply, s.min_answered]
            for s in sorted(instrument.scales, key=lambda scale: scale.name)
        ],
    }
    return hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
