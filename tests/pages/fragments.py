"""YAML on a page: a piece of a study file, of an instrument or of a codebook, held to the model it belongs to."""

from __future__ import annotations

from typing import Any

import yaml
from pydantic import ConfigDict, ValidationError, create_model

from balint_eval.attribute_docs import models_below
from balint_eval.codebook.model import Codebook
from balint_eval.instruments.model import Instrument
from balint_eval.strict_yaml import Model
from balint_eval.study_model import Study

MODELS = list(dict.fromkeys([*models_below(Study), *models_below(Instrument), *models_below(Codebook)]))


def faults(text: str) -> list[str]:
    """Say what is wrong with a fragment: no model has its keys, or none of those that have them takes its values."""
    value = yaml.safe_load(text)
    if isinstance(value, list):
        return [fault for entry in value for fault in faults(yaml.safe_dump(entry))]
    if not isinstance(value, dict):
        return [f"a fragment is a mapping or a list of mappings, not {value!r}"]
    candidates = [fields for model in MODELS if (fields := _fields(model, value))]
    if not candidates:
        return [f"nothing in a study file, instrument or codebook has the keys {', '.join(value)}"]
    found = [_wrong(fields, value) for fields in candidates]
    return [] if [] in found else min(found, key=len)


def _fields(model: type[Model], value: dict[str, Any]) -> dict[str, Any]:
    """Give the model's fields of these keys, or nothing where it lacks one."""
    by_key = {field.alias or name: (name, field) for name, field in model.model_fields.items()}
    if not set(value) <= set(by_key):
        return {}
    return {by_key[key][0]: (by_key[key][1].annotation, by_key[key][1]) for key in value}


def _wrong(fields: dict[str, Any], value: dict[str, Any]) -> list[str]:
    fragment = create_model("Fragment", __config__=ConfigDict(extra="forbid", str_strip_whitespace=True), **fields)
    try:
        fragment.model_validate(value)
    except ValidationError as error:
        # A piece may leave out what is needed elsewhere.
        wrong = [one for one in error.errors() if one["type"] != "missing"]
        return [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong]
    return []
