"""What the tests of the paper formats share: odd strings, pictures, reports turned from right to left."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace

from balint_eval.report.model import (
    BulletList,
    Callout,
    Claim,
    ComparisonKey,
    Definition,
    DefinitionList,
    FigureBlock,
    KeyFigure,
    KeyFigures,
    LevelCell,
    LevelStrip,
    Paragraph,
    Reference,
    ReferenceList,
    Report,
    Section,
    TableBlock,
    TableColumn,
    numbered,
)

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{}pt" height="90pt"><rect width="40" height="20"/></svg>'

ODD = (
    # Markup of Typst, of Markdown and TeX, of XML and HTML, of Word's fields, of templates, of spreadsheets.
    "#import \"secrets.typ\": *", "#read(\"/etc/passwd\")", "#{while true {}}", "$x^2$", "*bold* _em_", "`raw`",
    "@reference", "<label>", "// comment", "/* comment */", "= heading", "- item", "+ item", "/ term: text",
    "\\u{41} \\#", "~ -- --- ...", "#panic()", "sys.inputs.report", "\\input{x}", "\\frac{1}{2} & % ~",
    "{{ report }} {% raw %}", "${HOME} $(id) `id`", "<script>alert(1)</script>", "</w:t></w:r></w:p>",
    "<![CDATA[x]]>", "<!-- x -->", "<?xml version='1.0'?>", "&amp; &lt; &#65;", "\"double\" 'single'",
    "MERGEFIELD x \\* MERGEFORMAT", "{ PAGE }", "=1+1", "@SUM(A1)", "%s %d {0}", "a\\nb \\t \\0",
    # Blanks and signs nobody sees, letters from right to left, marks, signs outside the basic plane.
    "two  blanks", "soft\u00adhyphen", "no\u00a0break", "zero\u200bwidth", "سلام دنیا", "Kian کیان ۱۲۳", "נבדק",
    "שלום abc 12", "\u200fmark\u200e", "\u202eturned\u202c", "\u2067apart\u2069", "e\u0301 A\u030a", "𝑥 ≥ 𝟓",
    "±∞≈≠✓●○▲▼", "ẞ ﬁ Å", "a" * 300,
)  # fmt: skip
"""Texts that must come through as they are."""
CONTROLS = (
    "nul\x00",
    "bell\x07",
    "vertical\x0btab",
    "form\x0cfeed",
    "escape\x1b[31m",
    "next\x85line",
    "bom\ufeff",
    "non\uffff",
)
"""Texts with characters that XML, Word or PDF refuse."""


def picture() -> bytes:
    """Give the bytes of a small grey PNG."""
    rows = b"".join(b"\x00" + b"\x80" * 40 for _ in range(20))
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 40, 20, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    chunks = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def pictures(report: Report) -> dict[str, bytes]:
    """Give a picture for every figure of a report."""
    return dict.fromkeys(report.figure_names(), picture())


def every_block(text: str, other: str = "plain") -> Report:
    """Give a report that has every kind of block, each with a text in every place."""
    key = ComparisonKey("all", "TEQ", "total", "change", "paired_t")
    wide = tuple(TableColumn(f"{text} {place}", "number" if place else "text") for place in range(12))
    figures = [
        FigureBlock(f"f{n}", SVG.format(width), text, text, text, data_note=text)
        for n, width in enumerate((490, 240, 240))
    ]
    narrow = (TableColumn(text), TableColumn(text, "number"))
    blocks = (
        Paragraph(text), Paragraph(text, "lead"), Paragraph(text, "note"), Callout("bad", "▼", text, text),
        Claim(text, "good", "▲", text, text, key, True), Claim(text, "neutral", "?", text, text, key),
        KeyFigures((KeyFigure(text, text), KeyFigure(other, other))),
        LevelStrip(text, (LevelCell(text, text, True, text, text), LevelCell(other, other, False, other))),
        BulletList((text, other)), BulletList((text, other), ordered=True),
        DefinitionList((Definition(text, text),)), ReferenceList((Reference(text, "10.1000/a b<c>"), Reference(other))),
    )  # fmt: skip
    tables = (
        TableBlock("small", text, narrow, ((text, "1"), (other, "2.50")), (text,)),
        TableBlock("wide", text, wide, ((text, *(f"[−10.{n}, 10.{n}]" for n in range(11))),)),
        *figures,
    )  # fmt: skip
    sections = (
        Section(text, "one", blocks), Section(text, "two", tables[:1]), Section(text, "part", tables[2:], 3),
        Section(text, "wide", tables[1:2]), Section(other, "last", (BulletList((text, other), ordered=True),)),
    )  # fmt: skip
    return numbered(Report("researcher", text, text, "en", "ltr", text, text, sections))


def turned(report: Report) -> Report:
    """Give a report as it would be in Persian, from right to left."""
    return replace(report, language="fa", direction="rtl", digits="۰۱۲۳۴۵۶۷۸۹", table_word="جدول", figure_word="شکل")


def every_block_of(texts: tuple[str, ...]) -> Report:
    """Give one report that has every kind of block with each of these texts."""
    reports = [every_block(text) for text in texts]
    return numbered(replace(reports[0], sections=tuple(section for one in reports for section in one.sections)))


BATCHES = tuple((*ODD, *CONTROLS)[start : start + 13] for start in range(0, len(ODD) + len(CONTROLS), 13))
