"""What is generated from the models is current, and every key is described."""

import json
import re
from pathlib import Path

import pytest

from balint_eval.attribute_docs import models_below
from balint_eval.reference import FAMILIES, error_codes, generated_files
from balint_eval.study_model import Study

ROOT = Path(__file__).parents[2]
GENERATED = generated_files()
MODELS = sorted(set(models_below(Study)), key=lambda model: model.__name__)


@pytest.mark.parametrize("name", GENERATED)
def test_current(name):
    assert (ROOT / name).read_text(encoding="utf-8") == GENERATED[name], "run `make generate`"


def test_every_code_in_the_program_is_documented():
    code = re.compile(rf"\b(?:{'|'.join(FAMILIES)})-[A-Z][A-Z0-9]+\b")
    sources = (ROOT / "src" / "balint_eval").rglob("*.py")
    used = {found for path in sources for found in code.findall(path.read_text(encoding="utf-8"))}
    documented = [entry["code"] for entry in error_codes()]
    assert sorted(documented) == documented
    assert set(documented) == used


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_is_described(model):
    assert model.__doc__
    assert [name for name, field in model.model_fields.items() if not field.description] == []
    assert model.model_config["extra"] == "forbid"


def test_schema_refuses_unknown_keys_everywhere():
    schema = json.loads(GENERATED["workflow/schemas/study.schema.json"])
    objects = [schema, *schema["$defs"].values()]
    assert all(entry["additionalProperties"] is False for entry in objects if entry.get("type") == "object")


def test_every_argument_of_every_command_is_described():
    rows = re.findall(r"^\| (`.*?) \| (.*?) \|$", GENERATED["docs/reference/command-line.md"], re.MULTILINE)
    assert len(rows) > 40
    assert [name for name, meaning in rows if not meaning.strip() or meaning.startswith(";")] == []
