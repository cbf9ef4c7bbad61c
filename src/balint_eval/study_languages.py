"""Languages of a study: which are known, and what its own texts are called in them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from balint_eval.errors import shown
from balint_eval.language import known_languages
from balint_eval.study_items import Fault, unknown_name

if TYPE_CHECKING:
    from balint_eval.study import StudyFile
    from balint_eval.study_model import Study

_NOT_SHOWN = ("translations", "languages")


def names_in(study: Study, tag: str) -> dict[str, str]:
    """Give the study's own translations of its texts into a language."""
    own = [one for one in study.translations if one.language == tag]
    return {entry.text: entry.translation for one in own for entry in one.texts}


def language_faults(file: StudyFile) -> Iterator[Fault]:
    """Give every language nobody has translated to, and every language that is named twice."""
    known, study = set(known_languages()), file.study
    for place, tag in enumerate(study.languages):
        if tag not in known:
            yield ("languages", place), *unknown_name("language", tag, known)
        elif tag in study.languages[:place]:
            yield ("languages", place), "CFG-VALUE", f"the language '{tag}' is named twice", "name it once"
    for place, own in enumerate(study.translations):
        if own.language not in known:
            yield ("translations", place, "language"), *unknown_name("language", own.language, known)


def unused_translations(study: Study) -> list[str]:
    """Say which translated texts stand nowhere else in the study file: mistyped, or the text was changed since."""
    texts = set(_texts(study.model_dump(exclude=set(_NOT_SHOWN))))
    return [
        f"Translation ({own.language}) of {shown(entry.text)}: {_remedy(entry.text, texts)}."
        for own in study.translations
        for entry in own.texts
        if entry.text not in texts
    ]


def _remedy(text: str, texts: set[str]) -> str:
    close = difflib.get_close_matches(text, sorted(texts), n=1, cutoff=0.6)
    mend = f"did you mean {shown(close[0])}" if close else "copy the text as it stands elsewhere, or remove the line"
    return f"there is no such text in the study, so it is not used; {mend}"


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
