"""`balint-eval figures --output`: which figures, how wide, in which format and language."""

from pathlib import Path

import pytest
from made_tables import study_file

from balint_eval.chosen_figures import WIDTHS, Choice, draw_chosen
from balint_eval.cli import main
from balint_eval.command_words import make_parser
from balint_eval.errors import DataError, StudyError
from balint_eval.folders import Folders
from balint_eval.tables import TABLES, empty_table, write_table


@pytest.fixture
def results(tmp_path, study, tables):
    folders = Folders(tmp_path / "results", study.name)
    for name in TABLES:
        write_table(tables.get(name, empty_table(name)), folders.tables / f"{name}.csv", name)
    return study_file(study, tmp_path), folders


def choice(tmp_path, *names, width=None, kinds=("png",), language=""):
    return Choice(names, width, kinds, language, tmp_path / "paper")


def width_of(path):
    """Give the width of a PNG in millimetres at 300 dots an inch."""
    return int.from_bytes(path.read_bytes()[16:20]) / 300 * 25.4


def test_one_figure_as_wide_as_asked(results, tmp_path):
    for words, millimetres in WIDTHS.items():
        written = draw_chosen(*results, choice(tmp_path / words, "forest", width=millimetres))
        assert [path.name for path in written] == ["forest.png", "forest.csv", "forest.txt"]
        assert width_of(written[0]) == pytest.approx(millimetres, abs=0.2)


def test_names_with_a_star(results, tmp_path):
    written = draw_chosen(*results, choice(tmp_path, "slopes_TEQ*", "flow", kinds=("svg",)))
    assert {path.stem for path in written} == {"slopes_TEQ_total", "flow"}
    assert {path.suffix for path in written} == {".svg", ".csv", ".txt"}


def test_the_words_follow_the_language(results, tmp_path):
    said = {}
    for language in ("en", "fa"):
        written = draw_chosen(*results, choice(tmp_path / language, "forest", language=language))
        said[language] = written[-1].read_text(encoding="utf-8")
    persian = {tag: any("\u0600" <= letter <= "\u06ff" for letter in text) for tag, text in said.items()}
    assert persian == {"en": False, "fa": True}


def test_what_is_not_there_is_said(results, tmp_path):
    file, folders = results
    with pytest.raises(StudyError, match=r"WF-FIGURENAME: there is no figure 'foret'.*forest, forest_narrow, means"):
        draw_chosen(file, folders, choice(tmp_path, "forest", "foret"))
    with pytest.raises(StudyError, match=r"WF-LANGUAGE: .*there is no language 'xx'.*en, fa"):
        draw_chosen(file, folders, choice(tmp_path, language="xx"))
    with pytest.raises(DataError, match="WF-NORESULTS"):
        draw_chosen(file, Folders(tmp_path / "nowhere", "made"), choice(tmp_path))
    assert not (tmp_path / "paper").exists()


@pytest.mark.parametrize(("text", "width"), [("single", 85.0), ("double", 174.0), ("120", 120.0), ("60", 60.0)])
def test_widths(text, width):
    assert make_parser().parse_args(["figures", "s.yaml", "--output", "p", "--width", text]).width == width


@pytest.mark.parametrize(
    "wrong", [["--width", "59"], ["--width", "broad"], ["--width", "nan"], ["--format", "svg,gif"]]
)
def test_wrong_options_are_refused(wrong, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["figures", "s.yaml", "--output", "p", *wrong])
    assert stopped.value.code == 2
    assert "is no" in capsys.readouterr().err


def test_nothing_is_written_beside_the_results(results, tmp_path):
    file, folders = results
    before = sorted(Path(folders.root).rglob("*"))
    draw_chosen(file, folders, choice(tmp_path, "flow"))
    assert sorted(Path(folders.root).rglob("*")) == before
