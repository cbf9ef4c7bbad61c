# ruff: noqa: E501 - the lists of awkward texts are read across
"""Structure-aware mutations of CSV, XLSX, ODS and YAML files, each decided by one seed."""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from collections.abc import Callable

Mutation = Callable[[random.Random, bytes], bytes]

AWKWARD = (
    "", " ", "\t", "\n", "\r\n", "\r", "\x00", "\x0b", "\x1b[31m", '"', "'", '""', ",", ";", "|", "=1+1", "@x", "-", "+",
    "NA", "null", "nan", "inf", "-inf", "1e308", "1e-400", "9" * 400, "0x10", "1_0", "3.5", "3,5", "٣", "۳", "３", "²", "½",
    "\u200b", "\u200f", "\u202e", "\u2066", "\ufeff", "\ufffe", "\U0001f600", "e\u0301", "ي", "ك", "<script>", "{item}",
    "%s", "../../x", "${HOME}", "2026-02-30", "1403/05/12", "31/12/9999", "TRUE", "total", "Mean", "x" * 70_000,
)  # fmt: skip
ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "latin-1", "cp1256", "utf-7", "cp037")


# --- any bytes


def flip_bytes(dice: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 8, 64))):
        if changed:
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def cut(dice: random.Random, content: bytes) -> bytes:
    return content[: dice.randrange(len(content) + 1)]


def cut_middle(dice: random.Random, content: bytes) -> bytes:
    first, last = sorted(dice.randrange(len(content) + 1) for _ in range(2))
    return content[:first] + content[last:]


def repeat_part(dice: random.Random, content: bytes) -> bytes:
    first, last = sorted(dice.randrange(len(content) + 1) for _ in range(2))
    return content[:last] + content[first:last] * dice.choice((1, 2, 30)) + content[last:]


def insert_awkward(dice: random.Random, content: bytes) -> bytes:
    at = dice.randrange(len(content) + 1)
    return content[:at] + dice.choice(AWKWARD).encode() + content[at:]


def insert_noise(dice: random.Random, content: bytes) -> bytes:
    at = dice.randrange(len(content) + 1)
    return content[:at] + dice.randbytes(dice.choice((1, 4, 300))) + content[at:]


ANY: tuple[Mutation, ...] = (flip_bytes, cut, cut_middle, repeat_part, insert_awkward, insert_noise)


# --- tables


def _rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8", "replace").replace("\x00", ""), newline="")))


def _table(rows: list[list[str]], **options: object) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, **{"lineterminator": "\n", **options}).writerows(rows)
    return stream.getvalue().encode("utf-8", "replace")


def _place(dice: random.Random, rows: list[list[str]]) -> tuple[int, int]:
    row = dice.randrange(len(rows))
    return row, dice.randrange(max(len(rows[row]), 1))


def awkward_cells(dice: random.Random, content: bytes) -> bytes:
    rows = _rows(content)
    for _ in range(dice.choice((1, 2, 10))):
        row, column = _place(dice, rows)
        if rows[row]:
            rows[row][column] = dice.choice(AWKWARD)
    return _table(rows)


def swap_cells(dice: random.Random, content: bytes) -> bytes:
    rows = _rows(content)
    for _ in range(dice.choice((1, 5))):
        (a, b), (c, d) = _place(dice, rows), _place(dice, rows)
        rows[a][b], rows[c][d] = rows[c][d], rows[a][b]
    return _table(rows)


def swap_columns(dice: random.Random, content: bytes) -> bytes:
    rows = _rows(content)
    first, second = dice.randrange(len(rows[0])), dice.randrange(len(rows[0]))
    for row in rows[dice.choice((0, 1)) :]:
        row[first], row[second] = row[second], row[first]
    return _table(rows)


def drop_or_double(dice: random.Random, content: bytes) -> bytes:
    rows = _rows(content)
    row, column = _place(dice, rows)
    which = dice.randrange(6)
    if which == 0:
        del rows[row]
    elif which == 1:
        rows.insert(dice.randrange(len(rows)), list(rows[row]))
    elif which == 2:
        del rows[row][column:]
    elif which == 3:
        rows[row].append(dice.choice(AWKWARD))
    elif which == 4:
        rows = [[*line[:column], *line[column + 1 :]] for line in rows]
    else:
        rows = [[*line, *line[column : column + 1]] for line in rows]
    return _table(rows)


