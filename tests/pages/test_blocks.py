"""What stands in a block of a page is true: commands run, Python runs, YAML is a piece of a study, output is said.

Blocks that cannot run here say why, in a comment above them; the list of these is held, so that it cannot grow unseen.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from blocks import KNOWN, ROOT, Block, blocks_of, inline_commands, pages, words_of
from fragments import faults
from sandbox import Sandbox

from balint_eval.command_words import make_parser

PAGES = pages()
BLOCKS = [block for page in PAGES for block in blocks_of(page)]
TO_RUN = {page: [block for block in blocks_of(page) if block.runs] for page in PAGES}
THOROUGH = {page for page in PAGES if any("thorough" in block.marks for block in blocks_of(page))}
NOT_RUN = [block for block in BLOCKS if "not run" in block.marks]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_is_of_a_known_kind(page):
    blocks = blocks_of(page)
    unknown = [block.place for block in blocks if block.language not in KNOWN and not block.repeats]
    assert unknown == [], f"one of {', '.join(KNOWN)}"
    texts = [block for block in blocks if block.language == "text" and not block.repeats]
    silent = [block.place for block in texts if not {"output", "output of", "not run"} & set(block.marks)]
    assert silent == [], "say `<!-- output -->` (of the block before) or `<!-- not run: REASON -->` above it"


def test_blocks_that_are_not_run_say_why():
    assert [block.place for block in NOT_RUN if len(block.marks["not run"].split()) < 3] == []
    listed = "\n".join(f"{block.place}: {block.marks['not run']}" for block in NOT_RUN)
    print(f"{len(NOT_RUN)} of {len(BLOCKS)} blocks are not run:\n{listed}")
    runnable = [block for block in BLOCKS if block.language != "text"]
    left = [block for block in NOT_RUN if block.language != "text"]
    assert len(left) <= len(runnable) / 3, listed


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.commands], ids=lambda block: block.place)
def test_every_command_is_one(block):
    """Also of blocks that are not run: the parser takes the words, the target and the file exist."""
    for command in block.commands:
        words = words_of(command)
        first = Path(words[0]).name if words else ""
        if first == "balint-eval":
            assert said_by_parser(words[1:]) == "", command
        elif first == "make":
            targets = [word for word in words[1:] if "=" not in word]
            makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
            assert [target for target in targets if f"\n{target}:" not in makefile] == [], command
        elif first.startswith("python") and len(words) > 1 and words[1].endswith(".py"):
            assert (ROOT / words[1]).is_file(), command


def said_by_parser(words: list[str]) -> str:
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            make_parser().parse_args(words)
    except SystemExit as ended:
        return said.getvalue() if ended.code else ""
    return ""


def options_of_commands() -> dict[str, set[str]]:
    parser = make_parser()
    action = next(one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    own = set(parser._option_string_actions)
    return {name: own | set(command._option_string_actions) for name, command in action.choices.items()}


@pytest.mark.parametrize("page", [page for page in PAGES if inline_commands(page)], ids=name_of)
def test_commands_in_sentences_exist(page):
    known = options_of_commands()
    for command in inline_commands(page):
        name = next((word for word in command.split() if word in known), "")
        if not name and not re.search(r"[a-z]", re.sub(r"--\S+|[A-Z]+", "", command)):
            continue
        assert name, f"balint-eval {command}"
        assert set(re.findall(r"--[a-z][a-z-]*", command)) <= known[name], f"balint-eval {command}"


@pytest.mark.parametrize(
    "block",
    [block for block in BLOCKS if block.language == "yaml" and "not run" not in block.marks],
    ids=lambda block: block.place,
)
def test_yaml_is_a_piece_of_a_study(block):
    assert faults(block.text) == []


def test_a_wrong_piece_would_be_seen():
    assert faults("languages: [en, fa]") == []
    assert faults("languges: [en]") == ["nothing in a study file, instrument or codebook has the keys languges"]
    assert faults("exports:\n  - {file: a.csv, person: code}") != []
    assert faults("outcomes: [{instrument: TEQ, scale: total, role: main}]") != []


def agrees(said: list[str], shown: list[str]) -> bool:
    """Tell whether lines are those shown; ` ...` at the end of one stands for the rest, `...` alone for any lines."""
    if not shown:
        return not said
    if shown[0].strip() == "...":
        return any(agrees(said[at:], shown[1:]) for at in range(len(said) + 1))
    if not said:
        return False
    part = shown[0]
    same = said[0].startswith(part.removesuffix(" ...")) if part.endswith(" ...") else said[0] == part.rstrip()
    return same and agrees(said[1:], shown[1:])


class Reader:
    """Somebody who does what a page says, from top to bottom."""

    def __init__(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sandbox, self.said = sandbox, ""
        self.names: dict[str, object] = {"__name__": "__page__"}
        monkeypatch.chdir(sandbox.folder)
        for key in ("BALINT_EVAL_KEY_FILE", "HOME"):
            monkeypatch.setenv(key, sandbox.environment[key])

    def do(self, block: Block) -> None:
        if block.language == "python":
            self._python(block)
        elif block.language == "bash":
            self._shell(block, block.text, shown=None)
        else:
            for command, shown in block.shown:
                self._shell(block, command, shown or None)

    def _python(self, block: Block) -> None:
        said = io.StringIO()
        # Lines count from the page's top, so that a traceback points into the page.
        code = compile("\n" * block.line + block.text, block.page, "exec")
        with contextlib.redirect_stdout(said):
            exec(code, self.names)
        self.said = said.getvalue()

    def _shell(self, block: Block, commands: str, shown: list[str] | None) -> None:
        done = self.sandbox.run(commands)
        self.said = done.stdout + done.stderr
        expected = int(block.marks.get("exit", 0))
        assert done.returncode == expected, f"{block.place} ended with {done.returncode}:\n{self.said[-3000:]}"
        if shown is not None:
            lines = [line.rstrip() for line in self.said.strip().splitlines()]
            assert agrees(lines, shown), f"{block.place} says otherwise:\n{self.said}"

    def compare(self, block: Block) -> None:
        """Hold a block of output to what the block before it said: each line, in this order."""
        lines = iter(self.said.splitlines())
        for line in block.text.splitlines():
            found = any(agrees([one.rstrip()], [line]) for one in lines)
            assert found, f"{block.place}: not said, or not in this order: {line}\n{self.said[-4000:]}"


def read_page(page: Path, reader: Reader) -> None:
    for block in blocks_of(page):
        if "needs" in block.marks:
            reader.sandbox.provide(block.marks["needs"])
        if block.runs:
            reader.do(block)
        elif {"output", "output of"} & set(block.marks):
            if "output of" in block.marks:
                reader.do(replace(block, language="bash", text=block.marks["output of"]))
            reader.compare(block)


@pytest.fixture
def reader(tmp_path, monkeypatch):
    folder = tmp_path / "copy"
    folder.mkdir()
    return Reader(Sandbox(folder), monkeypatch)


RUNNING = [page for page, blocks in TO_RUN.items() if blocks]


@pytest.mark.parametrize("page", [page for page in RUNNING if page not in THOROUGH], ids=name_of)
def test_the_blocks_of_a_page_run(page, reader):
    read_page(page, reader)


@pytest.mark.thorough
@pytest.mark.parametrize("page", [page for page in RUNNING if page in THOROUGH], ids=name_of)
def test_the_blocks_of_a_long_page_run(page, reader):
    read_page(page, reader)


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Give the blocks of a page with this text."""

    def write(text):
        monkeypatch.setattr("blocks.ROOT", tmp_path)
        (tmp_path / "page.md").write_text(text, encoding="utf-8")
        return tmp_path / "page.md"

    return write


def test_a_false_page_would_be_seen(written, reader):
    for text in (
        "```bash\nfalse\n```\n",
        "```python\nassert 1 == 2\n```\n",
        "```transcript\n$ echo one\ntwo\n```\n",
        "```bash\necho one\n```\n\n<!-- output -->\n```text\ntwo\n```\n",
    ):
        with pytest.raises(AssertionError):
            read_page(written(text), reader)
    read_page(written("<!-- exit: 3 -->\n```bash\nexit 3\n```\n"), reader)
    read_page(written("```bash\nfile=1; echo $file > kept\n```\n\n```transcript\n$ cat kept\n1\n```\n"), reader)
    assert said_by_parser(["check", "--every"]) != ""
