"""YAML as settings need it: everything YAML would do behind one's back is refused, with its line."""

import time

import pytest

from balint_eval import strict_yaml
from balint_eval.errors import StudyError
from balint_eval.strict_yaml import read_yaml


@pytest.fixture
def problems(tmp_path):
    def read(text):
        path = tmp_path / "s.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(StudyError) as caught:
            read_yaml(path, "s.yaml")
        assert caught.value.exit_code == 2
        return list(caught.value.problems)

    return read


def test_values_know_their_line_and_their_spelling(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("a: 1\nb:\n  - x\n  - {c: 012}\n")
    document = read_yaml(path)
    assert document.values == {"a": 1, "b": ["x", {"c": 10}]}
    assert document.line(("b", 1, "c")) == 4
    assert document.texts["b", 1, "c"] == "012"
    assert document.line(("b", 1, "not there")) == 4
    assert document.line(()) == 1


def test_missing_file_names_the_folder(tmp_path):
    with pytest.raises(StudyError) as caught:
        read_yaml(tmp_path / "nowhere.yaml")
    (problem,) = caught.value.problems
    assert problem.code == "CFG-MISSING"
    assert "nowhere.yaml" in problem.file
    assert "looked from the folder" in problem.what


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(StudyError, match="CFG-MISSING"):
        read_yaml(tmp_path)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "~\n"])
def test_empty(problems, text):
    (problem,) = problems(text)
    assert problem.code == "CFG-EMPTY"
    assert "name, title and cohorts" in problem.what


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3),
        ("a: 1\n\tb: 2\n", 2),
        ('a: "x\n', 2),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: b: c\n", 1),
    ],
)
def test_syntax(problems, text, line):
    (problem,) = problems(text)
    assert problem.code == "CFG-SYNTAX"
    assert problem.row == line
    assert str(problem).startswith(f"CFG-SYNTAX: s.yaml, line {line}")


@pytest.mark.parametrize("text", [b"a: \xff\n", b"a: \x00\n", b"[" * 5000, b"{a: " * 5000])
def test_unreadable(problems, text):
    assert {problem.code for problem in problems(text)} == {"CFG-SYNTAX"}


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb: !!python/object/apply:os.system ['touch hit']\n",
        "a: 1\n!!python/object/apply:os.system ['touch hit']: b\n",
        "a: 1\nb: !!int abc\n",
        "a: 1\nb: !mine x\n",
    ],
)
def test_tags_are_refused_and_nothing_runs(problems, text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (problem,) = problems(text)
    assert (problem.code, problem.row) == ("CFG-TAG", 2)
    assert problem.value.startswith("!")
    assert not (tmp_path / "hit").exists()


def test_alias_bomb_is_refused_at_once(problems):
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 10)]
    started = time.perf_counter()
    found = problems("l0: &l0 [x]\n" + "\n".join(levels))
    assert time.perf_counter() - started < 1
    assert {problem.code for problem in found} == {"CFG-ALIAS"}
    assert found[0].row == 1


def test_every_key_that_stands_twice_is_named(problems):
    first, second = problems("a: 1\nb: {c: 1, c: 2}\na: 2\n")
    assert (first.row, first.column, second.row, second.column) == (2, "b.c", 3, "a")
    assert "first in line 1" in second.what


@pytest.mark.parametrize("text", ["? [a, b]\n: 1\n", "? {a: 1}\n: 1\n", "<<: {a: 1}\n"])
def test_keys_are_plain_words(problems, text):
    assert [problem.code for problem in problems(text)] == ["CFG-SYNTAX"]


@pytest.mark.parametrize("value", ["2026-02-30", "2026-13-01", "0x_", "0b_"])
def test_what_only_looks_like_a_date_or_number(problems, value):
    (problem,) = problems(f"a: 1\nb: {value}\n")
    assert (problem.code, problem.row, problem.column, problem.value) == ("CFG-IDTYPE", 2, "b", value)
    assert f'quote it, as in "{value}"' in str(problem)


def test_a_key_that_only_looks_like_a_date(problems):
    (problem,) = problems("a: 1\n2026-02-30: 1\n")
    assert (problem.code, problem.row, problem.column) == ("CFG-IDTYPE", 2, "2026-02-30")


def test_what_stands_behind_a_key_that_is_no_word_is_passed_over(problems):
    first, second = problems("? [a, {b: 2026-02-30}]\n: {c: 1, c: 2}\nd: 1\nd: 2\n")
    assert (first.code, first.row) == ("CFG-SYNTAX", 1)
    assert (second.code, second.row, second.column) == ("CFG-DUPKEY", 4, "d")


def test_a_file_of_too_many_values(problems, monkeypatch):
    monkeypatch.setattr(strict_yaml, "MOST_NODES", 1_000)
    (problem,) = problems("a: [" + "1, " * 1_000 + "1]\n")
    assert "more than 1,000 values" in problem.what


def test_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: x\n")
    assert read_yaml(path).values == {"name": "x"}
