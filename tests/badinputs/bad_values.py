"""Values that must be refused, or warned of: outside the range, shifted, labels, missing codes, dates, texts."""

import random

from bad_study import PEOPLE, BadStudy, case, person, workbook

AFTER = "after.csv"


def put(study: BadStudy, *values: str | float, column: int = 2, first: int = 2):
    """Write values into one column of the after wave, from one row on."""
    for row, value in zip(study.after[first:], values, strict=False):
        row[column] = value


def scale(study: BadStudy, low: int, high: int):
    """Make the instrument one of codes from low to high, without touching the answers."""
    study.instrument["response"]["codes"] = list(range(low, high + 1))
    study.instrument["scales"][0]["range"] = [3 * low, 3 * high]


def shift(study: BadStudy, step: int, waves=("before", "after")):
    for wave in waves:
        for row in getattr(study, wave):
            row[1:4] = [str(int(cell) + step) for cell in row[1:4]]


# --- B073, B085, B094: outside the range


@case("B073", 3, "VAL-RANGE", row=4, column="q2", value="8", says=("TRY allows 1, 2, 3, 4, 5, 6, 7",))
def answer_8_of_7(study: BadStudy):
    put(study, "8")


@case("B073", 3, "VAL-RANGE", row=4, column="q2", value="0")
def answer_0_of_7(study: BadStudy):
    put(study, "0")


@case("B073", 3, "VAL-RANGE", row=4, column="q2", value="22", count=3, says=("occurs 3 times",))
def three_answers_outside(study: BadStudy):
    put(study, "22", "22", "22")


@case("B073", 3, "VAL-RANGE", row=4, column="q2", value="۸", says=("TRY allows",))
def answer_8_in_persian_digits(study: BadStudy):
    put(study, "۸")


@case("B085", 3, "VAL-RANGE", row=4, column="q2", value="99", count=2, says=("2 times", "missing_codes"))
def undeclared_99(study: BadStudy):
    put(study, "99", "99")


@case("B085", 3, "VAL-RANGE", row=4, column="q2", value="-9", says=("missing_codes",))
def undeclared_minus_9(study: BadStudy):
    put(study, "-9")


@case("B085", 3, "VAL-RANGE", row=4, column="q2", value="999", says=("missing_codes",), count=2)
def undeclared_999_and_88(study: BadStudy):
    put(study, "999", "88")


@case("B085", 0, "OK-MISSING")
def declared_99(study: BadStudy):
    study.item()["missing_codes"] = ["99"]
    put(study, "99")


def roster(study: BadStudy, ages: list[str], **more: object):
    rows = [f"{person(n)},{age}" for n, age in zip(range(PEOPLE), ages, strict=True)]
    study.give("roster.csv", "\n".join(["code,age", *rows]) + "\n")
    study.cohort["roster"] = {"file": "roster.csv", "person_id": "code", "covariates": ["age"], **more}


@case("B094", 3, "VAL-RANGE", file="roster.csv", row=3, column="age", value="240", says=("10 to 110",))
def age_240(study: BadStudy):
    roster(study, ["31", "240", *["29"] * 10])


@case("B094", 3, "VAL-RANGE", file="roster.csv", row=3, column="age", value="-3", says=("10 to 110",))
def age_minus_3(study: BadStudy):
    roster(study, ["31", "-3", *["29"] * 10])


@case("B094", 3, "VAL-RANGE", file="roster.csv", row=3, column="age", value="17", says=("18 to 70",))
def age_outside_the_declared_range(study: BadStudy):
    roster(study, ["31", "17", *["29"] * 10], ranges=[{"column": "age", "lowest": 18, "highest": 70}])


@case("B094", 3, "VAL-NUMBER", file="roster.csv", row=3, column="age", value="thirty", says=("number",))
def age_in_words(study: BadStudy):
    roster(study, ["31", "thirty", *["29"] * 10])


@case("B094", 0, "OK-AGE")
def ages_in_order(study: BadStudy):
    roster(study, ["۳۱", "", *["29"] * 10])


# --- B074, B075: shifted scales


