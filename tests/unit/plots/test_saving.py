"""Bytes are the same on every run, on every machine setting, and are written whole."""

from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from looks import texts
from made_tables import made_study, made_tables, study_file

from balint_eval.errors import EnvironmentProblem
from balint_eval.plots import draw_all, forest, rendered, save_drawing
from balint_eval.plots.outlines import outlined
from balint_eval.plots.style import settings

HERE = Path(__file__).parent
SCRIPT = """
import hashlib, sys
from pathlib import Path
sys.path.insert(0, {here!r})
from made_tables import made_study, made_tables, study_file
from balint_eval.plots import draw_all, rendered
study = made_study(follow_up=False)
drawings = draw_all(made_tables(study), study_file(study, Path()))
for name in ("forest", "slopes_TEQ_total", "flow", "attendance", "reaction", "means"):
    for kind in ("svg", "pdf", "png") if name in ("forest", "attendance") else ("svg", "png"):
        print(name, kind, hashlib.sha256(rendered(drawings[name], kind)).hexdigest())
"""


def in_a_process(**environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT.format(here=str(HERE))],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.thorough
def test_same_bytes_in_other_processes_time_zones_and_hash_seeds():
    first = in_a_process(PYTHONHASHSEED="1", TZ="Asia/Tehran", LC_ALL="C")
    assert first.count("\n") == 14
    assert first == in_a_process(PYTHONHASHSEED="77", TZ="America/Lima", SOURCE_DATE_EPOCH="1")


@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
def test_same_bytes_when_rendered_or_drawn_twice(kind, tables, study):
    one, two = (forest(tables["comparisons"], tables["outcomes"], study) for _ in range(2))
    assert rendered(one, kind) == rendered(one, kind) == rendered(two, kind)


def test_remembered_layouts_give_what_the_plotting_library_gives(drawings):
    """Texts are laid out once for all figures; the picture is the one that the library draws without remembering."""
    for drawing in (drawings["forest"], drawings["attendance"]):
        with mpl.rc_context(settings()):
            written = BytesIO()
            drawing.figure.savefig(written, format="svg", metadata={"Date": None, "Title": drawing.title})
            ours = outlined(drawing.figure, {"Date": None, "Title": drawing.title}, drawing.figure.dpi)
        assert ours == written.getvalue()


def test_five_files_are_written(drawings, tmp_path):
    paths = save_drawing(drawings["forest"], tmp_path / "figures", "forest")
    assert [path.name for path in paths] == [f"forest.{end}" for end in ("svg", "pdf", "png", "csv", "txt")]
    assert sorted(path.name for path in (tmp_path / "figures").iterdir()) == sorted(p.name for p in paths)
    assert paths[4].read_text(encoding="utf-8") == drawings["forest"].alternative_text + "\n"
    assert paths[3].read_bytes().startswith(b"instrument,scale,arm,")


def test_png_has_300_dots_an_inch(drawings):
    data = rendered(drawings["flow"], "png")
    width = int.from_bytes(data[16:20])
    assert width / (drawings["flow"].figure.get_figwidth()) == pytest.approx(300, abs=1)


def test_svg_is_well_formed_offline_and_described(drawings):
    for drawing in drawings.values():
        text = rendered(drawing, "svg").decode()
        root = ElementTree.fromstring(text)
        assert root.find("{http://www.w3.org/2000/svg}title").text == drawing.title
        assert "script" not in {node.tag.rpartition("}")[2] for node in root.iter()}
        assert "<dc:date>" not in text
        links = [value for node in root.iter() for key, value in node.attrib.items() if key.endswith("}href")]
        assert all(link.startswith("#") for link in links)


@pytest.mark.thorough
def test_label_cannot_break_out_of_the_svg():
    study = made_study(balint="<script>alert(1)</script>", control="--> ]]> <b>")
    for drawing in draw_all(made_tables(study), study_file(study, Path())).values():
        root = ElementTree.fromstring(rendered(drawing, "svg").decode())
        assert not {"script", "b"} & {node.tag.rpartition("}")[2] for node in root.iter()}


def test_pdf_text_is_text_and_undated(drawings):
    data = rendered(drawings["forest"], "pdf")
    assert b"CreationDate" not in data
    assert b"/TrueType" in data or b"/CIDFontType2" in data


def test_a_folder_that_cannot_be_written_is_an_environment_problem(drawings, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(EnvironmentProblem):
        save_drawing(drawings["flow"], blocked, "flow")


def test_data_cannot_run_as_a_formula(tables, study, tmp_path):
    named = tables["outcomes"].assign(instrument=tables["outcomes"]["instrument"].replace("TEQ", "=1+1"))
    compared = tables["comparisons"].assign(instrument=tables["comparisons"]["instrument"].replace("TEQ", "=1+1"))
    paths = save_drawing(forest(compared, named, study), tmp_path, "forest")
    assert "\n'=1+1," in paths[3].read_text(encoding="utf-8")


def ink(label: str) -> bytes:
    """Give the pixels of an outcome's label in the forest."""
    from made_tables import outcomes

    study = made_study()
    drawing = forest(made_tables(study)["comparisons"], outcomes(TEQ_total=label), study)
    artist = next(t for t in texts(drawing.figure) if t.get_text() == label)
    box = artist.get_window_extent()
    image = drawing.figure.canvas.buffer_rgba()
    top, bottom = image.shape[0] - int(box.y1), image.shape[0] - int(box.y0)
    import numpy as np

    return np.asarray(image)[top:bottom, int(box.x0) : int(box.x1)]


def test_persian_is_shaped():
    """Joined letters are narrower than the same letters kept apart by a non-joiner."""
    joined, apart = ink("همدلی"), ink("\u200c".join("همدلی"))
    assert joined.shape[1] < 0.9 * apart.shape[1]
