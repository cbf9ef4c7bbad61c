"""How likely it is that two different people made the same code: the birthday problem on the codes seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import comb, expm1, prod

from balint_eval.ingest.linkage.elements import Code
from balint_eval.study_model import CodeElement

TOO_SMALL = 0.05
"""Chance of two people with one code above which the code is said to be too short."""
_LETTERS = 26
_MOST = {"day": 31, "month": 12}


def agreement(texts: Sequence[str], element: CodeElement) -> float:
    """Estimate the chance that two different people gave the same element.

    Parameters
    ----------
    texts : sequence of str
        Tidied elements of different people; blanks are left out.
    element : CodeElement

    Returns
    -------
    float
        Share of the pairs of people that agree, the unbiased estimate of the sum of squared frequencies (Simpson
        1949, Nature 163:688), and never less than with all possible elements equally likely.
    """
    counts = Counter(text for text in texts if text)
    pairs = comb(counts.total(), 2)
    seen = sum(comb(count, 2) for count in counts.values()) / pairs if pairs else 0.0
    return max(seen, 1 / _possible(element))


def _possible(element: CodeElement) -> int:
    if element.kind in _MOST:
        return _MOST[element.kind]
    signs = _LETTERS if element.kind == "letters" else 10
    return int(signs ** (element.length or 3))


def pair_chance(codes: Sequence[Code], elements: Sequence[CodeElement]) -> float:
    """Give the chance that two people picked at random have one code, elements taken as independent."""
    return prod(element_chances(codes, elements))


def element_chances(codes: Sequence[Code], elements: Sequence[CodeElement]) -> list[float]:
    """Give `agreement` for each element."""
    columns = list(zip(*codes, strict=True)) or [()] * len(elements)
    return [agreement(texts, element) for texts, element in zip(columns, elements, strict=True)]


def collision_chance(people: int, pair: float) -> float:
    """Give the chance that at least two of some people have one code.

    Parameters
    ----------
    people : int
    pair : float
        From `pair_chance`.

    Returns
    -------
    float
        1 - exp(-pairs x chance): the Poisson approximation of the birthday problem (Diaconis and Mosteller 1989,
        JASA 84:853-861).
    """
    return -expm1(-comb(people, 2) * pair)


def chance_in_words(chance: float) -> str:
    """Write a chance as a percentage that is never a bare 0 or 100."""
    if chance < 0.001:
        return "under 0.1 %"
    if chance > 0.99:
        return "over 99 %"
    return f"{100 * chance:.1f} %" if chance < 0.1 else f"{100 * chance:.0f} %"
