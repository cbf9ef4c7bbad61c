"""The documentation site: every page is in it, every link leads somewhere, nothing is fetched, everybody can use it."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from balint_eval.report.wording import METHODS, UNDER_OTHER_RULES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)
READMES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("*/README.md"))]
_TOCTREE = re.compile(r"```\{toctree\}\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)\s]*)?\)")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def listed(page: Path) -> set[Path]:
    trees = _TOCTREE.findall(page.read_text(encoding="utf-8"))
    names = [line for tree in trees for line in tree.splitlines() if line and not line.startswith(":")]
    return {(page.parent / f"{name}.md").resolve() for name in names}


def test_every_page_is_in_the_contents():
    found = set().union(*(listed(page) for page in PAGES)) | {DOCS / "index.md"}
    assert set(PAGES) - found == set(), "add the page to a toctree of docs/index.md"
    assert found - set(PAGES) == set(), "the contents name a page that is not there"


@pytest.mark.parametrize("page", [*PAGES, *READMES], ids=name_of)
def test_every_link_leads_to_a_file(page):
    links = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_picture_is_described(page):
    assert [said for said in re.findall(r"!\[([^\]]*)\]", page.read_text(encoding="utf-8")) if len(said) < 20] == []


@pytest.mark.parametrize("name", [*METHODS, *UNDER_OTHER_RULES])
def test_the_guide_tells_every_method(name):
    """Whatever can stand in the column `method` of the planned comparisons and beside them."""
    assert f"{name}`" in (DOCS / "methods.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site as `make docs` does: a warning is an error."""
    if importlib.util.find_spec("sphinx") is None:
        pytest.skip("Sphinx is not installed (make docs installs it): the site was not built")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-n", "-W", "--keep-going", "-b", "html", str(DOCS), str(folder)]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False, env=environment)
    assert done.returncode == 0, done.stderr[-5000:]
    return folder


@pytest.mark.thorough
def test_no_page_fetches_anything(site):
    fetched = re.compile(r"""<(?:script|img|iframe|link|source)\b[^>]*?(?:src|href)=["'](?:https?:)?//[^"']+""")
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > len(PAGES)
    assert [
        (page.name, fetched.findall(page.read_text("utf-8")))
        for page in pages
        if fetched.search(page.read_text("utf-8"))
    ] == []
    styles = [
        path.name for path in site.rglob("*.css") if re.search(r"url\(['\"]?(?:https?:)?//", path.read_text("utf-8"))
    ]
    assert styles == []


@pytest.mark.thorough
def test_the_persian_page_runs_from_right_to_left(site):
    page = (site / "fa" / "tutorial.html").read_text(encoding="utf-8")
    assert '<div lang="fa" dir="rtl">' in page
    assert '<div lang="fa"' not in (site / "tutorial.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser():
    """The helpers of the tests that look at reports."""
    path = ROOT / "tests" / "browser" / "test_report_pages.py"
    spec = importlib.util.spec_from_file_location("browser_helpers", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not module.CHROMIUM:
        pytest.skip("Chromium is not installed: pages were not looked at in a browser")
    return module


LOOKED_AT = (
    "index.html", "tutorial.html", "fa/tutorial.html", "methods.html", "how-to/one-group.html", "reference/tables.html",
)  # fmt: skip


@pytest.mark.thorough
@pytest.mark.browser
@pytest.mark.parametrize("name", LOOKED_AT)
def test_axe_finds_nothing_to_mend(site, browser, tmp_path, name):
    if not browser.AXE.is_file():
        pytest.skip("axe-core is not there (make axe-setup): accessibility was not judged")
    page = site / name
    judging = page.with_name("judged.html")
    script = f"<script>{browser.AXE.read_text(encoding='utf-8')}{browser.JUDGED}</script></body>"
    judging.write_text(page.read_text(encoding="utf-8").replace("</body>", script), encoding="utf-8")
    seen = browser.chromium(
        tmp_path, "--virtual-time-budget=60000", "--window-size=1280,900", "--dump-dom", page=judging
    )
    rules = re.search("<title>axe ([0-9]+) rules</title>", seen.stdout)
    assert rules, "axe did not finish"
    assert int(rules[1]) > 20
    assert re.search("<pre>(.*?)</pre>", seen.stdout, re.DOTALL)[1] == ""


# A phone, and windows a little wider than those in which the page's width changes.
@pytest.mark.thorough
@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "width"), [*((name, 0) for name in LOOKED_AT), ("methods.html", 1080), ("methods.html", 1320)]
)
def test_no_page_scrolls_sideways(site, browser, tmp_path, name, width):
    width = width or browser.PHONE
    page, around = site / name, (site / name).with_name("around.html")
    told = "addEventListener('load', () => parent.postMessage(document.documentElement.scrollWidth, '*'));"
    inner = page.with_name("inner.html")
    inner.write_text(page.read_text("utf-8").replace("</body>", f"<script>{told}</script></body>"), encoding="utf-8")
    around.write_text(
        f"<title>none</title><iframe src='inner.html' style='width:{width}px;height:800px;border:0'></iframe>"
        "<script>addEventListener('message', e => { document.title = 'WIDTH ' + e.data })</script>",
        encoding="utf-8",
    )
    seen = browser.chromium(tmp_path, "--virtual-time-budget=6000", "--window-size=1400,900", "--dump-dom", page=around)
    assert re.search("<title>WIDTH ([0-9]+)</title>", seen.stdout)[1] == str(width)
