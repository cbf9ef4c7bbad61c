"""A study on disk, run and released stage by stage: what lies where, what is refused, and three planted secrets."""

import json
import re
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest

from balint_eval import stages
from balint_eval.errors import DisclosureError, StudyError
from balint_eval.folders import Folders
from balint_eval.release import APPROVAL, ReleaseFolders, ledger_path, run_release

ID, NAME, COMMENT = "QUOKKA7731", "Wilhelmina Quibblethorpe", "the zeppelin metaphor moved me to tears"
HEADER = ("code", "q1", "q2", "q3", "Full name", "remark")


@pytest.fixture(autouse=True)
def key(tmp_path_factory, monkeypatch):
    path = tmp_path_factory.mktemp("keys") / "pseudonyms.key"
    path.write_bytes(bytes(range(32)))
    path.chmod(0o600)
    monkeypatch.setenv("BALINT_EVAL_KEY_FILE", str(path))
    return path


def answers(number, shift=0):
    rows = [
        (
            f"code{place:03}",
            1 + (place + shift) % 5,
            1 + place % 4,
            1 + (2 * place + shift) % 5,
            "",
            f"remark number {place}",
        )
        for place in range(number - 1)
    ]
    return [(ID, 3, 2 + shift, 4, NAME, COMMENT), *rows]


def a_study(folder, people=12, **release):
    folder.content["release"] = release
    folder.content["report"] = {"formats": ["html"]}
    for wave in (0, 1):
        folder.export(wave)["comments"] = ["remark"]
    return folder.waves(answers(people), answers(people, 1), header=HEADER)


def run(folder):
    """Run everything up to the comparison and give file and folders."""
    file = folder.read()
    folders = Folders(folder.folder / "results", file.study.name)
    stages.run_ingest(file, "batch-0001", folders)
    stages.run_score(file, "batch-0001", folders)
    stages.run_compare(file, folders)
    return file, folders


def contents(path):
    """Give the bytes of a file and of everything packed in it."""
    content = path.read_bytes()
    yield content
    if content[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(content)) as packed:
            yield from (packed.read(name) for name in packed.namelist())
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL) if content[:4] == b"%PDF" else ():
        try:
            yield zlib.decompress(stream)
        except zlib.error:
            continue


@pytest.mark.thorough
def test_three_secrets_stay_in_restricted_for_both_audiences(folder):
    a_study(folder)
    folder.content["report"] = {"formats": ["html", "docx", "pdf"]}
    file, folders = run(folder)
    stages.run_figures(file, folders)
    stages.run_report(file, folders)
    stages.run_manifest(file, folders)
    lines = run_release(file, folders)
    secrets = [text.encode(code) for text in (ID, NAME, COMMENT) for code in ("utf-8", "utf-16-le", "utf-16-be")]
    looked = 0
    for path in [*(folder.folder / "results").rglob("*"), ledger_path(file)]:
        for content in contents(path) if path.is_file() else ():
            looked += 1
            assert not [secret for secret in secrets if secret in content], path
    assert looked > 100
    assert not [secret for secret in (ID, NAME, COMMENT) for line in lines if secret in line]
    # The secrets were there to be found.
    assert ID in folders.linkage("one").read_text(encoding="utf-8")
    assert COMMENT in (folders.restricted / "one" / "comments.csv").read_text(encoding="utf-8")


def test_a_release_lies_apart_and_says_nowhere_that_it_is_internal(folder):
    file, folders = run(a_study(folder))
    before = {path: path.read_bytes() for path in folders.root.rglob("*") if path.is_file()}
    run_release(file, folders)
    place = ReleaseFolders(folders)
    assert {path: path.read_bytes() for path in before} == before
    assert {"comparisons.csv", "claims.csv", "people.csv", "reliability.csv"} <= {
        p.name for p in place.tables.iterdir()
    }
    for path in place.root.rglob("*"):
        assert "INTERNAL" not in path.name
        assert not path.is_file() or b"INTERNAL" not in path.read_bytes()
    assert 'class="watermark"' not in place.report("educator", "en", "html").read_text(encoding="utf-8")
    listed = {entry["file"] for entry in json.loads(place.manifest.read_text(encoding="utf-8"))["outputs"]}
    assert {"disclosure_log.csv", "report/educator.en.html", "tables/comparisons.csv"} <= listed
    log = place.log.read_text(encoding="utf-8").splitlines()
    assert log[0] == "file,table,row,column,rule,threshold,band,action,code"
    assert ledger_path(file).stat().st_mode & 0o077 == 0


