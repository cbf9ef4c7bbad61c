"""Elements of self-made codes as they can be seen: in the headings of questions, or in the pattern of whole codes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from balint_eval.codebook.model import ElementKind
from balint_eval.ingest.linkage.elements import plain, tidy_element
from balint_eval.init.columns import Column
from balint_eval.study_model import CodeElement

FEWEST_PARTS = 3
"""As many as a code needs for tolerant linking."""
FITTING = 0.85
"""Share of the codes that must have the form; a few people write theirs in another way."""
FEWEST_SEEN = 8
"""Codes below which a common pattern may be chance."""
COMMONEST = 0.6
"""Share of one value from which letters are a prefix that was given out, not an element of a person's code."""
FEWEST_VALUES = 3
FULL_YEAR_OF_PEOPLE = 12
"""People from whom numbers up to 12 are months: days of birth would hardly all be so low."""
LONGEST_LETTERS = 3
MOST_LETTERS = 25

_LETTERS = re.compile(r"\b(letters?|initials?)\b|حرف|حروف", re.IGNORECASE)
_DIGITS = re.compile(r"\bdigits?\b|رقم", re.IGNORECASE)
_BIRTH = re.compile(r"\b(births?|birthday|born)\b|تولد|متولد|دنیا", re.IGNORECASE)
_DAY = re.compile(r"\bday\b|روز", re.IGNORECASE)
_MONTH = re.compile(r"\bmonth\b(?! you)|\b(month you were born|birth month|month of birth)\b|ماه", re.IGNORECASE)
_YEAR = re.compile(r"\byear\b|سال", re.IGNORECASE)
_SIBLINGS = re.compile(
    r"\b(how many|number of)\b.*\b(brothers?|sisters?|siblings?|children)\b|(تعداد|چند) .*(خواهر|برادر|فرزند)",
    re.IGNORECASE,
)
_DAY_OF_MONTH = re.compile(r"\bday of (the|your) month\b", re.IGNORECASE)
_HOW_MANY = re.compile(
    r"(?<!\w)(one|two|three|four|یک|دو|سه|چهار|[1-4])\s+(?:first\s+|last\s+)?(letters?|digits?|حرف|رقم)"
)
_NUMBER_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "یک": 1, "دو": 2, "سه": 3, "چهار": 4}
_ONE_LETTER = re.compile(r"\b(letter|initial)\b|(?<!\w)حرف (اول|نخست)", re.IGNORECASE)
_ABOUT: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (about, re.compile(words, re.IGNORECASE))
    for about, words in (
        ("mother", r"\b(mother|mum|mom)\b|مادر"),
        ("father", r"\b(father|dad)\b|پدر"),
        (
            "birthplace",
            r"\b(birth ?place|place of birth|home ?town)\b|\b(city|town|village|place|country)\b|محل|شهر|روستا",
        ),
        ("street", r"\bstreet\b|خیابان"),
        ("school", r"\bschool\b|مدرسه|دبستان"),
        ("phone", r"\b(phone|mobile)\b|تلفن|موبایل"),
        ("name", r"\bname\b|نام"),
    )
)
NAMES: dict[str, tuple[str, str]] = {
    "mother": ("mother", "مادر"),
    "father": ("father", "پدر"),
    "birthplace": ("birthplace", "محل تولد"),
    "street": ("street", "خیابان"),
    "school": ("school", "مدرسه"),
    "phone": ("phone", "تلفن"),
    "name": ("name", "نام"),
    "day": ("day", "روز"),
    "month": ("month", "ماه"),
    "year": ("year", "سال"),
    "siblings": ("siblings", "خواهر و برادر"),
    "letters": ("letters", "حروف"),
    "number": ("number", "عدد"),
}
"""What an element is about, and its name in English and Persian."""

