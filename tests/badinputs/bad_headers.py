"""Headers that must be refused, or warned of: missing, alike, blank, absent, counted from another number."""

from bad_study import HEADER, BadStudy, case

AFTER = "after.csv"


def call_columns(study: BadStudy, *names: str):
    study.headers["after"] = list(names)


@case("B063", 3, "HD-MISSING", row=1, column="q2", says=("nearest header",))
def one_item_is_missing(study: BadStudy):
    call_columns(study, "code", "q1", "p2", "q3", "said", "day")


@case("B063", 3, "HD-MISSING", says=("q1", "q3"))
def two_items_are_missing(study: BadStudy):
    call_columns(study, "code", "alpha", "q2", "omega", "said", "day")


@case("B063", 3, "HD-MISSING", row=1, column="code", says=("nearest header is 'Kode'",))
def id_is_missing(study: BadStudy):
    call_columns(study, "Kode", "q1", "q2", "q3", "said", "day")


@case("B063", 3, "HD-MISSING", row=1, column="said")
def comment_is_missing(study: BadStudy):
    call_columns(study, "code", "q1", "q2", "q3", "remark", "day")


def near(study: BadStudy, other: str):
    call_columns(study, *HEADER, other)
    for row in study.after:
        row.append("1")


@case("B065", 3, "HD-NEARDUP", row=1, column="q1", says=("'q1' (B)", "'Q1' (G)"))
def names_that_differ_by_a_capital(study: BadStudy):
    near(study, "Q1")


@case("B065", 3, "HD-NEARDUP", row=1, column="q1", says=("q1\\u00a0",))
def names_that_differ_by_a_hard_blank(study: BadStudy):
    near(study, "q1\u00a0")


@case("B065", 3, "HD-NEARDUP", row=1, column="q1", says=("q\\u200b1",))
def names_that_differ_by_a_zero_width_blank(study: BadStudy):
    near(study, "q\u200b1")


@case("B065", 3, "HD-NEARDUP", row=1, column="q1", says=("q1\\u200f",))
def names_that_differ_by_a_direction_mark(study: BadStudy):
    near(study, "q1\u200f")


@case("B065", 3, "HD-DUP", row=1, column="q1", says=("B, G",))
def names_that_do_not_differ(study: BadStudy):
    near(study, "q1")


@case("B066", 3, "HD-BLANK", row=1, column="D", says=("column D",))
def column_without_a_name(study: BadStudy):
    call_columns(study, "code", "q1", "q2", "", "said", "day")


@case("B066", 3, "HD-BLANK", row=1, column="D", says=("column D",))
def column_with_an_invisible_name(study: BadStudy):
    call_columns(study, "code", "q1", "q2", "\u200b \u00a0", "said", "day")


@case("B066", 3, "HD-BLANK", row=1, column="B", count=2)
def two_columns_without_a_name(study: BadStudy):
    call_columns(study, "code", "", "q2", "", "said", "day")


@case("B067", 3, "HD-NONE", row=1, says=("answers, not column names", "P… (7 characters)"))
def no_header(study: BadStudy):
    study.headers["after"] = study.after.pop(0)


@case("B067", 3, "HD-NONE", row=1, says=("answers, not column names",))
def no_header_and_addresses_as_ids(study: BadStudy):
    study.headers["after"] = ["someone@example.org", "1", "2", "3", "", "2026-06-10"]


@case("B069", 3, "HD-MISSING", row=1, says=("Q1_post", "columns:"), count=None)
def items_named_otherwise_after(study: BadStudy):
    call_columns(study, "code", "Q1_post", "Q2_post", "Q3_post", "said", "day")


@case("B069", 3, "HD-MISSING", row=1, says=("item1", "columns:"), count=None)
def items_with_another_stem_after(study: BadStudy):
    call_columns(study, "code", "item1", "item2", "item3", "said", "day")


@case("B070", 3, "HD-OFFBYONE", row=1, column="q3", says=("q0 to q2", "q1 to q3"))
def items_counted_from_zero_after(study: BadStudy):
    call_columns(study, "code", "q0", "q1", "q2", "said", "day")


@case("B070", 3, "HD-OFFBYONE", row=1, column="q1", says=("q2 to q4", "q1 to q3"))
def items_counted_from_two_after(study: BadStudy):
    call_columns(study, "code", "q2", "q3", "q4", "said", "day")


