"""What is wrong in a settings file, in words: from pydantic's faults to sentences with a remedy."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from balint_eval.errors import shown

Location = tuple[str | int, ...]
"""Keys and positions from the top of the file to a value."""
_KEY_NAMES = re.compile(r"(?:(?:pseudonyms?|hmac|linkage|secret|balint_eval)_?)?(?:keys?|keyfile|key_file|salt|secret)")
KEY_IN_SETTINGS = (
    "the key of the pseudonyms may not stand in settings: whoever reads them could find out who is who",
    "delete this line, make a new key with balint-eval keygen, and leave it where keygen puts it "
    "(or name its file in the environment variable BALINT_EVAL_KEY_FILE)",
)
"""What is wrong with a key in settings, and what to do; the key itself is never shown."""
Sentence = tuple[str, str, str]
"""Code, what is wrong, what to do."""


def sentence(fault: Any, location: Location, written: str, model: type[BaseModel]) -> Sentence:  # noqa: ANN401
    """Say one fault of pydantic's in words.

    Parameters
    ----------
    fault : dict
        One of `ValidationError.errors()`.
    location : tuple
        Where it is.
    written : str
        The value as it is written in the file.
    model : type
        The model of the whole file; it knows which keys there are.

    Returns
    -------
    code, what, mend : str
    """
    kind, name = fault["type"], str(location[-1]) if location else ""
    if kind == "extra_forbidden":
        return _unknown_key(name, location, model)
    if kind in {"model_type", "model_attributes_type"} and not location:
        return "CFG-VALUE", "this is not a study file: it holds no keys", "give the path of the study file (.yaml)"
    if kind == "missing" and name.isdigit():
        return "CFG-VALUE", f"the list is too short: it has no value number {int(name) + 1}", "add it"
    if kind == "missing":
        return _key_missing(name, location)
    if fault["input"] is None:
        return "CFG-BLANK", f"the key '{name}' has no value", "give one, or remove the key"
    return _about_value(fault, written)


def holds_a_key(name: str) -> bool:
    """Tell whether a setting of this name would hold the key of the pseudonyms, such as `pseudonym_key`."""
    return _KEY_NAMES.fullmatch(name.casefold().replace("-", "_")) is not None


def _unknown_key(name: str, location: Location, model: type[BaseModel]) -> Sentence:
    if holds_a_key(name):
        return "CFG-KEYPLACE", *KEY_IN_SETTINGS
    return "CFG-UNKNOWN", f"there is no key '{name}' here", _did_you_mean(name, location, model)


def _key_missing(name: str, location: Location) -> Sentence:
    if location == ("outcomes",):
        what = "the key 'outcomes' is missing: it is not said which scales are compared"
        example = "- {instrument: TEQ, scale: total, role: primary}"
        mend = f"add it, with one line an outcome below it, such as {example}; balint-eval instruments lists the names"
        return "CFG-REQUIRED", what, mend
    return "CFG-REQUIRED", f"the key '{name}' is missing", "add it"


def _about_value(fault: Any, written: str) -> Sentence:  # noqa: ANN401 - pydantic's dict
    kind = fault["type"]
    if kind == "string_type":
        return _text_expected(fault["input"], written)
    if kind == "string_pattern_mismatch":
        return _name_expected(fault["input"], fault["ctx"]["pattern"])
    if kind in {"literal_error", "enum"}:
        return "CFG-CHOICE", f"the value must be one of {fault['ctx']['expected']}", "choose one of them"
    if kind == "value_error":
        code, _, text = str(fault["ctx"]["error"]).partition(": ")
        what, _, mend = text.partition(" | ")
        return (code, what, mend) if text else ("CFG-VALUE", code, "")
    if kind.startswith(("int_", "float_")):
        return "CFG-VALUE", f"a {'whole ' * kind.startswith('int_')}number is expected", "write a number"
    return "CFG-VALUE", str(fault["msg"]).replace("Input should", "the value must"), "correct the value"


def _text_expected(read: object, written: str) -> Sentence:
    if isinstance(read, dict | list):
        kind = "a list" if isinstance(read, list) else "a mapping of keys"
        return "CFG-VALUE", f"text is expected, not {kind}", "write one text"
    return (
        "CFG-IDTYPE",
        f"text is expected, and without quotation marks it is read as {shown(str(read))}",
        f'quote it, as in "{written}"',
    )


def _name_expected(name: str, pattern: str) -> Sentence:
    longest = next((int(number) + 1 for number in re.findall(r"\{0,(\d+)\}", pattern)), 64)
    if len(name) > longest:
        return "CFG-IDLENGTH", f"the name has {len(name)} characters and may have {longest}", "shorten it"
    signs = "letters, digits and _" + (" . -" if "." in pattern else "")
    start = "a letter or digit" if pattern.startswith(("^[A-Za-z0-9]", r"^\w")) else "a letter"
    return "CFG-IDCHARS", f"a name is made of {signs}, and begins with {start}", "choose such a name"


def _did_you_mean(name: str, location: Location, model: type[BaseModel]) -> str:
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
        annotations = [field.annotation for m in _models_in(model) for name, field in keys_of(m) if name == part]
        model = tuple(annotations)
    return {name for m in _models_in(model) for name, _ in keys_of(m)}


def keys_of(model: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    """Give the keys of a model as a settings file writes them: `from` is a word that Python keeps for itself."""
    return [(field.alias or name, field) for name, field in model.model_fields.items()]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, tuple | list):
        for part in annotation:
            yield from _models_in(part)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    else:
        yield from _models_in(getattr(annotation, "__args__", ()))
