"""What a person reads when something is wrong: one sentence each, the right exit code, and nothing written."""

import json
import subprocess
import sys

import pytest

from balint_eval.cli import main

BEFORE = [[f"A{n}", 1 + n % 5, 2, 3] for n in range(6)]
AFTER = [[f"A{n}", 1 + (n + 1) % 5, 2, 3] for n in range(6)]


@pytest.fixture
def tell(folder, capsys, monkeypatch, tmp_path, tmp_path_factory):
    """Run a command in process, give its exit code, errors and output, and see that nothing was written."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BALINT_EVAL_KEY_FILE", str(tmp_path_factory.mktemp("key") / "k"))

    def run(*arguments):
        before = folder.snapshot()
        code = main([*arguments])
        assert folder.snapshot() == before
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.err.splitlines(), said.out

    return run


def a_sentence(line, code, *parts):
    assert line.startswith(f"{code}: ")
    assert line.endswith((".", "?"))
    assert " To mend it: " in line
    assert ".." not in line.replace("...", "")
    for part in parts:
        assert part in line, line


def wrong_study(folder):
    folder.waves(BEFORE, AFTER)
    folder.content["titel"] = folder.content.pop("title")


def missing_column(folder):
    folder.waves(BEFORE, AFTER)
    folder.rows("after.csv", *AFTER, header=["code", "q1", "p2", "q3"])


def out_of_range(folder):
    folder.waves(BEFORE, [*AFTER[:5], ["A5", 1, 7, 3]])


def duplicate(folder):
    folder.waves([*BEFORE, ["A3", 5, 5, 5]], AFTER)


def no_responses(folder):
    folder.waves(BEFORE, [])


def empty(folder):
    folder.waves(BEFORE, AFTER)
    (folder.folder / "after.csv").write_bytes(b"")


def absent(folder):
    folder.waves(BEFORE, AFTER)
    (folder.folder / "after.csv").unlink()


CASES = [
    (missing_column, "HD-MISSING", ("after.csv", "row 1", "column q2", "nearest header is")),
    (out_of_range, "VAL-RANGE", ("after.csv", "row 7", "column q2", "value '7'", "TRY allows 1, 2, 3, 4, 5")),
    (duplicate, "LK-DUP", ("before.csv", "row 5", "column code", "value 'A… (2 characters)'", "row 8 of before.csv")),
    (no_responses, "IN-NOROWS", ("after.csv", "no response")),
    (empty, "IN-", ("after.csv", "empty")),
    (absent, "IN-MISSING", ("after.csv",)),
]


def test_wrong_study_file(folder, tell):
    wrong_study(folder)
    code, lines, _ = tell("check", str(folder.write()))
    assert code == 2
    required, unknown = lines
    a_sentence(required, "CFG-REQUIRED", "study.yaml, line 1", "key title", "add it")
    a_sentence(unknown, "CFG-UNKNOWN", ", line 5", "key titel", "did you mean 'title'?")


@pytest.mark.parametrize(("spoil", "code", "parts"), CASES, ids=[case[0].__name__ for case in CASES])
@pytest.mark.parametrize("command", ["check", "ingest"])
def test_one_sentence_and_nothing_written(folder, tell, spoil, code, parts, command):
    spoil(folder)
    options = ["--cohort", "one"] if command == "ingest" else []
    status, lines, _ = tell(command, str(folder.write()), *options)
    assert status == 3
    assert len(lines) == 1, lines
    found = lines[0].split(": ")[0]
    assert found.startswith(code)
    a_sentence(lines[0], found, *parts)
    assert "A3" not in lines[0]


def test_all_problems_of_all_files_at_once(folder, tell):
    out_of_range(folder)
    folder.rows("before.csv", *BEFORE, ["", 9, 9, 9])
    status, lines, _ = tell("check", str(folder.write()))
    assert status == 3
    assert [line.split(": ")[0] for line in lines] == ["LK-BLANK", "VAL-RANGE", "VAL-RANGE", "VAL-RANGE", "VAL-RANGE"]


def test_errors_as_json(folder, tell):
    out_of_range(folder)
    status, lines, _ = tell("--errors", "json", "check", str(folder.write()))
    record = json.loads("\n".join(lines))
    assert record["exit_code"] == status == 3
    (problem,) = record["problems"]
    assert set(problem) == {"code", "what", "mend", "file", "row", "column", "value"}
    assert (problem["file"], problem["row"], problem["column"], problem["value"]) == ("after.csv", 7, "q2 (C)", "7")


def test_no_study_file(tell, tmp_path):
    status, lines, _ = tell("check", "nowhere.yaml")
    assert status == 2
    a_sentence(lines[0], "CFG-MISSING", "nowhere.yaml", tmp_path.as_posix())


def test_unknown_cohort(folder, tell):
    folder.waves(BEFORE, AFTER)
    status, lines, _ = tell("ingest", str(folder.write()), "--cohort", "two")
    assert status == 2
    a_sentence(lines[0], "CFG-REFERENCE", "there is no cohort 'two'", "use one of: one")


def test_a_study_in_order_says_what_was_read(folder, tell):
    folder.waves(BEFORE, AFTER)
    status, lines, out = tell("check", str(folder.write()))
    assert (status, lines) == (0, [])
    assert "is in order: 1 cohort." in out
    assert "before.csv: 6 rows (6 used)." in out
    assert "nobody's group is known: nothing will be claimed" in out
    assert "wave after: 6 people linked to the baseline" in out
    assert "  \n" not in out
    assert " run " in out.splitlines()[-1]
    assert out.splitlines()[-1].startswith("Next: ")


def test_ingest_writes_tables_and_keeps_what_is_private(folder, tell, tmp_path):
    folder.export(0)["comments"] = ["said"]
    folder.waves(BEFORE, AFTER)
    folder.rows("before.csv", *[[*row, "=cmd()"] for row in BEFORE], header=[*folder.header, "said"])
    assert main(["ingest", str(folder.write()), "--cohort", "one"]) == 0
    tables = sorted(path.name for path in (tmp_path / "results" / "small" / "cohorts" / "batch-0001").glob("*.csv"))
    assert tables == [
        f"{n}.csv"
        for n in ("attendance", "flow", "links", "participants", "responses", "sessions", "sources", "totals")
    ]
    private = tmp_path / "restricted" / "small" / "one"
    for path in private.iterdir():
        assert path.stat().st_mode & 0o077 == 0
    assert "'=cmd()" in (private / "comments.csv").read_text()
    assert "A3" in (private / "linkage.csv").read_text()
    text = "".join(path.read_text() for path in (tmp_path / "results").rglob("*") if path.is_file())
    assert "A3" not in text
    assert "cmd" not in text


@pytest.mark.parametrize(
    ("spoil", "status", "code"),
    [(wrong_study, 2, "CFG-REQUIRED"), (out_of_range, 3, "VAL-RANGE")],
    ids=["study", "data"],
)
def test_as_a_program(folder, spoil, status, code):
    spoil(folder)
    path = folder.write()
    before = folder.snapshot()
    command = [sys.executable, "-m", "balint_eval", "check", path.name]
    ran = subprocess.run(command, cwd=folder.folder, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == status
    assert ran.stdout == ""
    assert ran.stderr.startswith(code)
    assert "Traceback" not in ran.stderr
    assert folder.snapshot() == before


def test_a_word_that_is_no_command(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["chekc"])
    assert caught.value.code == 2
    assert "chekc" in capsys.readouterr().err
