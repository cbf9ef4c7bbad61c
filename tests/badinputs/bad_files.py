"""Files that must be refused, or read in spite of a fault: missing, damaged, encoded, cut off, disguised."""

import gzip
import os
import socket
import zipfile
from io import BytesIO

from bad_study import HEADER, BadStudy, case, repacked, workbook

AFTER = "after.csv"
BOOK = "after.xlsx"


# --- B029, B030, B031: no file, no regular file, no permission


@case("B029", 3, "IN-MISSING", says=("does not exist", "'before.csv'", "cohort north", "wave after"))
def file_is_missing(study: BadStudy):
    study.withhold(AFTER)


@case("B029", 3, "IN-MISSING", file="aftr.csv", says=("did you mean 'after.csv'",))
def file_is_misspelt(study: BadStudy):
    study.exports[1]["file"] = "aftr.csv"


@case("B029", 3, "IN-MISSING", file="data/after.csv", says=("nor does its folder",))
def folder_is_missing(study: BadStudy):
    study.exports[1]["file"] = "data/after.csv"


@case("B029", 3, "IN-MISSING", says=("link",))
def link_to_nothing(study: BadStudy):
    study.withhold(AFTER)
    study.path(AFTER).symlink_to("gone.csv")


@case("B029", 3, "IN-MISSING", file="roster.csv", says=("does not exist",))
def roster_is_missing(study: BadStudy):
    study.cohort["roster"] = {"file": "roster.csv", "person_id": "code"}


@case("B029", 3, "IN-MISSING", count=2, file="before.csv")
def both_files_are_missing(study: BadStudy):
    study.withhold("before.csv")
    study.withhold(AFTER)


@case("B030", 3, "IN-NOTFILE", says=("a folder",), seconds=2)
def file_is_a_folder(study: BadStudy):
    study.withhold(AFTER)
    study.path(AFTER).mkdir()


@case("B030", 3, "IN-NOTFILE", says=("a named pipe",), seconds=2)
def file_is_a_pipe(study: BadStudy):
    study.withhold(AFTER)
    os.mkfifo(study.path(AFTER))


@case("B030", 3, "IN-NOTFILE", says=("a socket",), seconds=2)
def file_is_a_socket(study: BadStudy):
    study.withhold(AFTER)
    here = os.open(".", os.O_RDONLY)
    server = socket.socket(socket.AF_UNIX)
    # The path of a socket may have 108 bytes, and pytest's folders are deep.
    os.chdir(study.folder)
    server.bind(AFTER)
    os.fchdir(here)
    os.close(here)
    study.afterwards(server.close)


@case("B030", 3, "IN-NOTFILE", file="/dev/zero", says=("a device",), seconds=2)
def file_is_a_device(study: BadStudy):
    study.exports[1]["file"] = "/dev/zero"


@case("B031", 3, "IN-PERM", says=("----------", "chmod"))
def file_may_not_be_read(study: BadStudy):
    study.give(AFTER, study.csv("after"))
    study.write()
    study.withhold(AFTER)
    study.path(AFTER).chmod(0)
    study.afterwards(lambda: study.path(AFTER).chmod(0o600))


# --- B033, B034: nobody answered


@case("B033", 3, "IN-NOROWS", says=("header", "'code'", "no response"))
def header_and_no_row(study: BadStudy):
    study.after = []


@case("B033", 3, "IN-NOROWS", says=("empty",))
def no_byte_at_all(study: BadStudy):
    study.give(AFTER, b"")


@case("B033", 3, "IN-NOROWS", file=BOOK, says=("header", "no response"))
def workbook_with_a_header_only(study: BadStudy):
    as_workbook(study, workbook(("Answers", [HEADER])))


@case("B034", 3, "IN-NOROWS", says=("3 blank rows",))
def only_blank_lines(study: BadStudy):
    study.give(AFTER, "\n  \n\n")


@case("B034", 3, "IN-NOROWS", says=("4 blank rows",))
def only_delimiters(study: BadStudy):
    study.give(AFTER, ",,,\n" * 4)


@case("B034", 3, "IN-NOROWS", says=("header",))
def header_and_delimiters(study: BadStudy):
    study.give(AFTER, ",".join(HEADER) + "\n" + ",,,,,\n" * 4)


# --- B035, B037: encodings


