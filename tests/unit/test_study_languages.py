"""Languages of a study file and the study's own translations."""

from pathlib import Path

import pytest

from balint_eval.errors import StudyError
from balint_eval.study import read_study
from balint_eval.study_languages import unused_translations

DEMO = Path(__file__).parents[2] / "config" / "config.yaml"


def changed(tmp_path, *pairs):
    text = DEMO.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "config").mkdir()
    (tmp_path / "data").symlink_to(DEMO.parents[1] / "data")
    path = tmp_path / "config" / "study.yaml"
    path.write_text(text.replace("../data", str(DEMO.parents[1] / "data")), encoding="utf-8")
    return path


def test_the_demo_speaks_both_languages_with_names_of_its_own():
    file = read_study(DEMO)
    english, persian = file.languages()
    assert (english.tag, persian.tag) == ("en", "fa")
    assert english.named("Waiting list") == "Waiting list"
    assert persian.named("Waiting list") == "فهرست انتظار"
    assert unused_translations(file.study) == []


def test_a_study_that_says_nothing_speaks_english(tmp_path):
    path = changed(tmp_path, ("languages: [en, fa]\n", ""))
    assert [language.tag for language in read_study(path).languages()] == ["en"]


@pytest.mark.parametrize(
    ("languages", "code", "words"),
    [
        ("[en, farsi]", "CFG-REFERENCE", "there is no language 'farsi'"),
        ("[en, en]", "CFG-VALUE", "the language 'en' is named twice"),
        ("[]", "CFG-VALUE", "languages"),
    ],
)
def test_unknown_and_repeated_languages_are_refused(tmp_path, languages, code, words):
    with pytest.raises(StudyError) as caught:
        read_study(changed(tmp_path, ("languages: [en, fa]", f"languages: {languages}")))
    assert [problem.code for problem in caught.value.problems] == [code]
    assert words in str(caught.value)


def test_a_translation_of_an_unknown_language_is_refused(tmp_path):
    with pytest.raises(StudyError, match="there is no language 'fr'"):
        read_study(changed(tmp_path, ("  - language: fa", "  - language: fr")))


def test_a_translation_of_a_text_that_was_changed_is_said(tmp_path):
    path = changed(tmp_path, ('label: "Waiting list"', 'label: "Waiting lists"'))
    (line,) = unused_translations(read_study(path).study)
    assert line.startswith("Translation (fa) of 'Waiting list': there is no such text")
    assert line.endswith("did you mean 'Waiting lists'.")
