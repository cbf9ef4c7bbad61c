"""YAML as settings need it: no tags, no aliases, no key twice, and every value knows its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from balint_eval.errors import Problem, StudyError
from balint_eval.settings_words import Location, sentence

MOST_NODES = 2_000_000
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C reader where PyYAML has it: ten times faster, the same places."""
DEEPEST = 100
"""Levels of nesting; the C reader has no limit of its own and would end the whole program."""
_STARTS = {
    yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken, yaml.BlockSequenceStartToken, yaml.BlockMappingStartToken,
}  # fmt: skip
_ENDS = {yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken}
_DEEPER = {
    yaml.SequenceStartEvent: 1, yaml.MappingStartEvent: 1, yaml.SequenceEndEvent: -1, yaml.MappingEndEvent: -1,
}  # fmt: skip
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")
)


class Model(BaseModel):
    """Base of every settings model: unknown keys are errors, instances cannot change."""

    # What is written under each field is read by `attribute_docs`, for the reference only: at every start it would cost
    # each stage a tenth of a second.
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


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
    texts: Mapping[Location, str] = field(default_factory=dict)
    """Every single value as it is written in the file: `012`, which YAML reads as 10."""

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
    return understand(_read_text(path, shown_as), shown_as)


def understand(text: str, shown_as: str) -> Document:
    """Take a YAML text apart strictly.

    Raises
    ------
    StudyError
        It is empty, or holds a syntax error, a tag, an anchor or alias, a repeated key.
    """
    found = _Found(shown_as)
    try:
        values = _document(_allowed(yaml.parse(text, LOADER)), found)
    except (yaml.YAMLError, _NotAllowedError):
        raise StudyError(_refused(text, shown_as)) from None
    if values is None:
        what = "the file is empty; a study needs at least the keys name, title and cohorts"
        raise StudyError(Problem("CFG-EMPTY", what, "see config/config.yaml for an example", shown_as))
    if found.problems:
        raise StudyError(found.problems)
    return Document(shown_as, values, found.places, found.texts)


