"""The text found on a page is trafilatura's own: leaving out passes that can't change it changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree
from trafilatura import bare_extraction, main_extractor, xml

from streams.records.pages.build import count_build
from streams.records.pages.main_text import _join_texts, find_main_text
from streams.records.pages.markup import parse
from streams.samples import load_samples


def read(tree: Any) -> str:
    return find_main_text(tree, count_build(tree))


PROSE = "".join(
    f"<p>Boats left the harbour at noon on day {number}, said the mayor, who had waited for {number + 2} hours.</p>"
    for number in range(8)
)
COMMENT = "<p>I waited there too, and nobody ever told us when the boats would be back again.</p>"
FORUM = '<script type="application/ld+json">{"@type": "DiscussionForumPosting"}</script>'


def boxed(box: str, head: str = "") -> bytes:
    """A page with a comment in a box, which begins with this tag."""
    tag = box[1:].split(maxsplit=1)[0].rstrip(">")
    body = f"<article><h1>Boats</h1>{PROSE}{box}{COMMENT * 3}</{tag}></article>"
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()


CROWD = "".join(f"<b>Boat {number}</b> left the <span>harbour</span>, " for number in range(2_001))

PAGES = {
    **{each.name: each.value for each in load_samples() if each.value and each.name.startswith("page-")},
    "nothing": b"<html><body></body></html>",
    "no comments": boxed("<div>"),
    "comments by class": boxed('<div class="comment-list">'),
    "comments by class, with a capital": boxed('<section class="Comments">'),
    "comments by id": boxed('<div id="comments">'),
    "comments of an article": boxed('<div class="x post-comments">'),
    "a list of comments": boxed('<ol class="commentlist">'),
    "comments by comol": boxed('<div id="comol-1">'),
    "Disqus": boxed('<div id="disqus_thread">'),
    "Disqus by another name": boxed('<div id="dsq-comments">'),
    "a commentary": boxed('<div class="commentary">'),
    "appended articles": boxed('<div class="mvp-post-add-wrap">'),
    "endless scrolling": boxed('<div id="infinite-scroll">'),
    "buttons": boxed('<div class="elementor-share-buttons">'),
    "a crowd of inline elements": boxed(f"<p>{CROWD}</p><div>"),
    "a forum": boxed('<div class="comment-list">', FORUM),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_what_is_found_is_what_the_library_finds_by_all_its_passes(page: bytes) -> None:
    document = bare_extraction(parse(page), fast=True, favor_precision=True, include_comments=False)
    assert read(parse(page)) == ((document.text or "") if document else "")


@pytest.mark.parametrize("crowd", [CROWD, "The boat <img> left. " * 2_100])
def test_texts_of_a_crowded_page_are_joined_where_an_element_between_them_went(monkeypatch, crowd: str) -> None:
    """lxml looks at all that stand side by side for each of them: 8,000 took three seconds."""
    seen = []
    monkeypatch.setattr("trafilatura.core.extract_content", lambda tree, _: (seen.append(tree), (tree, ""))[1])
    read(parse(boxed(f"<p>{crowd * 2}</p><div>")))
    [tree] = seen
    assert len(tree.xpath("//text()")) <= 2 * sum(1 for _ in tree.iter())


def headed(count: int) -> dict[str, bytes]:
    """Pages with headings at the end of a box."""
    headings = "".join(f"<h2>The boats of day {number}</h2> and more" for number in range(count))
    sections = headings.replace("<h2>", "<section><h2>").replace("</h2>", "</h2></section>")
    ends = {
        "of the article": headings,
        "each in a section": sections,
        "with a link": f'{headings}<a href="/x">A boat</a><h3>Last</h3>',
    }
    return {
        kind: f"<html><body><article><h1>Boats</h1>{PROSE}{end}</article></body></html>".encode() for kind, end in ends.items()
    }


@pytest.mark.parametrize("kind", headed(0))
def test_headings_at_the_end_go_as_the_library_removes_them(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    found = read(parse(headed(20)[kind]))
    monkeypatch.setattr("trafilatura.main_extractor.delete_element", xml.delete_element)
    assert found == read(parse(headed(20)[kind]))


def test_headings_at_the_end_go_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """lxml counts all that are left for each: 18,000 took 1.4 seconds."""
    page = parse(headed(400)["of the article"])
    read(page)
    remove, removed = main_extractor.delete_element, []
    monkeypatch.setattr(
        "trafilatura.main_extractor.delete_element",
        lambda element, **options: (removed.append(element), remove(element, **options)),
    )
    read(page)
    assert 0 < len(removed) < 10


def test_texts_between_links_are_joined_when_the_links_go() -> None:
    """lxml puts all texts of a paragraph in order to find them: between 6,000 links that took three seconds."""
    read(parse(PAGES["nothing"]))  # prepares the library
    tree = parse(f"<p>{'<a>One</a> boat left <a>at noon</a>, said the mayor. ' * 600}</p>".encode())
    words = tree.text_content()
    main_extractor.strip_tags(tree, "span", "a")
    assert tree.xpath("//text()") == [words]


def test_texts_side_by_side_are_read_at_once() -> None:
    """lxml looks at all texts before it for each: 18,000 took 0.3 s."""
    reads = 0

    class Counted(etree.ElementBase):
        @property
        def text(self) -> str | None:
            nonlocal reads
            reads += 1
            return super().text

        @text.setter
        def text(self, value: str | None) -> None:
            etree.ElementBase.text.__set__(self, value)

    parser = etree.XMLParser()
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=Counted))
    tree = etree.fromstring("<p>" + "<b>one</b> &amp; " * 20 + "</p>", parser)
    etree.strip_tags(tree, "b")
    _join_texts(tree)
    assert reads == 0
    assert tree.text == "one & " * 20


def test_the_tree_is_left_as_it_is() -> None:
    tree = parse(boxed('<div class="comment-list">'))
    read(tree)
    assert tree.find(".//div[@class='comment-list']") is not None


def test_the_pages_tell_the_passes_apart() -> None:
    """With comments, endless scrolling and the like, something is left out that stays in a plain box."""
    found = {name: "nobody ever told" in read(parse(page)) for name, page in PAGES.items()}
    assert found["no comments"]
    assert not any(found[name] for name in ("comments by class", "comments by id", "Disqus", "buttons"))
