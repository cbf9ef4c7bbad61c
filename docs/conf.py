"""How Sphinx builds the site from docs/: offline and strict. Every page is plain Markdown in the repository, too."""

from __future__ import annotations

import os
import re
import sys
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

project = "balint-eval"
author = "The balint-eval developers"
copyright = author
release = version = installed_version("balint-eval")
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
nitpicky = True
# Types of other packages are named, not linked: their manuals are not on this machine.
FOREIGN = "numpy|np|pandas|pd|matplotlib|collections|pathlib|typing|argparse|datetime|types|annotated_types|pydantic"
UNNAMED = "Path|Sequence|Iterator|Iterable|Mapping|Callable|Any|Literal|ArrayLike|NDArray|FloatArray|date|datetime"
UNNAMED += "|Drawing|Instrument|Study"
# The inner parts of the mixed models are read in the source; settings have pages of their own.
INNER = r"balint_eval\.(stats\.reml_\w+|study_model|instruments\.model)\.\w+"
nitpick_ignore_regex = [("py:.*", rf"({FOREIGN})(\..*)?"), ("py:.*", UNNAMED), ("py:class", INNER)]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4

autosummary_generate = False
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
numpydoc_show_class_members = False

html_theme = "furo"
html_title = "balint-eval"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_copy_source = False
html_show_sourcelink = False
# A page opened from a disk may not fetch another: results of a search are listed without extracts.
html_show_search_summary = False
html_theme_options = {"navigation_with_keys": True}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"


DOCS = Path(__file__).parent
INCLUDE = re.compile(r"^```\{include\} (\S+)\n```$", re.MULTILINE)
LINK = re.compile(r"\[([^\]\n]*)\]\(([^)#:\s]+)(#[^)\s]*)?\)")


def pages_of_included_files() -> dict[Path, Path]:
    """Give the page that shows each file from outside docs/, such as CONTRIBUTING.md."""
    pages = [page for page in DOCS.rglob("*.md") if "_build" not in page.parts]
    found = [(page, INCLUDE.search(page.read_text(encoding="utf-8"))) for page in pages]
    return {(page.parent / match[1]).resolve(): page for page, match in found if match}


def with_links_from(folder: Path, page: Path, text: str) -> str:
    """Write links seen from a folder of the repository as links seen from a page of the site.

    A link to a file that is shown on a page leads to that page. One to another file of the repository keeps its words
    only. One to nothing stays as it is: Sphinx then refuses it.
    """

    def change(match: re.Match[str]) -> str:
        words, path, anchor = match[1], match[2], match[3] or ""
        target = (folder / path).resolve()
        target = INCLUDED.get(target, target)
        if target.is_relative_to(DOCS):
            return f"[{words}]({os.path.relpath(target, page.parent)}{anchor})"
        return words if target.exists() else match[0]

    return LINK.sub(change, text)


INCLUDED = pages_of_included_files()


def read_source(app: Sphinx, name: str, source: list[str]) -> None:
    """Put included files into their pages, and point every link to where it leads on the site."""
    page = DOCS / f"{name}.md"
    text = with_links_from(page.parent, page, source[0])

    def include(match: re.Match[str]) -> str:
        path = (page.parent / match[1]).resolve()
        app.env.note_dependency(str(path))
        return with_links_from(path.parent, page, path.read_text(encoding="utf-8"))

    source[0] = INCLUDE.sub(include, text)


def title_sections(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Make the underlined titles in a module's docstring rubrics: it may not open sections of its own."""
    if what != "module":
        return
    for at in [at for at, line in enumerate(lines[1:]) if line and not line.strip("-") and lines[at]]:
        lines[at], lines[at + 1] = f".. rubric:: {lines[at]}", ""


WRAPPER = '<div class="table-wrapper'


def finish_page(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Let tables and code be scrolled by keyboard, and turn pages whose front matter names a direction."""
    if doctree is None:
        return
    meta = context.get("meta") or {}
    body = context["body"].replace(WRAPPER, f'<div tabindex="0"{WRAPPER[4:]}').replace("<pre>", '<pre tabindex="0">')
    turned = f'<div lang="{meta["language"]}" dir="{meta["direction"]}">{body}</div>' if "direction" in meta else body
    context["body"] = turned
    # The theme calls the captions of the contents headings, without their level.
    contents = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = contents.replace('role="heading"', 'role="heading" aria-level="2"')


def name_landmarks(app: Sphinx, exception: Exception | None) -> None:
    """Say which of the theme's two side columns is which, for people who hear the page."""
    if exception is not None:
        return
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        named = text.replace('<aside class="sidebar-drawer"', '<aside aria-label="Site" class="sidebar-drawer"')
        named = named.replace('<aside class="toc-drawer', '<aside aria-label="This page" class="toc-drawer')
        page.write_text(named, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register what this site adds to Sphinx."""
    app.add_lexer("transcript", TextLexer)
    app.connect("source-read", read_source)
    # Before numpydoc, which would take the titles for its own sections.
    app.connect("autodoc-process-docstring", title_sections, priority=100)
    # After the theme, whose contents it changes.
    app.connect("html-page-context", finish_page, priority=900)
    app.connect("build-finished", name_landmarks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
