"""The whole way through Snakemake: outputs, no-op, reruns after each kind of change, refusals."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import lxml.etree
import lxml.html
import pandas as pd
import pytest
import yaml

from balint_eval.pipeline import evaluate
from balint_eval.tables import TABLES, read_table

ROOT = Path(__file__).parents[2]
KEY = bytes(range(32))
SCRIPTS = Path(sys.executable).parent


LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٫−", "0123456789.-")
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "pseudonyms.key"
    path.write_bytes(KEY)
    path.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def command(key_file: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    environment = {
        **os.environ,
        "BALINT_EVAL_KEY_FILE": str(key_file),
        "PATH": os.pathsep.join([str(SCRIPTS), os.environ["PATH"]]),
    }

    def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False
        )

    return run


LEFT_OUT = ("instrument: CBI, scale: WB,", "instrument: CBI, scale: CB,", "instrument: PSS10,", "instrument: WCW15,")


def copy_demo(folder: Path) -> Path:
    """Copy the demo with three outcomes of its seven, which halves the figures to draw."""
    (folder / "config").mkdir(parents=True)
    lines = (ROOT / "config" / "config.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "label:" not in line or not any(text in line for text in LEFT_OUT)]
    assert len(lines) - len(kept) == len(LEFT_OUT)
    (folder / "config" / "config.yaml").write_text("".join(kept), encoding="utf-8")
    shutil.copytree(ROOT / "data" / "demo", folder / "data" / "demo")
    return folder


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, command) -> Path:
    """A folder in which the demo has been run by `balint-eval run`."""
    folder = copy_demo(tmp_path_factory.mktemp("demo"))
    done = command("balint_eval", "run", "config/config.yaml", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "Report: results/demo/report/educator.en.INTERNAL.html" in done.stdout
    return folder


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".snakemake" not in path.parts
    }


def jobs_of_a_dry_run(folder: Path, command) -> list[str]:
    """Give `rule` or `rule batch` of every job that would run."""
    snakefile = str(ROOT / "workflow" / "Snakefile")
    words = ("snakemake", "-n", "--snakefile", snakefile, "--config", "study=config/config.yaml", "results=results")
    done = command(*words, cwd=folder)
    text = done.stdout + done.stderr
    assert done.returncode == 0, text
    jobs = []
    for block in re.split(r"\n(?=(?:local)?rule \w+:)", text):
        rule = re.match(r"(?:local)?rule (\w+):", block)
        batch = re.search(r"wildcards: batch=([\w-]+)", block)
        if rule and rule[1] != "all":
            jobs.append(f"{rule[1]} {batch[1]}" if batch else rule[1])
    return sorted(jobs)


OF_THE_BATCH = ["ingest batch-0001", "score batch-0001"]
AFTER_COMPARE = ["compare", "figures", "manifest", "report"]


@pytest.fixture
def changed(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished folder that a test may change; dates are kept, as Snakemake reads them."""
    folder = tmp_path / "copy"
    shutil.copytree(finished, folder, copy_function=shutil.copy2)
    return folder


def _numbers(text: str) -> Counter[str]:
    """Count the numbers of a text in one spelling: Latin digits, a leading zero, no date of the Persian calendar.

    The text of a PDF does not tell the direction of Persian digits, so a number counts as the one read backwards.
    """
    plain = re.sub("[\u2066-\u2069\u200e\u200f\u202a-\u202e\xad]", "", text).translate(LATIN)
    plain = re.sub(r"\d+ \w+ 1[34]\d\d \(", "(", plain)
    found = [f"0{one}" if one.startswith(".") else one for one in re.findall(r"\d+(?:\.\d+)?|\.\d+", plain)]
    return Counter(min(one, one[::-1]) for one in found)


def _page_text(path: Path) -> str:
    page = lxml.html.fromstring(path.read_bytes())
    for part in page.xpath("//script|//style|//svg|//head"):
        part.drop_tree()
    return " ".join(page.itertext())


def _word_text(path: Path) -> str:
    document = lxml.etree.fromstring(zipfile.ZipFile(path).read("word/document.xml"))
    return " ".join("".join(line.itertext(f"{WORD}t")) for line in document.iter(f"{WORD}p"))


