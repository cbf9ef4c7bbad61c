import csv
import itertools
import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from balint_eval.report.download import csv_address
from balint_eval.report.educator import build_educator
from balint_eval.report.html import render_html
from balint_eval.report.model import TableColumn
from balint_eval.report.researcher import build_researcher
from balint_eval.report.svg import embedded

VOID = {"meta", "br", "img", "hr", "link", "input", "path", "rect", "use"}


class Page(HTMLParser):
    """Collects what the tests ask about and checks that elements close in order."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.tags, self.links, self.headings, self.open, self.images = [], [], [], [], [], []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        self.links += [attributes[name] for name in ("href", "src", "xlink:href") if name in attributes]
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(params=[build_educator, build_researcher], ids=["educator", "researcher"])
def html(request, study):
    return render_html(request.param(*study[1]))


def test_ids_are_unique_and_references_lead_somewhere(html):
    page = Page(html)
    assert len(page.ids) == len(set(page.ids))
    pointed = {link[1:] for link in page.links if link.startswith("#")}
    pointed |= {target for _, a in page.tags for target in a.get("aria-labelledby", "").split()}
    pointed |= set(re.findall(r"url\(#([^)]+)\)", html))
    assert pointed <= set(page.ids)


def test_no_outside_address_but_doi_links(html):
    inside = ("#", "https://doi.org/", "data:text/csv;charset=utf-8,%EF%BB%BF")
    assert all(link.startswith(inside) for link in Page(html).links)
    rest = re.sub(r'href="https://doi\.org/[^"]+"', "", html)
    assert "://" not in rest
    assert "@import" not in html
    assert "<script" not in html
    assert not re.search(r"\son\w+=", html.replace("&lt;img src=x onerror=y&gt;", ""))


def test_content_policy_forbids_everything_else(html):
    policy = next(a["content"] for tag, a in Page(html).tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_headings_descend_one_at_a_time_from_one_title(html):
    levels = Page(html).headings
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_tables_have_captions_and_scopes(html):
    for table in re.findall(r"<table.*?</table>", html, re.DOTALL):
        assert table.count("<caption") == 1
        assert table.count("<th") - table.count("<thead") == table.count("<th scope=")


def test_landmarks_language_and_watermark(html):
    page = Page(html)
    tags = [tag for tag, _ in page.tags]
    assert [tags.count(tag) for tag in ("header", "main", "footer")] == [1, 1, 1]
    root = dict(page.tags)["html"]
    assert (root["lang"], root["dir"]) == ("en", "ltr")
    assert html.count("INTERNAL") >= 3
    assert "@bottom-left" in html


def test_size_is_small(html):
    assert len(html.encode()) < 1_500_000


@pytest.mark.parametrize("build", [build_educator, build_researcher])
def test_markup_in_labels_is_shown_not_run(example, build):
    html = render_html(build(*example("markup")))
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in html
    assert "<img" not in html
    assert "Burnout &lt;b&gt;" in html
    assert "Safe &lt;i&gt;" in html


def test_watermark_text_cannot_leave_the_style_sheet(example):
    from dataclasses import replace

    report = replace(build_educator(*example("gain")), watermark='x"; } </style><script>')
    html = render_html(report)
    assert "</style><script>" not in html
    assert html.count("</style>") == 1


def test_two_drawings_never_share_an_id_and_letters_are_drawn_once():
    svg = (
        '<?xml version="1.0"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg" id="top">'
        "<metadata><a href='http://x'/></metadata><style>*{stroke: red}</style>"
        '<defs><clipPath id="a"/><path id="F-1f" d="M 0\n1" transform="scale(0.015625)"/></defs>'
        '<g clip-path="url(#a)" onload="x()"><use xlink:href="#F-1f" style="fill: none; opacity: 0.5"/></g>'
        '<g><path d="M 0.5 -10.05 \nL 1 -0.25 \nz\n"/></g><script>x()</script></svg>'
    )
    letters, parts = embedded({"one": svg, "two": svg})
    assert letters.count('id="l0" d="M0 1"') == 1
    assert letters.count("<style>.q0{fill:none;opacity:0.5}</style>") == 1
    own = {name: re.findall(r'clipPath id="(d\d)"', part) for name, part in parts.items()}
    assert own == {"one": ["d1"], "two": ["d2"]}
    assert "url(#d2)" in parts["two"]
    assert '<use href="#l0" class="q0"/>' in parts["two"]
    assert 'id="one-drawing"' in parts["one"]
    assert 'style="stroke:red"' in parts["one"]
    assert '</g><path d="M.5-10.05L1-.25z"/></svg>' in parts["one"]
    for part in parts.values():
        assert not re.search('http|script|onload|metadata|DOCTYPE|F-1f" d=', part)


def test_a_letter_drawn_otherwise_keeps_its_own_shape():
    one = '<svg><defs><path id="F-1" d="M 0 1" transform="scale(0.015625)"/></defs><use xlink:href="#F-1"/></svg>'
    _, parts = embedded({"a": one, "b": one.replace("M 0 1", "M 9 9")})
    assert '"#l0"' in parts["a"]
    assert parts["b"].count('id="d1"') == parts["b"].count('"#d1"') == 1
    assert "M9 9" in parts["b"]


def test_single_scores_behind_a_figure_are_not_listed(example):
    html = render_html(build_researcher(*example("gain")))
    assert "12.34" not in html
    assert "P1" not in Page(html).ids
    assert "single people" in html


def test_every_table_can_be_saved_as_csv_from_the_page(example):
    report = build_researcher(*example("gain"))
    page = Page(render_html(report))
    links = [a for tag, a in page.tags if tag == "a" and "download" in a]
    holders = [b for b in report.blocks() if getattr(b, "rows", ())]
    assert len(links) == len(holders)
    for link, block in zip(links, holders, strict=True):
        kind, content = link["href"].split(",", 1)
        rows = list(csv.reader(unquote(content).removeprefix("\ufeff").splitlines()))
        assert kind == "data:text/csv;charset=utf-8"
        assert not re.search(r"[\r\n\t]|^ | $", content)
        assert rows == [[c.heading for c in block.columns], *map(list, block.rows)]
        assert link["download"].endswith(".INTERNAL.csv")
        assert block.title in link["aria-label"]


def test_a_formula_is_harmless_in_the_saved_table():
    address = csv_address(
        (TableColumn("=1+1"),), (("@SUM(A1)",), ("−1",), ('a "b", c',), ("50% #1",), ("\u2066−۱٫۵\u2069",))
    )
    content = unquote(address.split(",", 1)[1])
    assert content == '\ufeff\'=1+1\n\'@SUM(A1)\n−1\n"a ""b"", c"\n50% #1\n−۱٫۵\n'