def delimit_otherwise(dice: random.Random, content: bytes) -> bytes:
    rows = _rows(content)
    split = dice.choice((0, 0, dice.randrange(len(rows))))
    delimiter, end = dice.choice(";\t|^: "), dice.choice(("\n", "\r\n", "\r", "\n\n"))
    return _table(rows[:split]) + _table(rows[split:], delimiter=delimiter, lineterminator=end)


def quote_otherwise(dice: random.Random, content: bytes) -> bytes:
    text = content.decode("utf-8", "replace")
    places = [found.start() for found in re.finditer('[",\n]', text)] or [0]
    at = dice.choice(places)
    return (text[:at] + dice.choice(('"', '""', '"""', "'", '\\"')) + text[at:]).encode()


def encode_otherwise(dice: random.Random, content: bytes) -> bytes:
    text = content.decode("utf-8", "replace")
    encoded = text.encode(dice.choice(ENCODINGS), "replace")
    return dice.choice((b"", b"", b"\xef\xbb\xbf", b"\xff\xfe", b"sep=;\n")) + encoded


def head_otherwise(dice: random.Random, content: bytes) -> bytes:
    rows = _rows(content)
    names = (
        "ImportId",
        '{"ImportId":"QID1"}',
        "Timestamp",
        "redcap_event_name",
        "Respondent ID",
        "Response ID",
        "_uuid",
    )
    which = dice.randrange(4)
    if which == 0:
        rows[0][dice.randrange(len(rows[0]))] = dice.choice((*AWKWARD, *names))
    elif which == 1:
        rows.insert(1, [dice.choice((*names, "What do you think of it?")) for _ in rows[0]])
    elif which == 2:
        rows = rows[1:]
    else:
        rows.insert(dice.randrange(len(rows)), list(rows[0]))
    return _table(rows)


TABLES: tuple[Mutation, ...] = (
    awkward_cells, awkward_cells, swap_cells, swap_columns, drop_or_double, delimit_otherwise, quote_otherwise,
    encode_otherwise, head_otherwise,
)  # fmt: skip


# --- workbooks


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts: dict[str, bytes], dice: random.Random) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", dice.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as archive:
        for name, made in parts.items():
            # A fixed date, so that one seed always gives the same bytes.
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), made)
    return stream.getvalue()


def timeless(content: bytes) -> bytes:
    """Give a workbook without the time at which it was made."""
    parts = _parts(content)
    name = "docProps/core.xml"
    parts[name] = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-01-01T00:00:00Z", parts[name])
    return _packed(parts, random.Random(0))


def edit_part(dice: random.Random, content: bytes) -> bytes:
    parts = _parts(content)
    name = dice.choice(sorted(parts))
    parts[name] = dice.choice((*ANY, edit_markup, edit_markup))(dice, parts[name])
    return _packed(parts, dice)


def edit_sheet(dice: random.Random, content: bytes) -> bytes:
    parts = _parts(content)
    name = dice.choice(sorted(name for name in parts if re.search("sheet|shared|content", name)))
    for _ in range(dice.choice((1, 1, 4))):
        parts[name] = edit_markup(dice, parts[name])
    return _packed(parts, dice)


def edit_markup(dice: random.Random, markup: bytes) -> bytes:
    """Change one tag, attribute or text of an XML part."""
    text = markup.decode("utf-8", "replace")
    pattern = dice.choice((r"<[^>]+>", r'"[^"]*"', r">[^<]+<", r"\b[a-zA-Z]+=", r"\d+"))
    found = list(re.finditer(pattern, text))
    if not found:
        return markup
    one, other = dice.choice(found), dice.choice(found)
    awkward = dice.choice(
        (*AWKWARD, "-1", "99999999999", "1048577", "XFE1", "A0", "&lt;", "&#0;", "&x;", "<!-- -->", "s", "e")
    )
    new = dice.choice((other[0], "", one[0] * 2, awkward, f'"{awkward}"'))
    return (text[: one.start()] + new + text[one.end() :]).encode("utf-8", "replace")


def shuffle_parts(dice: random.Random, content: bytes) -> bytes:
    parts = _parts(content)
    one, other = dice.choice(sorted(parts)), dice.choice(sorted(parts))
    which = dice.randrange(4)
    if which == 0:
        del parts[one]
    elif which == 1:
        parts[one], parts[other] = parts[other], parts[one]
    elif which == 2:
        parts[dice.choice(("../x", "/x", "C:\\x", "xl/x.xml", "x\x01y"))] = parts[one]
    else:
        parts[one] = b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + parts[one]
    return _packed(parts, dice)


