"""The text under each field of a settings model, as the schema and the reference show it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from balint_eval.strict_yaml import Model


def models_below(model: type[Model]) -> Iterator[type[Model]]:
    """Give a model and every model that stands in its fields, some more than once."""
    yield model
    for field in model.model_fields.values():
        for inner in models_in(field.annotation):
            yield from models_below(inner)


def models_in(annotation: Any) -> Iterator[type[Model]]:  # noqa: ANN401 - any annotation
    """Give the models that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from models_in(argument)


def describe_fields(root: type[Model]) -> None:
    """Let the text under each field of a model, and of the models in it, be its description.

    Parameters
    ----------
    root : type of Model
        Changed in place, as `use_attribute_docstrings` of pydantic would have done when it was made.
    """
    # Those inside come first: the schema of a model holds theirs.
    for model in dict.fromkeys(reversed(list(models_below(root)))):
        for name, field in model.model_fields.items():
            field.description = field.description or _texts_of(model).get(name)
        model.model_rebuild(force=True)


def _texts_of(model: type[Model]) -> dict[str, str]:
    """Give the text under each field, of the classes above a model too."""
    found: dict[str, str] = {}
    for above in reversed(model.__mro__):
        if issubclass(above, Model):
            found |= _texts_in(textwrap.dedent(inspect.getsource(above)))
    return found


def _texts_in(source: str) -> dict[str, str]:
    body = getattr(ast.parse(source).body[0], "body", [])
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }  # fmt: skip
