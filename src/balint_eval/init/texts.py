"""Every sentence of `init`, in English and Persian."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from balint_eval.codebook.words import LANGUAGES, Language


@dataclass(frozen=True)
class Message:
    """A sentence to be said in the user's language.

    Parameters
    ----------
    key : str
        Key of `TEXTS`.
    **values
        What is put in.
    """

    key: str
    values: tuple[tuple[str, object], ...]

    def __init__(self, key: str, **values: object) -> None:
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "values", tuple(values.items()))

    def text(self, language: Language) -> str:
        """Give the sentence."""
        return TEXTS[self.key][LANGUAGES.index(language)].format(**dict(self.values))


TEXTS: Mapping[str, tuple[str, str]] = {
    # what a block of columns is
    "named": (
        "the names say {name}, and it has {number} items",
        "نام ستون‌ها {name} را نشان می‌دهد و {number} گویه دارد",
    ),
    "several": (
        "the names and the number of columns fit {names}: choose one",
        "نام و تعداد ستون‌ها با {names} می‌خواند: یکی را انتخاب کنید",
    ),
    "named_other_size": (
        "the names fit, but there are {number} columns and the form has another number of items ({names}): "
        "a short form is another instrument",
        "نام‌ها می‌خواند، اما {number} ستون هست و فرم تعداد گویهٔ دیگری دارد ({names}): فرم کوتاه پرسشنامهٔ دیگری است",
    ),
    "nothing_known": (
        "{number} columns with the same kind of answer; no known instrument has this number of items and these answers",
        "{number} ستون با یک نوع پاسخ؛ هیچ پرسشنامهٔ شناخته‌شده‌ای این تعداد گویه و این پاسخ‌ها را ندارد",
    ),
    "by_structure": (
        "{number} columns with the same kind of answer; by number and answers it could be {names}, or a form of "
        "your own",
        "{number} ستون با یک نوع پاسخ؛ از نظر تعداد و پاسخ‌ها می‌تواند {names} باشد، یا فرم خود شما",
    ),
    "versions": (
        "this instrument has versions with other keys, which the file cannot tell apart; choose one of {names}",
        "این پرسشنامه نسخه‌هایی با کلید دیگر دارد که از روی فایل تشخیص داده نمی‌شوند؛ یکی را انتخاب کنید: {names}",
    ),
    "not_in_order": (
        "the numbers in the names are not 1 to {number}, so say which instrument it is and the item of each column",
        "شماره‌های نام ستون‌ها ۱ تا {number} نیست؛ پرسشنامه و شمارهٔ گویهٔ هر ستون را بنویسید",
    ),
    "order_of_file": (
        "numbered in the order of the file: compare with the form",
        "به ترتیب فایل شماره‌گذاری شد: با فرم مقایسه کنید",
    ),
    "other_codes": (
        "the file holds {codes}, the instrument has {allowed}: give each answer its code on the sheet of answers",
        "فایل {codes} را دارد و پرسشنامه {allowed} را: کد هر پاسخ را در برگهٔ پاسخ‌ها بنویسید",
    ),
    "labels": (
        "the answers are texts: give each its code ({allowed}) on the sheet of answers",
        "پاسخ‌ها متن هستند: کد هر کدام ({allowed}) را در برگهٔ پاسخ‌ها بنویسید",
    ),
    "end_unseen": (
        "{end} never occurs, so the answers may be stored a step off ({allowed} expected): confirm each code "
        "on the sheet of answers",
        "{end} هرگز نیامده است، پس شاید پاسخ‌ها یک پله جابه‌جا ذخیره شده باشند ({allowed} انتظار می‌رود): "
        "هر کد را در برگهٔ پاسخ‌ها تأیید کنید",
    ),
    "coded_version": (
        "or choose the version that is scored with these codes: {names}",
        "یا نسخه‌ای را انتخاب کنید که با همین کدها نمره می‌گیرد: {names}",
    ),
    "strange": (
        "{numbers} is no code of the form ({allowed}): say on the sheet of answers what it means",
        "{numbers} کد این فرم ({allowed}) نیست: در برگهٔ پاسخ‌ها بگویید چه معنایی دارد",
    ),
    "you_said": ("you said so", "شما گفتید"),
    # what a single column is
    "of_platform": ("added by the platform", "را خود سامانه افزوده است"),
    "id_named": (
        "its name speaks of a code, and {share} of its values are different",
        "نامش از کد می‌گوید و {share} مقدارهایش متفاوت است",
    ),
    "id_shared": ("the same codes occur in {others}", "همین کدها در {others} هم هست"),
    "id_other": ("another column was taken as the code", "ستون دیگری به‌عنوان کد انتخاب شد"),
    "element_asked": (
        "asks for one element of a code that people make themselves",
        "یک جزء از کدی را می‌پرسد که هر کس خود می‌سازد",
    ),
    "element_not_everywhere": (
        "asks for an element of the code that another file does not ask for, so it cannot be compared",
        "جزئی از کد را می‌پرسد که فایل دیگر نمی‌پرسد، پس مقایسه نمی‌شود",
    ),
    "code_in_heading": (
        "the heading of the column describes it",
        "سرستون آن را توضیح می‌دهد",
    ),
    "code_in_pattern": (
        "at least {share} of the codes have this form: look at it, and empty this sheet if the ids were given out",
        "دست‌کم {share} کدها این شکل را دارند: نگاه کنید، و اگر شناسه‌ها داده شده‌اند این برگه را خالی کنید",
    ),
    "group_named": (
        "its name speaks of a group; {number} different values",
        "نامش از گروه می‌گوید؛ {number} مقدار متفاوت",
    ),
    "arm_named": (
        "looks like the arm of the study; {number} different values",
        "به بازوی مطالعه می‌ماند؛ {number} مقدار متفاوت",
    ),
    "wave_named": ("its {number} values tell the waves apart", "{number} مقدار آن نوبت‌ها را جدا می‌کند"),
    "date_named": ("every value has the form of a date", "همهٔ مقدارها شکل تاریخ دارند"),
    "comment_named": (
        "people wrote in their own words; it goes to restricted/ only",
        "متن آزاد است؛ فقط به restricted/ می‌رود",
    ),
    "total_named": (
        "looks like a score made already; scores are made from the items",
        "به نمرهٔ آماده می‌ماند؛ نمره‌ها از گویه‌ها ساخته می‌شوند",
    ),
    "private": ("looks like a name or an address, so it is not read", "به نام یا نشانی می‌ماند، پس خوانده نمی‌شود"),
    "blank_column": ("no answers in it", "پاسخی در آن نیست"),
    "not_recognised": (
        "not recognised: change its use if it is needed",
        "شناخته نشد: اگر لازم است کاربردش را تغییر دهید",
    ),
    # answers
    "missing_like": (
        "stands {times} times and is not an answer of the form: taken for 'no answer', please confirm",
        "{times} بار آمده و پاسخ فرم نیست: «بی‌پاسخ» گرفته شد، لطفاً تأیید کنید",
    ),
    "label_number": ("the text carries this number: please confirm", "متن این عدد را دارد: لطفاً تأیید کنید"),
    "label_dictionary": ("from the data dictionary", "از فرهنگ داده"),
    "strange_answer": (
        "no code of the form: write missing if it means no answer, or correct the file",
        "کد فرم نیست: اگر به معنای نداشتن پاسخ است «بی‌پاسخ» بنویسید، یا فایل را درست کنید",
    ),
    "label_open": ("write the code of this answer", "کد این پاسخ را بنویسید"),
    "in_order": (
        "the suggestion counts from the lowest: right only if the form runs that way",
        "پیشنهاد از کمترین می‌شمارد: فقط اگر فرم همین جهت را دارد درست است",
    ),
    "answers_unseen": (
        "only {seen} of {number} answers occur: add a row for each of the others",
        "فقط {seen} از {number} پاسخ آمده است: برای هر یک از بقیه یک ردیف بیفزایید",
    ),
    # waves
    "wave_by_name": ("the name says so", "نامش چنین می‌گوید"),
    "wave_by_date": ("by the dates of the answers ({first} to {last})", "بر پایهٔ تاریخ پاسخ‌ها ({first} تا {last})"),
    "wave_open": ("say which wave it is, or leave out", "بگویید کدام نوبت است، یا کنار بگذارید"),
    "wave_empty": (
        "nobody answered any item in these rows: left out, please confirm",
        "در این ردیف‌ها هیچ گویه‌ای پاسخ ندارد: کنار گذاشته شد، لطفاً تأیید کنید",
    ),
    "two_periods": (
        "codes come back in this file and no column says the wave; the answers run from {first} to {last}",
        "کدها در این فایل تکرار می‌شوند و هیچ ستونی نوبت را نمی‌گوید؛ پاسخ‌ها از {first} تا {last} است",
    ),
    # questions
    "ask_person_id": (
        "In {file}: which column holds the code by which a person is found again?",
        "در {file}: کدام ستون کدی را دارد که فرد با آن دوباره پیدا می‌شود؟",
    ),
    "ask_person_code": (
        "The codes have the form {form}. Did people make their code themselves, or was it given out?",
        "کدها این شکل را دارند: {form}. کد را خود افراد ساخته‌اند یا به آن‌ها داده شده است؟",
    ),
    "code_self_made": ("made from what they know of themselves", "خود افراد ساخته‌اند"),
    "code_given_out": ("given out", "داده شده است"),
    "ask_wave": (
        "When was {file} answered?",
        "فایل {file} چه زمانی پاسخ داده شد؟",
    ),
    "wave_before": ("before the first meeting", "پیش از نخستین جلسه"),
    "wave_after": ("after the last meeting", "پس از آخرین جلسه"),
    "wave_follow_up": ("some time later", "مدتی بعد (پیگیری)"),
    "wave_hint": (
        "Type a number, or a name of your own for the wave.",
        "یک شماره یا نامی دلخواه برای نوبت بنویسید.",
    ),
    "ask_value": (
        "{file}, {column} = {value}: which wave is it? A name such as before or after, or leave_out",
        "{file}، {column} = {value}: کدام نوبت است؟ نامی مانند before یا after، یا leave_out",
    ),
    "ask_instrument": (
        "{file}: which questionnaire are the {number} columns from '{first}' to '{last}'? By number and answers it "
        "could be:",
        "{file}: {number} ستون از «{first}» تا «{last}» کدام پرسشنامه است؟ از نظر تعداد و پاسخ‌ها می‌تواند یکی از "
        "این‌ها باشد:",
    ),
    "ask_instrument_open": (
        "{file}: which questionnaire are the {number} columns from '{first}' to '{last}'? None that is known has this "
        "number of items with such answers, but it may be several, one after the other.",
        "{file}: {number} ستون از «{first}» تا «{last}» کدام پرسشنامه است؟ هیچ پرسشنامهٔ شناخته‌شده‌ای این تعداد گویه و "
        "این پاسخ‌ها را ندارد، اما شاید چند پرسشنامه پشت سر هم باشد.",
    ),
    "instrument_title": ("{title}", "{title}"),
    "instrument_hint": (
        "Type a number or a name; names with commas, as in TEQ, PSS10, where several follow each other; 0 for none of "
        "them.",
        "شماره یا نام را بنویسید؛ اگر چند پرسشنامه پشت سر هم است، نام‌ها را با ویرگول، مانند TEQ, PSS10؛ "
        "برای هیچ‌کدام 0.",
    ),
    "instrument_near": ("That name is not known. Did you mean {name}?", "این نام شناخته نیست. منظورتان {name} است؟"),
    "instrument_unknown": (
        "That name is not known. The command balint-eval instruments lists all.",
        "این نام شناخته نیست. دستور balint-eval instruments همه را نشان می‌دهد.",
    ),
    "instrument_size": (
        "The number of items does not fit: {sizes}, and these are {number} columns.",
        "تعداد گویه‌ها نمی‌خواند: {sizes}، و اینجا {number} ستون است.",
    ),
    "ask_group": (
        "Nobody's group is in the files. Did all of them meet in one group? Then type a name for it, such as Group 1; "
        "leave it open if there were several groups",
        "گروه هیچ‌کس در فایل‌ها نیست. آیا همه در یک گروه بودند؟ اگر بله، نامی برایش بنویسید، مانند گروه 1؛ "
        "اگر چند گروه بود باز بگذارید",
    ),
    "ask_primary": (
        "Which outcome is the study about? It is best fixed before the answers are seen",
        "پیامد اصلی مطالعه کدام است؟ بهتر است پیش از دیدن پاسخ‌ها تعیین شود",
    ),
    "ask_allocation": ("How did people come into their arm?", "افراد چگونه به بازوها رسیدند؟"),
    "allocation_people": ("people were drawn by lot", "افراد با قرعه تقسیم شدند"),
    "allocation_groups": ("whole groups were drawn by lot", "گروه‌ها با قرعه تقسیم شدند"),
    "allocation_not_random": ("they chose, or it just happened", "خود انتخاب کردند، یا پیش آمد"),
    "questions_begin": (
        "Some things cannot be seen in the files. Enter leaves a question open; what is open is marked in the "
        "codebook.",
        "چند چیز در فایل‌ها دیده نمی‌شود. Enter پرسش را باز می‌گذارد؛ آنچه باز است در کدنامه نشان‌دار می‌شود.",
    ),
    "leave_open": ("Enter leaves it open", "Enter آن را باز می‌گذارد"),
    "default": ("Enter takes {default}", "Enter یعنی {default}"),
    "not_a_choice": (
        "That is not one of them: type its number or its name.",
        "این یکی از آن‌ها نیست: شماره یا نام آن را بنویسید.",
    ),
    # what is said at the end
    "read": ("{file}: {rows} rows, {platform}.", "{file}: {rows} ردیف، {platform}."),
    "roster": (
        "{file}: a list of people ({rows} rows), taken as the roster of {cohort}.",
        "{file}: فهرست افراد ({rows} ردیف)، فهرست {cohort} گرفته شد.",
    ),
    "sessions": ("{file}: the meetings of {cohort}.", "{file}: جلسه‌های {cohort}."),
    "attendance": ("{file}: who was present in {cohort}.", "{file}: حاضران {cohort}."),
    "dictionary": ("{file}: the data dictionary of {export}.", "{file}: فرهنگ دادهٔ {export}."),
    "unused": (
        "{file}: not used; it holds no answers and is no list of people.",
        "{file}: استفاده نشد؛ نه پاسخی دارد و نه فهرست افراد است.",
    ),
    "found": (
        "{instrument}: {columns} ({confidence}: {reasons}).",
        "{instrument}: {columns} ({confidence}: {reasons}).",
    ),
    "found_open": ("?: {columns} ({reasons}).", "؟: {columns} ({reasons})."),
    "certain": ("certain", "قطعی"),
    "likely": ("to confirm", "نیازمند تأیید"),
    "person_is": ("person id: {column}.", "شناسهٔ فرد: {column}."),
    "person_open": (
        "person id: not found. Give the column with the person's code the use 'person id' in the codebook.",
        "شناسهٔ فرد: پیدا نشد. در کدنامه کاربرد ستون کد فرد را «شناسهٔ فرد» بگذارید.",
    ),
    "person_open_cell": (
        "it is not known which column holds the person's code; this one could. Give the right column the use "
        "'person id' (others that could: {others})",
        "معلوم نیست کد فرد در کدام ستون است؛ شاید این ستون باشد. کاربرد ستون درست را «شناسه فرد» بگذارید "
        "(ستون‌های ممکن دیگر: {others})",
    ),
    "elements_are": (
        "person: a self-made code, asked in {number} questions: {columns}.",
        "فرد: کدی خودساخته، در {number} پرسش: {columns}.",
    ),
    "code_is": (
        "The code is linked element by element: {form}. See the sheet 'person code' of the codebook.",
        "کدها جزء به جزء مقایسه می‌شوند: {form}. برگهٔ «کد فرد» کدنامه را ببینید.",
    ),
    "wave_is": ("wave: {waves}.", "نوبت: {waves}."),
    "wave_is_open": ("wave: not known.", "نوبت: معلوم نیست."),
    "group_is": ("group: {column}.", "گروه: {column}."),
    "no_group": (
        "Nobody's group is known: nothing will be claimed until a column has the use 'group' in the codebook, or a "
        "list of people says it. If all met in one group, name it under group: in the study file.",
        "گروه هیچ‌کس معلوم نیست: تا وقتی در کدنامه ستونی با کاربرد «گروه» یا فهرستی از افراد نباشد، ادعایی نمی‌شود. "
        "اگر همه در یک گروه بودند، نامش را در فایل مطالعه جلوی group بنویسید.",
    ),
    "ratings_are": (
        "several rows a person: taken for ratings by others.",
        "هر فرد چند ردیف دارد: ارزیابی دیگران گرفته شد.",
    ),
    "all_filled": (
        "Nothing is left to fill in {codebook}; {confirm} cells to look at (yellow).",
        "در {codebook} چیزی برای پر کردن نمانده است؛ {confirm} خانه برای نگاه کردن (زرد).",
    ),
    "group_could_be": (
        "In {file} these columns could be the group: {columns}.",
        "در {file} این ستون‌ها می‌تواند گروه باشد: {columns}.",
    ),
    "open_cells": (
        "{number} cells to fill (orange) and {confirm} to look at (yellow) in {codebook}.",
        "{number} خانه برای پر کردن (نارنجی) و {confirm} خانه برای نگاه کردن (زرد) در {codebook}.",
    ),
    "wrote": ("Written: {study} and {codebook}.", "نوشته شد: {study} و {codebook}."),
    "next": (
        "Next: correct {codebook} in a spreadsheet, then {program} check {study}",
        "گام بعد: {codebook} را در صفحه‌گسترده درست کنید، سپس {program} check {study}",
    ),
    "no_outcome": (
        "No instrument is certain yet, so the study file lists no outcome: add it after the codebook.",
        "هنوز هیچ پرسشنامه‌ای قطعی نیست؛ پس فایل مطالعه پیامدی ندارد: پس از کدنامه آن را بیفزایید.",
    ),
}


def said_together(messages: Iterable[Message], language: Language) -> str:
    """Give several reasons as one line, with the language's own semicolon."""
    separator = "؛ " if language == "fa" else "; "
    return separator.join(message.text(language) for message in messages)
