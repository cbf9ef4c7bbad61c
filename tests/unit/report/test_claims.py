"""No sentence claims more than its row supports."""

import re
from math import isnan
from numbers import Number

import pytest

from balint_eval.report.educator import build_educator
from balint_eval.report.html import render_html
from balint_eval.report.model import (
    BulletList,
    Callout,
    Claim,
    DefinitionList,
    FigureBlock,
    KeyFigures,
    LevelStrip,
    Paragraph,
    ReferenceList,
    TableBlock,
)  # fmt: skip
from balint_eval.report.researcher import build_researcher
from balint_eval.report.wording import VERDICTS, plain_enough, words_of

NUMBER = re.compile(r"(?<![\w.])[−]?\d*\.?\d+")


def claims(report):
    return [block for block in report.blocks() if isinstance(block, Claim)]


def texts(report, tables=True):
    """Every text of a report but its references and figures."""
    for section in report.sections:
        yield section.heading
        for block in section.blocks:
            if isinstance(block, Paragraph | Callout):
                yield block.text
            elif isinstance(block, Claim):
                yield from (block.heading, block.verdict, block.text)
            elif isinstance(block, BulletList):
                yield from block.items
            elif isinstance(block, DefinitionList):
                yield from (part for entry in block.entries for part in (entry.term, entry.text))
            elif isinstance(block, KeyFigures):
                yield from (part for one in block.figures for part in (one.value, one.label))
            elif isinstance(block, LevelStrip):
                yield from (cell.status for cell in block.cells)
            elif isinstance(block, TableBlock) and tables:
                yield from (block.title, *block.notes, *(column.heading for column in block.columns))
                yield from (cell for row in block.rows for cell in row)
            else:
                assert isinstance(block, FigureBlock | ReferenceList | TableBlock)


def supporting_row(claim, comparisons):
    key = claim.support
    same = comparisons[
        (comparisons["cohort"] == key.cohort)
        & (comparisons["instrument"] == key.instrument)
        & (comparisons["scale"] == key.scale)
        & (comparisons["contrast"] == key.contrast)
        & (comparisons["method"] == key.method)
    ]
    assert len(same) == 1
    return same.iloc[0]


def written(value):
    """Every way a number of a row may be printed."""
    if isinstance(value, str) or isnan(value):
        return set()
    forms = {f"{abs(value):.{places}f}" for places in (0, 1, 2, 3)} | {f"{abs(value):g}"}
    return forms | {form.removeprefix("0") for form in forms}


@pytest.mark.parametrize("build", [build_educator, build_researcher])
def test_every_number_of_a_claim_is_in_its_row(study, build):
    _, arguments = study
    for claim in claims(build(*arguments)):
        row = supporting_row(claim, arguments[0]["comparisons"])
        outcomes = arguments[0]["outcomes"].set_index(["instrument", "scale"])
        outcome = outcomes.loc[(claim.support.instrument, claim.support.scale)]
        numeric = [value for value in (*row, *outcome) if isinstance(value, Number)]
        allowed = {form for value in numeric for form in written(float(value))} | {"95", ".001", "5"}
        found = {number.lstrip("−") for number in NUMBER.findall(claim.text)}
        assert found <= allowed, claim.text


def test_each_claim_carries_the_verdict_of_the_claims_table(study, kinds):
    name, arguments = study
    report = build_educator(*arguments)
    assert len(claims(report)) == 2
    for claim in claims(report):
        wanted = VERDICTS[kinds[name].verdict]
        assert (claim.verdict, claim.symbol, claim.tone) == (wanted.word, wanted.symbol, wanted.tone)


def test_directions_come_from_the_scale_not_the_sign(example):
    empathy, burnout = claims(build_educator(*example("gain")))
    assert "4.2 points higher than Waiting, which is better." in empathy.text
    assert "2.3 to 6.1 points higher" in empathy.text
    assert "4.2 points lower than Waiting, which is better." in burnout.text
    assert "2.3 to 6.1 points lower" in burnout.text
    empathy, _ = claims(build_educator(*example("loss")))
    assert "4.6 points lower than Waiting, which is worse." in empathy.text
    assert "2.4 to 6.8 points lower" in empathy.text


