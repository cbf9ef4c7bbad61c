"""Two programmes of one group each, with the files their leaders would bring: Google and Microsoft Forms.

Everything is made here, from a seed; the questions are nobody's questionnaire. What such files have, they have: a
column of addresses, a consent, a code written in two ways, one person who leaves, three questions on the course.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

from visit import Transcript, Visit, fill

from balint_eval.instruments.registry import known_instruments
from balint_eval.simulate.exports import Response, google_forms_csv, microsoft_forms_xlsx

OFTEN = ("Never", "Rarely", "Sometimes", "Often", "Always")
AGREE = (
    "کاملاً مخالفم", "مخالفم", "تا حدی مخالفم", "نظری ندارم", "تا حدی موافقم", "موافقم", "کاملاً موافقم",
)  # fmt: skip
TIMES = ("هرگز", "تقریباً هرگز", "گاهی اوقات", "نسبتاً زیاد", "خیلی زیاد")
ANIMALS = ("owl14", "fox22", "elk07", "hen31", "ram09", "bee18", "cod25", "yak03")
INITIALS = ("فا07", "زه12", "مر30", "نر19", "سا03", "اع25", "شه11", "پر28", "مه16")
SEEN = (
    "voice", "face", "mood", "plan", "sleep", "walk", "hope", "pain", "anger", "family", "house", "job", "story",
    "silence", "luck", "smile",
)  # fmt: skip
TOPICS = (
    "قصه", "سکوت", "نگاه", "خانواده", "ترس", "شوخی", "زمان", "خستگی", "اعتماد", "درد", "خشم", "گریه", "دلتنگی", "امید",
    "پرسش", "همکار", "شب", "خبر", "دست", "پنجره",
)  # fmt: skip
PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def _answers(draw: random.Random, instrument: str, level: float, spread: float) -> list[int]:
    """Draw the steps of one form, from 0 upwards, as a person ticks them."""
    known = known_instruments()[instrument]
    top = len(known.response.codes) - 1
    keyed = [min(top, max(0, round(level + draw.gauss(0, spread)))) for _ in range(known.n_items)]
    return [top - step if item in known.reverse else step for item, step in enumerate(keyed, start=1)]


def _sent(started: datetime, names: list[str], cells: list[str]) -> Response:
    return Response(started=started, seconds=420, cells=dict(zip(names, cells, strict=True)))


def spring_group(folder: Path) -> list[str]:
    """Write the two sheets of Google Forms of one group of eight."""
    draw = random.Random(5)
    trait = [draw.gauss(0, 0.6) for _ in ANIMALS]
    items = [f"How often is this true of you? [I notice it when the {word} of a patient changes]" for word in SEEN]
    asked = ["Username", "Do you agree that your answers are used for research?"]
    asked += ["Your personal code (favourite animal and day of birth)", "Year of training", *items]
    files = []
    for wave, gain, start in (("pre", 0.0, datetime(2025, 2, 3, 9)), ("post", 0.4, datetime(2025, 5, 26, 9))):
        names = [*asked, "What should we change?"] if gain else asked
        people = []
        for number, code in enumerate(ANIMALS):
            if gain and number == 6:
                continue
            ticked = [OFTEN[step] for step in _answers(draw, "TEQ", 2.4 + trait[number] + gain, 0.8)]
            written = code.upper() if gain and number == 1 else code
            cells = [f"p{number}@example.org", "Yes", written, str(2 + number % 3), *ticked]
            cells += ["More time for the second case, please" if number == 0 else ""] if gain else []
            people.append(_sent(start + timedelta(hours=7 * number), names, cells))
        files.append(f"Balint {wave}-course survey (Responses) - Form Responses 1.csv")
        (folder / files[-1]).write_bytes(google_forms_csv(names, people))
    return files


def balint_1404(folder: Path) -> list[str]:
    """Write the two workbooks of Microsoft Forms of one group of nine, in Persian."""
    draw = random.Random(7)
    trait = [draw.gauss(0, 0.6) for _ in INITIALS]
    empathy = [f"وقتی به {topic} در اتاق معاینه فکر می‌کنم برایم مهم است." for topic in TOPICS]
    stress = [f"در ماه گذشته چند بار {topic} شما را درگیر کرد؟" for topic in TOPICS[:10]]
    asked = ["کد شناسایی شما (دو حرف اول نام مادر و روز تولد)", "سال تحصیلی", *empathy, *stress]
    course = ["از این دوره راضی بودم", "این دوره را پیشنهاد می‌کنم", "تسهیل‌گر خوب گوش می‌داد"]
    files = []
    waves = (("پیش‌آزمون", 0.0, datetime(2025, 10, 7, 10)), ("پس‌آزمون", 0.5, datetime(2025, 12, 23, 10)))
    for wave, gain, start in waves:
        names = [*asked, *course, "نظر یا پیشنهاد شما"] if gain else asked
        people = []
        for number, code in enumerate(INITIALS):
            if gain and number == 4:
                continue
            written = code.translate(PERSIAN_DIGITS) if number % 2 == bool(gain) else code
            ticked = [AGREE[step] for step in _answers(draw, "JSE20", 4 + trait[number] + gain, 1)]
            ticked += [TIMES[step] for step in _answers(draw, "PSS10", 2 - 0.5 * trait[number] - 0.4 * gain, 0.8)]
            cells = [written, "سال پنجم", *ticked]
            if gain:
                cells += [*(draw.choice(AGREE[4:]) for _ in course), "جلسهٔ چهارم کمک کرد" if number == 2 else ""]
            people.append(_sent(start + timedelta(hours=5 * number), names, cells))
        files.append(f"دوره بالینت - {wave}(1-{len(people)}).xlsx")
        (folder / files[-1]).write_bytes(microsoft_forms_xlsx(names, people))
    return files


PROGRAMMES = {"spring_group": spring_group, "balint_1404": balint_1404}
LANGUAGES = {"spring_group": (), "balint_1404": ("--language", "fa")}
VISITS = {
    "spring_group": Visit(
        "One group of eight, asked before and after with Google Forms. The files name no group: all were in one.",
        ("TEQ", "Spring group"),
        {word: code for code, word in enumerate(OFTEN)},
        {},
    ),
    "balint_1404": Visit(
        "One group of nine, asked before and after with Microsoft Forms, in Persian.",
        ("JSE20", "PSS10", "", "1", "گروه ۱"),
        {word: code for code, word in enumerate(AGREE, start=1)} | {word: code for code, word in enumerate(TIMES)},
        {"از این دوره راضی بودم": "نادیده", "این دوره را پیشنهاد می‌کنم": "نادیده", "تسهیل‌گر خوب گوش می‌داد": "نادیده"},
    ),
}


def walk(transcript: Transcript, name: str) -> None:
    """Go from two files to the reports by the words of the README, from the top folder of a copy of the repository."""
    visit, folder, language = VISITS[name], Path(name), LANGUAGES[name]
    transcript.lines.append(visit.said)
    transcript.note(f"In the folder {name}:", *(f"  {file}" for file in PROGRAMMES[name](folder)))
    assert transcript.command("init", name, *language, typed=visit.typed) == 0
    changed = fill(folder / "codebook.xlsx", visit)
    transcript.note("In codebook.xlsx, by hand:", *(f"  {line}" for line in changed))
    assert transcript.command("check", f"{name}/study.yaml", *language) == 0
    transcript.lines.append("")
    assert transcript.command("run", f"{name}/study.yaml", "--plain", *language) == 0