GIVEN_OUT = re.compile(
    r"\b(participant|subject|student|staff|personnel|employee|matriculation|registration|record|respondent|token|study)\b"
    r"|شماره|دانشجویی|پرسنلی",
    re.IGNORECASE,
)
"""Headings of ids that somebody gave out."""
_BETWEEN_PHRASES = re.compile(r"[,;+/،؛&()|:]|\band\b|\bthen\b|(?<!\w)(?:و|سپس)(?!\w)|\s[-–]\s")
_RUNS = re.compile(r"[^\W\d_]+|[0-9]+")
_NO_SIGNS = re.compile(r"[\W_]+")
_SIGN = re.compile(r"[^\w\s]|_| ")


@dataclass(frozen=True, slots=True)
class Part:
    """One element of a code.

    Attributes
    ----------
    about : str
        Key of `NAMES`.
    kind : str
        As in the study file.
    length : int
        Signs, 0 where it is not known.
    """

    about: str
    kind: ElementKind
    length: int = 0

    @property
    def element(self) -> CodeElement:
        """The element of a linkage, for tidying."""
        return CodeElement(name=self.about, kind=self.kind, length=self.length)


def part_of(words: str) -> Part | None:
    """Give the element that a heading asks for, None where it asks for something else.

    Examples
    --------
    >>> part_of("First two letters of your mother's name")
    Part(about='mother', kind='letters', length=2)
    >>> part_of("Day of the month you were born").kind
    'day'
    """
    words = words.casefold()
    about = next((name for name, pattern in _ABOUT if pattern.search(words)), "")
    if _LETTERS.search(words):
        return Part(about or "letters", "letters", _length_said(words))
    if _DIGITS.search(words):
        return Part(about or "number", "number", _length_said(words))
    if _BIRTH.search(words):
        return _part_of_birth(words)
    return Part("siblings", "number") if _SIBLINGS.search(words) else None


def _part_of_birth(words: str) -> Part | None:
    asked = [
        part
        for part, pattern in (
            (Part("day", "day"), _DAY),
            (Part("month", "month"), _MONTH),
            (Part("year", "number"), _YEAR),
        )
        if pattern.search(words)
    ]
    if asked and asked[0].kind == "day" and _DAY_OF_MONTH.search(words):
        return asked[0]
    # A question for day and month together is one number that nobody can cut safely.
    return asked[0] if len(asked) == 1 else None


def _length_said(words: str) -> int:
    found = _HOW_MANY.search(words)
    if found:
        return _NUMBER_WORDS.get(found[1]) or int(found[1])
    return 1 if _ONE_LETTER.search(words) else 0


def asked_parts(columns: Sequence[Column]) -> list[tuple[Column, Part]]:
    """Give the columns that ask for one element each, where there are enough of them; else none.

    Parameters
    ----------
    columns : sequence of Column

    Returns
    -------
    list of (Column, Part)
        In the order of the file. The heading asks for an element, and the answers have its form.
    """
    found = []
    for column in columns:
        part = None if column.of_platform or not column.texts else part_of(column.words)
        if part is not None and _fits(column.texts, part):
            found.append((column, _with_length(part, column.texts)))
    return found if len(found) >= FEWEST_PARTS else []


def _fits(texts: Sequence[str], part: Part) -> bool:
    return sum(_has_form(text, part) for text in texts) >= FITTING * len(texts)


def _has_form(text: str, part: Part) -> bool:
    tidied = tidy_element(text, part.element)
    if part.kind == "letters":
        return bool(tidied) and not re.search("[0-9]", plain(text)) and len(text) <= MOST_LETTERS
    highest = {"day": 31, "month": 12}.get(part.kind)
    return tidied.isdecimal() and (highest is None or 1 <= int(tidied) <= highest)


def _with_length(part: Part, texts: Sequence[str]) -> Part:
    """Take the length of the answers where the heading says none, and they agree."""
    if part.length or part.kind not in {"letters", "number"}:
        return part
    length = _common_length([_NO_SIGNS.sub("", plain(text)) for text in texts])
    short = length <= LONGEST_LETTERS or part.kind == "number"
    return Part(part.about, part.kind, length if short and part.about != "siblings" else 0)


