"""What `init` sees in columns: parts of the study by name and content, and instruments, none of them wrongly."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from balint_eval.ingest.sheet import Sheet
from balint_eval.init.answer_lists import AnswerLists
from balint_eval.init.blocks import find_blocks, numbered, one_kind, stem_of
from balint_eval.init.columns import Column, columns_of
from balint_eval.init.files import Given, item_columns
from balint_eval.init.people import choose_codes, settle_uses
from balint_eval.init.recognise import recognise
from balint_eval.init.texts import TEXTS
from balint_eval.init.waves import Period, name_waves, wave_count, wave_word, waves_by_date
from balint_eval.instruments.registry import known_instruments

sys.path.insert(0, str(Path(__file__).parents[2] / "simulation"))
import recognition_study as study

IDS = [f"A{n:02}" for n in range(1, 13)]


def sheet(columns, platform="plain", choices=None, labels=None):
    cells = pd.DataFrame(columns, dtype=object)
    cells.index = pd.Index(range(2, len(cells) + 2))
    status = pd.Series("", index=cells.index, dtype=object)
    return Sheet(
        file="f.csv", platform=platform, cells=cells, status=status, choices=choices or {}, labels=labels or {}
    )


def blocks(columns, **more):
    return find_blocks(item_columns(columns_of(sheet(columns, **more))))


def cycle(values, shift=0):
    return [str(values[(n + shift) % len(values)]) for n in range(12)]


def items(stem, number, values):
    return {f"{stem}{n}": cycle(values, n) for n in range(1, number + 1)}


# ---- all instruments


def test_a_column_in_which_all_eight_people_differ_belongs_to_its_neighbours():
    words = [f"word {n}" for n in range(7)]
    columns = {f"UWES_{n}": [words[(person * (n % 3 > 0) + n) % 7] for person in range(8)] for n in range(1, 18)}
    (block,) = blocks(columns)
    assert (block.n_items, recognise(block).instrument) == (17, "UWES17")


def test_statements_without_numbers_are_one_block_although_eight_people_differ_in_some():
    words = [f"word {n}" for n in range(7)]
    # In the first, the last and two middle statements more than half of the answers differ.
    spread = {0: 7, 9: 6, 10: 5, 19: 7}
    letters = "abcdefghijklmnopqrst"
    columns = {
        f"I say {letters[n]} and mean it": [words[(person % spread.get(n, 3) + n) % 7] for person in range(8)]
        for n in range(20)
    }
    study_year = {"Year of study": [f"year {person % 5}" for person in range(8)]}
    (block,) = blocks({**study_year, **columns, "City": [f"place {person % 6}" for person in range(8)]})
    assert [column.name for column in block.columns] == list(columns)


@pytest.fixture(scope="module")
def simulated():
    return list(study.cases(seed=11, people=(12,), styles=2))


def test_a_first_statement_answered_like_no_neighbour_belongs_to_the_later_ones():
    against, between, agreed = ["no", "rather no"], ["rather no", "rather yes"], ["rather yes", "yes"]
    answers = [against, agreed, agreed, between, *[agreed] * 8, *[against] * 8]
    columns = {f"I am {'abcdefghijklmnopqrst'[n]} today": cycle(values) for n, values in enumerate(answers)}
    consent = {"Do you agree?": cycle(["I agree"])}
    (block,) = blocks({**consent, **columns})
    assert block.n_items == 20


def test_no_instrument_is_taken_for_another_or_scored_by_a_wrong_key(simulated):
    assert len(simulated) == len(known_instruments()) * 2 * 3
    assert [(c.truth.name, c.style, c.coding) for c in simulated if c.outcome == "wrong"] == []


def test_most_are_named_where_their_columns_carry_the_name(simulated):
    named = [case for case in simulated if case.style in study.NAMED and case.coding == "numbers"]
    settled = [case for case in named if case.outcome in study.OUTCOMES[:2]]
    offered = [case for case in named if case.outcome in study.OUTCOMES[:3]]
    assert len(settled) / len(named) > 0.6
    assert len(offered) == len(named)


def test_nothing_is_named_without_its_name(simulated):
    assert {case.outcome for case in simulated if case.style in study.RENAMED} <= set(study.OUTCOMES[2:4])


def test_the_page_counts_nothing_wrong():
    page = (Path(__file__).parents[3] / "docs" / "recognition.md").read_text("utf-8")
    rows = [
        line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ") and "wrong" not in line
    ]
    assert len(rows) == len(study.STYLES) + 3 + len(known_instruments())
    assert {row[-1] for row in rows} == {"0"}


@pytest.mark.parametrize("stem", ["Q7_", "burden ", "satisfaction_", "week "])
def test_a_foreign_form_with_the_size_and_range_of_a_known_one_stays_open(stem):
    for instrument in known_instruments().values():
        found = blocks(items(stem, instrument.n_items, [f"{c:g}" for c in instrument.response.codes]))
        assert [recognise(block).instrument for block in found] in ([""], [])


@pytest.mark.parametrize("name", ["JSE20", "OLBI", "MBI_GS", "CSQ8", "MiniZ2"])
def test_versions_with_another_key_are_asked_for(name):
    instrument = known_instruments()[name]
    (block,) = blocks(items(f"{name}_", instrument.n_items, [f"{c:g}" for c in instrument.response.codes]))
    guess = recognise(block)
    assert guess.instrument == ""
    assert all(candidate.partition("@")[0] == name for candidate in guess.candidates)


@pytest.mark.parametrize(
    ("values", "recode", "strange"),
    [
        ((0, 1, 2, 3, 4), False, ()),
        ((0, 1, 2, 3, 4, -99), False, ()),
        ((1, 2, 3, 4, 5), True, ()),
        ((1, 2, 3, 4), True, ()),
        ((0, 1, 2, 3), False, ()),
        ((0, 1, 2, 3, 4, 9), False, (9,)),
        (("never", "seldom", "often"), True, ()),
    ],
)
def test_codes_that_are_not_surely_the_instruments_own_are_given_by_a_person(values, recode, strange):
    (block,) = blocks(items("TEQ_", 16, values))
    guess = recognise(block)
    assert (guess.instrument, guess.recode, guess.strange) == ("TEQ", recode, strange)


def test_a_part_of_a_form_is_not_the_form():
    (block,) = blocks(items("TEQ_", 15, [0, 1, 2, 3, 4]))
    assert recognise(block).instrument == ""


def test_numbers_that_do_not_count_from_one_leave_it_open():
    (block,) = blocks({f"TEQ_{n}": cycle(range(5), n) for n in range(4, 20)})
    guess = recognise(block)
    assert (guess.instrument, guess.candidates) == ("", ("TEQ",))


def test_one_stem_over_two_forms_is_cut_where_the_answers_change():
    both = items("Q", 16, [0, 1, 2, 3, 4]) | {f"Q{n}": cycle([0, 25, 50, 75, 100], n) for n in range(17, 36)}
    assert [block.n_items for block in blocks(both)] == [16, 19]


# ---- codes and labels


@pytest.mark.parametrize(
    ("labels", "codes"),
    [
        (["0 - never", "1 - seldom", "2 - often", "3 - usually", "4 - always"], [0, 1, 2, 3, 4]),
        (["never (0)", "seldom (1)", "often (2)", "usually (3)", "always (4)"], [0, 1, 2, 3, 4]),
        (["۰- هرگز", "۱- به ندرت", "۲- گاهی", "۳- اغلب", "۴- همیشه"], [0, 1, 2, 3, 4]),
        (["1 - never", "2 - seldom", "3 - often", "4 - usually", "5 - always"], [""] * 5),
        (["0 times", "1 time", "2 times", "3 or more times"], [""] * 4),
        (["never", "seldom", "often", "usually", "always"], [""] * 5),
    ],
)
def test_only_a_number_that_stands_apart_is_a_code(labels, codes):
    (block,) = blocks(items("TEQ_", 16, labels))
    lists = AnswerLists()
    lists.list_for(recognise(block), known_instruments()["TEQ"])
    given = {row["answer"][:3]: row["code"] for row in lists.lists[0].rows.values()}
    assert given == {label[:3]: code for label, code in zip(labels, codes, strict=True)}


def test_a_dictionary_gives_the_code_of_each_label():
    words = ["never", "seldom", "often", "usually", "always"]
    choices = {f"teq_{n}": {str(code): word for code, word in enumerate(words)} for n in range(1, 17)}
    (block,) = blocks(items("teq_", 16, words), choices=choices)
    lists = AnswerLists()
    lists.list_for(recognise(block), known_instruments()["TEQ"])
    assert {answer: row["code"] for answer, row in lists.lists[0].rows.items()} == {w: n for n, w in enumerate(words)}


def test_one_list_for_the_same_answers_in_two_files():
    lists = AnswerLists()
    for values in (["never", "often"], ["often", "always"]):
        (block,) = blocks(items("TEQ_", 16, values))
        assert lists.list_for(recognise(block), known_instruments()["TEQ"]) == "TEQ"
    assert sorted(lists.lists[0].rows) == ["always", "never", "often"]
    assert lists.lists[0].rows["often"]["times"] == 2 * 96


# ---- single columns


def uses(columns, **more):
    given = Given("f.csv", sheet(columns, **more), columns_of(sheet(columns, **more)), "export")
    roles = choose_codes([given], {})["f.csv"]
    settle_uses(given, roles, {}, ())
    return {name: use for name, (use, _) in roles.uses.items()}


@pytest.mark.parametrize("name", ["code", "Your code", "participant_id", "کد شما", "شناسه", "Please build your code."])
def test_a_code_column_in_two_languages(name):
    assert uses({name: IDS, "x": cycle([1, 2, 3])})[name] == "person_id"


@pytest.mark.parametrize(
    ("name", "values", "use"),
    [
        ("group", ["G1", "G2"], "group"),
        ("گروه", ["الف", "ب"], "group"),
        ("Which Balint group?", ["1", "2", "3"], "group"),
        ("arm", ["balint", "waiting"], "arm"),
        ("group", ["balint", "control"], "arm"),
        ("E-mail", ["a@b.example", "c@d.example"], "ignore"),
        ("First name", ["Ann", "Bob"], "ignore"),
        ("TEQ total score", [41, 44, 50], "total"),
        ("date", ["2024-01-02", "2024-01-03"], "date"),
        ("born on", ["2024-01-02", "2024-01-03"], "ignore"),
    ],
)
def test_columns_known_by_name_and_content(name, values, use):
    assert uses({"code": IDS, name: cycle(values)}).get(name) == use


def test_what_people_wrote_is_a_comment_and_never_an_example():
    texts = [f"I liked that we took our time in meeting {n}." for n in range(12)]
    assert uses({"code": IDS, "thoughts": texts})["thoughts"] == "comment"


def test_the_code_is_the_column_that_comes_back_in_the_other_file():
    first = {"code": IDS, "answer id": [f"r{n}" for n in range(12)]}
    second = {"code": list(reversed(IDS)), "answer id": [f"s{n}" for n in range(12)]}
    given = [Given(f"{n}.csv", sheet(c), columns_of(sheet(c)), "export") for n, c in enumerate((first, second))]
    assert {roles.person for roles in choose_codes(given, {}).values()} == {"code"}


def test_two_columns_that_could_be_the_code_are_asked_about():
    given = Given(
        "f.csv", sheet({}), columns_of(sheet({"code": IDS, "student id": [f"s{n}" for n in range(12)]})), "export"
    )
    roles = choose_codes([given], {})["f.csv"]
    assert (roles.person, roles.candidates) == ("", ["code", "student id"])


# ---- waves


@pytest.mark.parametrize(
    ("text", "wave"),
    [
        ("students_PRE_2024.csv", "before"),
        ("پیش آزمون.xlsx", "before"),
        ("post.csv", "after"),
        ("پس‌آزمون.csv", "after"),
        ("three_months_after.csv", "follow_up"),
        ("پیگیری.csv", "follow_up"),
        ("pre_and_post.csv", ""),
        ("prepared.csv", ""),
        ("answers.csv", ""),
    ],
)
def test_words_for_waves(text, wave):
    assert wave_word(text) == wave


@pytest.mark.parametrize(
    ("text", "number"), [("T1", 1), ("results_t2.csv", 2), ("wave 3", 3), ("t0_arm_1", 0), ("second", 2), ("x", None)]
)
def test_numbers_of_waves(text, number):
    assert wave_count(text) == number


def test_names_that_contradict_each_other_stay_open():
    assert name_waves(["a_pre.csv", "b_pre.csv"]) == {}
    assert name_waves(["t1.csv", "t3.csv", "t2.csv"]) == {"t1.csv": "before", "t2.csv": "after", "t3.csv": "follow_up"}
    assert name_waves(["t1.csv", "x.csv"]) == {}


def test_periods_that_overlap_say_nothing():
    one, two = Period("2024-01-01", "2024-01-09"), Period("2024-03-01", "2024-03-09")
    assert waves_by_date({"b": two, "a": one}) == {"a": "before", "b": "after"}
    assert waves_by_date({"a": one, "b": Period("2024-01-05", "2024-03-01")}) == {}


# ---- small things


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("TEQ_1", ("teq", 1)),
        ("TEQ01", ("teq", 1)),
        ("PSS10_10", ("pss10", 10)),
        ("گویه ۳", ("گویه", 3)),
        ("Why?", None),
    ],
)
def test_stems_and_numbers(name, stem):
    assert numbered(name) == stem


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("2. I listen", ("#", 2)),
        # A statement that is a picture: of its heading the number is left, and of some nothing.
        ('3. <img src="listen.png">', ("#", 3)),
        ('<img src="listen.png">', ("", None)),
        ("2.5", ("2", 5)),
        ("Why?", ("", None)),
    ],
)
def test_what_a_column_shares_with_its_neighbours(name, stem):
    assert stem_of(Column(name, 0, "", ("1", "2"))) == stem


def test_kinds_of_numbers():
    assert one_kind({0, 1, 4, -99})
    assert one_kind({0, 25, 100})
    assert not one_kind({1, 2, 25})


def test_every_sentence_has_both_languages_and_the_same_blanks():
    for key, (english, persian) in TEXTS.items():
        assert sorted(part.split("}")[0] for part in english.split("{")[1:]) == sorted(
            part.split("}")[0] for part in persian.split("{")[1:]
        ), key
        assert any("\u0600" <= letter <= "\u06ff" for letter in persian) or key in {
            "default",
            "found",
            "instrument_title",
        }, key


# ---- headings as people write them


@pytest.mark.parametrize(
    ("heading", "use"),
    [
        ("Your code (first two letters of your mother's first name, day of birth)", "person_id"),
        ("Student no.", "person_id"),
        ("Your first name", "ignore"),
        ("First name or code", "ignore"),
    ],
)
def test_a_code_made_of_letters_of_a_name_is_a_code_and_a_name_is_none(heading, use):
    assert uses({heading: IDS})[heading] == use


@pytest.mark.parametrize(
    "heading", ["Which Balint group are you in?", "گروه بالینت شما", "کدام گروه هستید لطفا بگویید که بدانیم"]
)
def test_a_question_for_the_group_is_the_group_however_long(heading):
    assert uses({heading: cycle(["A", "B", "C"])})[heading] == "group"


def test_a_long_statement_about_the_group_is_no_group():
    heading = "I felt safe in the group when others spoke of their patients"
    assert "group" not in uses({heading: cycle(["Yes", "No"])}).values()


def test_columns_of_a_grid_are_shown_by_their_rows():
    (block,) = blocks(
        {f"How often is this so for you in your work? [{row}]": cycle("abc") for row in ("One", "Two", "Three")}
    )
    assert block.shown == "How often is this so for you in your wor [One] … [Three]"


def test_the_same_open_questions_in_two_files_share_one_list_of_answers():
    columns = {f"How often? [{row}]": cycle(["never", "often", "always"]) for row in ("One", "Two", "Three")}
    lists = AnswerLists()
    names = {lists.list_for(recognise(block), None) for block in (*blocks(columns), *blocks(columns))}
    other = {name.replace("often", "seldom"): cells for name, cells in columns.items()}
    assert len(names) == 1
    assert lists.list_for(recognise(blocks(other)[0]), None) not in names
