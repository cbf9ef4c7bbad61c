"""A Persian pair of exports goes from file to report with a study file alone, and means what its ASCII twin means."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from balint_eval.ingest.pseudonyms import pseudonymiser
from balint_eval.pipeline import evaluate
from balint_eval.provenance import describe_run
from balint_eval.report.educator import build_educator
from balint_eval.report.html import render_html
from balint_eval.report.researcher import build_researcher

KEY = bytes(range(32))
_PATH = Path(__file__).parents[1] / "persian_study.py"
_SPEC = importlib.util.spec_from_file_location("persian_study", _PATH)
typed = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(typed)


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    persian, plain = tmp_path_factory.mktemp("persian"), tmp_path_factory.mktemp("ascii")
    return evaluate(typed.write_persian(persian), key=KEY).tables, evaluate(typed.write_ascii(plain), key=KEY).tables


def by_person(table, code_of):
    """Name people by their number, whatever their code is."""
    pseudonym = pseudonymiser(KEY)
    number = {pseudonym(code_of(person)): person for person in range(typed.N_PEOPLE)}
    return table.assign(person_id=table["person_id"].map(number))


@pytest.mark.parametrize("name", ["responses", "scores"])
def test_answers_and_scores_are_those_of_the_ascii_twin(twins, name):
    persian, plain = twins
    left = by_person(persian[name], typed.persian_code)
    right = by_person(plain[name], typed.ascii_code)
    keys = [column for column in ("person_id", "wave", "instrument", "item", "scale") if column in left.columns]
    left, right = (table.sort_values(keys, ignore_index=True) for table in (left, right))
    assert left["person_id"].notna().all()
    assert len(left) == len(right) > 40
    assert left.equals(right)


def test_everybody_is_linked_and_counted(twins):
    persian, plain = twins
    people = persian["flow"].query("file == ''").set_index("reason")["rows"]
    assert people["paired"] == typed.N_PEOPLE
    assert persian["flow"][["wave", "reason", "rows"]].equals(plain["flow"][["wave", "reason", "rows"]])


def test_meetings_and_comparisons_are_the_same(twins):
    persian, plain = twins
    columns = ["session", "date", "minutes", "leaders"]
    assert persian["sessions"][columns].equals(plain["sessions"][columns])
    numbers = ["n_pre", "n_post", "n_paired", "n_groups", "mean_pre", "mean_post", "estimate", "std_error", "p_value"]
    left, right = (tables["comparisons"].set_index(["contrast", "method"])[numbers] for tables in twins)
    assert list(left.index) == list(right.index)
    assert (left - right).abs().max(axis=None) < 1e-9
    assert left["estimate"].notna().any()


def test_what_was_understood_is_said(twins):
    notes = " ".join(twins[0]["sources"]["notes"])
    assert "recognised as Jalali" in notes
    assert "TRY: decoded by the code that each label carries ('۱- کاملاً مخالفم' as 1, " in notes


def test_the_code_page_is_asked_for(tmp_path):
    from balint_eval.errors import DataError

    path = typed.write_persian(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("encoding: cp1256", ""), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        evaluate(path, key=KEY)
    (problem,) = caught.value.problems
    assert problem.code == "IN-ENCODING"
    assert "in cp1256 'زمان', 'ثبت', 'كد'" in problem.what


def test_both_reports_are_written(tmp_path):
    found = evaluate(typed.write_persian(tmp_path), key=KEY)
    for build in (build_educator, build_researcher):
        page = render_html(build(found.tables, found.file, {}, describe_run(found.file)))
        assert "Six made-up items" in page
        assert "Days from a meeting to the next" in page
        assert typed.persian_code(0) not in page


@pytest.mark.slow
def test_from_files_to_report(tmp_path):
    key = tmp_path / "pseudonyms.key"
    key.write_bytes(KEY)
    key.chmod(0o600)
    folder = tmp_path / "course"
    folder.mkdir()
    typed.write_persian(folder)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", "balint_eval", "run", "study.yaml"], cwd=folder, capture_output=True, text=True,
        check=False, env={**os.environ, "BALINT_EVAL_KEY_FILE": str(key), "PATH": path},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (report,) = (folder / "results" / "persian" / "report").glob("educator.en*.html")
    assert "Six made-up items" in report.read_text(encoding="utf-8")