def _read_text(path: Path, shown_as: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        what = f"there is no such file (looked from the folder {Path.cwd().as_posix()})"
        mend = "check the path, or write a study file as config/README.md shows"
        raise StudyError(Problem("CFG-MISSING", what, mend, shown_as)) from None
    except UnicodeDecodeError as error:
        what = f"the file is not UTF-8 text (byte {error.start})"
        raise StudyError(
            Problem("CFG-SYNTAX", what, "in a text editor choose Save as, with the encoding UTF-8", shown_as)
        ) from None
    except IsADirectoryError:
        what = "this is a folder, not a study file"
        raise StudyError(Problem("CFG-MISSING", what, "name the study file in it", shown_as)) from None
    except OSError as error:
        what = f"the file cannot be read ({(error.strerror or '').lower()})"
        raise StudyError(Problem("CFG-MISSING", what, "check the path and its permissions", shown_as)) from None


def _refused(text: str, shown_as: str) -> list[Problem]:
    """Say what no file may hold, or where it cannot be read: a second look, at each sign of the text."""
    try:
        # Before composing: an alias bomb never gets the chance to grow.
        problems = list(_token_problems(text, shown_as))
        if not problems:
            yaml.compose(text, LOADER)
    except yaml.MarkedYAMLError as error:
        return [_syntax_problem(error, text, shown_as)]
    except yaml.YAMLError as error:
        return [_character_problem(error, text, shown_as)]
    return problems


def _character_problem(error: yaml.YAMLError, text: str, shown_as: str) -> Problem:
    """Say which character YAML does not allow, and in which line it stands."""
    found = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    if found is None:
        what = f"the file is not valid YAML ({str(error).splitlines()[0]})"
        return Problem("CFG-SYNTAX", what, "save it as plain UTF-8 text", shown_as)
    what = f"the file holds the character U+{ord(found[0]):04X}, which YAML does not allow"
    line = text.count("\n", 0, found.start()) + 1
    value = text.splitlines()[line - 1].strip() if line <= len(text.splitlines()) else found[0]
    return Problem("CFG-SYNTAX", what, "remove the character", shown_as, line, "", value)


def _token_problems(text: str, shown_as: str) -> Iterator[Problem]:
    depth = 0
    for token in yaml.scan(text, LOADER):
        kind = type(token)
        depth += (kind in _STARTS) - (kind in _ENDS)
        if depth > DEEPEST:
            what, line = (
                f"the file is nested too deeply to be read, more than {DEEPEST} levels",
                token.start_mark.line + 1,
            )
            yield Problem("CFG-SYNTAX", what, "check the brackets and the indentation", shown_as, line)
            return
        if kind in {yaml.AnchorToken, yaml.AliasToken, yaml.TagToken}:
            yield _token_problem(token, shown_as)


def _token_problem(token: yaml.Token, shown_as: str) -> Problem:
    line = token.start_mark.line + 1
    if not isinstance(token, yaml.TagToken):
        what = "a value begins with & or *, which YAML takes for an anchor or alias; neither is allowed"
        return Problem("CFG-ALIAS", what, "put the text in quotation marks, or write the value out", shown_as, line)
    tag = "".join(part for part in token.value if part)
    return Problem(
        "CFG-TAG",
        "a value begins with !, which YAML takes for a tag; tags are not allowed",
        "put the text in quotation marks, or remove the tag",
        shown_as,
        line,
        "",
        tag,
    )


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, shown_as: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    value = lines[line].strip() if line < len(lines) else ""
    what = f"the YAML cannot be read at character {column + 1} ({error.problem or error.context})"
    mend = "check the indentation (blanks, no tabs), quotes and brackets, here and in the line above"
    if "\t" in (lines[line] if line < len(lines) else "")[: column + 1]:
        what, mend = "the line holds a tab, which YAML does not allow before a key", "use blanks in place of the tab"
    elif "mapping values are not allowed" in str(error.problem):
        what, mend = "a colon stands where none can", "put a text that holds ': ' in quotes, or check the line above"
    elif "another document" in str(error.problem):
        what, mend = "the file holds more than one document", "take out the line '---' and what follows it"
    return Problem("CFG-SYNTAX", what, mend, shown_as, line + 1, "", value)


class _NotAllowedError(Exception):
    """The file holds an anchor, an alias, a tag, a second document, or is nested too deeply."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What is gathered on the way through a file."""

    shown_as: str
    places: dict[Location, tuple[int, int]] = field(default_factory=dict)
    texts: dict[Location, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    understood: dict[tuple[str, tuple[bool, bool]], tuple[str, Any]] = field(default_factory=dict)
    """Tag and value of every text met so far; a study of many cohorts says the same words again and again."""
    plain: yaml.SafeLoader = field(default_factory=lambda: yaml.SafeLoader(""))


def _allowed(events: Iterable[yaml.Event]) -> Iterator[yaml.Event]:
    """Let the events of a file pass that hold nothing behind one's back."""
    depth = documents = 0
    for event in events:
        depth += _DEEPER.get(type(event), 0)
        documents += type(event) is yaml.DocumentStartEvent
        named = getattr(event, "anchor", None) is not None or getattr(event, "tag", None) is not None
        if named or depth > DEEPEST or documents > 1:
            raise _NotAllowedError
        yield event


def _document(events: Iterator[yaml.Event], found: _Found) -> Any:  # noqa: ANN401 - any YAML
    """Give the values of the one document; None where there is nothing."""
    values = None
    for event in events:
        if isinstance(event, yaml.NodeEvent):
            values = _value(event, events, (), found)
    return values


def _value(event: yaml.Event, events: Iterator[yaml.Event], at: Location, found: _Found) -> Any:  # noqa: ANN401
    """Give the value that begins with an event, and keep where it and all in it stands."""
    found.places.setdefault(at, _place(event))
    if len(found.places) > MOST_NODES:
        what = f"the file holds more than {MOST_NODES:,} values"
        raise StudyError(Problem("CFG-ALIAS", what, "shorten it", found.shown_as))
    if isinstance(event, yaml.ScalarEvent):
        found.texts[at] = event.value
        return _single(event, at, found)
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, at, found)
    members = takewhile(lambda each: not isinstance(each, yaml.SequenceEndEvent), events)
    return [_value(each, events, (*at, index), found) for index, each in enumerate(members)]


def _place(event: yaml.Event) -> tuple[int, int]:
    mark: Any = event.start_mark
    return mark.line + 1, mark.column + 1


def _single(event: yaml.ScalarEvent, at: Location, found: _Found) -> Any:  # noqa: ANN401
    """Give a single value, or a fault for what only looks like a date or number, such as 2026-02-30."""
    _, value = _understood(event, found)
    if value is _IMPOSSIBLE:
        what, path = "this is not a possible date or number", ".".join(map(str, at))
        mend = f'quote it, as in "{event.value}"'
        found.problems.append(Problem("CFG-IDTYPE", what, mend, found.shown_as, _place(event)[0], path, event.value))
    return value


_IMPOSSIBLE = object()


def _understood(event: yaml.ScalarEvent, found: _Found) -> tuple[str, Any]:
    """Give the tag and the value that YAML takes a text for."""
    known = found.understood.get((event.value, event.implicit))
    if known is None:
        tag = found.plain.resolve(  # type: ignore[no-untyped-call]
            yaml.ScalarNode, event.value, event.implicit
        )
        try:
            value = found.plain.construct_document(yaml.ScalarNode(tag, event.value))
        except (ValueError, yaml.YAMLError):
            value = _IMPOSSIBLE
        known = found.understood[event.value, event.implicit] = (tag, value)
    return known


def _mapping(events: Iterator[yaml.Event], at: Location, found: _Found) -> dict[Any, Any]:
    values: dict[Any, Any] = {}
    seen: dict[str, int] = {}
    for key in events:
        if isinstance(key, yaml.MappingEndEvent):
            break
        line, column = _place(key)
        if not isinstance(key, yaml.ScalarEvent) or _understood(key, found)[0] not in _PLAIN_TAGS:
            what, mend = "a key must be a plain word", "write it as `key: value`"
            found.problems.append(Problem("CFG-SYNTAX", what, mend, found.shown_as, line))
            _value(key, events, (), _Found(found.shown_as))
            _value(next(events), events, (), _Found(found.shown_as))
            continue
        name = key.value
        said = _single(key, (*at, name), found)
        if name in seen:
            what, path = f"the key '{name}' stands twice (first in line {seen[name]})", ".".join(map(str, (*at, name)))
            found.problems.append(Problem("CFG-DUPKEY", what, "keep one of them", found.shown_as, line, path))
        seen[name] = line
        found.places[*at, name] = (line, column)
        values[said] = _value(next(events), events, (*at, name), found)
    return values


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
        # A choice of types gives one fault a type: the first says it.
        faults = {_location(fault, document): fault for fault in reversed(error.errors())}
        problems = [_in_words(fault, location, model, document) for location, fault in faults.items()]
        raise StudyError(sorted(problems, key=lambda p: (p.row, p.column))) from None


def _location(fault: Any, document: Document) -> Location:  # noqa: ANN401 - pydantic's dict
    """Give where a fault is, without the names of types that pydantic adds to it."""
    location: Location = ()
    for part in fault["loc"]:
        location = (*location, part) if (*location, part) in document.places else location
    return (*location, fault["loc"][-1]) if fault["type"] == "missing" else location


def _in_words(fault: Any, location: Location, model: type[Model], document: Document) -> Problem:  # noqa: ANN401
    path = ".".join(str(part) for part in location)
    written = document.texts.get(location, "")
    code, what, mend = sentence(fault, location, written, model)
    value = "" if fault["type"] == "extra_forbidden" or fault["input"] is None else written
    return Problem(code, what, mend, document.shown_as, document.line(location), path, value)
