"""The requirements of PDF/UA-1 (ISO 14289-1) that a program can look at, by clause; no substitute for a person.

veraPDF needs a Java archive that no package registry of this project holds, so its machine-checkable rules that
matter for documents without forms, media and attachments are written down here, with pypdf only.
"""

from __future__ import annotations

import re
from io import BytesIO

from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject

BLOCKS = {"Document", "Part", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "P", "H", "NonStruct"}
STANDARD = BLOCKS | {f"H{level}" for level in range(1, 7)} | {
    "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", "THead", "TBody", "TFoot", "Span", "Quote", "Note",
    "Reference", "BibEntry", "Code", "Link", "Annot", "Figure", "Formula", "Form",
}  # fmt: skip
CHILDREN = {
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
    "THead": {"TR"}, "TBody": {"TR"}, "TFoot": {"TR"},
    "TR": {"TH", "TD"},
    "L": {"LI", "Caption", "L"},
    "LI": {"Lbl", "LBody"},
    "TOC": {"TOCI", "TOC", "Caption"},
}  # fmt: skip
PAINTING = {
    b"Tj", b"TJ", b"'", b'"', b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"S", b"s", b"Do", b"sh", b"EI",
    b"INLINE IMAGE",
}  # fmt: skip


def faults(content: bytes) -> list[str]:
    """Give a sentence for each requirement that a PDF does not meet."""
    reader = PdfReader(BytesIO(content))
    return [*_document(reader, content), *_structure(reader), *_contents(reader), *_fonts(reader), *_links(reader)]


def elements(reader: PdfReader) -> list[tuple[str, DictionaryObject]]:
    """Give every structure element in reading order with its role, mapped to a standard one."""
    root = reader.trailer["/Root"]["/StructTreeRoot"]
    roles = {name[1:]: role[1:] for name, role in root.get("/RoleMap", {}).items()}
    found: list[tuple[str, DictionaryObject]] = []

    def walk(node: object) -> None:
        node = node.get_object()
        if isinstance(node, ArrayObject):
            for part in node:
                walk(part)
        elif isinstance(node, DictionaryObject):
            if "/S" in node:
                name = node["/S"][1:]
                while name in roles:
                    name = roles[name]
                found.append((name, node))
            if "/K" in node:
                walk(node["/K"])

    walk(root["/K"])
    return found


def _document(reader: PdfReader, content: bytes) -> list[str]:
    root = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_object().get_data().decode("utf-8") if "/Metadata" in root else ""
    titled = re.search(r"<dc:title>.*?<rdf:li[^>]*>([^<]+)</rdf:li>", metadata, re.DOTALL)
    window, mark = root.get("/ViewerPreferences", {}), root.get("/MarkInfo", {})
    needed = {
        "6.1: the header is not PDF 1.x": re.match(rb"%PDF-1\.[0-7]", content),
        "5: the metadata do not declare PDF/UA-1": "<pdfuaid:part>1</pdfuaid:part>" in metadata,
        "7.1-9: the metadata hold no title": titled,
        "7.1-10: the window does not show the title": _is_true(window, "/DisplayDocTitle"),
        "7.1: not marked as tagged": _is_true(mark, "/Marked"),
        "7.1-11: suspect tags": not _is_true(mark, "/Suspects"),
        "7.1: no structure": root.get("/StructTreeRoot", {}).get("/K"),
        "7.2-34: no language": root.get("/Lang"),
        "7.17: no bookmarks": root.get("/Outlines"),
        "7.16: encrypted": not reader.is_encrypted,
        "7.15: XFA form": "/AcroForm" not in root,
        "7.11: attachments": "/EmbeddedFiles" not in root.get("/Names", {}),
        "7.19: scripts": "/JavaScript" not in root.get("/Names", {}) and "/OpenAction" not in root,
    }
    return [sentence for sentence, met in needed.items() if not met]


def _is_true(held: DictionaryObject, name: str) -> bool:
    return name in held and held[name].value is True


