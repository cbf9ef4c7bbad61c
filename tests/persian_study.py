"""One small study typed twice: as Persian forms and spreadsheets write it, and in plain ASCII. Made up."""

import csv
import random

import yaml

LABELS = ("کاملاً مخالفم", "مخالفم", "بی‌نظرم", "موافقم", "کاملاً موافقم")
NAMES = ("علی", "کیان", "یاس", "مریم", "کاوه", "نگین")
N_ITEMS, N_PEOPLE, N_GROUPS = 6, 24, 3
PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
ARABIC_LETTERS = str.maketrans("یک", "يك")
CODE_PAGE = str.maketrans("یک", "يك", "\u064b")

INSTRUMENT = {
    "name": "TRY", "title": "Six made-up items", "measures": "confidence", "level": "2a", "n_items": N_ITEMS,
    "response": {"codes": [1, 2, 3, 4, 5]}, "reverse": [2, 5], "licence": {"status": "own"},
    "scales": [{"name": "total", "items": [1, 2, 3, 4, 5, 6], "rule": "sum", "range": [6, 30], "higher_is": "better"}],
}  # fmt: skip


def answers():
    """Give codes by (wave, person, item): one trait a person, a gain of half a step, a few answers not given."""
    rng = random.Random(1404)
    found = {}
    for person in range(N_PEOPLE):
        trait = rng.gauss(2.8, 0.8)
        for wave, gain in (("before", 0), ("after", 0.5)):
            for item in range(1, N_ITEMS + 1):
                code = min(5, max(1, round(trait + gain + rng.gauss(0, 0.6))))
                code = 6 - code if item in INSTRUMENT["reverse"] else code
                found[wave, person, item] = None if rng.random() < 0.02 else code
    return found


def persian_code(person):
    return f"{NAMES[person % len(NAMES)]}-{person + 10}"


def ascii_code(person):
    return f"P{person + 10}"


def persian_rows(wave, given):
    """The first wave as a form in Persian writes it, the second as a spreadsheet in a Windows code page does."""
    before = wave == "before"
    stamp = "زمان ثبت"
    yield [stamp, "کد شما", "گروه", *(f"گویه {item}".translate(PERSIAN_DIGITS) for item in range(1, N_ITEMS + 1))]
    for person in range(N_PEOPLE):
        codes = [given[wave, person, item] for item in range(1, N_ITEMS + 1)]
        if before:
            day = f"۱۴۰۴/۰۷/{person % 20 + 5:02} ۱۰:۱۵:۰۰ ب.ظ".translate(PERSIAN_DIGITS)
            code = persian_code(person).translate(PERSIAN_DIGITS)
            texts = [f"{c}- {LABELS[c - 1]}".translate(PERSIAN_DIGITS) if c else "" for c in codes]
        else:
            day = f"1404/12/{person % 20 + 5}"
            # Joined or with a blank, with or without tanwin: the same person types it differently.
            code = f"  {persian_code(person)} "
            label = {c: LABELS[c - 1].replace("\u200c", " " if person % 2 else "\u200c") for c in (1, 2, 3, 4, 5)}
            texts = [f"{label[c]} ({c})" if c else "" for c in codes]
        yield [day, code, f"گروه {person % N_GROUPS + 1}", *texts]


def ascii_rows(wave, given):
    yield ["when", "code", "group", *(f"q{item}" for item in range(1, N_ITEMS + 1))]
    for person in range(N_PEOPLE):
        # 1404/07/05 is 2025-09-27 and 1404/12/05 is 2026-02-24.
        first = (2025, 9, 27) if wave == "before" else (2026, 2, 24)
        codes = [given[wave, person, item] for item in range(1, N_ITEMS + 1)]
        yield [_later(first, person % 20), ascii_code(person), f"g{person % N_GROUPS + 1}", *(c or "" for c in codes)]


def _later(day, days):
    import datetime

    return (datetime.date(*day) + datetime.timedelta(days=days)).isoformat()


def _write(path, rows, encoding="utf-8", delimiter=","):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\r\n").writerows(rows)


def _in_code_page(rows):
    """Write texts as a program with cp1256 does: Arabic ye and kaf, no tanwin, ASCII digits."""
    ascii_digits = {ord(digit): str(value) for value, digit in enumerate("۰۱۲۳۴۵۶۷۸۹")}
    return [[cell.translate(CODE_PAGE).translate(ascii_digits) for cell in row] for row in rows]


def _study(name, before, after, columns, group):
    def export(wave, **more):
        entry = {"instrument": "TRY", "columns": columns}
        return {"file": f"{wave}.csv", "wave": wave, "items": [entry], **more}

    return {
        "name": name,
        "title": "One study typed twice",
        "waves": [
            {"name": "before", "role": "baseline", "until": "1404-09-01"},
            {"name": "after", "role": "post", "from": "2026-02-01"},
        ],
        "outcomes": [{"instrument": "TRY", "scale": "total", "role": "primary"}],
        "own_instruments": [INSTRUMENT],
        "cohorts": [
            {
                "name": "one",
                "exports": [export("before", **before), export("after", **after)],
                "sessions": {"file": "sessions.csv", "group": group},
            }
        ],
    }


def write_persian(folder):
    """Write exports, session log and study file as an Iranian course would have them; give the study file's path."""
    given = answers()
    _write(folder / "before.csv", persian_rows("before", given), "utf-8-sig")
    _write(folder / "after.csv", _in_code_page(persian_rows("after", given)), "cp1256", ";")
    log = [["گروه", "session", "date", "minutes", "leaders"]]
    log += [
        [
            f"گروه {group}".translate(ARABIC_DIGITS),
            meeting,
            f"۱۴۰۴/۰۸/{7 * meeting:02}".translate(PERSIAN_DIGITS),
            "۹۰",
            "٢",
        ]
        for group in (1, 2, 3)
        for meeting in (1, 2, 3, 4)
    ]
    _write(folder / "sessions.csv", log)
    named = {"person_id": "کد شما", "group": "گروه", "answered_on": "زمان ثبت"}
    content = _study("persian", named, {**named, "encoding": "cp1256", "delimiter": ";"}, "گویه {item}", "گروه")
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def write_ascii(folder):
    """Write the same study with whole numbers, Gregorian dates and Latin letters."""
    given = answers()
    for wave in ("before", "after"):
        _write(folder / f"{wave}.csv", ascii_rows(wave, given))
    log = [["group", "session", "date", "minutes", "leaders"]]
    # 1404/08/07 is 2025-10-29.
    log += [[f"g{group}", m, _later((2025, 10, 29), 7 * (m - 1)), 90, 2] for group in (1, 2, 3) for m in (1, 2, 3, 4)]
    _write(folder / "sessions.csv", log)
    named = {"person_id": "code", "group": "group", "answered_on": "when"}
    content = _study("ascii", named, dict(named), "q{item}", "group")
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path
