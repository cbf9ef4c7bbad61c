"""What can be seen of one column of an export: its kind of content, its name, its part in the study."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from balint_eval.errors import LONGEST_ANSWER
from balint_eval.ingest.sheet import NORMAL, Sheet
from balint_eval.ingest.text import clean_header, clean_text, is_blank, match_key, normalise_id

MOST_ANSWERS = 12
"""Distinct texts of a column of answers; a form has seldom more than nine, with codes for missing answers."""
LONG_TEXT = 25
"""Median length from which texts that differ are taken for something people wrote."""
NEARLY_UNIQUE = 0.9

LONGEST_TOTAL = 8
"""Words of the heading of a score; a longer one is a statement."""

_DECIMAL = re.compile(r"[+-]?[0-9]+(?:[.,٫][0-9]+)?")
_NUMBER = re.compile(r"[+-]?[0-9]{1,4}(?:[.,]0+)?")

_PLATFORM_NAMES = frozenset(
    match_key(name)
    for name in (
        "StartDate", "EndDate", "Status", "IPAddress", "IP Address", "Progress", "Duration (in seconds)", "Finished",
        "RecordedDate", "ResponseId", "ResponseID", "ResponseSet", "RecipientLastName", "RecipientFirstName",
        "RecipientEmail", "ExternalReference", "ExternalDataReference", "LocationLatitude", "LocationLongitude",
        "LocationAccuracy", "DistributionChannel", "UserLanguage", "Q_RecaptchaScore", "Q_DuplicateRespondent",
        "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_data_access_group", "redcap_survey_identifier",
        "Respondent ID", "Collector ID", "respondent_id", "collector_id", "date_created", "date_modified",
        "Start Date", "End Date", "Start time", "Completion time", "Last modified time", "Total points",
        "Quiz feedback", "Timestamp", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp",
        "ipaddr", "refurl", "submission time", "_id", "_uuid", "_submission_time", "_validation_status", "_notes",
        "_status", "_submitted_by", "_tags", "_index", "__version__", "formhub/uuid", "meta/instanceID",
    )
)  # fmt: skip
"""Columns that a platform adds by itself, as `match_key` gives their names; never an answer or a person's code."""
_FIRST_IS_NUMBER = frozenset({"microsoft_forms", "surveymonkey", "limesurvey"})
"""Platforms whose first column numbers the answers, not the people."""

_PRIVATE = re.compile(
    r"\b(e-?mails?|first name|last name|surname|full name|your name|phone|mobile|address|ip)\b|^name$"
    r"|ایمیل|نام و نام|نام خانوادگی|^نام$|تلفن|موبایل",
    re.IGNORECASE,
)
_PART = re.compile(r"\b(letters?|initials?|digits?|characters?)\b|حرف|حروف|رقم", re.IGNORECASE)
"""Headings that ask for a part of a name or number only, as self-made codes do."""
_CODE = re.compile(
    r"\b(codes?|ids?|identifier|pseudonym|participant|subject|respondent|token|record id|person id|study id|pin)\b"
    r"|\b(student|staff|personnel|employee|matriculation|registration) (no|nr|number)\b"
    r"|(?<!\w)(کد|شناسه|رمز|کدتان|شماره (دانشجویی|پرسنلی))(?!\w)",
    re.IGNORECASE,
)
_GROUP = re.compile(r"\b(group|team|balint group|group id|group name)\b|گروه|تیم", re.IGNORECASE)
_WHICH_GROUP = re.compile(r"\b(which|your) ([\w-]+ ){0,3}(group|team)\b|کدام گروه|گروه (\w+ )?شما", re.IGNORECASE)
_OF_PERSON = re.compile(
    r"\b(gender|sex|age|marital|married|ethnicity|nationality|religion|consent|agree|year of (study|training|birth))\b"
    r"|جنس|جنسیت|سن(?!\w)|تأهل|تاهل|ملیت|سال (تحصیلی|تولد)|رضایت دارید|موافقید",
    re.IGNORECASE,
)
"""Headings that describe a person and never name the group they met in."""
_ARM = re.compile(
    r"\b(arm|condition|allocation|allocated|randomi[sz]ed|treatment|study group|intervention)\b|بازو|تخصیص|مداخله",
    re.IGNORECASE,
)
_CONTROL = re.compile(
    r"\b(control|waiting|wait ?list|waitlist|comparison|usual)\b|کنترل|گواه|شاهد|انتظار", re.IGNORECASE
)
_COMMENT = re.compile(
    r"\b(comments?|remarks?|feedback|suggestions?|anything|tell us|free text|open text|why|notes?)\b"
    r"|نظر|پیشنهاد|توضیح|انتقاد|بنویسید",
    re.IGNORECASE,
)
_WAVE = re.compile(
    r"\b(waves?|time ?points?|visits?|rounds?|phases?|occasions?|measurement|event|redcap event name|time)\b"
    r"|نوبت|موج|مرحله|زمان سنجش|پیش ?آزمون",
    re.IGNORECASE,
)
_DATE = re.compile(r"\b(dates?|(answered|rated|completed|submitted|filled in) on)\b|تاریخ", re.IGNORECASE)
_TOTAL = re.compile(r"\b(total|sum|score|mean|average)\b|نمره|جمع|میانگین", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?:[ T].*)?")


