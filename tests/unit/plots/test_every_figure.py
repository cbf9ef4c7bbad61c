"""What every figure promises."""

from __future__ import annotations

import re

import matplotlib as mpl
import pytest
from looks import assert_good_looks, words
from made_tables import ANSWERS, REACTION, item_counts, made_study, made_tables, outcomes, study_file

from balint_eval.plots import FIGURES, NARROW, WIDE, draw_all
from balint_eval.tables import TABLES, empty_table

TRICKY = [
    r"costs $\frac{1}$ or $5_x^2$ and 10 % & more",
    "<script>alert('x')</script> --> ]]>",
    "a long label " * 15 + "end",
    "x" * 200,
    "همدلی با بیمار در گفت‌وگوی درمانی و خودآگاهی پزشک در گروه بالینت",
    "tab\tnew\nline\x00\x0b control \u202e override 漢字",
]


OWN_LAYOUT = [name for name in FIGURES if name not in {"pooled", "residuals", "left_out", "groups", "edges", "starts"}]


def names(study):
    pairs = [(o.instrument, o.scale) for o in study.outcomes]
    middle = [f"{kind}_{i}_{s}" for i, s in pairs for kind in ("means", "slopes")]
    primary = [f"{o.instrument}_{o.scale}" for o in study.outcomes if o.role == "primary"]
    beside = [f"{kind}_{name}" for name in primary for kind in ("raincloud", "published", "tipping")]
    last = ["pooled", "residuals", "left_out", "groups", "edges", "starts"]
    return ["forest", "forest_narrow", "means", *middle, "reaction", "flow", "attendance", *beside, *last]


def draw(name, study, tables, width):
    people = tables["participants"]
    first = (study.outcomes[0].instrument, study.outcomes[0].scale)
    asked = (tables["comparisons"], tables["outcomes"], study)
    given = {
        "pooled": (tables["pooled"], *asked),
        "residuals": (tables["residuals"], tables["residual_checks"], *asked),
        "left_out": (tables["influence"], *asked),
        "groups": (tables["group_spread"], tables["group_effects"], *asked),
        "edges": (tables["edges"], tables["outcomes"], study),
        "starts": (tables["baseline_slopes"], tables["baseline_bins"], tables["outcomes"], study),
        "forest": (tables["comparisons"], tables["outcomes"], study),
        "means": (tables["descriptives"], tables["comparisons"], tables["outcomes"], study),
        "slopes": (tables["scores"], people, study, tables["outcomes"], *first),
        "raincloud": (tables["scores"], people, tables["descriptives"], study, tables["outcomes"], *first),
        "reaction": (tables["item_counts"], study),
        "flow": (tables["flow"], people, study),
        "attendance": (tables["sessions"], tables["attendance"], people, study),
        "published": (tables["beside_published"], tables["outcomes"], study, *first),
        "tipping": (tables["tipping"], tables["comparisons"], tables["outcomes"], study, *first),
    }[name.removesuffix("_narrow")]
    return FIGURES[name.removesuffix("_narrow")](*given, width_mm=width)


def test_names_come_in_a_stable_order(drawings, study):
    assert list(drawings) == names(study)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_nothing_is_clipped_overlaps_or_is_too_small(name, width, study, tables):
    drawing = draw(name, study, tables, width)
    assert drawing.figure.get_figwidth() * 25.4 == pytest.approx(width)
    assert_good_looks(drawing.figure)


@pytest.mark.parametrize("control", [True, pytest.param(False, marks=pytest.mark.thorough)])
@pytest.mark.thorough
def test_default_figures_look_right_in_every_design(control, tmp_path):
    study = made_study(control=control, follow_up=control)
    for drawing in draw_all(made_tables(study), study_file(study, tmp_path)).values():
        assert_good_looks(drawing.figure)


def tricky_case(label):
    study = made_study(balint=label, pre=label, c1=label)
    keys = [f"{o.instrument}_{o.scale}" for o in study.outcomes]
    tables = made_tables(study) | {"outcomes": outcomes(**dict.fromkeys(keys, label))}
    answers = [label, *ANSWERS[1:]]
    tables["item_counts"] = item_counts([label, *REACTION], answers)
    tables["flow"] = tables["flow"].replace({"pre_qualtrics.csv": label.replace("/", ""), "duplicate": label})
    people = tables["participants"].replace({"G1": label})
    groups = {name: tables[name].replace({"G1": label}) for name in ("sessions", "attendance")}
    return study, tables | groups | {"participants": people}


@pytest.mark.parametrize("label", TRICKY, ids=["math", "html", "long", "unbroken", "persian", "control"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.thorough
def test_tricky_labels_are_drawn_whole(label, width):
    study, tables = tricky_case(label)
    # Figures of assumptions share one layout; the narrow sheet is the harder one.
    for name in FIGURES if width == NARROW else OWN_LAYOUT:
        assert_good_looks(draw(name, study, tables, width).figure)


def test_the_longest_label_is_drawn_whole():
    study, tables = tricky_case(TRICKY[2])
    for name in ("forest", "slopes", "flow"):
        assert_good_looks(draw(name, study, tables, NARROW).figure)


@pytest.mark.parametrize(
    "label", [TRICKY[0], *(pytest.param(label, marks=pytest.mark.thorough) for label in TRICKY[1:4])]
)
def test_no_letter_of_a_label_is_lost(label):
    study, tables = tricky_case(label)
    for name in ("forest", "forest_narrow", "means", "slopes", "reaction"):
        drawn = re.sub(r"\s", "", words(draw(name, study, tables, WIDE).figure))
        assert re.sub(r"\s", "", label) in drawn


def test_empty_tables_give_no_figure(study, tmp_path):
    assert draw_all({}, study_file(study, tmp_path)) == {}
    for name in FIGURES:
        assert draw(name, study, {table: empty_table(table) for table in TABLES} | {
            "outcomes": outcomes()
        }, WIDE) is None  # fmt: skip


def test_tables_are_not_changed(study, tables, tmp_path):
    before = {name: table.copy() for name, table in tables.items()}
    draw_all(tables, study_file(study, tmp_path))
    assert all(before[name].equals(table) for name, table in tables.items())


def test_callers_settings_are_left_alone_and_do_not_matter(study, tables):
    with mpl.rc_context({"font.size": 30, "text.parse_math": True, "axes.spines.top": True}):
        held = dict(mpl.rcParams)
        assert_good_looks(draw("forest", study, tables, WIDE).figure)
        assert dict(mpl.rcParams) == held


def test_no_ids_leave_with_a_figure(drawings, tables):
    ids = set(tables["participants"]["person_id"])
    for drawing in drawings.values():
        shown = words(drawing.figure) + drawing.alternative_text + drawing.caption + drawing.data.to_csv()
        assert not any(person in shown for person in ids)


def test_no_axes_and_no_pyplot(drawings):
    """Axes of the plotting library cost more time than all that stands in them."""
    for drawing in drawings.values():
        assert not drawing.figure.axes
        assert drawing.figure.number is None if hasattr(drawing.figure, "number") else True


def test_words_are_there(drawings):
    for drawing in drawings.values():
        assert drawing.title
        assert drawing.caption.endswith(".")
        assert drawing.alternative_text.endswith(".")
        assert re.search(r"\d", drawing.alternative_text)
        assert len(drawing.data)
