"""Self-made codes said in the codebook alone: elements, their columns, every fault at its row."""

import copy
import io

import openpyxl
import pytest
import yaml

from balint_eval.codebook.model import KINDS
from balint_eval.codebook.words import SHEETS, word
from balint_eval.codebook.workbook import Draft, workbook_bytes
from balint_eval.errors import StudyError
from balint_eval.study_model import CodeElement, Linkage

ELEMENTS = [
    {"element": "mother", "kind": "letters", "length": 2},
    {"element": "day", "kind": "day"},
    {"element": "place", "kind": "letters", "length": 2},
]
BEFORE = [["MA", 3, "TE", 1, 2, 3], ["LE", 21, "SH", 5, 4, 3], ["PA", 14, "IS", 2, 2, 2]]
AFTER = [["ma03te", 1, 2, 4], ["LE21SH", 5, 5, 3], ["PA15IS", 3, 2, 2]]


def items(file, names=("q1", "q2", "q3")):
    return [
        {"file": file, "column": name, "use": "item", "instrument": "TRY", "item": at}
        for at, name in enumerate(names, start=1)
    ]


def asked(file, *names):
    columns = {"mother": "m", "day": "d", "place": "p"}
    return [{"file": file, "column": columns[name], "use": "code_element", "element": name} for name in names]


@pytest.fixture
def book():
    """One file asks for the code in three questions, the other in one column."""
    return copy.deepcopy({
        "columns": [
            *asked("before.csv", "mother", "day", "place"), *items("before.csv"),
            {"file": "after.csv", "column": "code", "use": "person_id"}, *items("after.csv"),
        ],
        "answers": [],
        "waves": [{"file": f"{wave}.csv", "wave": wave} for wave in ("before", "after")],
        "forms": [],
        "elements": ELEMENTS,
    })  # fmt: skip


@pytest.fixture
def described(folder):
    """A study file that says nothing of codes and columns."""
    for export in folder.cohort["exports"]:
        for key in ("person_id", "items", "wave"):
            del export[key]
    folder.content["codebook"] = "codebook.xlsx"
    folder.rows("before.csv", *BEFORE, header=["m", "d", "p", "q1", "q2", "q3"])
    folder.rows("after.csv", *AFTER)
    return folder


def write(folder, book, language="en"):
    (folder.folder / "codebook.xlsx").write_bytes(workbook_bytes(Draft(rows=book), language))


@pytest.fixture
def faults(described, book):
    def read():
        write(described, book)
        with pytest.raises(StudyError) as caught:
            described.read()
        return list(caught.value.problems)

    return read


@pytest.mark.parametrize("language", ["en", "fa"])
def test_from_exports_to_linked_people_with_the_codebook_alone(described, book, language):
    write(described, book, language)
    study = described.read().study
    assert study.linkage == Linkage(method="code", elements=[CodeElement(**_as_study(row)) for row in ELEMENTS])
    assert [(c.element, c.column) for c in study.cohorts[0].exports[0].code_columns] == [
        ("mother", "m"),
        ("day", "d"),
        ("place", "p"),
    ]
    links = described.ingest().tables["links"]
    # MA 3 TE and ma03te are one code; 14 and 15 differ in one element and nobody else is near.
    assert links.groupby("person_id")["wave"].nunique().tolist() == [2, 2, 2]


def _as_study(row):
    return {"name": row["element"], **{key: row[key] for key in ("kind", "length") if key in row}}


def test_columns_are_put_into_the_order_of_the_code(described, book):
    book["columns"][:3] = reversed(book["columns"][:3])
    write(described, book)
    assert [c.column for c in described.read().study.cohorts[0].exports[0].code_columns] == ["m", "d", "p"]


def test_yaml_says_the_same(described, book):
    write(described, book)
    workbook = described.read().study
    described.content["codebook"] = "codebook.yaml"
    (described.folder / "codebook.yaml").write_text(yaml.safe_dump(book, sort_keys=False), encoding="utf-8")
    assert described.read().study.linkage == workbook.linkage
    assert described.read().study.cohorts == workbook.cohorts


def test_other_keys_of_the_linkage_stay_in_the_study_file(described, book):
    described.content["linkage"] = {"duplicates": "first", "within_group": False}
    write(described, book)
    linkage = described.read().study.linkage
    assert (linkage.duplicates, linkage.within_group, linkage.method) == ("first", False, "code")


def test_a_sign_between_the_elements(described, book):
    book["elements"][0]["separator"] = book["elements"][1]["separator"] = "-"
    described.rows("after.csv", *[[f"{c[:2]}-{c[2:4]}-{c[4:]}", *more] for c, *more in AFTER])
    write(described, book)
    assert described.read().study.linkage.separator == "-"
    assert described.ingest().tables["links"].groupby("person_id")["wave"].nunique().tolist() == [2, 2, 2]


def test_elements_may_stay_in_the_study_file(described, book):
    described.content["linkage"] = {"method": "code", "elements": [_as_study(row) for row in ELEMENTS]}
    book["elements"] = []
    write(described, book)
    assert [c.element for c in described.read().study.cohorts[0].exports[0].code_columns] == ["mother", "day", "place"]


