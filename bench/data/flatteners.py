"""Pages flattened to text as producers do it, by several tools: for training and measuring, not needed to run.

    pip install beautifulsoup4==4.15.0 html2text==2025.4.15 inscriptis==2.7.6 Resiliparse==2.0.1

lxml is there anyway.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "button", "caption", "center", "dd", "details",
    "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hr", "iframe", "label", "legend", "li", "main", "menu", "nav", "ol", "option", "p", "pre",
    "section", "select", "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "title", "tr", "ul",
))  # fmt: skip
_UNSEEN = ("script", "style", "noscript", "template")


def with_lxml(html: str) -> str:
    """A line a block element, as a crawler's ``text_content`` with line breaks gives it."""
    page = _parse(html)
    pieces: list[str] = []
    todo: list[Any] = [page]
    while todo:  # no recursion: pages nest deeply
        node = todo.pop()
        if isinstance(node, str):
            pieces.append(node)
            continue
        is_seen = isinstance(node.tag, str) and node.tag not in _UNSEEN
        edge = "\n" if is_seen and node.tag in _BLOCKS else ""
        inner = [edge, _one_line(node.text)] if is_seen else []
        for child in node if is_seen else ():
            inner += (child, _one_line(child.tail))
        todo += reversed([*inner, edge])
    return re.sub(r"\n\s*\n+", "\n", re.sub(r"[ \t\r]+", " ", "".join(pieces))).strip()


def with_beautiful_soup(html: str) -> str:
    """``get_text("\\n", strip=True)``: a line a text node, so that every link breaks its paragraph."""
    page = import_module("bs4").BeautifulSoup(html, "lxml")
    for element in page(list(_UNSEEN)):
        element.decompose()
    return str(page.get_text("\n", strip=True))


def with_html2text(html: str) -> str:
    """Markdown without links and emphasis, a line a paragraph."""
    flattener = _html2text()
    flattener.ignore_links = flattener.ignore_images = flattener.ignore_emphasis = True
    flattener.body_width = 0
    return str(flattener.handle(html))


def with_html2text_as_it_comes(html: str) -> str:
    """Markdown with links, wrapped at 78 characters: the tool's defaults."""
    return str(_html2text().handle(html))


def with_inscriptis(html: str) -> str:
    """A text browser's layout."""
    return str(import_module("inscriptis").get_text(html))


def with_resiliparse(html: str) -> str:
    """All visible text."""
    extract = import_module("resiliparse.extract.html2text").extract_plain_text
    return str(extract(html, main_content=False, alt_texts=False, links=False, form_fields=False, noscript=False))


FLATTENERS: dict[str, Callable[[str], str]] = {
    "lxml": with_lxml,
    "inscriptis": with_inscriptis,
    "resiliparse": with_resiliparse,
    "beautifulsoup": with_beautiful_soup,
    "html2text": with_html2text,
    "html2text, as it comes": with_html2text_as_it_comes,
}


def page_titles(html: str) -> tuple[str, ...]:
    """What the page calls itself: og:title, title, h1, in this order."""
    page = _parse(html)
    found = [*page.xpath('//meta[@property="og:title"]/@content')[:1], *page.xpath("//head/title/text()")[:1]]
    found += [element.text_content() for element in page.xpath("//h1")[:2]]
    return tuple(title for title in (" ".join(str(each).split()) for each in found) if title)


def _parse(html: str) -> Any:
    lxml_html = import_module("lxml.html")
    return lxml_html.fromstring(html.encode("utf-8", "replace"), parser=lxml_html.HTMLParser(encoding="utf-8"))


def _one_line(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def _html2text() -> Any:
    return import_module("html2text").HTML2Text()
