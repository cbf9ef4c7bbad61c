"""The text of the study file that `init` writes: a comment above each key, in English or Persian."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from balint_eval.codebook.words import LANGUAGES, Language
from balint_eval.init.columns import is_control
from balint_eval.init.draft import StudyDraft
from balint_eval.init.files import Given, Group
from balint_eval.init.waves import role_of
from balint_eval.instruments.model import Instrument
from balint_eval.instruments.registry import known_instruments

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")

COMMENTS: dict[str, tuple[str, str]] = {
    "head": (
        "Written by balint-eval init. Paths are relative to this file. Keys that are not known are errors.",
        "نوشتهٔ balint-eval init. مسیرها نسبت به همین فایل است. کلید ناشناخته خطاست.",
    ),
    "name": ("Short name; results go to results/<name>/.", "نام کوتاه؛ نتیجه‌ها در results/<name>/ نوشته می‌شود."),
    "title": ("Title of the report.", "عنوان گزارش."),
    "contact": ("Whom to ask about the report.", "برای پرسش دربارهٔ گزارش."),
    "languages": (
        "Languages of the reports and figures: [en], [fa], or [en, fa] for both.",
        "زبان گزارش‌ها و شکل‌ها: [fa]، [en]، یا [fa, en] برای هر دو.",
    ),
    "codebook": (
        "Which column of each export holds what: correct it in a spreadsheet.",
        "هر ستون از فایل‌ها چه چیزی را دارد: آن را در صفحه‌گسترده درست کنید.",
    ),
    "waves": (
        "When people answered, in order. role: baseline, post or follow_up; the baseline is "
        "compared with each later wave.",
        "نوبت‌های پاسخ به ترتیب. role یکی از baseline، post یا follow_up است؛ نوبت پایه با هر نوبت بعدی مقایسه می‌شود.",
    ),
    "waves_open": (
        "The waves are not known yet: these two are examples; use their names on the sheet 'waves' of the codebook.",
        "نوبت‌ها هنوز معلوم نیست: این دو نمونه است؛ همین نام‌ها را در برگهٔ نوبت‌های کدنامه بنویسید.",
    ),
    "arms": (
        "The arms. Without a control arm the report speaks of change, never of an effect.",
        "بازوها. بدون بازوی کنترل گزارش از تغییر می‌گوید، نه از اثر.",
    ),
    "programme": (
        "The programme as planned: meetings, minutes of one, fewest and most members and leaders.",
        "برنامه آن‌گونه که طراحی شد: تعداد جلسه، دقیقه، کمترین و بیشترین عضو و رهبر.",
    ),
    "linkage": (
        "A person who answered twice in one wave: refuse (stop, name the rows), first, last or most_complete.",
        "کسی که در یک نوبت دو بار پاسخ داده: refuse (توقف و نام بردن ردیف‌ها)، first، last یا most_complete.",
    ),
    "outcomes": (
        "The scales that are compared; one is primary. `balint-eval instruments` lists what can be scored.",
        "مقیاس‌هایی که مقایسه می‌شوند؛ یکی primary است. `balint-eval instruments` فهرست را نشان می‌دهد.",
    ),
    "no_primary": (
        "None is primary yet: add `role: primary` to the one the study is about.",
        "هنوز هیچ‌کدام primary نیست: `role: primary` را به پیامد اصلی بیفزایید.",
    ),
    "no_outcomes": (
        "No instrument is certain yet. After the codebook, list the outcomes here, as in this example:",
        "هنوز هیچ پرسشنامه‌ای قطعی نیست. پس از کدنامه پیامدها را مانند این نمونه بنویسید:",
    ),
    "further": ("Further scales of {name}: {scales}.", "مقیاس‌های دیگر {name}: {scales}."),
    "plan": ("How outcomes are compared.", "پیامدها چگونه مقایسه می‌شوند."),
    "allocation": (
        "How people came into their arm: people or groups (by lot), not_random. not_random claims least.",
        "افراد چگونه به بازوها رسیدند: people یا groups (با قرعه)، not_random. کم‌ادعاترین not_random است.",
    ),
    "cohorts": (
        "People who were evaluated together, with their files. Which column holds what stands in the codebook.",
        "افرادی که با هم ارزیابی شدند، با فایل‌هایشان. اینکه هر ستون چیست در کدنامه است.",
    ),
    "roster": ("The people enrolled, with their groups and arms.", "افراد ثبت‌نام‌شده، با گروه و بازو."),
    "sessions": ("The meetings as they were held, and who was there.", "جلسه‌های برگزارشده و حاضران."),
    "ratings": (
        "Others rate the person: several rows a person are expected.",
        "دیگران فرد را ارزیابی می‌کنند: چند ردیف برای هر فرد.",
    ),
    "dictionary": ("The data dictionary of the project.", "فرهنگ دادهٔ پروژه."),
    "no_group": (
        "Where nobody's group is known nothing is claimed: give one column the use 'group' in "
        "the codebook, or a roster here. If all met in one group, take the # of the next line away.",
        "اگر گروه هیچ‌کس معلوم نباشد ادعایی نمی‌شود: در کدنامه به یک ستون کاربرد «گروه» بدهید، یا اینجا فهرست افراد را. "
        "اگر همه در یک گروه بودند، # خط بعد را بردارید.",
    ),
    "one_group": ("Everybody met in this one group.", "همه در همین یک گروه بودند."),
    "a_group": ("Group 1", "گروه 1"),
}

_LABELS = {
    "before": ("Before the first meeting", "پیش از نخستین جلسه"),
    "after": ("After the last meeting", "پس از آخرین جلسه"),
    "follow_up": ("Follow-up", "پیگیری"),
}


@dataclass(frozen=True)
class Settled:
    """What was asked about the study as a whole.

    Attributes
    ----------
    name : str
    primary : tuple of (instrument, scale) or None
    allocation : str
        `""` where there is one arm.
    groups: dict of cohort to group
        Of cohorts that met in one group.
    """

    name: str
    primary: tuple[str, str] | None
    allocation: str
    groups: Mapping[str, str] = field(default_factory=dict)


def outcomes_of(draft: StudyDraft) -> list[tuple[Instrument, str]]:
    """Give the scales to compare: the total where there is one, else the scores made of scales, else all."""
    names = dict.fromkeys(name for found in draft.files.values() for name in found.instruments)
    known = known_instruments()
    return [(known[name], scale) for name in names for scale in known[name].main_scales]


def arms_of(draft: StudyDraft) -> list[str]:
    """Give the values of the arm columns; none where they cannot be names in a study file."""
    values: dict[str, None] = {}
    for group in draft.groups:
        for file in (group.roster, *group.exports):
            values |= dict.fromkeys(_arm_values(file, draft)) if file else {}
    return list(values) if all(_PLAIN_NAME.fullmatch(value) for value in values) else []


def _arm_values(file: Given, draft: StudyDraft) -> list[str]:
    if file.kind == "roster":
        return next((list(column.counts) for column in file.columns if column.named_arm), [])
    arm = draft.files[file.shown].roles.named("arm")
    return list(file.column(arm).counts) if arm else []


def without_groups(draft: StudyDraft) -> list[Group]:
    """Give the cohorts in which nobody's group is known."""
    return [
        group
        for group in draft.groups
        if not (group.roster is not None and _named(group.roster, "named_group"))
        and not any(draft.files[file.shown].roles.named("group") for file in group.exports)
    ]