@case("B070", 3, "HD-OFFBYONE", row=1, column="TRY_003", says=("TRY_000 to TRY_002", "TRY_001 to TRY_003"))
def padded_items_counted_from_zero_after(study: BadStudy):
    study.item()["columns"] = "TRY_{item:03}"
    call_columns(study, "code", "TRY_000", "TRY_001", "TRY_002", "said", "day")


def not_carried_on(tables: dict):
    for table in tables.values():
        assert "email" not in table.columns
        assert not table.astype(str).apply(lambda column: column.str.contains("@example.org")).any(axis=None)


def extra(study: BadStudy, *names: str):
    study.headers["after"] += names
    for row in study.after:
        row.extend(["someone@example.org"] * len(names))


@case("B071", 0, "WARN-EXTRA", says=("'email'",), then=not_carried_on)
def column_nobody_asked_for(study: BadStudy):
    extra(study, "email")


@case("B071", 0, "WARN-EXTRA", says=("14 columns", "'x0'", "and 4 more"), then=not_carried_on)
def many_columns_nobody_asked_for(study: BadStudy):
    extra(study, *(f"x{n}" for n in range(14)))


# --- V10, V11, V17, V18, V19: the same items in another order, in other words, under other numbers

TEXTS = ["I listen to people", "I ask my colleagues", "I tire of work"]


def in_words(study: BadStudy, after: list[str], columns: list[str] = TEXTS):
    study.headers = {
        "before": ["code", *TEXTS, "said", "day"],
        "after": ["code", *after, "said", "day"],
    }
    for wave in (0, 1):
        study.item(wave)["columns"] = columns


def in_form_order(tables: dict):
    wide = tables["responses"].query("wave == 'after'").pivot(index="source_row", columns="item", values="value")
    assert wide.loc[2].tolist() == [1, 2, 6]


def exchange(study: BadStudy):
    for row in study.after:
        row[1], row[3] = row[3], row[1]


@case("V10", 3, "HD-ITEMORDER", row=1, column="@D", says=("item 1 there and item 3 here", "'I listen to people'"))
def items_in_another_order_named_by_place(study: BadStudy):
    in_words(study, TEXTS[::-1], ["@B", "@C", "@D"])


@case("V10", 0, "OK-ORDER", then=in_form_order)
def items_in_another_order_named_by_text(study: BadStudy):
    in_words(study, TEXTS[::-1])
    exchange(study)


@case("V11", 0, "WARN-QUESTION", says=("item 2", "'I ask my colleagues'", "'I ask for help'"))
def item_asked_in_other_words(study: BadStudy):
    in_words(study, [TEXTS[0], "I ask for help", TEXTS[2]], ["@B", "@C", "@D"])


@case("V11", 0, "OK-SPELLING")
def item_with_another_blank_and_capital(study: BadStudy):
    in_words(study, [TEXTS[0], "I  ask my Colleagues.", TEXTS[2]], ["@B", "@C", "@D"])


@case("V17", 0, "OK-ORDER", then=in_form_order)
def items_grouped_by_subscale(study: BadStudy):
    call_columns(study, "code", "q3", "q2", "q1", "said", "day")
    exchange(study)


@case("V19", 0, "WARN-ITEMNUMBER", says=("'q2' is item 3", "'q3' is item 2"))
def two_items_with_exchanged_numbers(study: BadStudy):
    study.item()["columns"] = ["q1", "q3", "q2"]


def with_totals(study: BadStudy, wrong: int = 0):
    study.headers["after"] = [*HEADER, "sum"]
    for row in study.after:
        row.append(str(int(row[1]) + int(row[2]) + 8 - int(row[3]) + wrong))
    study.item()["totals"] = [{"scale": "total", "column": "sum"}]


@case("V18", 0, "DOC-TOTAL", file="", says=("total",))
def totals_that_do_not_follow_the_key(study: BadStudy):
    with_totals(study, 2)


@case("V18", 0, "OK-TOTAL")
def totals_that_follow_the_key(study: BadStudy):
    with_totals(study)


# --- V8 and R: no header, seen in any column, and never shown


@case("B067", 3, "HD-NONE", row=1, says=("answers, not column names",), alone=False)
def no_header_where_the_code_is_not_first(study: BadStudy):
    study.headers["after"] = ["3", "PINE099", "6", "2", "something that somebody told", "2026-06-11"]
    for row in study.after:
        row[0], row[1] = row[1], row[0]
