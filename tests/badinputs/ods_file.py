"""OpenDocument sheets for tests and benchmarks, written row by row."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

KIND = "application/vnd.oasis.opendocument.spreadsheet"
_URNS = "urn:oasis:names:tc:opendocument:xmlns"
_HEAD = (
    f'<office:document-content xmlns:office="{_URNS}:office:1.0" xmlns:table="{_URNS}:table:1.0" '
    f'xmlns:text="{_URNS}:text:1.0"><office:body><office:spreadsheet><table:table table:name="Answers">'
)
_TAIL = "</table:table></office:spreadsheet></office:body></office:document-content>"
_MANIFEST = f'<m:manifest xmlns:m="{_URNS}:manifest:1.0"/>'


def ods_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """Give a sheet: whole numbers as numbers, moments as dates, everything else as text, blanks as blank cells."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_named("mimetype"), KIND)
        with archive.open(_named("content.xml"), "w", force_zip64=True) as part:
            part.write(_HEAD.encode())
            part.writelines(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>".encode() for row in rows)
            part.write(_TAIL.encode())
        archive.writestr(_named("META-INF/manifest.xml"), _MANIFEST)
    return stream.getvalue()


def _named(name: str) -> zipfile.ZipInfo:
    """Give a part a fixed date, so that the same rows always give the same bytes."""
    entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
    return entry


def _cell(value: object) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, int):
        held = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {held}><text:p>{value}</text:p></table:table-cell>"
    if isinstance(value, dt.datetime):
        held = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        return f"<table:table-cell {held}><text:p>{value}</text:p></table:table-cell>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'
