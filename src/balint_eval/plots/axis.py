"""Ticks and value axes."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, isfinite, log10

from balint_eval.language import Language
from balint_eval.plots.style import SMALL
from balint_eval.plots.text import line_width
from balint_eval.plots.words import plain


def nice_step(span: float, wanted: int) -> float:
    """Give a step of 1, 2, 2.5 or 5 times a power of ten that makes about `wanted` intervals."""
    rough = span / max(wanted, 1)
    power = 10.0 ** floor(log10(rough))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * (1 - 1e-9))


def nice_ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Give round ticks inside an interval."""
    if not (isfinite(low) and isfinite(high)) or high <= low:
        return [low] if isfinite(low) else []
    step = nice_step(high - low, wanted)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [round(index * step, 10) + 0.0 for index in range(first, last + 1)]


def scale_ticks(low: float, high: float) -> list[float]:
    """Give the ticks of a whole scale: both end points, and whole numbers at equal steps where possible."""
    equal = [(high - low) / parts for parts in (5, 4, 3, 6)]
    whole = [step for step in equal if step == int(step)]
    step = next((step for step in whole if step % 5 == 0), next(iter(whole[1:] or whole), None))
    if step is not None:
        return [low + index * step for index in range(round((high - low) / step) + 1)]
    ticks = nice_ticks(low, high, 4)
    room = 0.5 * (ticks[1] - ticks[0]) if len(ticks) > 1 else 0.0
    return [low, *(tick for tick in ticks if tick - low > room and high - tick > room), high]


def tick_room(ticks: Sequence[float], language: Language) -> float:
    """Give the millimetres the labels of a value axis take, tick marks and gap included."""
    return max((line_width(tick_label(tick, language), SMALL) for tick in ticks), default=0.0) + 2.2


def tick_label(tick: float, language: Language) -> str:
    """Write a tick in the signs of the language."""
    return language.number(plain(tick))
