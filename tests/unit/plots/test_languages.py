"""Figures in Persian: nothing clipped, Persian words and digits, mirrored sheets with axes from left to right."""

from __future__ import annotations

import re

import pytest
from looks import assert_good_looks, texts
from made_tables import study_file

from balint_eval.language import ENGLISH, read_language
from balint_eval.plots import FIGURES, draw_all
from balint_eval.plots.frames import Frame
from balint_eval.plots.sheet import Sheet

FA = read_language("fa")


@pytest.fixture(scope="module")
def drawn(study, tables, tmp_path_factory):
    file = study_file(study, tmp_path_factory.mktemp("study"))
    return {language.tag: draw_all(tables, file, language) for language in (ENGLISH, FA)}


@pytest.mark.thorough
def test_persian_figures_are_not_clipped_and_do_not_overlap(drawn):
    assert set(drawn["fa"]) == set(drawn["en"])
    for drawing in drawn["fa"].values():
        assert_good_looks(drawing.figure)


@pytest.mark.parametrize("name", ["forest", "means", "reaction", "attendance"])
def test_numbers_on_a_figure_have_persian_digits(drawn, name):
    shown = [text.get_text() for text in texts(drawn["fa"][name].figure)]
    numbers = [text for text in shown if re.fullmatch(r"[\u2066\u2069−.,٫٬٪%\d]+", text)]
    assert numbers
    assert not [text for text in numbers if re.search("[0-9.]", text)]
    assert not [text for text in shown if "\u25a1" in text]


def test_titles_captions_and_words_carry_the_same_numbers(drawn):
    signs = str.maketrans("۰۱۲۳۴۵۶۷۸۹٫", "0123456789.")
    for name, english in drawn["en"].items():
        persian = drawn["fa"][name]
        for part in ("title", "caption", "alternative_text"):
            said = [re.findall(r"−?\d+(?:\.\d+)?", getattr(one, part).translate(signs)) for one in (english, persian)]
            assert said[0] == said[1], f"{name} {part}"
        assert english.data.shape == persian.data.shape


def test_better_stands_to_the_right_in_both_languages(drawn):
    for tag, better in (("en", "better"), ("fa", "بهتر")):
        places = {
            word: next(text.get_position()[0] for text in texts(drawn[tag]["forest"].figure) if word in text.get_text())
            for word in (better, {"en": "worse", "fa": "بدتر ←"}[tag])
        }
        assert places[better] > min(places.values())


def test_a_mirrored_sheet_turns_everything_but_the_middle():
    plain, mirrored = Sheet(100, 50), Sheet(100, 50, mirrored=True)
    assert (plain.x(20), mirrored.x(20)) == (20, 80)
    for sheet in (plain, mirrored):
        sheet.text(10, 5, "label")
        sheet.text(50, 5, "middle", ha="center")
        sheet.box(10, 10, 30, 5)
    first, middle = mirrored.figure.texts
    assert (first.get_position()[0], first.get_ha()) == (90, "right")
    assert (middle.get_position()[0], middle.get_ha()) == (50, "center")
    assert mirrored.figure.artists[-1].get_x() == 60
    frame = Frame.on(mirrored, (5, 5, 20, 20), (0, 1))
    assert (frame.left, frame.x(0.0), frame.x(1.0)) == (75, 75, 95)


def test_every_figure_takes_a_language():
    assert all("language" in function.__wrapped__.__kwdefaults__ for function in FIGURES.values())
