"""`make messages`: every sentence readers see, gathered from the code into the catalogues of all languages.

Needs Babel, which only those who change sentences or translate install (`make setup` does).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from balint_eval.language.catalogues import DOMAIN

PACKAGE = Path(__file__).parents[1]
LOCALE = PACKAGE / "locale"
OWN_WORDS = "init"
"""The folder whose questions keep their own words of each language; every other module is gathered from."""
_KEYWORDS: dict[str, tuple[int, ...] | None] = {"say": None, "marked": None, "plural": (1, 2)}
_PLACE = re.compile(r"\{(\w*)\}")
Key = str | tuple[str, ...]


def extracted() -> dict[Key, list[str]]:
    """Give every message of the code with the files it stands in, in their order."""
    found: dict[Key, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).as_posix()
        if place.startswith(f"{OWN_WORDS}/"):
            continue
        for _, message, _, _ in extract_from_file("python", path, keywords=_KEYWORDS):
            places = found.setdefault(message, [])
            if place not in places:
                places.append(place)
    codes = yaml.safe_load((PACKAGE / "error_codes.yaml").read_text(encoding="utf-8"))
    for message in (str(entry[part]) for entry in codes for part in ("what", "mend")):
        found.setdefault(message, ["error_codes.yaml"])
    for path in sorted((PACKAGE / "appraisal" / "guidelines").glob("*.yaml")):
        for message in _of_checklist(yaml.safe_load(path.read_text(encoding="utf-8"))):
            found.setdefault(message, [path.relative_to(PACKAGE).as_posix()])
    return found


def _of_checklist(facts: dict[str, Any]) -> list[str]:
    """Give the words of a reporting checklist that the report says: its topics and its note."""
    return [*(str(entry["topic"]) for entry in facts["items"]), *([facts["note"]] if facts.get("note") else [])]


def read_catalogue(folder: Path) -> Catalog:
    """Read the catalogue of a language from its folder."""
    with _po(folder).open("rb") as file:
        return read_po(file, locale=folder.name)


def updated(old: Catalog, header: str, messages: dict[Key, list[str]]) -> Catalog:
    """Give a catalogue with the messages of the code: known translations kept, new ones blank, others dropped."""
    new = read_po(BytesIO(header.encode("utf-8")), locale=old.locale)
    known = {_key(message): message for message in old if message.id}
    for key, places in messages.items():
        fuzzy = {"fuzzy"} if key in known and known[key].fuzzy else set()
        string = known[key].string if key in known else None
        message = new.add(key, string, locations=[(place, 0) for place in places], flags=fuzzy)
        # Babel guesses from a percent sign that a sentence is a format of another kind.
        message.flags -= {"python-format", "python-brace-format"}
    return new


def faults(catalogue: Catalog, messages: dict[Key, list[str]]) -> list[str]:
    """Say what a catalogue lacks: untranslated, fuzzy and obsolete messages, and places that differ.

    Returns
    -------
    list of str
        One line a fault; empty for a whole translation.
    """
    known = {_key(message): message for message in catalogue if message.id}
    lines = [f"obsolete: {key}" for key in known if key not in messages]
    for key in messages:
        message = known.get(key)
        if message is None or not all(_texts(message.string)):
            lines.append(f"not translated: {key}")
        elif message.fuzzy:
            lines.append(f"fuzzy: {key}")
        elif wrong := [text for text in _texts(message.string) if not _alike(key, text)]:
            lines.append(f"other places than in English: {key} -> {wrong[0]}")
    return lines


def _alike(key: Key, text: str) -> bool:
    """Say whether a translation has the places of its message, and the mark of a column of numbers.

    A plural may leave out its number where English does in one of its forms.
    """
    forms = _texts(key)
    places, wanted = (set(_PLACE.findall(words)) for words in (text, forms[-1]))
    spare = {"n"} if len(forms) > 1 else set()
    same_mark = text.startswith("#") == forms[-1].startswith("#")
    return same_mark and wanted - spare <= places <= wanted


def _key(message: Message) -> Key:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def _texts(value: str | Iterable[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [""])


def compiled(catalogue: Catalog) -> bytes:
    """Give the catalogue as the bytes of its .mo file; the same catalogue gives the same bytes on any day."""
    catalogue.creation_date = catalogue.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def write_catalogues() -> list[str]:
    """Bring every catalogue in step with the code and compile it.

    Returns
    -------
    list of str
        What is still to translate, a line a language and fault.
    """
    messages, lines = extracted(), list[str]()
    for folder in sorted(path.parent for path in LOCALE.glob("*/language.toml")):
        old = read_catalogue(folder)
        header = _po(folder).read_text(encoding="utf-8").split("\n\n", 1)[0] + "\n"
        catalogue = updated(old, header, messages)
        buffer = BytesIO()
        write_po(buffer, catalogue, width=110, omit_header=True, include_lineno=False)
        body = buffer.getvalue().decode("utf-8").strip()
        _po(folder).write_text(f"{header}\n{body}\n", encoding="utf-8")
        whole = read_catalogue(folder)
        _po(folder).with_suffix(".mo").write_bytes(compiled(whole))
        lines += [f"{folder.name}: {fault}" for fault in faults(whole, messages)]
    return lines


def _po(folder: Path) -> Path:
    return folder / "LC_MESSAGES" / f"{DOMAIN}.po"


if __name__ == "__main__":
    print("\n".join(write_catalogues()) or "Every message is translated.")
