"""Reading a language from its folder: `locale/<tag>/language.toml` and its gettext catalogue."""

from __future__ import annotations

import tomllib
from functools import cache
from gettext import GNUTranslations
from importlib.resources import files
from importlib.resources.abc import Traversable

from balint_eval.language.numerals import Numerals
from balint_eval.language.speech import Language

DOMAIN = "balint_eval"
ENGLISH = Language()
"""The language the messages are written in; it needs no catalogue."""


def folder_of_languages() -> Traversable:
    """Give the folder that has a folder for each translation."""
    return files("balint_eval").joinpath("locale")


@cache
def known_languages() -> tuple[str, ...]:
    """Give the tags of all languages: English, then those with a folder of translations.

    Returns
    -------
    tuple of str
        BCP 47 tags.
    """
    found = (folder.name for folder in folder_of_languages().iterdir() if folder.joinpath("language.toml").is_file())
    return (ENGLISH.tag, *sorted(found))


@cache
def read_language(tag: str) -> Language:
    """Read a language.

    Parameters
    ----------
    tag : str
        One of `known_languages()`.

    Returns
    -------
    Language

    Raises
    ------
    KeyError
        There is no such language.
    """
    if tag not in known_languages():
        raise KeyError(tag)
    if tag == ENGLISH.tag:
        return ENGLISH
    folder = folder_of_languages().joinpath(tag)
    facts = tomllib.loads(folder.joinpath("language.toml").read_text(encoding="utf-8"))
    with folder.joinpath("LC_MESSAGES", f"{DOMAIN}.mo").open("rb") as compiled:
        catalogue = GNUTranslations(compiled)
    numerals = Numerals(**facts.pop("numerals", {}))
    return Language(tag=tag, figures=numerals, catalogue=catalogue, **facts)
