"""Pages flattened to text as producers do it, by several tools: for training and measuring, not needed at run time.

    pip install beautifulsoup4==4.15.0 html2text==2025.4.15 inscriptis==2.7.6 Resiliparse==2.0.1 markdownify==1.2.0
    apt-get install w3m lynx    # only to measure their dumps

lxml is installed anyway.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from importlib import import_module
from shutil import which
from typing import Any

_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "button", "caption", "center", "dd", "details",
    "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hr", "iframe", "label", "legend", "li", "main", "menu", "nav", "ol", "option", "p", "pre",
    "section", "select", "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "title", "tr", "ul",
))  # fmt: skip
_UNSEEN = ("script", "style", "noscript", "template")


def with_lxml(html: str) -> str:
    """One line per block element, as a crawler's ``text_content`` with line breaks gives it."""
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
    """``get_text("\\n", strip=True)``: one line per text node, so that every link breaks its paragraph."""
    return str(_soup(html).get_text("\n", strip=True))


def with_get_text(html: str) -> str:
    """``get_text()``: nothing between elements, and the line breaks of the source."""
    return str(_soup(html).get_text())


def with_get_text_strip(html: str) -> str:
    """``get_text(strip=True)``: one line, in which "Sport" and "News" are "SportNews"."""
    return str(_soup(html).get_text(strip=True))


def with_get_text_space(html: str) -> str:
    """``get_text(" ", strip=True)``: one line with spaces between."""
    return str(_soup(html).get_text(" ", strip=True))


def with_text_content(html: str) -> str:
    """lxml's ``text_content()`` once scripts and styles are dropped."""
    page = _parse(html)
    for element in page.xpath(" | ".join(f"//{name}" for name in _UNSEEN)):
        element.drop_tree()
    return str(page.text_content())


def with_text_content_one_line(html: str) -> str:
    """``" ".join(page.text_content().split())``."""
    return " ".join(with_text_content(html).split())


def with_text_content_and_scripts(html: str) -> str:
    """lxml's plain ``text_content()``: scripts and styles are text, too."""
    return str(_parse(html).text_content())


def with_html2text(html: str) -> str:
    """Markdown without links and emphasis, one line per paragraph."""
    flattener = _html2text()
    flattener.ignore_links = flattener.ignore_images = flattener.ignore_emphasis = True
    flattener.body_width = 0
    return str(flattener.handle(html))


def with_html2text_as_it_comes(html: str) -> str:
    """Markdown with links, wrapped at 78 characters: the tool's defaults."""
    return str(_html2text().handle(html))


def with_markdownify(html: str) -> str:
    """Markdown with links, one line per paragraph."""
    return str(import_module("markdownify").markdownify(str(_soup(html))))


def with_w3m(html: str) -> str:
    """``w3m -dump``: wrapped at 80 columns."""
    return _dump(html, "w3m", "-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8")


def with_lynx(html: str) -> str:
    """``lynx -dump``: wrapped at 80 columns, links numbered and listed below."""
    return _dump(html, "lynx", "-dump", "-stdin", "-assume_charset=utf-8", "-display_charset=utf-8")


def with_trafilatura(html: str) -> str:
    """The text that trafilatura extracts."""
    return import_module("trafilatura").extract(html, include_comments=False) or ""


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
    "markdownify": with_markdownify,
    "get_text()": with_get_text,
    "get_text(strip=True)": with_get_text_strip,
    'get_text(" ")': with_get_text_space,
    "text_content()": with_text_content,
    "text_content(), one line": with_text_content_one_line,
    "text_content(), scripts": with_text_content_and_scripts,
    "trafilatura": with_trafilatura,
}
_DUMPS: dict[str, Callable[[str], str]] = {"w3m": with_w3m, "lynx": with_lynx}


def flatteners() -> dict[str, Callable[[str], str]]:
    """All available ones: the dumps only if their programs are installed."""
    return FLATTENERS | {name: dump for name, dump in _DUMPS.items() if which(name)}


def page_titles(html: str) -> tuple[str, ...]:
    """The page's titles: og:title, title, h1, in this order."""
    page = _parse(html)
    found = [*page.xpath('//meta[@property="og:title"]/@content')[:1], *page.xpath("//head/title/text()")[:1]]
    found += [element.text_content() for element in page.xpath("//h1")[:2]]
    return tuple(title for title in (" ".join(str(each).split()) for each in found) if title)


def _parse(html: str) -> Any:
    lxml_html = import_module("lxml.html")
    return lxml_html.fromstring(html.encode("utf-8", "replace"), parser=lxml_html.HTMLParser(encoding="utf-8"))


def _soup(html: str) -> Any:
    page = import_module("bs4").BeautifulSoup(html, "lxml")
    for element in page(list(_UNSEEN)):
        element.decompose()
    return page


def _dump(html: str, *command: str) -> str:
    return subprocess.run(command, input=html.encode("utf-8", "replace"), capture_output=True, check=True).stdout.decode(
        "utf-8", "replace"
    )


def _one_line(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def _html2text() -> Any:
    return import_module("html2text").HTML2Text()
