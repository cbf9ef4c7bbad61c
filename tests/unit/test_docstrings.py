"""Every public name says what it takes, what it gives and when it refuses.

Public are the names of every `__all__`, those of docs/api.md among them. The source is read, not imported, so that
this takes no time.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "balint_eval"
SECTION = re.compile(r"^(\w[\w ]+)\n-{3,}$", re.MULTILINE)
NAMES = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*) ?:", re.MULTILINE)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module_file(dotted: str) -> Path:
    stem = SOURCE.joinpath(*dotted.split(".")[1:])
    return stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")


def declared(path: Path) -> list[str]:
    """Give the names of a module's `__all__`."""
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return [part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant)]
    return []


def definition(path: Path, name: str):
    """Give the function or class a name stands for, and its file; None for a constant."""
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return path, node
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("balint_eval"):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return definition(module_file(node.module), alias.name)
    return None


def public() -> dict[str, ast.FunctionDef | ast.ClassDef]:
    """Give every public function and class by its place and name."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for place, node in filter(None, (definition(path, name) for name in declared(path))):
            found[f"{place.relative_to(SOURCE).as_posix()}:{node.name}"] = node
    return found


def sections(text: str) -> dict[str, str]:
    """Give the sections of a numpydoc docstring."""
    parts = SECTION.split(text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def faults(node: ast.FunctionDef | ast.ClassDef) -> list[str]:
    """Say what the docstring of a public name lacks."""
    text = ast.get_docstring(node) or ""
    if not text:
        return ["no docstring"]
    return _of_class(node, text) if isinstance(node, ast.ClassDef) else _of_function(node, text)


def _of_function(node: ast.FunctionDef, text: str) -> list[str]:
    given = sections(text)
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    said = _names(given.get("Parameters", ""))
    missing = [f"parameter {one.arg}" for one in arguments if one.arg not in {*said, "self", "cls"}]
    gives = node.returns is not None and not (isinstance(node.returns, ast.Constant) and node.returns.value is None)
    raises = any(isinstance(part, ast.Raise) and part.exc is not None for part in ast.walk(node))
    return [
        *missing,
        *(["Returns"] if gives and not {"Returns", "Yields"} & set(given) else []),
        *(["Raises"] if raises and "Raises" not in given else []),
    ]


def _of_class(node: ast.ClassDef, text: str) -> list[str]:
    fields = [part.target.id for part in node.body if isinstance(part, ast.AnnAssign) and part.target.id[0] != "_"]
    said = _names(sections(text).get("Attributes", "")) | _said_below(node)
    return [f"attribute {name}" for name in fields if name not in said]


def _names(text: str) -> set[str]:
    """Give the names described in a section, `a, b : type` and `of_one, by_group` alike."""
    lines = [line for line in text.splitlines() if line and not line.startswith(" ")]
    return {name.strip("* ") for line in lines for name in line.split(" :")[0].split(",")}


def _said_below(node: ast.ClassDef) -> set[str]:
    """Give the fields that a text right below describes, as in the models of the study file."""
    pairs = zip(node.body, node.body[1:], strict=False)
    return {
        field.target.id
        for field, text in pairs
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
    }


PUBLIC = public()


@pytest.mark.parametrize("place", PUBLIC)
def test_every_public_name_says_what_it_takes_gives_and_refuses(place):
    assert faults(PUBLIC[place]) == []
