"""The reports of a release: made from released tables only, with what is withheld said where it happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from balint_eval.language import ENGLISH, Language
from balint_eval.report import educator, research_design, research_words
from balint_eval.report.figures import plain_figure
from balint_eval.report.frame import frame
from balint_eval.report.levels import level_strip
from balint_eval.report.material import Drawing, Material
from balint_eval.report.model import Report, Section, numbered
from balint_eval.report.release_educator import (
    answers_in_brief,
    certainty,
    changes,
    contact,
    limits,
    lowered,
)
from balint_eval.report.release_pages import Pages
from balint_eval.report.release_people import answers, comments, people, reliability, trait, withheld
from balint_eval.report.release_results import brief, cohorts, means, results

if TYPE_CHECKING:
    from balint_eval.disclosure.released import Released
    from balint_eval.study import StudyFile

Reader = Literal["educator", "researcher"]


def build_release(
    reader: Reader,
    released: Released,
    approved: Sequence[str],
    study_file: StudyFile,
    drawings: Mapping[str, Drawing],
    versions: Mapping[str, str],
    language: Language = ENGLISH,
) -> Report:
    """Build one report of a release.

    Parameters
    ----------
    reader : {"educator", "researcher"}
    released : Released
    approved : sequence of str
        Comments that a person has approved.
    study_file : StudyFile
    drawings : mapping of name to Drawing
        Drawn from `released.numbers`: `forest`, `means`; any may be absent.
    versions : mapping of package to version
    language : Language

    Returns
    -------
    Report
        Without a watermark: it may be given to anybody.
    """
    provenance = {"versions": dict(versions)}
    material = Material(released.numbers, study_file, drawings, provenance, language, audience="release")
    pages = Pages(material, released, approved)
    sections = _for_educators(pages) if reader == "educator" else _for_researchers(pages)
    kept = tuple(section for section in sections if section.blocks)
    subtitle = material.programme if reader == "educator" else research_design.subtitle(material)
    return numbered(frame(material, reader, subtitle, kept))


def _for_educators(pages: Pages) -> list[Section]:
    material, say = pages.material, pages.say
    strip, caption = level_strip(material), educator.forest_caption(material.language)
    return [
        changes(pages),
        certainty(pages),
        Section(say("The picture"), "picture", plain_figure(material, "forest", caption)),
        Section(say("What was measured"), "levels", (strip,) if strip.cells else ()),
        answers_in_brief(pages),
        withheld(pages),
        limits(pages),
        contact(pages),
    ]


def _for_researchers(pages: Pages) -> list[Section]:
    material = pages.material
    return [
        Section(pages.say("A lower number of people"), "lower-number", lowered(pages)),
        research_design.design(material),
        research_design.outcomes(material),
        research_design.instruments(material),
        people(pages),
        brief(pages),
        results(pages),
        cohorts(pages),
        means(pages),
        reliability(pages),
        answers(pages),
        trait(pages),
        comments(pages),
        withheld(pages),
        research_words.assumptions(material),
        research_words.threats(material),
        research_words.methods(material),
        research_words.reproducibility(material),
        research_words.references(material),
    ]
