"""Office files that are the same bytes for the same content, on every machine and day."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

FIXED_DATE = (2024, 1, 1, 0, 0, 0)
_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{program}</dc:creator>'
    "{further}</cp:coreProperties>"
)
_APPLICATION = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>{program}</Application></Properties>"
)


def without_dates(packed: bytes, program: str, *, title: str = "", language: str = "") -> bytes:
    """Repack an office file so that it says neither when nor by which program version it was made.

    Parameters
    ----------
    packed : bytes
        An xlsx or docx file.
    program : str
        What the file names as its maker.
    title, language : str
        Of the document; blank ones are left out.

    Returns
    -------
    bytes
        Stored without compression: packed bytes differ from one zlib to the next.
    """
    named = {"title": title, "language": language}
    further = "".join(f"<dc:{name}>{escape(text)}</dc:{name}>" for name, text in named.items() if text)
    fixed = {
        "docProps/core.xml": _CORE.format(program=program, further=further),
        "docProps/app.xml": _APPLICATION.format(program=program),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in sorted(old.namelist()):
            part = zipfile.ZipInfo(name, FIXED_DATE)
            part.create_system = 0
            new.writestr(part, fixed.get(name) or old.read(name))
    return buffer.getvalue()