@case("B035", 3, "IN-ENCODING", says=("UTF-16", "FF FE", "encoding: utf-16"))
def utf16_with_a_mark(study: BadStudy):
    study.give(AFTER, study.csv("after", delimiter="\t").encode("utf-16"))


@case("B035", 3, "IN-ENCODING", says=("UTF-16-LE", "encoding: utf-16-le"))
def utf16_without_a_mark(study: BadStudy):
    study.give(AFTER, study.csv("after").encode("utf-16-le"))


@case("B035", 3, "IN-ENCODING", row=2, column="said", says=("0xE8", "encoding: latin-1"))
def latin_1_that_says_nothing(study: BadStudy):
    study.after[0][4] = "très bien"
    study.give(AFTER, study.csv("after").encode("latin-1"))


@case("B035", 3, "IN-ENCODING", says=("utf-8", "byte order mark", "utf-16"))
def declared_otherwise_than_it_is_marked(study: BadStudy):
    study.exports[1]["encoding"] = "utf-8"
    study.give(AFTER, study.csv("after").encode("utf-16"))


@case("B035", 3, "IN-ENCODING", says=("not known", "cp1256"))
def declared_in_an_unknown_encoding(study: BadStudy):
    study.exports[1]["encoding"] = "persian-7"


@case("B035", 0, "OK-ENCODING")
def utf16_that_is_declared(study: BadStudy):
    study.exports[1]["encoding"] = "utf-16"
    study.give(AFTER, study.csv("after").encode("utf-16"))


def mark_stripped(tables: dict):
    assert (tables["sources"]["rows"] == 12).all()
    assert tables["sources"]["notes"].str.contains("byte order mark").any()


@case("B037", 0, "OK-BOM", then=mark_stripped)
def utf8_with_a_mark(study: BadStudy):
    study.give(AFTER, b"\xef\xbb\xbf" + study.csv("after").encode())


@case("B037", 0, "OK-BOM", then=mark_stripped)
def utf8_with_a_mark_before_a_quoted_header(study: BadStudy):
    study.give(AFTER, b'\xef\xbb\xbf"code"' + study.csv("after").encode()[4:])


# --- B038, B039: control characters and quotation marks


@case("B038", 3, "IN-CONTROL", row=4, column="said (E)", says=("0x00",))
def nul_in_a_cell(study: BadStudy):
    study.after[2][4] = "a\x00b"


@case("B038", 3, "IN-CONTROL", row=4, column="code (A)", says=("0x00",))
def nul_in_an_id(study: BadStudy):
    study.after[2][0] += "\x00"


@case("B038", 3, "IN-CONTROL", row=1, column="q\\u0001", says=("0x01",), alone=False)
def control_character_in_the_header(study: BadStudy):
    study.headers["after"][1] = "q\x01"


@case("B039", 3, "IN-QUOTE", row=5, column="E", says=("opens here", "not closed"))
def quote_that_swallows_the_rest(study: BadStudy):
    lines = study.csv("after").splitlines()
    lines[4] = lines[4].replace("marker", '"marker')
    study.give(AFTER, "\n".join(lines) + "\n")


@case("B039", 3, "IN-QUOTE", row=3, column="E", says=("inside a cell", "double"))
def quote_inside_a_cell(study: BadStudy):
    lines = study.csv("after").splitlines()
    lines[2] = lines[2].replace("marker", '"marker" a').replace("mother", '"mother"')
    study.give(AFTER, "\n".join(lines) + "\n")


@case("B039", 3, "IN-QUOTE", row=13, column="E", says=("not closed",))
def quote_open_in_the_last_row(study: BadStudy):
    lines = study.csv("after").splitlines()
    lines[12] = lines[12].replace("marker", '"marker')
    study.give(AFTER, "\n".join(lines))


# --- B041, B042, B043: rows that are too long or too short


@case("B041", 3, "IN-RAGGED", row=4, says=("7 cells", "the header 6", "P… (7 characters)"))
def one_row_with_an_extra_cell(study: BadStudy):
    study.after[2].append("extra")


@case("B041", 3, "IN-RAGGED", row=2, says=("7 cells",), count=1)
def first_row_with_an_extra_cell(study: BadStudy):
    study.after[0].append("extra")


@case("B041", 3, "IN-RAGGED", row=4, count=3)
def three_rows_with_extra_cells(study: BadStudy):
    for row in (2, 5, 7):
        study.after[row] += ["", "extra"]