def test_an_older_workbook_without_the_new_sheet_and_column_is_read(described, book):
    book["columns"][:3] = [{"file": "before.csv", "column": "m", "use": "person_id"}]
    write(described, book)
    path = described.folder / "codebook.xlsx"
    loaded = openpyxl.load_workbook(path)
    loaded.remove(loaded["person code"])
    at = [cell.value for cell in loaded["columns"][1]].index("code element") + 1
    loaded["columns"].delete_cols(at)
    loaded.save(path)
    assert described.read().study.linkage.method == "exact"


def test_the_workbook_offers_kinds_and_elements(book):
    for language in ("en", "fa"):
        loaded = openpyxl.load_workbook(io.BytesIO(workbook_bytes(Draft(rows=book), language)))
        lists = {str(v.sqref).split(":")[0]: v.formula1 for v in loaded.worksheets[5].data_validations.dataValidation}
        assert lists == {"B2": f'"{",".join(word(kind, language) for kind in KINDS)}"'}
        lists = {str(v.sqref)[0]: v.formula1 for v in loaded.worksheets[1].data_validations.dataValidation}
        assert lists["K"] == f"'{loaded.worksheets[5].title}'!$A$2:$A$13"
        assert [heading.key for heading in SHEETS["columns"]][10] == "element"


@pytest.mark.parametrize(
    ("change", "place", "code", "says"),
    [
        (lambda b: b["columns"][1].update(element="dya"), ("columns", 3), "CFG-REFERENCE", "did you mean 'day'?"),
        (lambda b: b["columns"][1].update(element=""), ("columns", 3), "CFG-BLANK", "which element of the code"),
        (lambda b: b["columns"][1].update(element="place"), ("columns", 4), "CFG-ELEMENTS", "two columns of"),
        (lambda b: b["columns"][1].update(use="ignore"), ("columns", 2), "CFG-ELEMENTS", "asks for 'day' of the code"),
        (lambda b: b.update(elements=[]), ("columns", 2), "CFG-ELEMENTS", "lists none"),
        (lambda b: b["elements"][1].update(kind="dai"), ("person code", 3), "CFG-CHOICE", "did you mean 'day'?"),
        (lambda b: b["elements"][1].update(kind=""), ("person code", 3), "CFG-BLANK", "what this element is"),
        (lambda b: b["elements"][1].update(length="two"), ("person code", 3), "CFG-CHOICE", "number of signs"),
        (lambda b: b["elements"][1].update(length=99), ("person code", 3), "CFG-CHOICE", "up to 40"),
        (lambda b: b["elements"][1].update(element="=1"), ("person code", 3), "CFG-CHOICE", "name of an element"),
        (lambda b: b["elements"][1].update(separator="--"), ("person code", 3), "CFG-CHOICE", "one sign"),
        (lambda b: b["elements"][0].update(length=""), ("person code", 2), "CFG-ELEMENTS", "length of 'mother'"),
        (
            lambda b: (b["elements"][0].update(separator="-"), b["elements"][1].update(separator="/")),
            ("person code", 3), "CFG-ELEMENTS", "write the same sign",
        ),
        (lambda b: b["elements"][0].update(separator="-"), ("person code", 3), "CFG-ELEMENTS", "no sign stands after"),
        (
            lambda b: b["columns"].append({"file": "before.csv", "column": "code", "use": "person_id"}),
            ("columns", 2), "CFG-LINKAGE", "given twice",
        ),
    ],
)  # fmt: skip
def test_every_fault_at_its_row(faults, book, change, place, code, says):
    change(book)
    sheet, row = place
    found = [p for p in faults() if p.code == code and says in f"{p.what} {p.mend}"]
    assert [(p.file, p.row) for p in found] == [(f"codebook.xlsx, sheet {sheet}", row)], [str(p) for p in faults()]
    assert all(p.mend for p in found)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda b: b["columns"][1].update(element="dya"), "dya"),
        (lambda b: b["columns"][1].update(use="ignore"), "day"),
        (lambda b: b["elements"][0].update(separator="-"), "sign"),
    ],
)
def test_one_fault_is_told_once(faults, book, change, says):
    change(book)
    found = faults()
    assert len(found) == 1
    assert says in f"{found[0].what} {found[0].value}"


def test_an_element_that_stands_twice_and_two_elements_only(faults, book):
    book["elements"].append({"element": "day", "kind": "month"})
    assert ("codebook.xlsx, sheet person code", 5) in {(p.file, p.row) for p in faults()}
    book["elements"] = ELEMENTS[:2]
    book["columns"][2]["use"] = "ignore"
    (problem,) = faults()
    assert "at least 3 elements and 2 are declared" in problem.what
    assert problem.file == "codebook.xlsx, sheet person code"


@pytest.mark.parametrize("given", [{"method": "exact"}, {"elements": [{"name": "x", "kind": "day"}] * 3}])
def test_study_file_and_codebook_may_not_say_different_things(described, faults, given):
    described.content["linkage"] = given
    (problem,) = faults()
    assert (problem.code, problem.file.rpartition("/")[2], problem.column) == (
        "CFG-CODEBOOK", "study.yaml", f"linkage.{next(iter(given))}",
    )  # fmt: skip


def test_names_of_elements_in_persian(described, book):
    for row, name in zip(book["elements"], ("حروف نام مادر", "روز تولد", "شهر می\u200cآیم"), strict=True):
        row["element"] = name
    for row, element in zip(book["columns"][:3], book["elements"], strict=True):
        row["element"] = element["element"]
    write(described, book, "fa")
    assert [e.name for e in described.read().study.linkage.elements][1] == "روز تولد"