@case("B074", 3, "VAL-SHIFT", value="7", says=("+1", "0 never occurs", "7 does"), file="before.csv", count=2)
def scale_of_0_to_6_stored_as_1_to_7(study: BadStudy):
    scale(study, 0, 6)


@case("B074", 3, "VAL-SHIFT", value="7", says=("+1", "answers:"))
def scale_of_0_to_6_shifted_in_one_wave(study: BadStudy):
    scale(study, 0, 6)
    shift(study, -1, waves=("before",))


@case("B075", 3, "VAL-SHIFT", value="0", says=("-1", "7 never occurs", "0 does"), file="before.csv", count=2)
def scale_of_1_to_7_stored_as_0_to_6(study: BadStudy):
    shift(study, -1)


# --- B077, B097: what the doctor sees


def long_scale(study: BadStudy, items: int, people: int, reverse: list[int]):
    """Make the instrument a long one of which every answer follows one latent score."""
    study.instrument.update({"n_items": items, "reverse": reverse})
    study.instrument["scales"] = [
        {"name": "total", "items": list(range(1, items + 1)), "rule": "sum", "range": [items, 7 * items],
         "higher_is": "better"}
    ]  # fmt: skip
    dice = random.Random(77)
    for wave, later in (("before", 0), ("after", 1)):
        study.headers[wave] = ["code", *(f"q{n}" for n in range(1, items + 1)), "said", "day"]
        rows = []
        for n in range(people):
            level = 2 + (n * 3 + later) % 5
            made = [min(7, max(1, level + dice.choice((-1, 0, 0, 1)))) for _ in range(items)]
            rows.append([f"ELM{n:04}", *map(str, made), "", f"2026-0{1 + 5 * later}-10"])
        setattr(study, wave, rows)


@case("B077", 0, "WARN-ALPHA", file="", says=("alpha",))
def items_reversed_before_the_export(study: BadStudy):
    long_scale(study, 10, 40, reverse=[2, 4, 6, 8, 10])


def copied(study: BadStudy, *pairs: tuple[int, int]):
    long_scale(study, 60, 30, reverse=[])
    for wave in ("before", "after"):
        rows = getattr(study, wave)
        for n, row in enumerate(rows):
            row[1 : 1 + 60] = [
                str(1 + (n * n + 3 * k + k * k * (n + 1) + n * (wave == "after") * k) % 7) for k in range(60)
            ]
    for one, other in pairs:
        study.after[other][1:61] = study.after[one][1:61]


@case("B097", 0, "WARN-DUPCONTENT", file="", says=("answer",))
def one_persons_answers_under_two_ids(study: BadStudy):
    copied(study, (3, 17))


# --- B078, B079, B081: numbers that are none


@case("B078", 3, "VAL-NOTINT", row=4, column="q2", value="3.5", says=("TRY allows",))
def half_a_point(study: BadStudy):
    put(study, "3.5")


@case("B078", 3, "VAL-NOTINT", row=4, column="q2", value="3,56")
def mean_in_place_of_an_answer(study: BadStudy):
    put(study, "3,56")


@case("B078", 3, "VAL-NOTINT", row=4, column="q2", value="3.5", file="after.xlsx")
def half_a_point_in_a_workbook(study: BadStudy):
    put(study, 3.5)
    study.exports[1]["file"] = "after.xlsx"
    study.give("after.xlsx", workbook(("Answers", [study.headers["after"], *study.after])))


def read_as_3(tables: dict):
    after = tables["responses"].query("wave == 'after' and item == 2").sort_values("source_row")
    assert list(after["value"][2:6]) == [3, 3, 3, 3]


@case("B079", 0, "WARN-COERCE", says=("4 answers", "q2"), then=read_as_3)
def three_in_four_spellings(study: BadStudy):
    put(study, "3.0", "3,0", "+3", " 3 ")


@case("B079", 0, "WARN-COERCE", says=("q2", "2 answers", "q3", "1 answer"))
def spellings_in_two_columns(study: BadStudy):
    put(study, "3.0", "5.0")
    put(study, "03", column=3)


@case("B079", 0, "OK-DIGITS")
def persian_digits(study: BadStudy):
    put(study, "۳", "۴", "٥")


