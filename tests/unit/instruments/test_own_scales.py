"""Questionnaires of a user's own: the example in config/, and every fault with its line."""

from pathlib import Path

import pytest
import yaml
from scoring_help import responses

from balint_eval.errors import StudyError
from balint_eval.instruments.registry import read_instrument
from balint_eval.scoring import score_responses
from balint_eval.strict_yaml import read_yaml

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "config" / "instruments" / "example.yaml"


def test_the_example_scores_by_hand():
    """1 2 3 4 5 1: news 1 + 2 + (6-3), feelings 4 + 5 + (6-1)."""
    own = read_instrument(EXAMPLE)
    table = score_responses(responses(own.name, [1, 2, 3, 4, 5, 1], [1, None, 3, 4, 5, None]), {own.name: own})
    full, part = (rows.set_index("scale") for _, rows in table.groupby("person_id"))
    assert full["score"].to_dict() == {"breaking_news": 6, "own_feelings": 14, "total": 20}
    assert part.loc["breaking_news", "score"] == 6
    assert part["status"].to_dict() == {"breaking_news": "prorated", "own_feelings": "too_few", "total": "too_few"}


def test_the_example_in_a_study(folder):
    (folder.folder / "instruments").mkdir()
    (folder.folder / "instruments" / "example.yaml").write_text(EXAMPLE.read_text())
    folder.content["instrument_files"] = ["instruments/example.yaml"]
    folder.content["outcomes"].append({"instrument": "talk_confidence", "scale": "own_feelings"})
    study = folder.read()
    assert study.instruments["talk_confidence"].scale("own_feelings").min_answered == 3


def test_the_readme_names_what_there_is():
    text = (EXAMPLE.parent / "README.md").read_text()
    assert "example.yaml" in text
    for name in ("instrument_files", "own_instruments", "item_labels", "answer_labels", "answers:"):
        assert name in text


def changed(*path, value):
    """The example with one value changed, its lines in order."""
    content = yaml.safe_load(EXAMPLE.read_text())
    place = content
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return content


FAULTS = [
    (("reverse",), [3, 9], "CFG-ITEM", "'reverse' names item 9 of a form with 6 items", "reverse"),
    (("reverse",), [3, 3], "CFG-ITEMDUP", "'reverse' lists item 3 at its positions 1 and 2", "reverse"),
    (("risk_items",), [0], "CFG-ITEM", "'risk_items' names item 0", "risk_items"),
    (("scales", 0, "items"), [1, 2, 7], "CFG-ITEM", "'breaking_news' names item 7 of a form with 6 items", "scales.0"),
    (("scales", 0, "range"), [1, 5], "CFG-RANGE", "can range from 3 to 15, not from 1 to 5", "scales.0"),
    (("scales", 0, "rule"), "median", "CFG-CHOICE", "one of 'sum', 'mean' or 'category'", "scales.0.rule"),
    (("scales", 0, "rule"), "category", "CFG-SCALE", "needs a scale of one item", "scales.0"),
    (("scales", 1, "min_answered"), 4, "CFG-RANGE", "min_answered must lie between 1", "scales.1"),
    (("scales", 2, "of"), ["breaking_news", "feelings"], "CFG-SCALE", "'feelings', which is not a scale", "scales.2"),
    (("scales", 2, "of"), ["total"], "CFG-SCALE", "composed of a scale that is composed itself", "scales.2"),
    (("scales", 1, "name"), "total", "CFG-SCALE", "'total' is the name of two scales", "scales.1"),
    (("scales", 0, "itemz"), [1], "CFG-UNKNOWN", "there is no key 'itemz' here", "scales.0.itemz"),
    (("scales", 0, "higher_is"), None, "CFG-REQUIRED", "the key 'higher_is' is missing", "scales.0.higher_is"),
    (("unkeyed",), [{"name": "total"}], "CFG-SCALE", "'total' is the name of two scales", "scales.2"),
    (("response", "codes"), [5, 4, 3, 2, 1], "CFG-RANGE", "5, 4, 3, 2, 1 are not ascending", "response.codes"),
    (("item_labels",), [{"item": 7, "label": "x"}], "CFG-ITEM", "'item_labels' names item 7", "item_labels"),
    (("answer_labels",), [{"code": 0, "label": "x"}], "CFG-CODE", "0, which is not among the codes", "answer_labels"),
    (("level",), "5", "CFG-CHOICE", "the value must be one of", "level"),
    (("measures",), "joy", "CFG-CHOICE", "the value must be one of", "measures"),
    (("name",), "2nd", "CFG-IDCHARS", "begins with a letter", "name"),
    (("name",), "TRY@two", "CFG-IDCHARS", "letters, digits and _", "name"),
    (("evidence", "key"), ["X"], "CFG-CHOICE", "the value must be one of 'P', 'S'", "evidence.key.0"),
    (("cutoffs",), [{"scale": "total", "op": ">=", "value": 20, "label": "high", "mark": "user"}],
     "CFG-REQUIRED", "the key 'source' is missing", "cutoffs.0.source"),
    (("cutoffs",), [{"scale": "total", "op": ">=", "value": 20, "label": "high", "mark": "user", "source": ""}],
     "CFG-VALUE", "at least 1 character", "cutoffs.0.source"),
    (("licence",), None, "CFG-REQUIRED", "the key 'licence' is missing", "licence"),
    (("versions",), [], "CFG-UNKNOWN", "there is no key 'versions' here", "versions"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "code", "says", "column"), FAULTS, ids=[f"{f[2]}-{f[0][-1]}" for f in FAULTS]
)
def test_faults_have_a_line_and_a_remedy(tmp_path, path, value, code, says, column):
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump(changed(*path, value=value), sort_keys=False))
    with pytest.raises(StudyError) as caught:
        read_instrument(file, "mine.yaml")
    (problem,) = caught.value.problems
    assert (problem.code, problem.column, problem.file) == (code, column, "mine.yaml")
    assert says in problem.what
    assert problem.mend
    # A missing key is shown at what should hold it; a contradiction inside one part at that part.
    place = tuple(int(part) if part.isdigit() else part for part in column.split(".")) if column else ()
    assert problem.row == read_yaml(file).line(place)


def test_all_faults_at_once(tmp_path):
    content = changed("level", value="5") | {"measures": "joy", "colour": "red"}
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    with pytest.raises(StudyError) as caught:
        read_instrument(file)
    assert [problem.column for problem in caught.value.problems] == ["measures", "level", "colour"]
    assert [problem.row for problem in caught.value.problems] == sorted(p.row for p in caught.value.problems)
