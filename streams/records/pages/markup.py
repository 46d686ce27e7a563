"""HTML as an lxml tree, and as the lines that a reader would see."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from streams import lazy_re as re
from streams.records.decoding.forms import Form, form_of
from streams.records.draft import Reason, Rejection

_MAX_ELEMENTS = 20_000  # news pages have about 800, the largest of 80 had 1,580; each costs trafilatura up to 0.1 ms
_MAX_HTML_DEPTH = 200  # levels; news pages have up to 50, and libxml2 drops anything deeper than 256
_MAX_ATTRIBUTES = 1_000  # per element; libxml2 is quadratic in them: 40,000 take 2 s

_PAGE = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_MARKUP = re.compile(
    r"</(?:p|div|a|b|i|em|strong|span|h[1-6]|ul|ol|li|table|blockquote|section|article|body|html)\s*>|<(?:br|p)\s*/?>",
    re.IGNORECASE,
)
# Characters that lxml refuses, written literally or as references.
_CONTROLS = bytes((*range(9), 11, 12, *range(14, 32)))
_NOT_CHARACTERS_BEGIN = b"\xef"  # one byte is found ten times as fast as two
_NOT_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # U+FFFE, U+FFFF
_REFERENCE = re.compile(
    rb"&#(?:0*(?:[1-8]|1[124-9]|2[0-9]|3[01]|6553[45])(?![0-9])|x0*(?:[1-8bcef]|1[0-9a-f]|fff[ef])(?![0-9a-f]));?",
    re.IGNORECASE,
)
_DOCTYPE = re.compile(rb"<!doctype[^<>]{0,500}>", re.IGNORECASE)  # lxml takes what precedes a faulty one for the page
_SCRIPT_OR_STYLE = re.compile(rb"<(script|style)\b([^<>]{0,2000})>", re.IGNORECASE)
_SPACE = re.compile(r"\s+")

# fmt: off
_BLOCKS: Final = frozenset((
    "address", "article", "aside", "blockquote", "br", "button", "caption", "dd", "details", "div", "dl", "dt", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "img", "li", "main", "nav", "ol", "p",
    "pre", "section", "summary", "table", "tr", "ul", "audio", "embed", "iframe", "object", "picture", "video",
))
_UNSEEN: Final = frozenset(("head", "iframe", "noscript", "object", "script", "style", "svg", "template", "textarea"))
# fmt: on


def is_markup(text: str) -> bool:
    """Whether a text is HTML. Some plain text contains what looks like a tag, so a common one is required."""
    return "<" in text and (_MARKUP.search(text) or _PAGE.search(text)) is not None


def is_page(text: str) -> bool:
    """Whether HTML is a whole page rather than a fragment."""
    return _PAGE.search(text) is not None


def without_control(text: str) -> bytes:
    """HTML as UTF-8, without the characters that lxml refuses and without its document type."""
    page = text.encode("utf-8", "replace").translate(None, _CONTROLS)
    if not text.isascii() and _NOT_CHARACTERS_BEGIN in page:
        for each in _NOT_CHARACTERS:
            page = page.replace(each, b"")
    page = _DOCTYPE.sub(b"", page, 1)
    page, count = _REFERENCE.subn(b"", page)
    return _REFERENCE.sub(b" ", page) if count else page  # what stood around one may be another now, and is parted for good


def without_scripts(value: bytes, content_type: str | None) -> bytes:
    """An HTML page, in an encoding that includes ASCII, without its styles and without scripts other than JSON-LD.

    Any other value is returned unchanged.
    """
    if form_of(value, content_type) is not Form.HTML:
        return value
    kept: list[bytes] = []
    at = 0
    for opened in _SCRIPT_OR_STYLE.finditer(value):
        if opened.start() < at or b"ld+json" in opened[2].lower():
            continue
        closed = _closing(opened[1].lower()).search(value, opened.end())
        if closed is None:  # it would extend to the end: the page is broken there
            break
        kept.append(value[at : opened.start()])
        at = closed.end()
    return b"".join((*kept, value[at:]))


@cache
def _closing(tag: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"</" + tag + rb"\s*>", re.IGNORECASE)


def as_page(fragment: str) -> str:
    return f"<html><body>{fragment}</body></html>"


class _TooMuchError(Exception):
    """Ends a parse: libxml2 is quadratic in nested elements, so it must not continue beyond what will be refused."""


class _Shape:
    """A target for lxml's event parser: counts elements, and the most attributes of one."""

    def __init__(self) -> None:
        self.elements = self.attributes = 0

    def start(self, _tag: str, attributes: Mapping[str, str]) -> None:
        self.elements += 1
        self.attributes = max(self.attributes, len(attributes))
        if self.elements > _MAX_ELEMENTS:
            raise _TooMuchError

    def close(self) -> None:
        pass


def refuse_hostile(page: bytes) -> Rejection | None:
    """Measure a page with an event parser before anything is built from it (1 ms per page)."""
    from lxml import etree  # noqa: PLC0415 - as in parse

    shape = _Shape()
    try:
        etree.fromstring(page, etree.HTMLParser(target=shape, encoding="utf-8"))
    except _TooMuchError:
        return Rejection(Reason.TOO_LARGE, f"more than {_MAX_ELEMENTS:,} HTML elements: publish one article")
    if shape.attributes > _MAX_ATTRIBUTES:
        return Rejection(Reason.UNREADABLE_HTML, f"an HTML element with {shape.attributes:,} attributes")
    return None


def refuse_deep(tree: Any) -> Rejection | None:
    """TOO_DEEP for a tree of more than 200 levels; libxml2 stops at 256."""
    if _path_below_the_deepest()(tree):
        return Rejection(Reason.TOO_DEEP, f"HTML nested too deep; at most {_MAX_HTML_DEPTH} levels are read")
    return None


@cache
def _path_below_the_deepest() -> Any:
    """An XPath with one more step than the levels allowed: the fastest way to check a tree's depth."""
    from lxml import etree  # noqa: PLC0415 - as in parse

    return etree.XPath(f"boolean({'/*' * (_MAX_HTML_DEPTH + 1)})")


def parse(page: bytes) -> Any:
    """lxml's tree of a page, without comments, or None."""
    from lxml import etree, html  # noqa: PLC0415 - with trafilatura half a second, which only those who have HTML should pay

    try:
        return html.document_fromstring(page, parser=_parser())
    except etree.ParserError:  # an empty document
        return None


@cache
def _parser() -> Any:
    from lxml import etree, html  # noqa: PLC0415 - as in parse

    parser = html.HTMLParser(collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    # lxml.html calls a Python function for the class of each element touched; the special classes of forms are not needed.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    return parser


def paragraphs(text: str) -> str:
    """Text that may be HTML, as lines."""
    if not is_markup(text):
        return text.strip()
    tree = parse(without_control(as_page(text)))
    return "" if tree is None else visible_text(tree)


def text_of(element: Any) -> str:
    """All text of an element in one line."""
    return " ".join(element.text_content().split())


def visible_text(tree: Any) -> str:
    """All text that a reader would see, one line per block."""
    from lxml import etree  # noqa: PLC0415 - as in parse

    pieces: list[str] = []
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        if element.tag in _BLOCKS:
            pieces.append("\n")
        if event == "end":
            pieces.append(_SPACE.sub(" ", element.tail or ""))
        elif element.tag in _UNSEEN:
            walk.skip_subtree()
        else:
            pieces.append(_SPACE.sub(" ", element.text or ""))
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(filter(None, lines))
