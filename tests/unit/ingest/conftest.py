"""What the tests of ingest share: small exports of every platform, and a reader of bytes."""

import sys
from pathlib import Path

import pytest

from balint_eval.errors import DataError
from balint_eval.ingest.readers.open import read_export

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def read_bytes(tmp_path):
    """Read content as an export: `read_bytes(content, name, platform=...)`; other files by their name."""

    def read(content, name="export.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        for key in ("dictionary", "syntax"):
            if isinstance(options.get(key), str | bytes):
                beside = tmp_path / f"{key}.txt"
                found = options[key]
                beside.write_bytes(found if isinstance(found, bytes) else found.encode())
                options[key] = beside
        return read_export(path, shown_as=name, **options)

    return read


@pytest.fixture
def refused(read_bytes):
    """Give the problems for which content is refused."""

    def refused(content, name="export.csv", **options):
        with pytest.raises(DataError) as caught:
            read_bytes(content, name, **options)
        return caught.value.problems

    return refused