def _common_length(texts: Sequence[str]) -> int:
    length, times = Counter(map(len, texts)).most_common(1)[0]
    return length if times >= FITTING * len(texts) else 0


def parts_in_heading(words: str) -> list[Part]:
    """Give the elements that one heading lists for the whole code, `[]` where it lists too few."""
    parts = [part for phrase in _BETWEEN_PHRASES.split(words) if (part := part_of(phrase))]
    return parts if len(parts) >= FEWEST_PARTS else []


def sign_between(texts: Sequence[str]) -> str:
    """Give the sign that parts the elements of most codes, `""` where there is none."""
    signs = Counter(sign for text in texts for sign in set(_SIGN.findall(plain(text).strip())))
    sign, times = signs.most_common(1)[0] if signs else ("", 0)
    return sign if texts and times >= FITTING * len(texts) else ""


def parts_in_pattern(texts: Sequence[str]) -> list[Part]:
    """Give the elements that the form of whole codes shows, such as two letters, a day and two letters.

    Parameters
    ----------
    texts : sequence of str
        Different codes.

    Returns
    -------
    list of Part
        `[]` where there are too few codes or elements, where the codes have no common form, or where letters are a
        prefix that nearly all share: such codes were given out.
    """
    if len(texts) < FEWEST_SEEN:
        return []
    sign = sign_between(texts)
    cut = [_pieces(text, sign) for text in texts]
    shape = Counter(_shape(pieces) for pieces in cut).most_common(1)[0][0]
    same = [pieces for pieces in cut if _shape(pieces) == shape]
    if not shape or len(same) < FITTING * len(texts):
        return []
    parts = [part for column in zip(*same, strict=True) for part in _parts_of(column, parted=bool(sign))]
    letters = [column for column in zip(*same, strict=True) if column[0].isalpha()]
    possible = len(parts) >= FEWEST_PARTS and letters and all(map(_varied, letters))
    return parts if possible and all(part.length or part.kind != "letters" or sign for part in parts) else []


def _pieces(text: str, sign: str) -> tuple[str, ...]:
    written = plain(text)
    return tuple(written.split(sign)) if sign else tuple(_RUNS.findall(_NO_SIGNS.sub("", written)))


def _shape(pieces: Sequence[str]) -> str:
    """Give one letter a piece: `a` for letters, `1` for digits; `""` where a piece is neither."""
    kinds = ["a" if piece.isalpha() else "1" if piece.isdecimal() else "" for piece in pieces]
    return "".join(kinds) if all(kinds) else ""


def _parts_of(texts: Sequence[str], *, parted: bool) -> Iterator[Part]:
    """Say what one run of letters or digits is; day and month side by side are two elements."""
    length = _common_length(texts)
    if texts[0].isalpha():
        yield Part("letters", "letters", length)
    elif length in {4, 6} and not parted and _within(texts, 0, 31) and _within(texts, 2, 12):
        yield from (Part("day", "day"), Part("month", "month"))
        yield from [Part("year", "number", 2)] * (length == 6)
    elif length in {4, 6} and not parted and _within(texts, 0, 12) and _within(texts, 2, 31):
        yield from (Part("month", "month"), Part("day", "day"))
        yield from [Part("year", "number", 2)] * (length == 6)
    elif max(map(len, texts)) <= 2 and all(1 <= int(text) <= 31 for text in texts):
        month = max(map(int, texts)) <= 12 and len(texts) >= FULL_YEAR_OF_PEOPLE
        yield Part("month", "month") if month else Part("day", "day")
    else:
        yield Part("number", "number", length)


def _within(texts: Sequence[str], start: int, highest: int) -> bool:
    return all(1 <= int(text[start : start + 2] or 0) <= highest for text in texts)


def _varied(texts: Sequence[str]) -> bool:
    counts = Counter(texts)
    return len(counts) >= FEWEST_VALUES and counts.most_common(1)[0][1] <= COMMONEST * len(texts)