def not_a_number(text: str, name: str):
    def spoil(study: BadStudy):
        put(study, text)

    spoil.__name__ = f"answer_{name}"
    case("B081", 3, "VAL-NOTINT", row=4, column="q2", value=text)(spoil)


for _text, _name in (
    ("1_0", "with_an_underscore"), ("0x10", "in_hexadecimal"), ("1e1", "with_an_exponent"), ("inf", "infinite"),
    ("nan", "not_a_number"), ("50%", "in_percent"), ("３", "in_full_width_digits"), ("--3", "with_two_signs"),
    ("3/7", "as_a_fraction"),
):  # fmt: skip
    not_a_number(_text, _name)


# --- B082, B083, B086, B087: labels and missing codes


@case("B082", 3, "VAL-LABEL", row=4, column="q2", value="agree", says=("(2)", "answers:"))
def label_without_a_map(study: BadStudy):
    put(study, "agree", "agree")


@case("B082", 3, "VAL-LABEL", row=4, column="q2", value="five", says=("(1)", "answers:"))
def number_words_without_a_map(study: BadStudy):
    put(study, "five", "six")


@case("B082", 3, "VAL-LABEL", row=4, column="q2", value="کاملاً موافقم", says=("answers:",))
def persian_label_without_a_map(study: BadStudy):
    put(study, "کاملاً موافقم")


LABELS = ["never", "rarely", "sometimes", "half", "often", "mostly", "always"]


def labelled(study: BadStudy):
    for row in study.after:
        row[1:4] = [LABELS[int(cell) - 1] for cell in row[1:4]]
    study.item()["answers"] = [{"answer": text, "code": code} for code, text in enumerate(LABELS, start=1)]


@case("B083", 3, "VAL-LABELMAP", row=4, column="q2", value="seldom", says=("not among the declared", "(2)"))
def label_that_the_map_lacks(study: BadStudy):
    labelled(study)
    put(study, "seldom", "seldom")


@case("B083", 2, "CFG-ANSWERS", file="study.yaml", column="cohorts.0.exports.1.items.0.answers", says=("code 2",))
def map_that_lacks_a_code(study: BadStudy):
    labelled(study)
    del study.item()["answers"][1]


@case("B083", 2, "CFG-ANSWERS", file="study.yaml", says=("twice",))
def map_with_a_label_twice(study: BadStudy):
    labelled(study)
    study.item()["answers"].append({"answer": "Never", "code": 2})


@case("B083", 2, "CFG-CODE", file="study.yaml", column="cohorts.0.exports.1.items.0.answers.7.code", value="8")
def map_to_a_code_that_is_none(study: BadStudy):
    labelled(study)
    study.item()["answers"].append({"answer": "forever", "code": 8})


@case("B083", 0, "WARN-NORMALISE", says=("2 answers",))
def labels_typed_in_two_ways(study: BadStudy):
    labelled(study)
    put(study, " Often ", "ALWAYS")


@case("B086", 2, "CFG-MISSCODE", file="study.yaml", column="cohorts.0.exports.1.items.0.missing_codes.0",
      value="7", says=("TRY", "1, 2, 3, 4, 5, 6, 7"))  # fmt: skip
def missing_code_among_the_answers(study: BadStudy):
    study.item()["missing_codes"] = ["7"]


@case("B086", 2, "CFG-MISSCODE", file="study.yaml", value="3.0", says=("TRY",))
def missing_code_among_the_answers_in_another_spelling(study: BadStudy):
    study.item()["missing_codes"] = ["3.0"]


@case("B086", 2, "CFG-MISSCODE", file="study.yaml", value="۳", says=("TRY",))
def missing_code_among_the_answers_in_persian_digits(study: BadStudy):
    study.item()["missing_codes"] = ["۳"]


def missing_word(text: str, name: str):
    def spoil(study: BadStudy):
        put(study, text, text)

    spoil.__name__ = f"answer_{name}"
    case("B087", 3, "VAL-MISSTEXT", row=4, column="q2", value=text, says=("2 times", "missing_codes"))(spoil)