def _structure(reader: PdfReader) -> list[str]:
    if "/StructTreeRoot" not in reader.trailer["/Root"]:
        return []
    found, level = [], 0
    roles = {id(node): role for role, node in elements(reader)}
    for role, node in elements(reader):
        if role not in STANDARD:
            found.append(f"7.1-5: the role {role} is not mapped to a standard one")
        if role in {"Figure", "Formula"} and not str(node.get("/Alt", node.get("/ActualText", ""))).strip():
            found.append(f"7.3-1: a {role} has no alternative text")
        if re.fullmatch(r"H[1-6]", role):
            if int(role[1]) > level + 1:
                found.append(f"7.4.2-1: a heading of level {role[1]} follows one of level {level}")
            level = int(role[1])
        if role == "TH" and not _attribute(node, "/Scope"):
            found.append("7.5-1: a header cell has no scope")
        inner = {roles[id(part)] for part in _parts(node) if id(part) in roles}
        if role in CHILDREN and inner - CHILDREN[role]:
            found.append(f"7.2: a {role} holds {sorted(inner - CHILDREN[role])}")
        if role == "Table" and not _holds(node, roles, "TH"):
            found.append("7.5: a table has no header cells")
    if level == 0:
        found.append("7.4: no heading")
    return found


def _parts(node: DictionaryObject) -> list[DictionaryObject]:
    kids = node.get("/K", ArrayObject()).get_object() if "/K" in node else ArrayObject()
    kids = kids if isinstance(kids, ArrayObject) else ArrayObject([kids])
    return [part for part in (kid.get_object() for kid in kids) if isinstance(part, DictionaryObject)]


def _holds(node: DictionaryObject, roles: dict[int, str], role: str) -> bool:
    return any(roles.get(id(part)) == role or _holds(part, roles, role) for part in _parts(node))


def _attribute(node: DictionaryObject, name: str) -> object:
    held = node.get("/A", ArrayObject()).get_object() if "/A" in node else ArrayObject()
    held = held if isinstance(held, ArrayObject) else ArrayObject([held])
    return next((one.get_object()[name] for one in held if name in one.get_object()), None)


def _contents(reader: PdfReader) -> list[str]:
    """Everything painted is either in the structure or said to be decoration; the structure knows every mark."""
    root = reader.trailer["/Root"]
    if "/StructTreeRoot" not in root:
        return []
    parents = _numbers(root["/StructTreeRoot"].get("/ParentTree", DictionaryObject()))
    found = []
    for place, page in enumerate(reader.pages, start=1):
        known = parents.get(page.get("/StructParents"))
        known = [] if known is None else known.get_object()
        marks = []
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            if operator in {b"BDC", b"BMC"}:
                marks.append((operands[0], operands[1].get("/MCID") if len(operands) > 1 else None))
                if marks[-1][1] is not None and not (marks[-1][1] < len(known) and known[marks[-1][1]]):
                    found.append(f"7.1-3: page {place}: the structure does not know the mark {marks[-1][1]}")
            elif operator == b"EMC":
                marks.pop()
            elif operator in PAINTING and not any(tag == "/Artifact" or mark is not None for tag, mark in marks):
                found.append(f"7.1-3: page {place}: something painted is neither content nor decoration")
        if page.get("/Annots") and page.get("/Tabs") != "/S":
            found.append(f"7.18.3-1: page {place}: the tab order is not that of the structure")
    return found


def _numbers(tree: DictionaryObject) -> dict[int, object]:
    found = dict(zip(tree.get("/Nums", [])[::2], tree.get("/Nums", [])[1::2], strict=True))
    for kid in tree.get("/Kids", []):
        found |= _numbers(kid.get_object())
    return found


def _fonts(reader: PdfReader) -> list[str]:
    found = []
    for page in reader.pages:
        for name, held_font in page.get("/Resources", {}).get_object().get("/Font", {}).items():
            font = held_font.get_object()
            inner = font.get("/DescendantFonts", ArrayObject([font]))[0].get_object()
            held = inner.get("/FontDescriptor", DictionaryObject()).get_object()
            if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(held) and font["/Subtype"] != "/Type3":
                found.append(f"7.21.4.1-1: the font {name} is not embedded")
            if "/ToUnicode" not in font:
                found.append(f"7.21.7-1: the font {name} does not say what its letters are")
    return found


def _links(reader: PdfReader) -> list[str]:
    found = []
    for place, page in enumerate(reader.pages, start=1):
        for annotation in page.get("/Annots", []):
            one = annotation.get_object()
            if one["/Subtype"] == "/Link" and "/StructParent" not in one:
                found.append(f"7.18.5-1: page {place}: a link is not in the structure")
            if one["/Subtype"] == "/Link" and not one.get("/Contents"):
                found.append(f"7.18.5-2: page {place}: a link has no description")
    return found