WORKBOOKS: tuple[Mutation, ...] = (*ANY, edit_part, edit_part, edit_sheet, edit_sheet, edit_sheet, shuffle_parts)


# --- settings

WORDS = (
    "*x", "&x", "!!python/object/apply:os.system ['true']", "!x y", "[" * 300, "{" * 300, "- " * 300, "? ", "<<: *x", "|", ">-",
    "null", "~", "yes", "012", "12:30", "2026-02-30", "0x", "1e999", "9" * 5000, ".inf", ".nan", "-1", "[]", "{}", "''", '"',
    "%YAML 9.9", "---", "...", "\t", "\x85", "\u2028", "{item}", "{item:99999999d}", "{item!r}", "{0}", "{item.__class__}", "{",
    "../../x", "/dev/zero", "/", ".", "x" * 300, "\udcff", "after.csv\x00", "@D", "@ZZZ", "12345678901234567890",
)  # fmt: skip


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8", "replace").splitlines()


def _joined(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")


def swap_lines(dice: random.Random, content: bytes) -> bytes:
    lines = _lines(content)
    a, b = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]
    return _joined(lines)


def indent_otherwise(dice: random.Random, content: bytes) -> bytes:
    lines = _lines(content)
    first = dice.randrange(len(lines))
    for at in range(first, min(len(lines), first + dice.choice((1, 3, 20)))):
        lines[at] = dice.choice((" ", "  ", "\t", "- ")) + lines[at]
    return _joined(lines)


def change_value(dice: random.Random, content: bytes) -> bytes:
    lines = _lines(content)
    for _ in range(dice.choice((1, 1, 3))):
        at = dice.randrange(len(lines))
        head, mark, _ = lines[at].partition(":")
        lines[at] = f"{head}{mark} {dice.choice((*WORDS, *AWKWARD[:60]))}"
    return _joined(lines)


def swap_values(dice: random.Random, content: bytes) -> bytes:
    lines = _lines(content)
    a, b = dice.randrange(len(lines)), dice.randrange(len(lines))
    (one, mark, left), (other, sign, right) = lines[a].partition(":"), lines[b].partition(":")
    lines[a], lines[b] = one + mark + right, other + sign + left
    return _joined(lines)


def change_key(dice: random.Random, content: bytes) -> bytes:
    lines = _lines(content)
    at = dice.randrange(len(lines))
    lines[at] = re.sub(
        r"\w+(?=:)", dice.choice(("x", "name", "file", "1", "~", "[a]", "<<", "items")), lines[at], count=1
    )
    return _joined(lines)


def double_lines(dice: random.Random, content: bytes) -> bytes:
    lines = _lines(content)
    first, last = sorted(dice.randrange(len(lines) + 1) for _ in range(2))
    return _joined(lines[:last] + lines[first:last] * dice.choice((1, 1, 40)) + lines[last:])


def drop_lines(dice: random.Random, content: bytes) -> bytes:
    lines = _lines(content)
    first = dice.randrange(len(lines))
    return _joined(lines[:first] + lines[first + dice.choice((1, 1, 4)) :])


SETTINGS: tuple[Mutation, ...] = (
    *ANY, swap_lines, indent_otherwise, change_value, change_value, change_value, swap_values, swap_values, change_key,
    double_lines, drop_lines,
)  # fmt: skip

KINDS: dict[str, tuple[Mutation, ...]] = {
    "csv": (*ANY, *TABLES), "xlsx": WORKBOOKS, "yaml": SETTINGS, "ods": WORKBOOKS, "parquet": ANY,
}  # fmt: skip


def mutate(seed: int, kind: str, content: bytes) -> tuple[bytes, str]:
    """Give a mutated file, always the same for one seed, and the names of the mutations."""
    dice = random.Random(f"{kind} {seed}")
    told = []
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        mutation = dice.choice(KINDS[kind])
        try:
            content = mutation(dice, content)
        except Exception:
            # What an earlier mutation broke cannot be changed by its structure any more.
            content = flip_bytes(dice, content)
        told.append(mutation.__name__)
    return content, ", ".join(told)
