"""The pages in a real browser: nothing fetched, nothing wider than the screen, two printed sides."""

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from balint_eval.language import read_language
from balint_eval.report.educator import build_educator
from balint_eval.report.html import render_html
from balint_eval.report.researcher import build_researcher

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in BROWSERS if (path := shutil.which(name))), "")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE = 390

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed: pages were not looked at in a browser"),
]


def _synthetic():
    path = Path(__file__).parents[1] / "unit" / "report" / "synthetic.py"
    spec = importlib.util.spec_from_file_location("report_synthetic_browser", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages():
    arguments = _synthetic().example("gain")
    builds = (build_educator, build_researcher)
    english = {build.__name__: render_html(build(*arguments)) for build in builds}
    persian = read_language("fa")
    return english | {f"{build.__name__}_fa": render_html(build(*arguments, persian)) for build in builds}


def chromium(tmp_path, *options, page):
    profile = tmp_path / "profile"
    command = [CHROMIUM, *QUIET, f"--user-data-dir={profile}", *options, page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


def with_probe(html, script):
    """Let a page run one script of the test; the policy is opened for it only."""
    opened = html.replace("default-src 'none';", "default-src 'none'; script-src 'unsafe-inline';")
    return opened.replace("</body>", f"<script>{script}</script></body>")


WIDEST = (
    "const beyond = box => box.right > innerWidth + 1 || box.left < -1; "
    "const wide = [...document.querySelectorAll('main *, header *, footer *, nav *')].filter(e => "
    "!e.closest('.scroll') && beyond(e.getBoundingClientRect())).map(e => e.tagName + '.' + e.className); "
    "document.title = 'WIDE[' + wide.join(',') + '] ' + document.documentElement.scrollWidth + ' of ' + innerWidth;"
)


@pytest.mark.parametrize("width", [PHONE, 1280])
@pytest.mark.parametrize("name", ["build_educator", "build_researcher", "build_educator_fa", "build_researcher_fa"])
def test_nothing_is_wider_than_the_screen(pages, tmp_path, name, width):
    page, around = tmp_path / "page.html", tmp_path / "around.html"
    page.write_text(with_probe(pages[name], WIDEST + "parent.postMessage(document.title, '*');"), encoding="utf-8")
    # A frame, because headless Chromium has a smallest window of about 500 pixels.
    around.write_text(
        f"<title>none</title><iframe src='page.html' style='width:{width}px;height:800px;border:0'></iframe>"
        "<script>addEventListener('message', e => { document.title = e.data })</script>",
        encoding="utf-8",
    )
    seen = chromium(tmp_path, "--virtual-time-budget=4000", "--window-size=1400,900", "--dump-dom", page=around)
    title = re.search("<title>(.*?)</title>", seen.stdout)[1]
    assert title == f"WIDE[] {width} of {width}"


@pytest.mark.parametrize("name", ["build_educator", "build_researcher"])
def test_opening_a_page_fetches_nothing(pages, tmp_path, name):
    page, log = tmp_path / "page.html", tmp_path / "net.json"
    page.write_text(pages[name], encoding="utf-8")
    seen = chromium(tmp_path, f"--log-net-log={log}", "--virtual-time-budget=4000", "--dump-dom", page=page)
    assert "<h1>" in seen.stdout
    asked = set(re.findall(r'"url":"(https?://[^"]+)"', log.read_text(encoding="utf-8")))
    assert not {url for url in asked if "doi.org" in url or "w3.org" in url or "purl.org" in url}
    assert "Refused to load" not in seen.stderr


AXE = Path(__file__).parents[2] / ".tools" / "node_modules" / "axe-core" / "axe.min.js"
JUDGED = (
    "axe.run(document, {resultTypes: ['violations']}).then(found => {"
    "const told = found.violations.flatMap(one => one.nodes.map(node => one.id + ': ' + node.html.slice(0, 160)));"
    "document.documentElement.innerHTML = '<head><title>axe ' + found.passes.length + ' rules</title></head><body>'"
    "; const list = document.createElement('pre'); list.textContent = told.join('\\n'); document.body.append(list) })"
)


def judged(tmp_path, html):
    """Give the number of rules that axe found kept, and what it found to mend."""
    page = tmp_path / "page.html"
    page.write_text(with_probe(html, AXE.read_text(encoding="utf-8") + JUDGED), encoding="utf-8")
    seen = chromium(tmp_path, "--virtual-time-budget=60000", "--window-size=1280,900", "--dump-dom", page=page)
    rules = re.search("<title>axe ([0-9]+) rules</title>", seen.stdout)
    assert rules, "axe did not finish"
    return int(rules[1]), re.search("<pre>(.*?)</pre>", seen.stdout, re.DOTALL)[1]


needs_axe = pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core is not there (make axe-setup): accessibility was not judged"
)


@needs_axe
@pytest.mark.parametrize("name", ["build_educator", "build_researcher"])
def test_axe_finds_nothing_to_mend(pages, tmp_path, name):
    rules, told = judged(tmp_path, pages[name])
    assert rules > 20
    assert told == ""


@needs_axe
def test_axe_would_tell(pages, tmp_path):
    _, told = judged(tmp_path, pages["build_educator"].replace('<html lang="en"', "<html"))
    assert told.startswith("html-has-lang")


def test_the_educator_page_prints_on_two_sides_at_most(pages, tmp_path):
    page, pdf = tmp_path / "page.html", tmp_path / "page.pdf"
    page.write_text(pages["build_educator"], encoding="utf-8")
    chromium(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={pdf}", page=page)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) <= 2
