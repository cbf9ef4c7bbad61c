"""Every made file against every recogniser: each is told for what it is and for nothing else."""

import platform_files as made
import pytest

from balint_eval.ingest.readers.platforms import KNOWN, PLATFORMS
from balint_eval.study_exports import Export


def test_the_study_file_knows_every_platform():
    schema = Export.model_json_schema()["properties"]["platform"]["enum"]
    assert sorted(schema) == sorted(("auto", *PLATFORMS))


@pytest.mark.parametrize("file", made.FILES)
def test_one_recogniser_says_yes_and_all_others_no(read_bytes, monkeypatch, file):
    platform, name, content = made.FILES[file]
    grids = []
    original = KNOWN["plain"]
    monkeypatch.setitem(KNOWN, "plain", type(original)(
        title="plain", arrange=original.arrange, recognise=lambda grid: bool(grids.append(grid))))  # fmt: skip
    sheet = read_bytes(content, name)
    said = {other for other, found in KNOWN.items() if other != "plain" and found.recognise(grids[0])}
    assert said == {platform} - {"plain"}
    assert sheet.platform == platform


def test_every_platform_has_a_file():
    assert {platform for platform, _, _ in made.FILES.values()} == set(PLATFORMS)


@pytest.mark.parametrize("file", made.FILES)
def test_what_a_file_was_taken_for_is_said(read_bytes, file):
    platform, name, content = made.FILES[file]
    said = [note for note in read_bytes(content, name).notes if "ecognised" in note]
    assert len(said) == 1
    assert KNOWN[platform].title in said[0]


def test_a_declared_platform_wins_and_the_doubt_is_said(read_bytes):
    sheet = read_bytes(made.kobotoolbox(), platform="wenjuanxing")
    assert sheet.platform == "wenjuanxing"
    assert "Read as a Wenjuanxing export with one header row, as declared." in sheet.notes
    assert "The file looks like a KoboToolbox export; check the key platform." in sheet.notes
    sheet = read_bytes(made.kobotoolbox(), platform="plain")
    assert (sheet.platform, sheet.status.tolist()) == ("plain", ["", "", ""])


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_plain_table_declared_as_any_platform_is_read_or_refused(read_bytes, refused, platform):
    content = made.PLAIN["id and items"]
    if platform == "qualtrics":
        assert [problem.code for problem in refused(content, platform=platform)] == ["IN-PLATFORM"]
    else:
        sheet = read_bytes(content, platform=platform)
        assert sheet.cells.to_numpy().tolist() == [["A", "3", "4"], ["B", "2", "5"]]
        assert sheet.status.tolist() == ["", ""]


def test_the_marks_of_two_platforms_are_refused_until_one_is_declared(read_bytes, refused):
    header = [*made.KOBO_META, "CASE", "QUESTNNR", "MODE", "FINISHED"]
    content = made.table([header, *[[f"{n}{at}" for at in range(len(header))] for n in (1, 2)]])
    (problem,) = refused(content)
    assert problem.code == "IN-PLATFORM"
    assert "KoboToolbox and of SoSci Survey" in problem.what
    assert "`platform: kobotoolbox` or `platform: sosci`" in problem.mend
    assert read_bytes(content, platform="sosci").platform == "sosci"