def _pdf_text(path: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout


@pytest.mark.thorough
@pytest.mark.parametrize("reader", ["educator", "researcher"])
def test_both_languages_and_all_formats_carry_the_same_numbers(finished: Path, reader: str) -> None:
    reports = finished / "results" / "demo" / "report"
    page = _numbers(_page_text(reports / f"{reader}.en.INTERNAL.html"))
    assert page.total() > 60
    assert _numbers(_page_text(reports / f"{reader}.fa.INTERNAL.html")) == page
    in_word = _numbers(_word_text(reports / f"{reader}.en.INTERNAL.docx"))
    assert _numbers(_word_text(reports / f"{reader}.fa.INTERNAL.docx")) == in_word
    # Word and PDF also hold what a page draws: numbered lines, numbers within figures.
    assert not page - in_word
    assert (in_word - page).total() < 10
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (package poppler-utils) is not installed: the numbers of the PDF were not read")
    for language in ("en", "fa"):
        assert not page - _numbers(_pdf_text(reports / f"{reader}.{language}.INTERNAL.pdf"))


def test_names_of_all_outputs(finished: Path) -> None:
    results = finished / "results" / "demo"
    found = {path.relative_to(results).as_posix() for path in results.rglob("*") if path.is_file()}
    ingested = {"participants", "responses", "totals", "flow", "sources", "sessions", "attendance"}
    ingested |= {"scores", "findings", "links"}
    expected = {f"cohorts/batch-0001/{name}.csv" for name in ingested}
    expected |= {f"cohorts/batch-0001/{stage}.json" for stage in ("ingest", "score")}
    expected |= {f"tables/{name}.csv" for name in TABLES} | {"manifest.json", ".checked.json"}
    expected |= {"codecheck.yml", "ro-crate-metadata.json", "workflow/Snakefile"}
    expected |= {f"workflow/rules/{name}.smk" for name in ("analysis", "common", "data", "release", "report")}
    expected |= {
        f"report/{reader}.{tag}.INTERNAL.{kind}"
        for reader in ("educator", "researcher")
        for tag in ("en", "fa")
        for kind in ("html", "docx", "pdf", "json")
    }
    assert expected <= found
    others = {name.split("/")[0] for name in found - expected}
    assert others == {"figures", "logs"}
    figures = {Path(name).stem for name in found if name.startswith("figures/")} - {".snakemake_timestamp"}
    assert {"forest", "flow", "attendance", "reaction", "slopes_TEQ_total", "means_TEQ_total"} <= figures
    for figure in figures - {"index"}:
        # Figures that look at assumptions are for the reports only.
        paper = () if figure in {"residuals", "left_out", "groups", "edges", "starts"} else ("pdf",)
        kinds = ("svg", "png", *paper, "csv", "txt")
        assert {f"figures/{folder}{figure}.{kind}" for folder in ("", "fa/") for kind in kinds} <= found


def test_run_and_evaluate_give_the_same_tables(finished: Path) -> None:
    tables = evaluate(finished / "config" / "config.yaml", key=KEY).tables
    assert set(tables) == set(TABLES)
    for name, table in tables.items():
        written = read_table(finished / "results" / "demo" / "tables" / f"{name}.csv", name)
        pd.testing.assert_frame_equal(table, written, obj=name, check_dtype=False)


def test_confidential_text_stays_in_restricted(finished: Path) -> None:
    roster = pd.read_csv(finished / "data" / "demo" / "students_roster.csv", dtype=str, keep_default_na=False)
    codes = [code for code in roster["code"] if len(code) >= 4 and not code.isdigit()]
    assert len(codes) > 20
    comments = pd.read_csv(finished / "restricted" / "demo" / "students" / "comments.csv")["comment"].tolist()
    assert comments
    secrets = [text.encode() for text in [*codes, *(comment.splitlines()[0] for comment in comments)]]
    for path in [*(finished / "results").rglob("*"), *(finished / ".snakemake").rglob("*")]:
        if path.is_file():
            content = path.read_bytes()
            assert not [secret for secret in secrets if secret in content], path
    for path in (finished / "restricted").rglob("*.csv"):
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.thorough
def test_a_release_is_made_beside_what_is_internal(changed: Path, command, key_file: Path) -> None:
    before = snapshot(changed / "results")
    done = command("balint_eval", "run", "config/config.yaml", "--audience", "release", cwd=changed)
    assert done.returncode == 0, done.stderr
    release = changed / "results" / "demo" / "release"
    assert f"Everything in {release.relative_to(changed).as_posix()}/ may be given to others" in done.stdout
    assert {"comparisons.csv", "answers.csv"} <= {path.name for path in (release / "tables").iterdir()}
    made = {name for name in snapshot(changed / "results") if "/release/" not in name and "logs/" not in str(name)}
    assert made == {name for name in before if "logs/" not in str(name)}
    assert (key_file.parent / "releases" / "demo.json").is_file()
    test_confidential_text_stays_in_restricted(changed)
    again = command("balint_eval", "run", "config/config.yaml", "--audience", "release", cwd=changed)
    assert again.stdout.startswith("Nothing to do")
    points = ("--output", "drawn", "--audience", "release", "--figure", "slopes_*")
    refused = command("balint_eval", "figures", "config/config.yaml", *points, cwd=changed)
    assert refused.returncode == 4
    assert "PV-POINTS" in refused.stderr


def processor_seconds() -> float:
    """Give the processor time of all programs this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_a_second_run_does_nothing_and_says_so(finished: Path, command) -> None:
    before = snapshot(finished / "results")
    used = processor_seconds()
    done = command("balint_eval", "run", "config/config.yaml", cwd=finished)
    # Of the processor, not of the clock: other tests run beside it.
    assert processor_seconds() - used < 10
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Nothing to do: the results are up to date.\n")
    assert snapshot(finished / "results") == before


def test_same_content_with_a_new_date_reruns_nothing(changed: Path, command) -> None:
    for path in (changed / "data" / "demo").iterdir():
        path.touch()
    assert jobs_of_a_dry_run(changed, command) == []


@pytest.mark.thorough
def test_a_changed_answer_with_an_older_date_reruns_what_depends_on_it(changed: Path, command) -> None:
    export = changed / "data" / "demo" / "students_three_months_google_forms.csv"
    stamp = export.stat().st_mtime - 86_400
    rows = export.read_text(encoding="utf-8").splitlines(keepends=True)
    first, rest = rows[1].rsplit(",", 1)
    other = "1" if rest.strip().strip('"') != "1" else "2"
    rows[1] = f"{first},{rest.replace(rest.strip().strip(chr(34)), other)}"
    export.write_text("".join(rows), encoding="utf-8")
    os.utime(export, (stamp, stamp))
    assert jobs_of_a_dry_run(changed, command) == sorted([*OF_THE_BATCH, *AFTER_COMPARE])
    before = snapshot(changed / "restricted" / "demo" / "residents")
    done = command("balint_eval", "run", "config/config.yaml", cwd=changed)
    assert done.returncode == 0, done.stderr
    assert snapshot(changed / "restricted" / "demo" / "residents") == before
    log = (changed / "results" / "demo" / "logs" / "ingest.batch-0001.log").read_text(encoding="utf-8")
    assert "residents: nothing has changed" in log
    assert "students: nothing has changed" not in log
    assert command("balint_eval", "run", "config/config.yaml", cwd=changed).stdout.startswith("Nothing to do")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        *(pytest.param(*words, marks=pytest.mark.thorough) for words in [
            ("title: \"Balint groups", "title: \"Other Balint groups", ["figures", "manifest", "report"]),
            ("contact: \"the evaluation team\"", "contact: \"somebody\"", ["manifest", "report"]),
            ("adjust: holm", "adjust: bh", AFTER_COMPARE),
        ]),
        ("min_match_rate: 0.5", "min_match_rate: 0.4", [*OF_THE_BATCH, *AFTER_COMPARE]),
    ],
)  # fmt: skip
def test_a_changed_setting_reruns_what_it_touches(
    changed: Path, command, old: str, new: str, expected: list[str]
) -> None:
    study = changed / "config" / "config.yaml"
    text = study.read_text(encoding="utf-8")
    assert text.count(old) == 1
    study.write_text(text.replace(old, new), encoding="utf-8")
    assert jobs_of_a_dry_run(changed, command) == sorted(expected)


def test_refused_data_leave_everything_as_it_was(changed: Path, command) -> None:
    export = changed / "data" / "demo" / "residents_patient_ratings.csv"
    rows = export.read_text(encoding="utf-8").splitlines(keepends=True)
    cells = rows[4].split(",")
    rows[4] = ",".join([*cells[:-1], "7\n"])
    export.write_text("".join(rows), encoding="utf-8")
    before = snapshot(changed)
    done = command("balint_eval", "run", "config/config.yaml", cwd=changed)
    assert done.returncode == 3
    problems = [line for line in done.stderr.splitlines() if line.startswith("VAL-RANGE: ")]
    assert len(problems) == 1
    assert "residents_patient_ratings.csv, row 5, column CARE_10 (M), value '7'" in problems[0]
    assert "To mend it:" in problems[0]
    assert "Traceback" not in done.stderr
    assert snapshot(changed) == before


@pytest.mark.thorough
def test_a_run_of_refused_data_on_a_fresh_folder_writes_nothing(tmp_path: Path, command) -> None:
    folder = copy_demo(tmp_path / "fresh")
    (folder / "data" / "demo" / "residents_roster.csv").write_text("code,group,arm\n", encoding="utf-8")
    before = snapshot(folder)
    done = command("balint_eval", "run", "config/config.yaml", cwd=folder)
    assert done.returncode == 3
    assert "IN-NOROWS" in done.stderr
    assert snapshot(folder) == before
    assert not (folder / ".snakemake").exists()


@pytest.mark.thorough
def test_one_broken_cohort_is_set_aside_where_that_is_asked_for(changed: Path, command) -> None:
    """The others are evaluated, every report says so, and the mended cohort comes back with the next run."""
    export = changed / "data" / "demo" / "residents_patient_ratings.csv"
    whole = export.read_text(encoding="utf-8")
    rows = whole.splitlines(keepends=True)
    rows[4] = ",".join([*rows[4].split(",")[:-1], "7\n"])
    export.write_text("".join(rows), encoding="utf-8")
    words = ("balint_eval", "run", "config/config.yaml", "--keep-going")
    for again in (False, True):
        done = command(*words, cwd=changed)
        assert done.returncode == 3
        told = [line for line in done.stderr.splitlines() if line.startswith(("WF-KEEPGOING: ", "VAL-RANGE: "))]
        assert [line.split(":")[0] for line in told] == ["WF-KEEPGOING", "VAL-RANGE"]
        assert ("Nothing to do" in done.stdout) is again
    results = changed / "results" / "demo"
    assert set(pd.read_csv(results / "tables" / "participants.csv")["cohort"]) == {"students"}
    for page in results.glob("report/*.html"):
        assert "residents" in page.read_text(encoding="utf-8").partition("</section>")[0]
    assert json.loads((results / "manifest.json").read_text(encoding="utf-8"))["set_aside"] == ["residents"]
    assert command("balint_eval", "verify", "results/demo", cwd=changed).returncode == 0
    export.write_text(whole, encoding="utf-8")
    assert command(*words, cwd=changed).returncode == 0
    assert set(pd.read_csv(results / "tables" / "participants.csv")["cohort"]) == {"students", "residents"}
    assert "set_aside" not in json.loads((results / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.thorough
def test_a_study_given_as_configfile_is_not_merged_into_the_demo(changed: Path, command) -> None:
    study = yaml.safe_load((changed / "config" / "config.yaml").read_text(encoding="utf-8"))
    study["name"], study["cohorts"] = "mine", study["cohorts"][:1]
    (changed / "config" / "mine.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")
    snakefile = str(ROOT / "workflow" / "Snakefile")
    done = command("snakemake", "-n", "--snakefile", snakefile, "--configfile", "config/mine.yaml", cwd=changed)
    text = done.stdout + done.stderr
    assert done.returncode == 0, text
    assert "students" in text
    assert "residents" not in text


def test_a_wrong_study_file_is_a_sentence_in_snakemake_too(changed: Path, command) -> None:
    study = changed / "config" / "config.yaml"
    study.write_text(study.read_text(encoding="utf-8").replace("\noutcomes:\n", "\noutcome:\n"), encoding="utf-8")
    snakefile = str(ROOT / "workflow" / "Snakefile")
    done = command("snakemake", "-n", "--snakefile", snakefile, cwd=changed)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "CFG-UNKNOWN" in said
    assert "did you mean 'outcomes'?" in said
    assert "Traceback" not in said


@pytest.mark.thorough
def test_snakemake_report_is_made_offline(finished: Path, command) -> None:
    snakefile = str(ROOT / "workflow" / "Snakefile")
    words = ("snakemake", "--snakefile", snakefile, "--report", "report.zip")
    done = command(*words, "--config", "study=config/config.yaml", "results=results", cwd=finished)
    assert done.returncode == 0, done.stderr
    assert (finished / "report.zip").stat().st_size > 50_000


class Texts(HTMLParser):
    """The texts of a page in order, each with the element it stands in; drawings and styles left out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "br", "link", "path", "use", "rect"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not {"svg", "style"} & set(self.open):
            self.found.append((self.open[-1], data))


def numbers_in(text: str) -> list[float]:
    """Give the numbers of a text; a date in two calendars counts as the Gregorian one."""
    plain = text.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹٫٬", "0123456789.,"))
    plain = re.sub(r"\d+ [\u0600-\u06ff]+ 1[34]\d\d \((\d+ [\u0600-\u06ff\s]+ \d{4})\)", r"\1", plain)
    return [float(one.replace("−", "-").replace(",", "")) for one in re.findall(r"−?(?:\d[\d,]*)?\.?\d+", plain)]


@pytest.mark.parametrize("reader", ["educator", "researcher"])
def test_both_languages_of_the_demo_carry_the_same_numbers(finished: Path, reader: str) -> None:
    folder = finished / "results" / "demo" / "report"
    english, persian = (
        Texts((folder / f"{reader}.{tag}.INTERNAL.html").read_text(encoding="utf-8")).found for tag in ("en", "fa")
    )
    assert len(english) > 50
    for (tag, said), (same, translated) in zip(english, persian, strict=True):
        assert tag == same
        assert numbers_in(said) == numbers_in(translated), f"{said} | {translated}"


def golden_of(reports: Path) -> dict[str, str]:
    """Give the reports of the demo as texts, and their pages without pictures or as outlines."""
    from golden_text import page_outline, page_without_pictures, report_text

    from balint_eval.report.model import from_json

    found = {}
    for tag in ("en", "fa"):
        for reader in ("educator", "researcher"):
            name = f"{reader}.{tag}"
            model, page = (
                (reports / f"{name}.INTERNAL.{kind}").read_text(encoding="utf-8") for kind in ("json", "html")
            )
            found[f"{name}.txt"] = report_text(from_json(model))
            if reader == "educator":
                found[f"{name}.html"] = page_without_pictures(page)
            else:
                found[f"{name}.outline.txt"] = page_outline(page)
    return found


def test_reports_of_the_demo_are_as_kept(finished: Path) -> None:
    """`make golden` keeps them anew; the difference is for people to read before it is committed."""
    from golden_text import differences

    said = differences(golden_of(finished / "results" / "demo" / "report"))
    assert not said, "\n".join(["Not as kept. Where that is meant, run `make golden`.", *said[:20]])


def test_a_golden_number_may_differ_in_its_last_digit_and_nothing_else() -> None:
    from golden_text import alike

    assert alike("p = .034, 2.31 points", "p = .035, 2.32 points")
    assert alike("\u2066۲٫۳۱\u2069 نمره", "\u2066۲٫۳۲\u2069 نمره")
    assert not alike("2.31 points", "2.41 points")
    assert not alike("2.31 points", "2.31 point")
    assert not alike("−2.31 points", "2.31 points")