def _named(file: Given, kind: str) -> str:
    return next((column.name for column in file.columns if getattr(column, kind)), "")


def study_text(draft: StudyDraft, settled: Settled, language: Language) -> str:
    """Give the text of a study file.

    Parameters
    ----------
    draft : StudyDraft
    settled : Settled
    language : str
        Of the comments and labels; keys are the same in every language.
    """
    said = {key: texts[LANGUAGES.index(language)] for key, texts in COMMENTS.items()}
    lines = [f"# {said['head']}", ""]
    lines += [f"# {said['name']}", f"name: {settled.name}"]
    lines += [f"# {said['title']}", f"title: {_quoted(settled.name.replace('_', ' '))}"]
    lines += [f"# {said['contact']}", 'contact: ""']
    lines += [f"# {said['languages']}", f"languages: [{language}]"]
    lines += [f"# {said['codebook']}", "codebook: codebook.xlsx", ""]
    lines += [*_wave_lines(draft, said, language), "", *_arm_lines(draft, settled, said)]
    lines += [f"# {said['programme']}", "programme: {sessions: 8, minutes: 90, members: [6, 10], leaders: [1, 2]}", ""]
    lines += [f"# {said['linkage']}", "linkage: {duplicates: refuse}", ""]
    lines += [*_outcome_lines(draft, settled, said), "", f"# {said['cohorts']}", "cohorts:"]
    for group in draft.groups:
        lines += _cohort_lines(group, draft, settled, said)
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _wave_lines(draft: StudyDraft, said: dict[str, str], language: Language) -> Iterator[str]:
    yield f"# {said['waves']}"
    waves = draft.waves or ["before", "after"]
    if not draft.waves:
        yield f"# {said['waves_open']}"
    yield "waves:"
    for position, wave in enumerate(waves):
        label = _LABELS.get(wave, (wave, wave))[LANGUAGES.index(language)]
        yield f"  - {{name: {_quoted(wave)}, label: {_quoted(label)}, role: {role_of(position, wave)}}}"


