"""How a language writes numbers that are already rounded: digits, separators, minus, percent.

Numbers are rounded and written once, in the form of English (`−1,234.50`, `[0.4, 5.8]`, `< .001`, `95%`); a language
only writes the same signs in its own way. So no two languages can print different numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LATIN_DIGITS = "0123456789"
LEFT_TO_RIGHT, FIRST_STRONG, END = "\u2066", "\u2068", "\u2069"
"""Isolates: what stands between a first and the last mark does not turn the text around it."""
_NUMBER = re.compile(
    r"(?<![\w.,])([−+±]?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]+)?(?:e[+−][0-9]+)?)(%?)(?!\w|[.,][0-9])"
)
_BETWEEN_NUMBERS = re.compile(r"(?<=[0-9%]), (?=[−+.0-9])")
_TURNING = frozenset("−+±<>=[]()/*")


@dataclass(frozen=True, slots=True)
class Numerals:
    """Signs of numbers.

    Attributes
    ----------
    digits : str
        The ten digits from zero.
    decimal, thousands, percent : str
        Separators, and the sign of a percentage.
    leading_zero : bool
        True to write 0.034 where English has .034.
    list_separator : str
        Between the ends of an interval.
    """

    digits: str = LATIN_DIGITS
    decimal: str = "."
    thousands: str = ","
    percent: str = "%"
    leading_zero: bool = False
    list_separator: str = ","

    def written(self, text: str) -> str:
        """Write every number of a text with these signs; numbers that touch a letter, as in CR2, are names.

        Parameters
        ----------
        text : str
            With numbers as English writes them.

        Returns
        -------
        str
        """
        return _NUMBER.sub(self._number, _BETWEEN_NUMBERS.sub(f"{self.list_separator} ", text))

    def _number(self, match: re.Match[str]) -> str:
        sign, number, percent = match.groups()
        if not number:
            return match[0]
        if number.startswith(".") and self.leading_zero:
            number = f"0{number}"
        signs = {",": self.thousands, ".": self.decimal, **dict(zip(LATIN_DIGITS, self.digits, strict=True))}
        return sign + "".join(signs.get(sign_, sign_) for sign_ in number) + (self.percent if percent else "")


def is_number(text: str) -> bool:
    """Say whether a text is a number, an interval or the like: digits and signs, no letters."""
    return any(sign.isdigit() for sign in text) and not any(sign.isalpha() for sign in text)


def turns(text: str) -> bool:
    """Say whether a number has signs that would change sides in a text that runs from right to left."""
    return any(sign in _TURNING for sign in text)
