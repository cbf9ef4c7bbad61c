"""Languages of reports and figures: sentences from gettext catalogues, numerals, dates and directions."""

from __future__ import annotations

from balint_eval.language.catalogues import ENGLISH, known_languages, read_language
from balint_eval.language.speech import SEMICOLONS, Language, marked

__all__ = ["ENGLISH", "SEMICOLONS", "Language", "known_languages", "marked", "read_language"]
