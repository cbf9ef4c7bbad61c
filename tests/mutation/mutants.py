"""Small wrong versions of a module: one comparison, sum, constant, truth value or result changed in each."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_SWAPPED: dict[type[ast.AST], list[type[ast.AST]]] = {
    ast.Lt: [ast.LtE, ast.GtE], ast.LtE: [ast.Lt, ast.Gt], ast.Gt: [ast.GtE, ast.LtE], ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq], ast.Is: [ast.IsNot], ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn], ast.NotIn: [ast.In],
    ast.Add: [ast.Sub], ast.Sub: [ast.Add], ast.Mult: [ast.Div], ast.Div: [ast.Mult], ast.Pow: [ast.Mult],
    ast.FloorDiv: [ast.Mult], ast.Mod: [ast.Mult], ast.MatMult: [ast.Mult], ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd], ast.And: [ast.Or], ast.Or: [ast.And], ast.USub: [ast.UAdd],
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One wrong version.

    Attributes
    ----------
    line : int
        In the original file.
    what : str
        The change, for people.
    source : str
        The whole module as changed.
    """

    line: int
    what: str
    source: str


def mutants_of(source: str) -> Iterator[Mutant]:
    """Give every mutant of a module, in the order of its lines."""
    tree = ast.parse(source)
    nodes = list(_changeable(tree))
    for place, node in sorted(enumerate(nodes), key=lambda entry: entry[1].lineno):
        for what, change in _changes(node):
            wrong = copy.deepcopy(tree)
            change(list(_changeable(wrong))[place])
            yield Mutant(node.lineno, what, ast.unparse(ast.fix_missing_locations(wrong)))


def _changeable(tree: ast.AST) -> Iterator[ast.expr | ast.Return]:
    """Give the nodes to change: not docstrings, annotations, decorators, imports, slots of names or type aliases."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) or _is_text(node) or _is_alias(node):
            continue
        yield from _inside(node)


def _inside(node: ast.AST) -> Iterator[ast.expr | ast.Return]:
    if isinstance(node, ast.Compare | ast.BinOp | ast.BoolOp | ast.UnaryOp | ast.Constant | ast.Return | ast.IfExp):
        yield node
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_text(child) and not isinstance(child, ast.JoinedStr):
                yield from _inside(child)
            elif isinstance(child, ast.JoinedStr):
                yield from (found for part in child.values if isinstance(part, ast.FormattedValue)
                            for found in _inside(part.value))  # fmt: skip


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_alias(node: ast.AST) -> bool:
    names = [target.id for target in getattr(node, "targets", []) if isinstance(target, ast.Name)]
    is_alias = isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias"
    return is_alias or "__all__" in names


def _changes(node: ast.expr | ast.Return) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    """Give each change of a node: what it is, and how to make it in a copy."""
    if isinstance(node, ast.Compare):
        for other in _SWAPPED.get(type(node.ops[0]), []):
            yield _named(node.ops[0], other), lambda copied, other=other: copied.ops.__setitem__(0, other())
    elif isinstance(node, ast.BinOp | ast.BoolOp | ast.UnaryOp):
        for other in _SWAPPED.get(type(node.op), []):
            yield _named(node.op, other), lambda copied, other=other: setattr(copied, "op", other())
    elif isinstance(node, ast.IfExp):
        yield "branches of if swapped", _swap_branches
    elif isinstance(node, ast.Return) and node.value is not None and not _gives_none(node):
        yield "return None", lambda copied: setattr(copied, "value", ast.Constant(None))
    elif isinstance(node, ast.Constant):
        for value in _other_values(node.value):
            yield f"{node.value!r} -> {value!r}", lambda copied, value=value: setattr(copied, "value", value)


def _named(first: ast.AST, second: type[ast.AST]) -> str:
    return f"{type(first).__name__} -> {second.__name__}"


def _swap_branches(copied: ast.AST) -> None:
    copied.body, copied.orelse = copied.orelse, copied.body


def _gives_none(node: ast.Return) -> bool:
    return isinstance(node.value, ast.Constant) and node.value.value is None


def _other_values(value: object) -> list[object]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1]
    if isinstance(value, float):
        return [value * 2 + 1]
    return [f"{value}~"] if isinstance(value, str) else []
