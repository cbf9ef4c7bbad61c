"""Every bad input at the command line: exit code, stable code, place, remedy, nothing written, nothing shown."""

import importlib
import json
import re
import signal
import time
from pathlib import Path

import bad_config  # noqa: F401 - each enters its cases
import bad_files  # noqa: F401
import bad_headers  # noqa: F401
import bad_links  # noqa: F401
import bad_values  # noqa: F401
import pytest
import yaml
from bad_study import CASES, COMMENT, PEOPLE, person

from balint_eval.cli import main
from balint_eval.tables import read_table

STAGES = ("config", "read", "header", "values", "link")
LISTED = Path(__file__).parents[2].parent / "shared" / "bad_inputs.yaml"
LONGEST_WAIT = 60
A_PROBLEM = {"code", "what", "mend", "file", "row", "column", "value"}


def parameters(cases):
    """Give the first case of each code every day, and its siblings with the thorough tests."""
    seen = set()
    for case in cases:
        marks = [pytest.mark.xfail(reason=case.waits, strict=True)] if case.waits else []
        marks += [pytest.mark.skip(reason=case.skip)] if case.skip else []
        marks += [pytest.mark.thorough] if case.code in seen else []
        seen.add(case.code)
        yield pytest.param(case, id=case.name, marks=marks)


@pytest.fixture
def tell(study, capsys):
    """Run a command within its time; give exit code and what was said."""

    def run(case, *arguments):
        # Processor time, because other tests run beside this one; what blocks uses none and is ended by the alarm.
        signal.alarm(LONGEST_WAIT)
        started = time.process_time()
        code = main([*arguments])
        took = time.process_time() - started
        signal.alarm(0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        assert took < case.seconds, f"{took:.1f} s"
        see_nothing_private(said.out + said.err)
        return code, said.out, said.err

    signal.signal(signal.SIGALRM, _too_long)
    yield run
    signal.alarm(0)


def _too_long(*_):
    raise AssertionError(f"no answer within {LONGEST_WAIT} s")


@pytest.fixture(scope="module", autouse=True)
def _warm():
    """Import what a command imports before anything is timed."""
    importlib.import_module("balint_eval.pipeline")
    importlib.import_module("openpyxl")


def see_nothing_private(text):
    assert COMMENT not in text
    assert [person(n) for n in range(PEOPLE) if person(n) in text] == []


def see_place(case, found):
    assert set(found) == A_PROBLEM
    assert found["file"].endswith(case.file), found
    if case.row is not None:
        assert found["row"] == case.row, found
    assert case.column in (None, found["column"], found["column"].partition(" (")[0]), found
    assert case.value in found["value"], found
    for part in case.says:
        assert part.casefold() in f"{found['what']} {found['mend']}".casefold(), found
    assert found["mend"], "no remedy"


@pytest.mark.parametrize("case", list(parameters(case for case in CASES if case.exit)))
def test_refused(case, study, tell):
    case.spoil(study)
    path = study.write()
    before = study.snapshot()
    code, out, err = tell(case, "--errors", "json", "check", path)
    assert (code, out) == (case.exit, ""), err
    record = json.loads(err)
    assert record["exit_code"] == case.exit
    found = [problem for problem in record["problems"] if problem["code"] == case.code]
    assert found, record["problems"]
    assert case.count in (None, len(found)), found
    if case.alone:
        assert {problem["code"] for problem in record["problems"]} == {case.code}, record["problems"]
    see_place(case, found[0])
    code, out, err = tell(case, "run", path, "--plain")
    lines = [line for line in err.splitlines() if not line.startswith("Checking the files of ")]
    assert (code, out) == (case.exit, ""), err
    assert len(lines) <= 51
    for line in lines[:50]:
        assert re.fullmatch(r"[A-Z]+-[A-Z0-9]+: .+ To mend it: .+[.?]", line), line
    assert study.snapshot() == before


@pytest.mark.parametrize("case", list(parameters(case for case in CASES if not case.exit)))
def test_accepted(case, study, tell):
    case.spoil(study)
    path = study.write()
    before = study.snapshot()
    code, out, err = tell(case, "--errors", "json", "check", path)
    assert code == 0, err
    record = json.loads(err)
    assert (record["exit_code"], record["problems"]) == (0, [])
    assert study.snapshot() == before
    see_warning(case, record["warnings"])
    assert case.code.startswith("OK-") or case.code in out
    code, _, err = tell(case, "ingest", path, "--cohort", study.cohort["name"])
    assert code == 0, err
    after = study.snapshot()
    assert {name: digest for name, digest in after.items() if name in before} == before
    assert not [name for name in after if name.endswith((".tmp", ".part"))]
    if case.then:
        made = (study.folder.parent / "results" / "small" / "cohorts" / "batch-0001").glob("*.csv")
        case.then({path.stem: read_table(path, path.stem) for path in made})


def see_warning(case, warnings):
    codes = {warning["code"] for warning in warnings}
    if case.code.startswith("OK-"):
        assert not {code for code in codes if code not in case.says}
        return
    found = [warning for warning in warnings if warning["code"] == case.code]
    assert found, warnings
    assert case.file in found[0]["file"]
    for part in case.says:
        assert part.casefold() in found[0]["what"].casefold(), found


def listed():
    if not LISTED.is_file():
        pytest.skip(f"{LISTED} is not on this machine")
    return [entry for entry in yaml.safe_load(LISTED.read_text(encoding="utf-8")) if entry["stage"] in STAGES]


def test_every_listed_case_has_a_test():
    assert {entry["id"] for entry in listed()} - {case.id for case in CASES} == set()


def test_cases_expect_what_the_list_says():
    expected = {entry["id"]: (entry["expected"]["exit"], entry["expected"]["code"]) for entry in listed()}
    ours = {}
    for case in CASES:
        ours.setdefault(case.id, (case.exit, case.code))
    assert {id: ours[id] for id in expected if ours[id] != expected[id]} == {}


def test_the_study_that_is_spoilt_is_in_order(study, tell):
    code, out, err = tell(CASES[0], "--errors", "json", "check", study.write())
    assert code == 0, err
    assert json.loads(err)["warnings"] == []
    assert "12 people linked" in out


def test_names_of_cases_are_unique():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
