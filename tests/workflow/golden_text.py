"""Reports as text and pages as outlines, so that a change of either is a difference that people can read.

What differs from machine to machine (versions, digests) is left out; numbers may differ in their last digit.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

from balint_eval.report.model import FigureBlock, Report, TableBlock

GOLDEN = Path(__file__).parents[1] / "golden"
_UNTOLD = {"svg", "small_svg", "name", "anchor", "source", "support", "kind", "number", "align", "tone", "role"}
_DIGEST = re.compile(r"[0-9a-f]{64}")
_VERSION = re.compile(r"(?<![\w.])\d+(?:\.\d+){1,3}(?:\.post\d+|rc\d+)?(?![\w.])")
_SIGNS = str.maketrans({**dict(zip("۰۱۲۳۴۵۶۷۸۹", "0123456789", strict=True)), "٫": ".", "٬": "", "−": "-"})
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?|-?\.\d+")
_OUTLINED = re.compile(
    r"<(h[1-6]|caption|figcaption|th scope=\"col\")\b[^>]*>(.*?)</(?:h[1-6]|caption|figcaption|th)>", re.S
)


def report_text(report: Report) -> str:
    """Give all a report says, a line a sentence or row; rows of cells with bars between."""
    lines = [f"{report.language} {report.direction}: {report.title}", report.subtitle, report.watermark]
    for section in report.sections:
        lines += ["", f"{'#' * section.depth} {section.heading}"]
        for block in section.blocks:
            lines += ["", *_block(block, of_versions=section.anchor in {"methods", "reproducibility"})]
    return "\n".join(line.replace("\n", " / ").rstrip() for line in lines) + "\n"


def _block(block: object, *, of_versions: bool) -> Iterator[str]:
    if isinstance(block, TableBlock):
        yield f"[table: {block.title}]"
        yield from _rows(block)
        yield from block.notes
    elif isinstance(block, FigureBlock):
        yield f"[figure: {block.title}]"
        yield from (block.alternative_text, block.caption, block.data_note, *_rows(block))
    else:
        said = " | ".join(_texts(block))
        said = _DIGEST.sub("(digest)", said)
        yield f"[{type(block).__name__}] {_VERSION.sub('(version)', said) if of_versions else said}"


def _rows(block: TableBlock | FigureBlock) -> Iterator[str]:
    if block.columns:
        yield " | ".join(column.heading for column in block.columns)
    if block.name.startswith("provenance"):
        yield "(versions and digests)"
        return
    yield from (" | ".join(row) for row in block.rows)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in _UNTOLD:
                yield from _texts(getattr(value, field.name))


def page_outline(html: str) -> str:
    """Give the headings, captions and column heads of a page, a line each, with their tags."""
    return "".join(
        f"{tag.split(' ')[0]}: {re.sub('<[^>]*>', '', text).strip()}\n" for tag, text in _OUTLINED.findall(html)
    )


def page_without_pictures(html: str) -> str:
    """Give a page as it is but for drawings, style and the tables to download, a tag a line where one begins one."""
    page = re.sub(r"<svg\b.*?</svg>", "<svg/>", re.sub(r"<style>.*?</style>", "<style/>", html, flags=re.S), flags=re.S)
    return re.sub(r'href="data:[^"]*"', 'href="data:"', _DIGEST.sub("(digest)", page))


def differences(found: Mapping[str, str]) -> list[str]:
    """Hold texts to those that are kept, or keep them where `GOLDEN=write` says so.

    Parameters
    ----------
    found : mapping of str to str
        File name to text.

    Returns
    -------
    list of str
        What differs, line by line; empty where nothing does.
    """
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        for name, text in found.items():
            (GOLDEN / name).write_text(text, encoding="utf-8")
    kept = {path.name: path.read_text(encoding="utf-8") for path in GOLDEN.glob("*.*")}
    said = [f"{name}: is kept and was not made, or the other way" for name in sorted(set(kept) ^ set(found))]
    for name in sorted(set(kept) & set(found)):
        said += list(_differing(name, kept[name].split("\n"), found[name].split("\n")))
    return said


def _differing(name: str, kept: list[str], found: list[str]) -> Iterator[str]:
    if len(kept) != len(found):
        yield f"{name}: {len(kept)} lines are kept, {len(found)} were made"
    for place, (one, other) in enumerate(zip(kept, found, strict=False), start=1):
        if one != other and not alike(one, other):
            yield f"{name}:{place}\n- {one}\n+ {other}"


def alike(one: str, other: str) -> bool:
    """Say whether two lines differ in nothing but the last digits of their numbers."""
    first, second = one.translate(_SIGNS), other.translate(_SIGNS)
    if _NUMBER.sub("#", first) != _NUMBER.sub("#", second):
        return False
    pairs = zip(map(float, _NUMBER.findall(first)), map(float, _NUMBER.findall(second)), strict=True)
    return all(abs(a - b) <= max(0.011, 0.01 * abs(a)) for a, b in pairs)