for _text, _name in (("NA", "na"), ("N/A", "n_a"), (".", "full_stop"), ("-", "hyphen"), ("null", "null"),
                     ("None", "none"), ("n/a", "small_n_a")):  # fmt: skip
    missing_word(_text, _name)


# --- B089 to B093: what a spreadsheet does to ids and dates


@case("B089", 3, "VAL-SCI", row=4, column="code", says=("rounded", "as text"))
def id_in_powers_of_ten(study: BadStudy):
    put(study, "1.23457E+12", column=0)


@case("B089", 3, "VAL-SCI", row=4, column="code", says=("rounded",))
def id_in_powers_of_ten_with_a_comma(study: BadStudy):
    put(study, "1,23457E+12", column=0)


@case("B089", 3, "VAL-IDDATE", row=4, column="code", says=("date",))
def id_that_became_a_date(study: BadStudy):
    put(study, "2026-03-04", column=0)


@case("B089", 3, "VAL-IDDATE", row=4, column="code", says=("date",))
def id_that_became_a_month(study: BadStudy):
    put(study, "01-Mar", column=0)


def dated(study: BadStudy, form: str, *days: str):
    study.exports[1]["date_format"] = form
    for row in study.after:
        year, month, day = row[5].split("-")
        row[5] = form.replace("%Y", year).replace("%m", month).replace("%d", day)
    put(study, *days, column=5)


@case("B090", 3, "VAL-DATE", row=4, column="day", value="31/02/2026", says=("%d/%m/%Y",))
def day_that_is_not_in_the_calendar(study: BadStudy):
    dated(study, "%d/%m/%Y", "31/02/2026")


@case("B090", 3, "VAL-DATE", row=4, column="day", value="2026-13-01", says=("no such day",))
def month_thirteen(study: BadStudy):
    put(study, "2026-13-01", column=5)


@case("B090", 3, "VAL-DATE", row=4, column="day", value="2099-01-01", says=("future",))
def day_in_the_future(study: BadStudy):
    put(study, "2099-01-01", column=5)


@case("B090", 3, "VAL-DATE", row=4, column="day", value="1890-01-01", says=("1950",))
def day_before_anyone_was_born(study: BadStudy):
    put(study, "1890-01-01", column=5)


@case("B091", 0, "WARN-DATEAMB", says=("day",))
def days_that_could_be_months(study: BadStudy):
    dated(study, "%d/%m/%Y")
    for row in study.after:
        row[5] = f"0{1 + int(row[5][1]) % 9}/06/2026"


@case("B093", 3, "VAL-TZ", column="day", says=("time zone",))
def times_with_and_without_a_zone(study: BadStudy):
    for n, row in enumerate(study.after):
        row[5] += "T10:00:00+03:30" if n % 2 else "T10:00:00"


# --- B095: texts


def cleaned(tables: dict):
    notes = " ".join(tables["sources"]["notes"])
    assert "\u202e" not in notes


def comment(study: BadStudy, text: str):
    put(study, text, column=4)


@case("B095", 0, "WARN-TEXTCLEAN", says=("row 4", "said", "U+000B"), then=cleaned)
def comment_with_a_vertical_tab(study: BadStudy):
    comment(study, "one\x0btwo")


@case("B095", 0, "WARN-TEXTCLEAN", says=("row 4", "said", "U+202E"), then=cleaned)
def comment_that_turns_the_text_round(study: BadStudy):
    comment(study, "one\u202etwo")


@case("B095", 0, "WARN-TEXTCLEAN", says=("row 4", "said", "U+001B"), then=cleaned)
def comment_of_a_megabyte(study: BadStudy):
    comment(study, "word " * 200_000 + "\x1b[31m")


@case("B095", 0, "WARN-TEXTCLEAN", says=("surrogate",))
def comment_with_half_a_character(study: BadStudy):
    comment(study, "one")
    text = study.csv("after").encode().replace(b",one,", b",one\xed\xa0\x80,")
    study.give(AFTER, text)


@case("B095", 0, "OK-TEXT")
def comment_with_lines_and_joiners(study: BadStudy):
    comment(study, "one\ntwo, می\u200cروم \U0001f600")