def test_an_interval_over_zero_is_said_on_both_sides(example):
    empathy, _ = claims(build_educator(*example("cannot_tell")))
    assert "the likely range is 1.9 points lower to 5.3 points higher." in empathy.text
    assert "too wide to decide" in empathy.text


def test_nothing_moves_where_the_rounded_estimate_is_zero(example):
    empathy, _ = claims(build_educator(*example("no_change")))
    assert "Both arms ended with the same average." in empathy.text


def test_without_an_interval_no_number_is_claimed(example):
    for claim in claims(build_educator(*example("one_group"))):
        assert "no likely range is given" in claim.text or not NUMBER.findall(claim.text)
        assert "the likely range is" not in claim.text


def test_a_study_of_one_arm_never_speaks_of_an_effect(example):
    for name in ("one_arm", "one_group"):
        for build in (build_educator, build_researcher):
            for text in texts(build(*example(name))):
                assert "effect" not in text.casefold(), text


def test_effect_is_said_only_where_arms_were_formed_by_chance(example):
    said = {name: " ".join(texts(build_educator(*example(name)))) for name in ("gain", "not_random", "cannot_tell")}
    assert "may be called an effect" in said["gain"]
    assert "effect" not in said["not_random"]
    assert "effect" not in said["cannot_tell"]


def test_a_result_that_only_the_adjustment_holds_back_is_explained(example):
    tables, *rest = example("gain")
    tables["claims"] = tables["claims"].assign(verdict="cannot_tell")
    empathy, _ = claims(build_educator(tables, *rest))
    assert "Several comparisons were made" in empathy.text


def test_sentences_of_the_educator_page_are_short(study):
    _, arguments = study
    for text in texts(build_educator(*arguments)):
        assert plain_enough(text), [sentence for sentence in words_of(text) if len(sentence) > 25]


def test_educator_page_has_no_jargon(study):
    _, arguments = study
    said = " ".join(texts(build_educator(*arguments)))
    for word in ("p =", "CR2", "ANCOVA", "confidence", "degrees of freedom", "ICC", "estimate", "d_av", "REML", "nan"):
        assert word not in said


def test_nothing_on_fewer_than_five_people(example):
    arguments = example("too_few")
    for build in (build_educator, build_researcher):
        said = " ".join(texts(build(*arguments)))
        html = render_html(build(*arguments))
        for secret in ("3.14", "3.1 points", "7.51", "0.51", "41.91", "8.37", ".834", "45.24"):
            assert secret not in said, secret
        assert "9.87" not in html
        assert "[n&lt;5]" in html
    assert "on fewer than 5 people" in said


@pytest.mark.parametrize(("people", "shown"), [(4, "[n<5]"), (5, "[n<5] of 5")])
def test_so_few_enrolled_are_not_counted_beside_a_mark(example, people, shown):
    """`[n<5] of 4` would tell as much as the number it hides."""
    tables, *rest = example("too_few")
    few = {**tables, "participants": tables["participants"].head(people)}
    sure = next(s for s in build_educator(few, *rest).sections if s.anchor == "how-sure")
    assert sure.blocks[0].figures[0].value == shown


def test_a_group_of_fewer_than_five_is_not_counted_out(example):
    programme = next(s for s in build_educator(*example("too_few")).sections if s.anchor == "programme")
    members = next(row for row in programme.blocks[0].rows if row[0] == "Members a group")
    assert members[1:] == ("6 to 10", "[n<5]", "✗ differs")


def test_rows_of_the_manifest_are_printed_but_not_the_settings(example):
    tables, file, drawings, provenance = example("gain")
    said = provenance | {"settings": {"plan": {}}, "inputs": [{"file": "a.csv", "sha256": "0f"}]}
    report = build_researcher(tables, file, drawings, said | {"versions": {"balint-eval": "9.9"}})
    found = {block.name for block in report.blocks() if isinstance(block, TableBlock)}
    assert "provenance-inputs" in found
    assert "provenance-settings" not in found
    assert report.generated == "Made by balint-eval 9.9, 4 March 2026"


