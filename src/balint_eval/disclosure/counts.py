"""Counts as they are released: bands, the nearest five, small levels merged."""

from __future__ import annotations

from collections.abc import Sequence

_BANDS = (5, 8, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000)
NEAREST = 5


def band(people: int, smallest: int) -> str:
    """Give the band a number of people lies in, such as `10-14`; `<8` below the smallest number.

    Examples
    --------
    >>> band(9, 8), band(12, 8), band(6, 8), band(4000, 8)
    ('8-9', '10-14', '<8', '1000+')
    """
    if people < smallest:
        return f"<{smallest}"
    low = max([smallest, *(edge for edge in _BANDS if edge <= people)])
    higher = [edge for edge in _BANDS if edge > low]
    return f"{low}-{higher[0] - 1}" if higher else f"{low}+"


def rounded(people: int) -> int:
    """Give a count to the nearest five."""
    return NEAREST * round(people / NEAREST)


def merged_answers(counts: Sequence[int], smallest: int) -> list[tuple[int, int]]:
    """Merge neighbouring answers until each part was given by enough people.

    Parameters
    ----------
    counts : sequence of int
        People who gave each answer, in the order of the answers.
    smallest : int

    Returns
    -------
    list of (first, last)
        Places of the answers of each part; one part holds them all where nothing else is left.

    Examples
    --------
    >>> merged_answers([1, 4, 9, 20, 16], 8)
    [(0, 2), (3, 3), (4, 4)]
    """
    parts = [(place, place) for place in range(len(counts))]
    while len(parts) > 1:
        sums = [sum(counts[first : last + 1]) for first, last in parts]
        at = min(range(len(parts)), key=lambda place: (sums[place], place))
        if sums[at] >= smallest:
            break
        # Towards the smaller neighbour, so that as many parts as can be are kept.
        before = at > 0 and (at == len(parts) - 1 or sums[at - 1] < sums[at + 1])
        start = at - 1 if before else at
        parts[start : start + 2] = [(parts[start][0], parts[start + 1][1])]
    return parts


def merged_levels(counts: dict[str, int], smallest: int) -> list[tuple[tuple[str, ...], int]]:
    """Put small levels of a trait together until each holds enough people.

    Returns
    -------
    list of (levels, people)
        Largest first; a single entry where only everybody together is enough.
    """
    parts: list[tuple[tuple[str, ...], int]] = sorted(
        (((name,), people) for name, people in counts.items() if people), key=lambda p: (-p[1], p[0])
    )
    while len(parts) > 1 and parts[-1][1] < smallest:
        last, before = parts.pop(), parts.pop()
        parts.append((before[0] + last[0], before[1] + last[1]))
        parts.sort(key=lambda part: (-part[1], part[0]))
    return parts
