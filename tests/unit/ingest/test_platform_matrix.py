"""Every made file against every recogniser: each is told for what it is and for nothing else."""

import platform_files as made
import pytest

from balint_eval.ingest.readers.platforms import KNOWN, PLATFORMS
from balint_eval.study import Export


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