def test_a_pooled_number_that_gives_a_hidden_arm_away_is_withheld(example):
    tables, *rest = example("gain")
    small = (tables["descriptives"]["arm"] == "waiting") & (tables["descriptives"]["wave"] == "before")
    tables["descriptives"].loc[small, "n"] = 4
    blocks = build_researcher(tables, *rest).blocks()
    baseline = next(block for block in blocks if isinstance(block, TableBlock) and block.name == "baseline")
    shown = {row[1]: row[2] for row in baseline.rows}
    assert shown == {"All arms": "[withheld]", "Balint": "22", "Waiting": "[n<5]"}


def test_answers_of_everybody_are_withheld_in_small_forms(example):
    tables, *rest = example("gain")
    counts = tables["item_counts"]
    tables["item_counts"] = counts[counts["item"] == 2].assign(
        people=lambda rows: rows["people"].where(rows["people"] == 0, 8), answered=8
    )
    reaction = next(s for s in build_educator(tables, *rest).sections if s.anchor == "reaction")
    assert reaction.blocks[0].rows == (("Safe <i>", "[withheld]", "8"),)


def test_singular_fits_are_said_in_words(example):
    said = " ".join(texts(build_researcher(*example("singular"))))
    assert "estimated as exactly zero" in said
    assert "0.00*" in said
    assert "estimated as exactly zero" not in " ".join(texts(build_researcher(*example("gain"))))


def test_every_number_of_the_result_tables_comes_from_a_table(example):
    tables, *rest = example("gain")
    allowed = {"95", ".001", ".999", "5"}
    for name in ("comparisons", "diagnostics", "descriptives", "quality"):
        for value in tables[name].select_dtypes("number").to_numpy().ravel():
            allowed |= written(float(value))
            allowed |= written(float(value) * 100)
    wanted = {
        "results",
        "sizes",
        "model",
        "variances",
        "cohorts",
        "families",
        "baseline",
        "descriptives",
        "reliability",
    }
    found = [b for b in build_researcher(tables, *rest).blocks() if isinstance(b, TableBlock) and b.name in wanted]
    assert {block.name for block in found} == wanted
    for block in found:
        for row in block.rows:
            for cell in row[1:]:
                assert {number.lstrip("−") for number in NUMBER.findall(cell)} <= allowed, (block.name, cell)


def test_no_negative_zero_anywhere(study):
    _, arguments = study
    for build in (build_educator, build_researcher):
        for text in texts(build(*arguments)):
            assert not re.search(r"[−-]0?\.0+(?!\d)", text), text


def test_every_table_of_the_researcher_says_how_it_was_got(study):
    _, arguments = study
    plain = {"basis", "licences", "claims", "provenance-packages", "provenance-inputs"}
    for block in build_researcher(*arguments).blocks():
        if isinstance(block, TableBlock) and block.name not in plain:
            assert block.notes, block.name
        assert not isinstance(block, TableBlock) or block.source


def test_three_next_steps_by_rule(study, kinds):
    name, arguments = study
    section = next(s for s in build_educator(*arguments).sections if s.anchor == "next-steps")
    steps = section.blocks[0].items
    assert len(set(steps)) == 3
    assert any("Keep the programme" in step for step in steps) == (
        kinds[name].verdict in ("clear_gain", "small_gain", "gain")
    )
    assert ("Look into the loss" in steps[0]) == (name == "loss")


def test_not_measured_is_said_openly(study):
    _, arguments = study
    for build in (build_educator, build_researcher):
        strip = next(block for block in build(*arguments).blocks() if isinstance(block, LevelStrip))
        assert [cell.status for cell in strip.cells if not cell.measured] == ["not measured", "not measured"]
