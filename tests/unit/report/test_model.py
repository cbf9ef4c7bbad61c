import pytest

from balint_eval.report.educator import build_educator
from balint_eval.report.html import render_html
from balint_eval.report.model import FigureBlock, TableBlock, from_json, to_json
from balint_eval.report.researcher import build_researcher


@pytest.mark.parametrize("build", [build_educator, build_researcher])
def test_a_report_survives_json_and_is_the_same_twice(study, build):
    _, arguments = study
    report = build(*arguments)
    assert from_json(to_json(report)) == report
    assert to_json(report) == to_json(build(*arguments))
    assert render_html(report) == render_html(from_json(to_json(report)))


def test_json_that_is_no_report_is_refused():
    with pytest.raises(ValueError, match="no block 'Nothing'"):
        from_json('{"block": "Nothing"}')
    with pytest.raises(ValueError, match="holds no report"):
        from_json("[]")


def test_tables_and_figures_are_numbered_in_reading_order(example):
    blocks = list(build_researcher(*example("gain")).blocks())
    for kind in (TableBlock, FigureBlock):
        numbers = [block.number for block in blocks if isinstance(block, kind)]
        assert numbers == list(range(1, len(numbers) + 1))


def test_rows_are_as_wide_as_their_head_and_names_are_unique(study):
    _, arguments = study
    tables = [block for block in build_researcher(*arguments).blocks() if isinstance(block, TableBlock)]
    assert len({table.name for table in tables}) == len(tables)
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)


def test_a_report_without_tables_still_builds(example):
    _, file, _, _ = example("gain")
    for build in (build_educator, build_researcher):
        report = build({}, file, {}, {})
        assert "<h1>" in render_html(report)
