"""YAML as settings need it: no tags, no aliases, no key twice, and every value knows its line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from balint_eval.errors import Problem, StudyError, shown

Location = tuple[str | int, ...]
MOST_NODES = 200_000
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")
)


class Model(BaseModel):
    """Base of every settings model: unknown keys are errors, instances cannot change."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, use_attribute_docstrings=True
    )


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML document as plain values, with the line and column of every one.

    Attributes
    ----------
    shown_as : str
        The file as shown to people.
    values : object
        Mappings, lists, text, numbers.
    places : mapping of location to (line, column), both from 1
        A mapping's key stands for its value.
    """

    shown_as: str
    values: Any
    places: Mapping[Location, tuple[int, int]]

    def line(self, location: Location) -> int:
        """Give the line of a location, or of the nearest thing around it."""
        while location and location not in self.places:
            location = location[:-1]
        return self.places.get(location, (1, 1))[0]


def read_yaml(path: Path, shown_as: str = "") -> Document:
    """Read one YAML file strictly.

    Raises
    ------
    StudyError
        Missing, unreadable or empty file, a syntax error, a tag, an anchor or alias, a repeated key.
    """
    shown_as = shown_as or path.as_posix()
    root = _compose(_read_text(path, shown_as), shown_as)
    places: dict[Location, tuple[int, int]] = {}
    problems = list(_faults(root, (), places, shown_as))
    if problems:
        raise StudyError(problems)
    return Document(shown_as, yaml.SafeLoader("").construct_document(root), places)


def _read_text(path: Path, shown_as: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        what = f"there is no such file (looked from the folder {Path.cwd().as_posix()})"
        mend = "check the path, or write a study file as config/README.md shows"
        raise StudyError(Problem("CFG-MISSING", what, mend, shown_as)) from None
    except UnicodeDecodeError as error:
        what = f"the file is not UTF-8 text (byte {error.start})"
        raise StudyError(Problem("CFG-SYNTAX", what, "save it as UTF-8", shown_as)) from None
    except OSError as error:
        what = f"the file cannot be read ({(error.strerror or '').lower()})"
        raise StudyError(
            Problem("CFG-MISSING", what, "check the path and its permissions", shown_as)
        ) from None


def _compose(text: str, shown_as: str) -> yaml.Node:
    try:
        # Anchors are refused before composing: an alias bomb never gets the chance to grow.
        for token in yaml.scan(text, yaml.SafeLoader):
            if isinstance(token, yaml.AnchorToken | yaml.AliasToken):
                raise StudyError(_alias_problem(token.start_mark.line + 1, shown_as))
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise StudyError(_syntax_problem(error, text, shown_as)) from None
    except yaml.YAMLError as error:
        what = f"the file is not valid YAML ({str(error).splitlines()[0]})"
        raise StudyError(Problem("CFG-SYNTAX", what, "remove the character", shown_as)) from None
    if root is None or (isinstance(root, yaml.ScalarNode) and root.value == ""):
        what = "the file is empty; a study needs at least the keys name, title and cohorts"
        raise StudyError(Problem("CFG-EMPTY", what, "see config/config.yaml for an example", shown_as))
    return root


def _alias_problem(line: int, shown_as: str) -> Problem:
    return Problem(
        "CFG-ALIAS", "anchors (&) and aliases (*) are not allowed", "write the value out", shown_as, line
    )


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, shown_as: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    value = lines[line].strip() if line < len(lines) else ""
    what = f"the YAML cannot be read at character {column + 1} ({error.problem or error.context})"
    mend = "check the indentation (blanks, no tabs), quotes and brackets"
    return Problem("CFG-SYNTAX", what, mend, shown_as, line + 1, "", value)


def _faults(
    node: yaml.Node, at: Location, places: dict[Location, tuple[int, int]], shown_as: str
) -> Iterator[Problem]:
    places.setdefault(at, (node.start_mark.line + 1, node.start_mark.column + 1))
    if len(places) > MOST_NODES:
        raise StudyError(Problem("CFG-ALIAS", f"the file holds more than {MOST_NODES} values", "", shown_as))
    line = node.start_mark.line + 1
    if node.tag not in _PLAIN_TAGS:
        yield Problem("CFG-TAG", "YAML tags are not allowed", "remove it", shown_as, line, "", node.tag)
    if isinstance(node, yaml.MappingNode):
        yield from _mapping_faults(node, at, places, shown_as)
    elif isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            yield from _faults(child, (*at, index), places, shown_as)


def _mapping_faults(
    node: yaml.MappingNode, at: Location, places: dict[Location, tuple[int, int]], shown_as: str
) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for key, child in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in seen:
            what = f"the key '{name}' stands twice (first in row {seen[name]})"
            yield Problem("CFG-DUPKEY", what, "keep one of them", shown_as, line, "", name)
        seen[name] = line
        places[(*at, name)] = (line, key.start_mark.column + 1)
        yield from _faults(child, (*at, name), places, shown_as)


def validate(model: type[Model], document: Document) -> Any:  # noqa: ANN401 - an instance of `model`
    """Turn a document into a model, all errors at once and in words.

    Raises
    ------
    StudyError
        With one problem a fault: file, line, key, value and what to do.
    """
    try:
        return model.model_validate(document.values)
    except ValidationError as error:
        faults = [_in_words(fault, model, document) for fault in error.errors()]
        raise StudyError(sorted(faults, key=lambda p: p.row)) from None


def _in_words(fault: Any, model: type[Model], document: Document) -> Problem:  # noqa: ANN401 - pydantic's dict
    location = tuple(part for part in fault["loc"] if _is_real(part))
    path = ".".join(str(part) for part in location)
    code, what, mend = _sentence(fault, location, model)
    value = fault.get("input")
    value_text = "" if isinstance(value, dict | list) or fault["type"] == "missing" else str(value)
    if fault["type"] == "extra_forbidden":
        value_text = ""
    return Problem(code, what, mend, document.shown_as, document.line(location), path, value_text)


def _is_real(part: str | int) -> bool:
    # pydantic adds the names of union members and validators to the location
    return isinstance(part, int) or not (part[:1].isupper() or "[" in part or part in {"str", "int", "float"})


def _sentence(fault: Any, location: Location, model: type[Model]) -> tuple[str, str, str]:  # noqa: ANN401
    kind, name = fault["type"], str(location[-1]) if location else ""
    if kind == "extra_forbidden":
        return "CFG-UNKNOWN", f"there is no key '{name}' here", _did_you_mean(name, location, model)
    if kind == "missing":
        return "CFG-REQUIRED", f"the key '{name}' is missing", "add it"
    if kind == "string_type":
        read = fault["input"]
        return "CFG-IDTYPE", f"text is expected and YAML read {shown(str(read))}", f'quote it, as in "{read}"'
    if kind in {"literal_error", "enum"}:
        return "CFG-CHOICE", f"the value must be one of {fault['ctx']['expected']}", "choose one of them"
    if kind == "value_error":
        code, _, text = str(fault["ctx"]["error"]).partition(": ")
        what, _, mend = text.partition(" | ")
        return (code, what, mend) if text else ("CFG-VALUE", code, "")
    return "CFG-VALUE", str(fault["msg"])[0].lower() + str(fault["msg"])[1:], "correct the value"


def _did_you_mean(name: str, location: Location, model: type[Model]) -> str:
    known = sorted(_keys_at(model, location[:-1]))
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"use one of: {', '.join(known)}" if known else "remove it"


def _keys_at(model: Any, location: Location) -> set[str]:  # noqa: ANN401 - a model or any annotation
    """Give the keys allowed at a place, walking the annotations of the model."""
    for part in location:
        if isinstance(part, int):
            continue
        annotations = [m.model_fields[part].annotation for m in _models_in(model) if part in m.model_fields]
        model = tuple(annotations)
    return {name for m in _models_in(model) for name in m.model_fields}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, tuple | list):
        for part in annotation:
            yield from _models_in(part)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    else:
        yield from _models_in(getattr(annotation, "__args__", ()))
