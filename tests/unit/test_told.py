"""Errors in the reader's language: the place, the meaning of the code, the remedy, and the English sentence."""

import pytest

from balint_eval.cli import main
from balint_eval.errors import DataError, Problem
from balint_eval.language import read_language
from balint_eval.told import code_meanings, plainly, told, told_error

PERSIAN = read_language("fa")
PROBLEM = Problem(
    "VAL-RANGE", "the answer 9 lies outside 0 to 4", "correct it", file="a.csv", row=12, column="q2", value="9"
)


def test_in_english_a_problem_is_said_as_it_is():
    assert told(PROBLEM, read_language("en")) == str(PROBLEM)
    assert told_error(DataError([PROBLEM]), read_language("en")) == str(PROBLEM)


def test_in_persian_place_meaning_and_remedy_are_persian_and_the_sentence_follows():
    first, place, english = plainly(told(PROBLEM, PERSIAN)).splitlines()
    assert first.startswith("VAL-RANGE: ")
    assert "چاره:" in first
    assert place == "  کجا: a.csv، ردیف ۱۲، ستون q2، مقدار '9'"
    assert english == "  به انگلیسی: the answer 9 lies outside 0 to 4. To mend it: correct it"


def test_lines_and_keys_of_a_study_file_are_named_as_such():
    problem = Problem("CFG-REQUIRED", "the key 'title' is missing", "add it", file="study.yaml", row=3, column="title")
    assert "سطر ۳، کلید title" in plainly(told(problem, PERSIAN))
    book = Problem("CFG-BLANK", "no code", "give one", file="codebook.xlsx, sheet answers", row=3, column="code")
    assert "ردیف ۳، ستون code" in plainly(told(book, PERSIAN))


def test_every_code_has_a_persian_meaning_and_remedy():
    for code, entry in code_meanings().items():
        for text in (entry["what"], entry["mend"]):
            assert any("\u0600" <= letter <= "\u06ff" for letter in PERSIAN.say(text)), code


def test_of_many_problems_the_rest_is_counted():
    many = [Problem("VAL-RANGE", f"the answer {n} is wrong", "correct it") for n in range(60)]
    said = plainly(told_error(DataError(many), PERSIAN))
    assert said.count("VAL-RANGE") == 50
    assert said.endswith("… و ۱۰ مورد دیگر (در کل ۶۰ ایراد).")


@pytest.mark.parametrize("way", ["option", "environment"])
def test_the_command_speaks_persian_when_asked(capsys, monkeypatch, tmp_path, way):
    monkeypatch.chdir(tmp_path)
    if way == "environment":
        monkeypatch.setenv("BALINT_EVAL_LANGUAGE", "fa")
    assert main(["check", "nowhere.yaml", "--plain", *(["--language", "fa"] if way == "option" else [])]) == 2
    said = capsys.readouterr().err
    assert said.startswith("CFG-MISSING: فایل مطالعه وجود ندارد")
    assert all(letter.isprintable() or letter in "\n\u200c" for letter in said)


def test_check_says_its_sentences_in_persian(folder, capsys):
    folder.waves(
        [["A1", 1, 2, 3], ["B2", 2, 3, 4], ["C3", 2, 3, 4]], [["A1", 2, 2, 3], ["B2", 2, 3, 4], ["C3", 5, 5, 1]]
    )
    assert main(["check", str(folder.write()), "--language", "fa", "--plain"]) == 0
    said = capsys.readouterr().out
    for sentence in ("درست است: ۱ گروه مطالعه.", "۳ ردیف (۳ به‌کاررفته)", "۳ نفر به نوبت پایه پیوند خوردند", "گام بعد:"):
        assert sentence in said
    assert main(["check", str(folder.write())]) == 0
    english = capsys.readouterr().out
    assert "wave after: 3 people linked to the baseline" in english
