"""The reviewer's sections: MERSQI, checklists, the authors' words, and sentences in APA style."""

from balint_eval.report import research_appraisal as sections
from balint_eval.report.material import Material
from balint_eval.report.model import BulletList, DefinitionList, TableBlock
from balint_eval.report.researcher import build_researcher
from balint_eval.study import StudyFile
from balint_eval.study_model import Study

OWN = {
    "theory": "People who hear how others see a patient see more themselves.",
    "themes": [
        {"name": "Being heard", "level": "1", "text": "Time to speak without being judged.", "people": 4},
        {"name": "Another look", "level": "2a", "text": "The patient seemed less difficult.", "people": 11},
    ],
    "swot": [{"level": "1", "strengths": ["the leader", "the group"], "threats": ["night shifts"]}],
}


def with_context(example, name, **context):
    tables, file, drawings, provenance = example(name)
    content = file.study.model_dump(mode="json", by_alias=True) | {"context": context}
    again = StudyFile(Study.model_validate(content), file.folder, file.shown_as, file.instruments)
    return Material(tables, again, drawings, provenance)


def tables_in(section):
    return {block.name: block for block in section.blocks if isinstance(block, TableBlock)}


def test_sections_named_in_the_checklists_exist_under_that_heading(example):
    report = build_researcher(*example("gain"))
    headings = {section.anchor: section.heading for section in report.sections}
    for anchor, heading in sections._SECTIONS.items():
        assert headings.get(anchor, heading) == heading
    # Sections without rows in this made-up study.
    assert set(sections._SECTIONS) - set(headings) <= {"clustering", "lost", "shares"}


def test_mersqi_adds_up_and_says_what_each_point_rests_on(example):
    section = sections.mersqi(Material(*example("gain")))
    block = tables_in(section)["mersqi"]
    shown = sum(float(row[2]) for row in block.rows)
    assert section.blocks[0].text.startswith(f"Proposed: {shown:g} of 18 points. 5 of 10 items wait for a person")
    assert all(row[4] for row in block.rows)
    assert next(row for row in block.rows if row[1] == "Design")[2:5] == (
        "3",
        "3",
        "Two or more arms, formed by lot.",
    )


def test_every_item_of_a_checklist_has_an_answer(example):
    material = with_context(example, "not_random", **OWN)
    blocks = tables_in(sections.checklists(material))
    assert list(blocks) == ["checklist-greet", "checklist-consort_cluster"] or len(blocks) == 2
    for block in blocks.values():
        assert {row[2] for row in block.rows} <= set(sections._STATUS.values())
        assert any("Read the original" in note for note in block.notes)


def test_themes_stand_beside_their_level_and_few_people_are_not_counted(example):
    section = sections.themes(with_context(example, "gain", **OWN))
    levels = {row["level"]: row["outcomes"] for row in example("gain")[0]["levels"].to_dict("records")}
    rows = tables_in(section)["themes"].rows
    assert rows[0] == ("Level 1", levels["1"], "Being heard", "Time to speak without being judged.", "[n<5]")
    assert rows[1][:3] == ("Level 2", levels["2"], "Another look")
    assert rows[1][4] == "11"
    swot = tables_in(section)["swot-1"]
    assert swot.rows[0] == ("Strengths", "the leader; the group")
    assert swot.rows[1] == ("Weaknesses", "–")


def test_the_authors_words_are_printed(example):
    (block,) = sections.context(with_context(example, "gain", **OWN)).blocks
    assert isinstance(block, DefinitionList)
    assert [(entry.term, entry.text) for entry in block.entries] == [("Theory", OWN["theory"])]
    assert sections.context(with_context(example, "gain")).blocks == ()


def apa(example, name):
    report = build_researcher(*example(name))
    section = next(section for section in report.sections if section.anchor == "apa")
    (items,) = (block.items for block in section.blocks if isinstance(block, BulletList))
    return [item.replace("\u00a0", " ") for item in items]


def test_a_sentence_holds_the_numbers_of_its_row(example):
    row = example("gain")[0]["comparisons"].query("role == 'primary'").iloc[0]
    sentence = apa(example, "gain")[0]
    assert sentence.startswith("Empathy: Balint minus Waiting at “After”, given the score at “Before”: difference = ")
    assert f"= {row['estimate']:.2f}, 95% CI [{row['conf_low']:.2f}, {row['conf_high']:.2f}]" in sentence
    assert f"= {row['statistic']:.2f}, p" in sentence
    assert f"{row['effect_name']} = {row['effect']:.2f}" in sentence


def test_what_carries_no_claim_is_reported_without_a_test(example):
    sentence = apa(example, "one_group")[0]
    assert "M (SD) from" in sentence
    assert "p =" not in sentence
    assert "t(" not in sentence


def test_too_few_people_give_no_sentence_with_numbers(example):
    for sentence in apa(example, "too_few"):
        assert sentence.endswith("Withheld: fewer than 5 people.")