def _arm_lines(draft: StudyDraft, settled: Settled, said: dict[str, str]) -> Iterator[str]:
    arms = arms_of(draft)
    if arms:
        yield f"# {said['arms']}"
        yield "arms:"
        for arm in arms:
            yield f"  - {{name: {_quoted(arm)}, role: {'control' if is_control(arm) else 'intervention'}}}"
        yield ""
    if settled.allocation:
        yield from (
            f"# {said['plan']}",
            "plan:",
            f"  # {said['allocation']}",
            f"  allocation: {settled.allocation}",
            "",
        )


def _outcome_lines(draft: StudyDraft, settled: Settled, said: dict[str, str]) -> Iterator[str]:
    outcomes = outcomes_of(draft)
    yield f"# {said['outcomes']}"
    if not outcomes:
        yield f"# {said['no_outcomes']}"
        yield "# outcomes:"
        yield "#   - {instrument: TEQ, scale: total, role: primary}"
        return
    if settled.primary is None:
        yield f"# {said['no_primary']}"
    yield "outcomes:"
    for at, (instrument, scale) in enumerate(outcomes):
        role = ", role: primary" if (instrument.name, scale) == settled.primary else ""
        yield f"  - {{instrument: {_quoted(instrument.name)}, scale: {scale}{role}}}"
        further = [known.name for known in instrument.scales if known.name not in instrument.main_scales]
        if further and (at + 1 == len(outcomes) or outcomes[at + 1][0].name != instrument.name):
            yield f"  # {said['further'].format(name=instrument.name, scales=', '.join(further))}"


def _cohort_lines(group: Group, draft: StudyDraft, settled: Settled, said: dict[str, str]) -> Iterator[str]:
    yield f"  - name: {_quoted(group.name)}"
    if group.roster is not None:
        yield f"    # {said['roster']}"
        yield "    roster:"
        elements = draft.roster_elements.get(group.roster.shown, {})
        yield from (f"      {line}" for line in _roster_lines(group.roster, elements, draft))
    elif not any(draft.files[file.shown].roles.named("group") for file in group.exports):
        named = settled.groups.get(group.name, "")
        yield f"    # {said['one_group' if named else 'no_group']}"
        yield f"    {'' if named else '# '}group: {_quoted(named or said['a_group'])}"
    if group.sessions is not None:
        yield f"    # {said['sessions']}"
        yield "    sessions:"
        yield from (
            f"      {line}" for line in _log_lines(group.sessions, ("group", "session", "date", "minutes", "leaders"))
        )
    if group.attendance is not None:
        yield "    attendance:"
        yield from (f"      {line}" for line in _log_lines(group.attendance, ("person_id", "session")))
    yield "    exports:"
    for file in group.exports:
        yield from _export_lines(file, draft, said)


def _roster_lines(file: Given, elements: Mapping[str, str], draft: StudyDraft) -> Iterator[str]:
    yield f"file: {_quoted(file.shown)}"
    if elements and draft.code:
        yield "code_columns:"
        columns = {name: column for column, name in elements.items()}
        yield from (
            f"  - {{element: {_quoted(name)}, column: {_quoted(columns[name])}}}" for name, _ in draft.code.parts
        )
    else:
        person = next((column.name for column in file.columns if column.named_code), file.columns[0].name)
        yield f"person_id: {_quoted(person)}"
    for key, kind in (("group", "named_group"), ("arm", "named_arm")):
        if _named(file, kind):
            yield f"{key}: {_quoted(_named(file, kind))}"
    for key in ("site", "role"):
        if any(column.name.casefold() == key for column in file.columns):
            yield f"{key}: {_quoted(next(column.name for column in file.columns if column.name.casefold() == key))}"


def _log_lines(file: Given, keys: Sequence[str]) -> Iterator[str]:
    """Give the columns of a log that are not named as expected."""
    yield f"file: {_quoted(file.shown)}"
    for key in keys:
        words = (key.replace("_", " "), "code" if key == "person_id" else key, "meeting" if key == "session" else key)
        found = [c.name for c in file.columns if any(word in c.words.casefold() for word in words)]
        if found and found[0] != key and key not in [column.name for column in file.columns]:
            yield f"{key}: {_quoted(found[0])}"


def _export_lines(file: Given, draft: StudyDraft, said: dict[str, str]) -> Iterator[str]:
    yield f"      - file: {_quoted(file.shown)}"
    yield f"        platform: {file.sheet.platform}"
    if file.dictionary:
        yield f"        # {said['dictionary']}"
        yield f"        dictionary: {_quoted(file.dictionary)}"
    if draft.files[file.shown].ratings:
        yield f"        # {said['ratings']}"
        yield "        ratings: true"
