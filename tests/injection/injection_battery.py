"""`make injection`: strings that would run as script, formula, template or markup, in every free text and label.

Each of the strings stands once in every place at which a study holds text of its own. The pages are then opened in a
real Chromium *without* their content security policy, so that escaping alone must hold; every CSV cell is looked at as
a spreadsheet would; Word and PDF files must build.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import html.parser
import io
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

RUN = "document.title='PWNED';document.documentElement.setAttribute('data-pwned','1')"
STRINGS = (
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</textarea></td></table><script>{RUN}</script>",
    f"--><script>{RUN}</script><!--",
    f"]]><script>{RUN}</script>",
    f"<ScRiPt >{RUN}</sCrIpT>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f'<img src=x onerror="{RUN}">',
    f"<img src=x onerror={RUN.replace(' ', '')}>",
    f'"><img src=x onerror="{RUN}">',
    f'\'><img src=x onerror="{RUN}">',
    f'" onmouseover="{RUN}" x="',
    f"' autofocus onfocus='{RUN.replace(chr(39), chr(34))}' x='",
    f'<svg onload="{RUN}">',
    f"<svg><script>{RUN}</script></svg>",
    f'<svg><animate onbegin="{RUN}" attributeName=x dur=1s>',
    f'<svg><a xlink:href="javascript:{RUN}"><text>x</text></a></svg>',
    f'<body onload="{RUN}">',
    f'<iframe srcdoc="<script>parent.{RUN.split(";", maxsplit=1)[0]}</script>"></iframe>',
    '<iframe src="javascript:parent.document.title=1"></iframe>',
    f'<details open ontoggle="{RUN}">',
    f'<video><source onerror="{RUN}"></video>',
    f'<a href="javascript:{RUN}">x</a>',
    f"<math><mtext><script>{RUN}</script></mtext></math>",
    '<meta http-equiv="refresh" content="0;url=javascript:1">',
    '<link rel="stylesheet" href="//example.invalid/x.css">',
    '<base href="//example.invalid/">',
    f'<form action="javascript:{RUN}"><button>x</button></form>',
    "&lt;script&gt;document.title='PWNED'&lt;/script&gt;",
    "&#60;script&#62;document.title='PWNED'&#60;/script&#62;",
    f"\u202e<script>{RUN}</script>\u202c",
    f"\u2028<script>{RUN}</script>",
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("//example.invalid","x")',
    "+1+1",
    "-1+1|x",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "'=1+1",
    "{{ 7*7 }}{% include '/etc/passwd' %}",
    '#panic(1) #read("/etc/passwd") $1/0$ @label <label>',
    r"$\frac{1}$ \input{/etc/passwd} %s %(x)s {0}",
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "</w:t></w:r><w:r><w:fldChar/></w:r>",
    "`rm -rf /` $(touch pwned) ; touch pwned |",
    "../../../../tmp/pwned%00\u200f\u061c",
)
WAVES, PEOPLE, GROUPS = ("before", "after"), 40, 5
TRY = {
    "name": "TRY", "title": "A scale of three items", "measures": "confidence", "level": "2a", "n_items": 3,
    "response": {"codes": [1, 2, 3, 4, 5]}, "reverse": [3],
    "scales": [{"name": "total", "items": [1, 2, 3], "rule": "sum", "range": [3, 15], "higher_is": "better"}],
    "licence": {"status": "own"},
}  # fmt: skip
TEXTS = (
    "content_validity", "relations_validity", "background", "theory", "objectives", "setting", "eligibility",
    "recruitment", "allocation_method", "blinding", "materials", "leaders", "incentives", "changes", "fidelity",
    "sample_size", "harms", "local_gap", "wider_impact", "generalisability", "interpretation", "deviations", "ethics",
    "protocol", "funding",
)  # fmt: skip


def write_study(folder: Path, start: int) -> Path:
    """Write a study whose every text is one of the strings, beginning with the one at `start`."""
    taken = itertools.cycle(STRINGS[start % len(STRINGS) :] + STRINGS[: start % len(STRINGS)])
    # A tab, carriage return or invisible sign is refused in a header, and told; it may stand in any other text.
    plain = (text for text in taken if text.isprintable())
    groups = [next(plain) for _ in range(GROUPS)]
    # Words behind the string, so that `init` sees a statement: `@SUM(1+1)` alone is the name of a total, and a heading
    # that ends in a number is that of another questionnaire.
    behind = "is what I thought of most when we met and when I was on my way home"
    headers = ["code", "group", *[f"{n}. {next(plain)} {behind}" for n in (1, 2, 3)], "said"]
    study = {
        "name": "injected",
        "title": next(taken),
        "description": next(taken),
        "question": next(taken),
        "contact": next(taken),
        "waves": [
            {"name": wave, "label": next(taken), "role": role}
            for wave, role in zip(WAVES, ("baseline", "post"), strict=True)
        ],
        "arms": [{"name": "balint", "label": next(taken)}],
        "outcomes": [{"instrument": "TRY", "scale": "total", "role": "primary", "label": next(taken)}],
        "plan": {"imputations": 0},
        "own_instruments": [{**TRY, "title": next(taken)}],
        "languages": ["en", "fa"],
        "context": {
            **{name: next(taken) for name in TEXTS},
            "themes": [{"name": next(taken), "text": next(taken), "level": "1"} for _ in range(3)],
            "swot": [{"level": "1", **{part: [next(taken)] for part in
                      ("strengths", "weaknesses", "opportunities", "threats")}}],
        },
        "cohorts": [{"name": "one", "exports": [
            {"file": f"{wave}.csv", "platform": "plain", "wave": wave, "person_id": "code", "group": "group",
             "comments": ["said"], "items": [{"instrument": "TRY", "columns": headers[2:5]}]}
            for wave in WAVES
        ]}],
    }  # fmt: skip
    folder.mkdir(parents=True)
    for wave in WAVES:
        with (folder / f"{wave}.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(headers)
            later = wave == "after"
            for n in range(PEOPLE):
                answers = (1 + n % 5, 1 + (3 * n // 2 + later * (1 + n % 3)) % 5, 5 - (n // 2 + later) % 5)
                said = STRINGS[n % len(STRINGS)].replace("\r", " ")
                rows.writerow([f"=A{n:03}", groups[n % GROUPS], *answers, said])
    path = folder / "study.yaml"
    path.write_text(json.dumps(study, ensure_ascii=True), encoding="utf-8")
    return path


def make_results(study: Path) -> Path:
    """Give the results folder, made by the stages in this process."""
    from balint_eval import stages
    from balint_eval.study import read_study

    file = read_study(study)
    folders = stages.Folders(study.parent / "results", file.study.name)
    stages.run_ingest(file, "batch-0001", folders)
    stages.run_score(file, "batch-0001", folders)
    for stage in (stages.run_compare, stages.run_figures, stages.run_report, stages.run_manifest):
        stage(file, folders)
    return folders.root


class Page(html.parser.HTMLParser):
    """Everything of a page that could act: elements, attributes, addresses."""

    FORBIDDEN = frozenset({"script", "iframe", "object", "embed", "form", "base", "link", "video", "audio", "animate"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.FORBIDDEN:
            self.faults.append(f"element {tag}")
        for name, value in attrs:
            address = (value or "").strip().casefold()
            if name.startswith("on"):
                self.faults.append(f"attribute {name}")
            elif name in {"href", "src", "xlink:href"} and not address.startswith(("#", "data:", "https://doi.org/")):
                self.faults.append(f"address {address[:60]}")
            if address.startswith("javascript:"):
                self.faults.append(f"address {address[:60]}")


def page_faults(path: Path) -> list[str]:
    return [f"{path.name}: {fault}" for fault in sorted(set(Page(path.read_text(encoding="utf-8")).faults))]


def formula_faults(folder: Path) -> Iterator[str]:
    """Name each cell of each CSV file that a spreadsheet would take for a formula."""
    number = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|-?inf")
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line, row in enumerate(csv.reader(file), start=1):
                for cell in row:
                    if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} and not number.fullmatch(cell):
                        yield f"{path.name}, row {line}: {cell[:40]!r}"


def downloads_faults(path: Path) -> Iterator[str]:
    """Look likewise at the tables that a page offers to save."""
    from urllib.parse import unquote

    for found in re.findall(r'href="data:text/csv[^,"]*,([^"]*)"', path.read_text(encoding="utf-8")):
        text = unquote(html.unescape(found)).lstrip("\ufeff")
        for row in csv.reader(io.StringIO(text)):
            for cell in row:
                if cell[:1] in {"=", "+", "@", "\t", "\r"} or re.match(r"-[^\d.]|-\d+[+|]", cell):
                    yield f"{path.name}, to save: {cell[:40]!r}"


def office_faults(path: Path) -> Iterator[str]:
    """Look for formulas, macros and links to elsewhere in Word and Excel files, and read each part as XML."""
    from defusedxml import ElementTree

    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            content = packed.read(name)
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(content)
            if "vba" in name.casefold() or (name.startswith("xl/worksheets/") and b"<f>" in content):
                yield f"{path.name}: {name}"
            for target in re.findall(rb'Target="([^"]*)"[^>]*TargetMode="External"', content):
                if not target.startswith(b"https://doi.org/"):
                    yield f"{path.name}: leads to {target.decode()[:60]}"


def codebook_faults(study: Path) -> Iterator[str]:
    """Draft study file and codebook for the same exports: their headers and answers stand in an XLSX then."""
    import openpyxl

    from balint_eval.cli import main

    exports = [str(study.parent / f"{wave}.csv") for wave in WAVES]
    into = study.parent / "drafted"
    into.mkdir()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
        code = main(["init", *exports, "--output", str(into), "--yes"])
    if code:
        yield f"init ended with {code}: {said.getvalue()[:300]}"
        return
    yield from office_faults(into / "codebook.xlsx")
    for sheet in openpyxl.load_workbook(into / "codebook.xlsx").worksheets:
        for row in sheet.iter_rows():
            yield from (f"codebook {sheet.title} {cell.coordinate}" for cell in row if cell.data_type == "f")


def browser() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), "")


def browser_faults(path: Path) -> list[str]:
    """Open a page without its policy and see that nothing ran."""
    text = path.read_text(encoding="utf-8")
    opened = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    assert opened != text, "the page has no policy"
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(opened, encoding="utf-8")
        command = [
            browser(), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--virtual-time-budget=3000", f"--user-data-dir={folder}/profile", "--dump-dom", page.as_uri(),
        ]  # fmt: skip
        seen = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout
    head = seen[: seen.index(">", seen.index("<html")) + 1]
    title = re.search(r"<title>(.*?)</title>", seen, re.DOTALL)
    ran = "data-pwned" in head or (title and title[1] == "PWNED")
    return [f"{path.name}: a script ran"] if ran or len(seen) < 10_000 else []


def shown_in(pages: list[Path]) -> set[str]:
    """Give the strings that can be read on the pages, as their readers see them."""

    class Words(html.parser.HTMLParser):
        said = ""

        def handle_data(self, data: str) -> None:
            self.said += data

    words = Words()
    for page in pages:
        words.feed(page.read_text(encoding="utf-8"))
    return {text for text in STRINGS if text.strip() in words.said}


def faults_of(start: int, folder: Path) -> list[str]:
    """Make one study and give everything that is wrong with what came of it."""
    study = write_study(folder / f"study{start}", start)
    root = make_results(study)
    pages = sorted((root / "report").glob("*.html"))
    faults = [fault for page in pages for fault in page_faults(page)]
    faults += [fault for page in pages for fault in downloads_faults(page)]
    faults += formula_faults(study.parent / "results")
    faults += formula_faults(study.parent / "restricted")
    for path in sorted((root / "report").glob("*.docx")):
        faults += office_faults(path)
    faults += [f"{path.name}: no PDF" for path in (root / "report").glob("*.pdf") if path.read_bytes()[:5] != b"%PDF-"]
    for path in root.rglob("*.svg"):
        faults += [f"{path.name}: {fault}" for fault in Page(path.read_text(encoding="utf-8")).faults]
    kinds = {path.suffix for path in (root / "report").iterdir()}
    faults += [] if {".html", ".docx", ".pdf"} <= kinds else [f"only {sorted(kinds)} were made"]
    faults += [] if len(shown_in(pages)) > len(STRINGS) // 2 else ["the strings are not in the pages"]
    faults += codebook_faults(study)
    if browser():
        faults += [fault for page in pages for fault in browser_faults(page)]
    passwords = [path for path in root.rglob("*") if path.is_file() and b"root:x:0" in path.read_bytes()]
    return faults + [f"{path.name} holds a file of the computer" for path in passwords]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=len(STRINGS), help="each moves every string one place on")
    options = parser.parse_args()
    found = 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BALINT_EVAL_KEY_FILE"] = f"{folder}/elsewhere/key"
        print("Chromium looks at the pages" if browser() else "SKIPPED the browser: Chromium is not installed")
        for number in range(options.studies):
            faults = faults_of(number * len(STRINGS) // options.studies, Path(folder) / "studies")
            found += len(faults)
            print(
                f"study {number + 1} of {options.studies}: {len(faults)} faults", *faults[:20], sep="\n  ", flush=True
            )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