@case("B041", 3, "IN-RAGGED", row=4, says=("7 cells",), alone=False)
def comment_with_a_comma_and_no_quotes(study: BadStudy):
    text = study.csv("after").splitlines()
    text[3] = text[3].replace("marker comment", "marker, comment")
    study.give(AFTER, "\n".join(text) + "\n")


@case("B042", 3, "IN-RAGGED", says=("each row has 1 more cell than the header", "7 against 6"))
def every_row_with_an_extra_cell(study: BadStudy):
    for row in study.after:
        row.append("")


@case("B042", 3, "IN-RAGGED", says=("each row has 1 fewer cell",))
def header_with_an_extra_cell(study: BadStudy):
    study.headers["after"].append("extra")


@case("B043", 3, "IN-RAGGED", row=4, says=("5 cells", "the header 6"))
def one_row_with_a_cell_too_few(study: BadStudy):
    del study.after[2][5]


@case("B043", 3, "IN-RAGGED", row=13, says=("4 cells",))
def last_row_cut_off(study: BadStudy):
    text = study.csv("after")
    study.give(AFTER, text[: text.rindex(",", 0, text.rindex(COMMENT_START))])


COMMENT_START = "marker"


# --- B045, B046, B047: delimiters and line ends


@case("B045", 3, "IN-DELIM", says=("before.csv", "comma", "semicolon", "delimiter:"))
def waves_with_different_delimiters(study: BadStudy):
    study.give(AFTER, study.csv("after", delimiter=";"))


@case("B045", 3, "IN-DELIM", row=1, says=("header is one column", "';'"))
def declared_delimiter_that_is_not_there(study: BadStudy):
    study.exports[1]["delimiter"] = ","
    study.give(AFTER, study.csv("after", delimiter=";"))


@case("B045", 3, "IN-DELIM", says=("one usable character",))
def declared_delimiter_of_two_characters(study: BadStudy):
    study.exports[1]["delimiter"] = "::"


@case("B045", 0, "OK-DELIM")
def different_delimiters_that_are_declared(study: BadStudy):
    study.exports[1]["delimiter"] = ";"
    study.give(AFTER, study.csv("after", delimiter=";"))


@case("B045", 0, "OK-DELIM")
def both_waves_with_semicolons(study: BadStudy):
    for wave in ("before", "after"):
        study.give(f"{wave}.csv", study.csv(wave, delimiter=";"))


@case("B046", 3, "IN-NEWLINE", says=("CR alone", "save"))
def lines_that_end_with_cr(study: BadStudy):
    study.give(AFTER, study.csv("after", end="\r"))


def all_rows_read(tables: dict):
    assert (tables["sources"]["rows"] == 12).all()


@case("B047", 0, "WARN-NEWLINE", says=("CRLF", "LF"), then=all_rows_read)
def lines_that_end_in_two_ways(study: BadStudy):
    lines = study.csv("after").splitlines()
    study.give(AFTER, "\r\n".join(lines[:5]) + "\r\n" + "\n".join(lines[5:]) + "\n")


@case("B047", 0, "OK-NEWLINE", then=all_rows_read)
def lines_that_end_with_crlf(study: BadStudy):
    study.give(AFTER, study.csv("after", end="\r\n"))


# --- B049, B050: tables as long as their format can hold


