"""The key of the pseudonyms at the command line: made once, kept away from answers, never changed without a word."""

import openpyxl
import pytest

from balint_eval.cli import main
from balint_eval.ingest.pseudonyms import fingerprint

BEFORE = [[f"A{n}", 1 + n % 5, 2, 3] for n in range(6)]
AFTER = [[f"A{n}", 1 + (n + 1) % 5, 2, 3] for n in range(6)]


@pytest.fixture
def ingest(folder, monkeypatch, tmp_path, capsys):
    """Run the stage that links, with the key in a given file."""
    monkeypatch.chdir(tmp_path)
    folder.waves(BEFORE, AFTER)

    def run(key):
        monkeypatch.setenv("BALINT_EVAL_KEY_FILE", str(key))
        code = main(["ingest", str(folder.write()), "--cohort", "one"])
        return code, capsys.readouterr().err

    return run


def test_a_key_is_made_and_never_overwritten(tmp_path, capsys):
    path = tmp_path / "my" / "key"
    assert main(["keygen", str(path)]) == 0
    said = capsys.readouterr().out
    assert fingerprint(path.read_bytes()) in said
    assert f"BALINT_EVAL_KEY_FILE to {path}" in said
    assert path.stat().st_mode & 0o777 == 0o600
    assert main(["keygen", str(path)]) == 2
    assert "never overwritten" in capsys.readouterr().err


def test_a_key_in_the_folder_of_the_study(ingest, tmp_path):
    code, said = ingest(tmp_path / "secret.key")
    assert code == 2
    assert said.startswith("CFG-KEYPLACE: ")
    assert not (tmp_path / "secret.key").exists()
    assert not (tmp_path / "results").exists()


def test_a_changed_key_stops_before_linking(ingest, tmp_path, tmp_path_factory):
    keys = [tmp_path_factory.mktemp("key") / "k" for _ in range(2)]
    assert ingest(keys[0]) == (0, "")
    stored = {path: path.read_bytes() for path in tmp_path.rglob("*.csv")}
    code, said = ingest(keys[1])
    assert code == 2
    assert said.startswith("CFG-KEYCHANGED: ")
    assert all(fingerprint(key.read_bytes()) in said for key in keys)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.csv")} == stored
    assert ingest(keys[0])[0] == 0


def test_decisions_in_a_sheet_survive_the_next_run(folder, ingest, tmp_path, tmp_path_factory):
    """A pair turns up later; what was decided in the sheet before is still there, and nothing else is rewritten."""
    elements = [{"name": name, "kind": "letters", "length": 2} for name in ("one", "two", "three", "four")]
    folder.content["linkage"] = {"method": "code", "elements": elements}
    key, sheet = tmp_path_factory.mktemp("key") / "k", tmp_path / "restricted/small/one/linkage_review.xlsx"
    names = ["abcdefgh", "ijklmnop", "qrstuvwx", "yzabopqr", "mnzyaacc", "xxyyzzww"]
    before = [[name, *row[1:]] for name, row in zip(names, BEFORE, strict=True)]
    after = [[name, *row[1:]] for name, row in zip(["abcdzzzz", *names[1:]], AFTER, strict=True)]
    folder.waves(before, after)
    assert ingest(key) == (0, "")
    book = openpyxl.load_workbook(sheet)
    assert book["pairs"].max_row == 2
    book["pairs"]["A2"].value = "same"
    book.save(sheet)
    saved = sheet.read_bytes()
    assert ingest(key) == (0, "")
    assert sheet.read_bytes() == saved
    folder.rows("after.csv", *after[:1], ["ijklzzyy", *after[1][1:]], *after[2:])
    assert ingest(key) == (0, "")
    pairs = openpyxl.load_workbook(sheet)["pairs"]
    assert [pairs.cell(row, 1).value for row in (2, 3)] == ["same", "undecided"]
    assert sheet.stat().st_mode & 0o777 == 0o600
