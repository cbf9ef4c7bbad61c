"""Every sentence a reader sees is translated, with the same places, and the compiled catalogue is in step."""

from gettext import GNUTranslations
from io import BytesIO

import pytest

from balint_eval.language import messages
from balint_eval.language.messages import LOCALE, compiled, extracted, faults, read_catalogue, updated

FOLDERS = sorted(path.parent for path in LOCALE.glob("*/language.toml"))
EXTRACTED = extracted()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_nothing_is_missing(folder):
    """`make messages` brings the catalogue in step with the code; what it prints is to be translated."""
    assert faults(read_catalogue(folder), EXTRACTED) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_compiled_catalogue_is_in_step(folder):
    stored = (folder / "LC_MESSAGES" / "balint_eval.mo").read_bytes()
    assert _sentences(stored) == _sentences(compiled(read_catalogue(folder)))


def _sentences(compiled_catalogue):
    """Give what a compiled catalogue translates, without its header, which names the version of Babel."""
    found = GNUTranslations(BytesIO(compiled_catalogue))._catalog
    return {message: text for message, text in found.items() if message}


def test_every_fault_of_a_catalogue_is_said():
    catalogue = read_catalogue(LOCALE / "fa")
    found = {
        "Whole": [],
        "New": [],
        "{a} of {b}": [],
        "#Share of people": [],
        ("{n} thing", "{n} things"): [],
    }
    made = updated(catalogue, _HEADER, found)
    made["Whole"].string = "کامل"
    made["{a} of {b}"].string = "{a} از {c}"
    made["#Share of people"].string = "سهم"
    made["{n} thing"].string = ("یکی", "{n} چیز")
    made.add("Gone", "رفته")
    assert [line.split(":")[0] for line in faults(made, found)] == [
        "obsolete",
        "not translated",
        "other places than in English",
        "other places than in English",
    ]
    made["Whole"].flags.add("fuzzy")
    assert "fuzzy: Whole" in faults(made, found)


_HEADER = 'msgid ""\nmsgstr ""\n"Language: fa\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n'


@pytest.mark.thorough
def test_running_again_changes_nothing(tmp_path, monkeypatch):
    for folder in FOLDERS:
        target = tmp_path / folder.name / "LC_MESSAGES"
        target.mkdir(parents=True)
        for name in ("language.toml", "LC_MESSAGES/balint_eval.po"):
            (tmp_path / folder.name / name).write_bytes((folder / name).read_bytes())
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    messages.write_catalogues()
    for folder in FOLDERS:
        first = tmp_path / folder.name / "LC_MESSAGES" / "balint_eval.po"
        assert first.read_bytes() == (folder / "LC_MESSAGES" / "balint_eval.po").read_bytes()
        made = first.with_suffix(".mo").read_bytes()
        messages.write_catalogues()
        assert first.with_suffix(".mo").read_bytes() == made