@case("B049", 3, "IN-XLSLIMIT", file="after.xls", says=("65536", "xlsx"))
def old_binary_workbook(study: BadStudy):
    study.exports[1]["file"] = "after.xls"
    study.give("after.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))


@case("B049", 3, "IN-XLSLIMIT", says=("65536", "cut off"))
def csv_as_long_as_a_binary_workbook(study: BadStudy):
    rows = "".join(f"P{n:06},1,2,3,,2026-06-10\n" for n in range(65_535))
    study.give(AFTER, ",".join(HEADER) + "\n" + rows)


@case("B050", 3, "IN-XLSXLIMIT", file=BOOK, says=("1048576", "cut off"))
def workbook_as_long_as_can_be(study: BadStudy):
    def fill(markup: bytes) -> bytes:
        start, end = markup.split(b"<sheetData>")[0], markup.split(b"</sheetData>")[1]
        # Numbers that differ, so that the zip packs like a real one and not like a bomb.
        rows = b"".join(b'<row r="%d"/>' % n for n in range(1, 1_048_577))
        return start + b"<sheetData>" + rows + b"</sheetData>" + end

    as_workbook(study, repacked(good_book(study), {"xl/worksheets/sheet1.xml": fill}))


# --- B051 to B055: sheets, formulas, header rows


def good_book(study: BadStudy) -> bytes:
    return workbook(("Answers", [HEADER, *study.after]))


def as_workbook(study: BadStudy, content: bytes):
    study.exports[1]["file"] = BOOK
    study.give(BOOK, content)


@case("B051", 3, "IN-SHEET", file=BOOK, says=("'Answers'", "'Other'", "sheet: NAME"))
def two_sheets_and_none_named(study: BadStudy):
    as_workbook(study, workbook(("Answers", [HEADER, *study.after]), ("Other", [["x"]])))


@case("B051", 3, "IN-SHEET", file=BOOK, says=("'Answrs'", "did you mean", "Answers"))
def sheet_that_is_not_there(study: BadStudy):
    study.exports[1]["sheet"] = "Answrs"
    as_workbook(study, good_book(study))


@case("B051", 0, "OK-SHEET")
def one_of_two_sheets_named(study: BadStudy):
    study.exports[1]["sheet"] = "Answers"
    as_workbook(study, workbook(("Answers", [HEADER, *study.after]), ("Other", [["x"]])))


def with_cell(study: BadStudy, value: str):
    study.after[3][2] = value
    as_workbook(study, good_book(study))


@case("B053", 3, "IN-FORMULA", file=BOOK, row=5, column="q2 (C)", says=("C5", "not shown", "as values"))
def cell_with_a_formula(study: BadStudy):
    with_cell(study, "=1+1")


@case("B053", 3, "IN-FORMULA", file=BOOK, row=5, column="q2 (C)", says=("C5", "#REF!"))
def cell_with_an_error(study: BadStudy):
    with_cell(study, "#REF!")


@case("B053", 3, "IN-FORMULA", file=BOOK, row=5, column="q2 (C)", says=("#N/A",))
def cell_without_a_value(study: BadStudy):
    with_cell(study, "#N/A")


@case("B053", 3, "IN-FORMULA", file=BOOK, count=12, row=2)
def column_of_formulas(study: BadStudy):
    for row in study.after:
        row[1] = '=HYPERLINK("http://example.org/?"&A2)'
    as_workbook(study, good_book(study))


@case("B054", 3, "IN-HEADERROWS", file=BOOK, row=1, says=("merged", "B1:D1", "row 1 begins"), alone=False)
def merged_header_cells(study: BadStudy):
    import openpyxl
    from bad_study import saved

    book = openpyxl.load_workbook(BytesIO(workbook(("Answers", [HEADER, *study.after]))))
    book.active.merge_cells("B1:D1")
    as_workbook(study, saved(book))


TEXTS = ["Your code, please", "How sure are you of yourself?", "How calm are you at work?",
         "How tired are you at night?", "What else would you say?", "On which day was it filled in?"]  # fmt: skip


@case("B054", 3, "IN-HEADERROWS", row=2, says=("two header rows", "row 1 begins", "platform"))
def row_of_question_texts(study: BadStudy):
    study.after.insert(0, TEXTS)


@case("B055", 3, "IN-HEADERROWS", says=("ImportId", "platform: qualtrics"))
def qualtrics_read_as_a_plain_table(study: BadStudy):
    study.after[:0] = [TEXTS, [f'{{"ImportId":"QID{n}"}}' for n in range(6)]]


@case("B055", 0, "OK-QUALTRICS", then=all_rows_read)
def qualtrics_that_is_recognised(study: BadStudy):
    study.exports[1]["platform"] = "auto"
    study.after[:0] = [TEXTS, [f'{{"ImportId":"QID{n}"}}' for n in range(6)]]


# --- B057, B058, B059: archives as a weapon


@case("B057", 3, "IN-BOMB", file=BOOK, says=("times its size", "100"), seconds=1.5)
def workbook_that_unpacks_without_end(study: BadStudy):
    as_workbook(study, repacked(good_book(study), {}, {"xl/media/image1.png": bytes(30_000_000)}))


@case("B057", 3, "IN-BOMB", file=BOOK, says=("10001 parts",), seconds=5)
def workbook_of_ten_thousand_parts(study: BadStudy):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for n in range(10_001):
            made.writestr(f"xl/p{n}", b"")
    as_workbook(study, stream.getvalue())


@case("B057", 3, "IN-BOMB", says=("times its size", "100"), seconds=1.5)
def gzip_that_unpacks_without_end(study: BadStudy):
    study.give(AFTER, gzip.compress(bytes(1 << 24), 9) * 65)


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def declare(study: BadStudy, part: str, declaration: bytes):
    def change(markup: bytes) -> bytes:
        head, mark, rest = markup.partition(b"?>")
        return head + mark + declaration + rest if mark else declaration + markup

    as_workbook(study, repacked(good_book(study), {part: change}))


@case("B058", 3, "IN-XML", file=BOOK, says=("entities", "export it again"), seconds=2)
def workbook_with_laughing_entities(study: BadStudy):
    declare(study, "xl/worksheets/sheet1.xml", ENTITIES)


@case("B058", 3, "IN-XML", file=BOOK, says=("xl/workbook.xml",), seconds=2)
def workbook_that_reads_another_file(study: BadStudy):
    declare(study, "xl/workbook.xml", OUTSIDE)


@case("B058", 3, "IN-XML", file=BOOK, seconds=2)
def entities_in_a_part_of_relations(study: BadStudy):
    declare(study, "xl/_rels/workbook.xml.rels", ENTITIES)


def smuggled(study: BadStudy, name: str):
    as_workbook(study, repacked(good_book(study), {}, {name: b"x"}))


@case("B059", 3, "IN-ZIPSLIP", file=BOOK, value="../../x", seconds=2)
def part_that_leads_out(study: BadStudy):
    smuggled(study, "../../x")


@case("B059", 3, "IN-ZIPSLIP", file=BOOK, value="/tmp/x", seconds=2)
def part_with_an_absolute_path(study: BadStudy):
    smuggled(study, "/tmp/x")


@case("B059", 3, "IN-ZIPSLIP", file=BOOK, value="C:", seconds=2)
def part_with_a_drive(study: BadStudy):
    smuggled(study, "C:\\x")


# --- B061, B062: packed and moving files


def packed(study: BadStudy, cut: slice):
    study.exports[1]["file"] = "after.csv.gz"
    study.give("after.csv.gz", gzip.compress(study.csv("after").encode())[cut])


@case("B061", 3, "IN-GZIP", file="after.csv.gz", says=("ends too early", "bytes could be read, none are used"))
def gzip_cut_off(study: BadStudy):
    packed(study, slice(0, -20))


@case("B061", 3, "IN-GZIP", file="after.csv.gz", says=("damaged",))
def gzip_with_a_wrong_sum(study: BadStudy):
    content = bytearray(gzip.compress(study.csv("after").encode()))
    content[-8] ^= 0xFF
    study.exports[1]["file"] = "after.csv.gz"
    study.give("after.csv.gz", bytes(content))


@case("B061", 0, "OK-GZIP", then=all_rows_read)
def gzip_in_order(study: BadStudy):
    packed(study, slice(None))


@case("B061", 3, "IN-XLSX", file=BOOK, says=("damaged",))
def workbook_cut_off(study: BadStudy):
    as_workbook(study, good_book(study)[:-400])


def changes_while_read(study: BadStudy, change):
    """Let something else write to the file whenever its bytes have been read."""
    from balint_eval.ingest import source

    real = source._read_bytes

    def read(path, shown_as):
        content = real(path, shown_as)
        if path.name == AFTER:
            change(path)
        return content

    source._read_bytes = read
    study.afterwards(lambda: setattr(source, "_read_bytes", real))


@case("B062", 3, "IN-CHANGED", says=("changed while it was read", "bytes before", "wait"))
def file_that_is_touched_while_read(study: BadStudy):
    moments = iter(range(1, 1000))
    changes_while_read(study, lambda path: os.utime(path, times=(1, next(moments))))


@case("B062", 3, "IN-CHANGED", says=("changed while it was read",))
def file_that_is_replaced_while_read(study: BadStudy):
    def replace(path):
        other = path.with_suffix(".other")
        other.write_bytes(path.read_bytes())
        other.replace(path)

    changes_while_read(study, replace)