@dataclass(frozen=True)
class Column:
    """One column of an export as it can be seen.

    Attributes
    ----------
    name : str
        As in the file.
    position : int
        From 0.
    question : str
        Text of the question, where the platform gives one.
    cells : tuple of str
        Every cell of the rows that count (no previews or unfinished answers), cleaned; blank ones too.
    choices : mapping-like tuple of (code, label)
        From a dictionary.
    of_platform : bool
        The platform added it by itself.
    """

    name: str
    position: int
    question: str
    cells: tuple[str, ...]
    choices: tuple[tuple[str, str], ...] = ()
    of_platform: bool = False
    raw: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Cells that hold something."""
        return tuple(text for text in self.cells if text)

    @cached_property
    def counts(self) -> Counter[str]:
        """Distinct texts in order of appearance, with their numbers."""
        return Counter(self.texts)

    @cached_property
    def codes(self) -> frozenset[str]:
        """Distinct texts as ids are compared."""
        return frozenset(normalise_id(text) for text in self.counts)

    @cached_property
    def words(self) -> str:
        """Name and question, for looking up hints."""
        spelled = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.name)
        return clean_header(f"{spelled.replace('_', ' ')} | {self.question if self.question != self.name else ''}")

    @property
    def numbers(self) -> frozenset[float]:
        """Distinct whole numbers, where every text is one; else empty."""
        if not self.counts or not all(_NUMBER.fullmatch(text) for text in self.counts):
            return frozenset()
        return frozenset(float(text.replace(",", ".")) for text in self.counts)

    @property
    def unique_share(self) -> float:
        """Distinct texts a filled cell."""
        return len(self.counts) / len(self.texts) if self.texts else 0.0

    @property
    def like_answers(self) -> bool:
        """Tell whether the texts can be the answers of a form: few, short, and said more than once."""
        if not self.counts or len(self.counts) > MOST_ANSWERS or self.is_private or self.looks_like_dates:
            return False
        if self.numbers:
            return True
        short = all(len(text) <= LONGEST_ANSWER and "@" not in text for text in self.counts)
        return short and len(self.texts) >= 2 * len(self.counts)

    @property
    def is_private(self) -> bool:
        """Tell a name, an address or the like by its heading or by its content."""
        if any("@" in text and "." in text for text in self.counts):
            return True
        part = bool(_PART.search(self.words)) and all(len(text) <= LONG_TEXT for text in self.counts)
        return bool(_PRIVATE.search(self.words)) and not part

    @property
    def looks_like_dates(self) -> bool:
        """Tell whether every text has the form of a date."""
        return bool(self.counts) and all(_DAY.fullmatch(text) for text in self.counts)

    @property
    def written(self) -> bool:
        """Tell whether people wrote the texts themselves, at some length."""
        if not self.counts or self.is_private:
            return False
        lengths = [len(text) for text in self.counts]
        return statistics.median(lengths) > LONG_TEXT and self.unique_share > 0.5

    @property
    def named_code(self) -> bool:
        """Tell whether the heading speaks of a code or id."""
        return bool(_CODE.search(self.words))

    @property
    def named_group(self) -> bool:
        """Tell whether the heading speaks of a group."""
        return bool(_GROUP.search(self.words)) and not self.named_arm

    @property
    def asks_group(self) -> bool:
        """Tell whether the heading asks for the group, as in 'Which Balint group are you in?'."""
        return bool(_WHICH_GROUP.search(self.words)) and all(len(text) <= LONG_TEXT for text in self.counts)

    @property
    def named_of_person(self) -> bool:
        """Tell whether the heading asks what somebody is, as their sex or age, and not where they belong."""
        return bool(_OF_PERSON.search(self.words))

    @property
    def named_arm(self) -> bool:
        """Tell whether the heading, or a value such as 'waiting list', speaks of an arm."""
        few = len(self.counts) <= 4
        return few and (bool(_ARM.search(self.words)) or any(_CONTROL.search(text) for text in self.counts))

    @property
    def named_comment(self) -> bool:
        """Tell whether the heading asks for something in words."""
        return bool(_COMMENT.search(self.words))

    @property
    def named_wave(self) -> bool:
        """Tell whether the heading speaks of a wave."""
        return bool(_WAVE.search(self.words))

    @property
    def named_date(self) -> bool:
        """Tell whether the heading speaks of a date."""
        return bool(_DATE.search(self.words))

    @property
    def named_total(self) -> bool:
        """Tell whether a brief heading speaks of a score that somebody has made already, and the cells are numbers.

        A statement can hold such a word too, as in 'I know what they mean'.
        """
        brief = len(self.words.split()) <= LONGEST_TOTAL
        return brief and bool(_TOTAL.search(self.words)) and all(_DECIMAL.fullmatch(text) for text in self.counts)


def is_control(value: str) -> bool:
    """Tell whether the name of an arm is that of people who wait or get the usual."""
    return bool(_CONTROL.search(value.replace("_", " ")))


def columns_of(sheet: Sheet) -> list[Column]:
    """Give every column of an export, from the rows that count."""
    kept = sheet.cells[sheet.status == NORMAL]
    return [
        Column(
            name=str(name),
            position=position,
            question=sheet.labels.get(str(name), ""),
            cells=tuple("" if is_blank(text) else clean_text(text) for text in kept[name]),
            choices=tuple(sheet.choices.get(str(name), {}).items()),
            of_platform=_is_of_platform(str(name), position, sheet),
            raw=tuple(kept[name]),
        )
        for position, name in enumerate(sheet.cells.columns)
    ]


def _is_of_platform(name: str, position: int, sheet: Sheet) -> bool:
    if name in (sheet.started, sheet.ended) or any(name in options for options in sheet.joined.values()):
        return True
    if sheet.platform == "microsoft_forms" and position < 5:
        return True
    if sheet.platform in _FIRST_IS_NUMBER and position == 0:
        return True
    if sheet.platform == "redcap" and (name.endswith(("_complete", "_timestamp"))):
        return True
    return match_key(name) in _PLATFORM_NAMES and sheet.platform != "plain"


def overlap(first: Iterable[str], second: Iterable[str]) -> float:
    """Give the share of the smaller set of codes that is in the other."""
    one, two = set(first), set(second)
    return len(one & two) / min(len(one), len(two)) if one and two else 0.0