def test_seven_people_give_a_release_that_says_why_it_is_empty(folder):
    file, folders = run(a_study(folder, 7))
    run_release(file, folders)
    place = ReleaseFolders(folders)
    page = place.report("educator", "en", "html").read_text(encoding="utf-8")
    assert "No result is released" in page
    assert "[REDACTED n&lt;8]" in place.report("researcher", "en", "html").read_text(encoding="utf-8")
    rows = place.tables.joinpath("comparisons.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 2
    assert "[REDACTED n<8]" in rows[1]
    assert ",7," not in rows[1]


@pytest.mark.thorough
def test_one_person_more_blocks_the_next_release_and_writes_nothing(folder):
    file, folders = run(a_study(folder, 12))
    run_release(file, folders)
    run_release(file, folders)
    ledger = ledger_path(file).read_bytes()
    assert len(json.loads(ledger)["releases"]) == 1
    a_study(folder, 13)
    file, folders = run(folder)
    before = folder.snapshot()
    with pytest.raises(DisclosureError, match="PV-DIFFERENCE") as caught:
        run_release(file, folders)
    assert caught.value.exit_code == 4
    assert folder.snapshot() == before
    assert ledger_path(file).read_bytes() == ledger
    a_study(folder, 20)
    run_release(*run(folder))


@pytest.mark.thorough
def test_a_lower_number_stands_on_the_first_page_and_is_kept(folder):
    reason = "one clinic of six, agreed with everybody"
    file, folders = run(a_study(folder, 7, smallest=6, reason=reason))
    run_release(file, folders)
    for reader in ("educator", "researcher"):
        assert reason in ReleaseFolders(folders).report(reader, "en", "html").read_text(encoding="utf-8")
    a_study(folder, 7, smallest=5, reason=reason)
    with pytest.raises(DisclosureError, match="PV-KLOWERED"):
        run_release(*run(folder))


@pytest.mark.thorough
def test_comments_need_a_person(folder):
    file, folders = run(a_study(folder, comments="approved"))
    with pytest.raises(DisclosureError, match="PV-TEXT"):
        run_release(file, folders)
    assert not ReleaseFolders(folders).root.exists()
    sheet = folders.restricted / APPROVAL
    rows = sheet.read_text(encoding="utf-8-sig").splitlines()
    assert rows[0] == "release,comment"
    assert sheet.stat().st_mode & 0o077 == 0
    chosen = next(row for row in rows[1:] if "remark number 3" in row)
    sheet.write_text("\n".join(row.replace(",", "yes,", 1) if row == chosen else row for row in rows), encoding="utf-8")
    run_release(file, folders)
    place = ReleaseFolders(folders)
    assert place.tables.joinpath("comments.csv").read_text(encoding="utf-8") == "comment\nremark number 3\n"
    page = place.report("researcher", "en", "html").read_text(encoding="utf-8")
    assert "remark number 3" in page
    assert COMMENT not in page


@pytest.mark.parametrize(
    ("release", "error", "code"),
    [({"items": "pooled"}, DisclosureError, "PV-ITEM"), ({"trait": "group_id"}, StudyError, "CFG-REFERENCE")],
)
def test_what_is_never_released_is_refused(folder, release, error, code):
    file, folders = run(a_study(folder, **release))
    with pytest.raises(error, match=code):
        run_release(file, folders)
    assert not ReleaseFolders(folders).root.exists()
    assert not ledger_path(file).exists()


@pytest.mark.thorough
def test_the_ledger_lies_beside_the_key(folder, key):
    file, folders = run(a_study(folder))
    run_release(file, folders)
    assert ledger_path(file) == key.parent / "releases" / "small.json"
    ledger_path(file).write_text("broken", encoding="utf-8")
    with pytest.raises(DisclosureError, match="PV-LEDGER"):
        run_release(file, folders)
    assert Path(ledger_path(file)).read_text(encoding="utf-8") == "broken"
