"""What decides a score and is unverified, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from balint_eval.instruments.model import Instrument, Scale

MARKS = {
    "P": "paper or official page",
    "S": "secondary page",
    "C": "published scoring code",
    "D": "recomputed from open data",
    "U": "unverified",
    "derived": "derived by arithmetic",
    "user": "declared by the study's author",
}


def spelled_out(marks: Sequence[str]) -> str:
    """Give evidence marks in words: `secondary page, unverified`."""
    return ", ".join(MARKS[mark] for mark in marks)


def unverified(instrument: Instrument, scale: Scale) -> tuple[str, ...]:
    """Say what decides a score and rests on no checked source.

    Parameters
    ----------
    instrument : Instrument
    scale : Scale
        One of its scales.

    Returns
    -------
    tuple of str
        Noun phrases such as `the reversal of items 14, 18, 19`; empty when every part of the key has a
        source. Never about norms and bounds: they decide no score.
    """
    parts = [instrument.scale(name) for name in scale.of] or [scale]
    found = [
        *(phrase for part in parts for phrase in _about_key(instrument, part)),
        *(phrase for part in parts for phrase in _about_missing(instrument, part)),
        *_about_points(instrument, scale),
    ]
    return tuple(dict.fromkeys(found))


def _about_key(instrument: Instrument, scale: Scale) -> Iterator[str]:
    evidence = instrument.evidence
    if evidence.get("key") == ["U"]:
        yield "the key: which items count and which are reversed"
    elif scale.mark == "U":
        whole = len(scale.items) == instrument.n_items
        yield "that all items make one score" if whole else "the item split"
    doubtful = [str(item) for item in instrument.reverse_unverified if item in scale.items]
    if doubtful:
        yield f"the reversal of item{'s' * (len(doubtful) > 1)} {', '.join(doubtful)}"
    if evidence.get("reverse") == ["U"]:
        yield "that no item is reversed" if not instrument.reverse else "the reversal"
    if instrument.to_confirm:
        yield instrument.to_confirm


def _about_missing(instrument: Instrument, scale: Scale) -> Iterator[str]:
    mark = scale.min_answered_mark or instrument.missing.mark
    if mark == "U" and (scale.min_answered or instrument.missing.published):
        yield "the missing rule"


def _about_points(instrument: Instrument, scale: Scale) -> Iterator[str]:
    if scale.multiply != 1 and instrument.evidence.get("multiply") == ["U"]:
        yield f"the factor {scale.multiply:g}"
    if instrument.evidence.get("range") == ["U"]:
        yield "the range (codes and factor)"
