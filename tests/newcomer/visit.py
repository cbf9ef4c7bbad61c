"""A newcomer's visit: files in a folder, `init` with a few typed answers, the codebook, `check`, `run`.

A transcript holds every command, everything typed, every cell changed and everything said.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from balint_eval.cli import main
from balint_eval.told import plainly

MOST_TYPED = 3
_LEFT = re.compile(
    r" (?:A few seconds|About [0-9]+ (?:seconds?|minutes?)) left\."
    r"| (?:حدود [۰-۹]+ (?:ثانیه|دقیقه)|چند ثانیه) مانده است\."
)
_LONGEST = 200
COLUMNS, ANSWERS = ("columns", "ستون‌ها"), ("answers", "پاسخ‌ها")
HEADINGS = {
    "فهرست پاسخ": "answer list", "پاسخ": "answer", "کد": "code", "فایل": "file", "ستون": "column", "کاربرد": "use",
}  # fmt: skip
"""The sheets and headings of a Persian codebook that are changed, as the English one calls them."""


@dataclass(frozen=True)
class Visit:
    """What one newcomer does.

    Attributes
    ----------
    typed : tuple of str
        Answers to `init`, in the order of its questions; Enter alone is no answer.
    codes : dict of answer to code
        Written into the sheet of answers, whatever the list.
    uses : dict of column to use
        Changed in the sheet of columns.
    said : str
        What the files are, for the reader of the transcript.
    """

    said: str
    typed: tuple[str, ...]
    codes: dict[str, int]
    uses: dict[str, str]


class Transcript:
    """Runs commands and keeps what is typed and said."""

    def __init__(self, monkeypatch, program: str = "balint-eval") -> None:
        self.program = program
        self.lines: list[str] = []
        self.monkeypatch = monkeypatch
        self.typed: list[str] = []

    def note(self, *lines: str) -> None:
        """Keep what a person does beside the commands."""
        self.lines += ["", *lines, ""]

    def command(self, *words: str, typed: tuple[str, ...] = ()) -> int:
        """Run a command at a terminal where somebody types."""
        answers = iter(typed)
        out = io.StringIO()

        def read(prompt: str) -> str:
            answer = next(answers, "")
            self.typed += [answer] if answer else []
            out.write(f"{prompt}{answer}\n")
            return answer

        with self.monkeypatch.context() as patch:
            patch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
            patch.setattr(builtins, "input", read)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                code = main([*words])
        assert next(answers, None) is None, "more was prepared than was asked"
        shown = " ".join(f'"{word}"' if " " in word else word for word in words)
        self.lines += [f"$ {self.program} {shown}", *map(_readable, out.getvalue().splitlines())]
        return code

    @property
    def text(self) -> str:
        """The whole transcript."""
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip() + "\n"


def _readable(line: str) -> str:
    """Cut what is long, and leave out how long this machine took."""
    line = _LEFT.sub("", plainly(line))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST].rstrip()} ..."


def walk(transcript: Transcript, visit: Visit, files: list[str]) -> None:
    """Take two exports as far as a study that `check` finds in order."""
    transcript.lines.append(visit.said)
    transcript.note("In the folder:", *(f"  {name}" for name in files))
    assert transcript.command("init", typed=visit.typed) == 0
    assert len(transcript.typed) <= MOST_TYPED
    changed = fill(Path("codebook.xlsx"), visit)
    if changed:
        transcript.note("In codebook.xlsx, by hand:", *(f"  {line}" for line in changed))
    assert transcript.command("check", "study.yaml") == 0


def fill(path: Path, visit: Visit) -> list[str]:
    """Change cells of the codebook as a person does in a spreadsheet, and say which."""
    book = openpyxl.load_workbook(path)
    columns, answers = (next(sheet for sheet in book if sheet.title in names) for names in (COLUMNS, ANSWERS))
    said = []
    for row, cells in _rows(answers):
        code = visit.codes.get(row["answer"])
        if row["code"] is None and code is not None:
            cells["code"].value = code
            said.append((row["answer list"], f"{row['answer']} is {code}"))
    lines = [
        f"sheet {answers.title}, list {name}: {', '.join(text for other, text in said if other == name)}"
        for name in dict.fromkeys(name for name, _ in said)
    ]
    for row, cells in _rows(columns):
        use = visit.uses.get(row["column"])
        if use and row["use"] != use:
            cells["use"].value = use
            lines.append(f"sheet {columns.title}, {row['file']}, column {row['column']}: use {use}")
    book.save(path)
    return lines


def _rows(sheet):
    headings = [HEADINGS.get(cell.value, cell.value) for cell in sheet[1]]
    for cells in sheet.iter_rows(min_row=2):
        named = dict(zip(headings, cells, strict=True))
        yield {name: cell.value for name, cell in named.items()}, named
