"""The pictures of the tutorials (`make pictures`): the codebook as a spreadsheet shows it, and the educator's page.

Needs Chromium, and the results of the demo study for the educator's page (`make demo`).
"""

from __future__ import annotations

import argparse
import html
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
from openpyxl.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from balint_eval.cli import main as balint_eval

HERE = Path(__file__).parent
DEMO = HERE.parent / "data" / "demo"
EXPORTS = {
    "students_before_qualtrics.csv": "before.csv",
    "students_after_microsoft_forms.xlsx": "after.xlsx",
    "students_roster.csv": "people.csv",
}
STYLE = (
    "body{margin:0;font:13px 'DejaVu Sans',sans-serif;background:#fff}table{border-collapse:collapse}"
    "td{border:1px solid #c9c9c9;padding:3px 7px;white-space:nowrap;max-width:270px;overflow:hidden;"
    "unicode-bidi:plaintext;text-overflow:ellipsis}tr:first-child td{background:#eee;font-weight:bold}"
)
SHEETS = {"columns": (1, (2, 3, 6, 7, 8, 9), range(109, 121)), "answers": (2, (1, 2, 3, 5), range(2, 13))}
"""Place of a sheet in the workbook, and the columns and rows of it that are shown: some filled, some to fill."""


def draw_codebook(language: str, sheet: str, output: Path) -> None:
    """Draw part of a sheet of the codebook that `init` writes for two exports of the demo."""
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder)
        for source, target in EXPORTS.items():
            shutil.copy(DEMO / source, study / target)
        balint_eval(["init", *(str(study / name) for name in EXPORTS.values()), "--yes", "--language", language])
        book = openpyxl.load_workbook(study / "codebook.xlsx")
        place, columns, rows = SHEETS[sheet]
        draw(page_of(book.worksheets[place], columns, rows, language), output)


def page_of(sheet: Worksheet, columns: Sequence[int], rows: Sequence[int], language: str) -> str:
    """Give cells of a sheet as a page: texts, fills and direction."""
    lines = ["<tr>" + "".join(cell_of(sheet.cell(row, column)) for column in columns) + "</tr>" for row in [1, *rows]]
    direction = "rtl" if language == "fa" else "ltr"
    return f"<html lang={language} dir={direction}><style>{STYLE}</style><table>{''.join(lines)}</table></html>"


def cell_of(cell: Cell | MergedCell) -> str:
    """Give one cell with the colour it has in the spreadsheet."""
    colour = cell.fill.start_color.rgb if cell.fill.fill_type == "solid" else None
    style = f' style="background:#{colour[-6:]}"' if isinstance(colour, str) else ""
    return f"<td{style}>{html.escape(str(cell.value if cell.value is not None else ''))}</td>"


def draw(page: str, output: Path, size: str = "600,300") -> None:
    """Let Chromium draw a page."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(f"<!doctype html><meta charset=utf-8>{page}", encoding="utf-8")
        take(path, output, size)


def take(path: Path, output: Path, size: str) -> None:
    """Take the picture of a page on disk."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise SystemExit("Chromium is not installed: make browser-setup installs it.")
    with tempfile.TemporaryDirectory() as profile:
        quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}"]
        command = [chromium, *quiet, f"--screenshot={output}", f"--window-size={size}", path.absolute().as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)


def main() -> None:
    """Draw all pictures into docs/pictures/."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--results", type=Path, default=Path("results/demo"))
    asked = parser.parse_args()
    for language in ("en", "fa"):
        for sheet in SHEETS:
            draw_codebook(language, sheet, HERE / "pictures" / f"codebook_{sheet}_{language}.png")
        page = asked.results / "report" / f"educator.{language}.INTERNAL.html"
        if page.is_file():
            take(page, HERE / "pictures" / f"educator_{language}.png", "784,1248")
        else:
            print(f"{page} is not there: make demo writes it. Its picture stays as it is.")


if __name__ == "__main__":
    main()
