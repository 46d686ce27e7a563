"""A page's own prose: the blocks of text that are in it, by which what was found as its article is checked and made whole.

A block is an element's own text, without what is in blocks within it; two line breaks part blocks, as a paragraph does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import Any, Final, NamedTuple

from streams.records.labels import says
from streams.records.markup import words_of
from streams.records.prose import is_sentence, weight_of

# fmt: off
_BLOCKS: Final = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol",
    "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))
_UNSEEN: Final = frozenset((
    "button", "form", "head", "iframe", "nav", "noscript", "object", "option", "script", "select", "style", "svg", "template",
    "textarea",
))
# fmt: on
_PARTS: Final = ("p", "div", "blockquote", "section", "article")  # that a body's paragraphs are made of
_HEADINGS: Final = ("h1", "h2", "h3", "h4")
_BESIDE = re.compile(
    r"comment|footer|sidebar|related|recommend|teaser|promo|newsletter|cookie|consent|share|social|caption|fact-?box|info-?box"
    r"|most-?read|trending|subscri|banner|(?:^|[\s_-])ads?(?:[\s_-]|$)|(?:^|[\s_-])(?:menu|nav|bio|tags?)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_LEAST_PROSE = 40  # weight of a block that is counted as prose
_LEAST_JOINED = 60  # weight of a paragraph that is joined to what was found
_MOST_LINKED = 0.5  # share of a counted block's characters that may be links
_MOST_LEVELS = 4  # above a paragraph at which its containers' classes are compared
_PREFORMATTED: Final = frozenset(("pre", "code", "textarea", "script", "style"))
_WRAP = re.compile(r"\s*\n\s*")
_KEY = 40  # characters by which a line of the text is known


class Block(NamedTuple):
    """A block of a page: the element that it is in, its text in one line, and the share of it that is links (0.0 to 1.0)."""

    element: Any
    text: str
    linked: float


def blocks_of(tree: Any) -> Iterator[Block]:
    """The blocks of a page in its order, without menus, forms and what is not shown."""
    block = _Open(tree)
    yield from _walk(tree, block)
    yield from block.close()


class _Open:
    """The block being read."""

    def __init__(self, element: Any) -> None:
        self.element, self.pieces, self.linked, self.breaks = element, list[str](), 0, 0

    def add(self, text: str | None, *, is_link: bool) -> None:
        if text:
            self.pieces.append(text)
            self.linked += len(text) if is_link else 0
            self.breaks = self.breaks if text.isspace() else 0

    def close(self) -> Iterator[Block]:
        text = " ".join("".join(self.pieces).split())
        if text:
            yield Block(self.element, text, min(1.0, self.linked / len(text)))
        self.pieces, self.linked, self.breaks = [], 0, 0


def _walk(tree: Any, block: _Open) -> Iterator[Block]:
    from lxml import etree  # noqa: PLC0415 - half a second, which only those who have HTML should pay

    links = 0
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start" and tag in _UNSEEN:
            walk.skip_subtree()
            continue
        links += (tag == "a") * (1 if event == "start" else -1)
        if tag in _BLOCKS:
            yield from block.close()
            block.element = element if event == "start" else element.getparent()
        elif tag in {"br", "img"} and event == "start":
            block.breaks += 2 if tag == "img" else 1
            if block.breaks > 1:
                yield from block.close()
            block.add(" ", is_link=False)
        block.add(element.text if event == "start" else element.tail, is_link=links > 0)


def prose_of(blocks: Sequence[Block]) -> int:
    """The weight of the blocks that read as an article's: of some length, not links for the most part, not beside it."""
    return sum(
        weight
        for above, each in pairwise((None, *blocks))
        if each is not None
        and not (above and above.linked > _MOST_LINKED and _is_heading(above.element))
        and each.linked <= _MOST_LINKED
        and (weight := weight_of(each.text)) >= _LEAST_PROSE
        and not _is_beside(each.element)
    )


def completed(text: str, blocks: Sequence[Block], summaries: Sequence[str] = ()) -> str:
    """``text``, what was found as the article, with the paragraphs that belong to it by their place on the page.

    These are paragraphs in containers of the same tags and classes as those of found ones, where one has a class; and the
    sentences between the page's headline and the first paragraph that was found, except for those of ``summaries``.
    """
    lines = text.split("\n")
    places = _places(lines, blocks)
    found = [number for number, place in enumerate(places) if place is not None]
    paragraphs = [number for number in found if _is_paragraph(blocks[number])]
    if not paragraphs:
        return text
    builds = Counter(_build(blocks[number].element) for number in paragraphs)
    joined = [
        number
        for number, block in enumerate(blocks)
        if places[number] is None and _is_paragraph(block) and _build(block.element) in builds and _build(block.element)
    ]
    summary_keys = {_key(each) for each in summaries}
    joined += (number for number in _lead(blocks, paragraphs[0]) if _key(blocks[number].text) not in summary_keys)
    return _inserted(lines, places, blocks, sorted(set(joined)))


def without_teasers(text: str, blocks: Sequence[Block]) -> str:
    """``text`` without the lines that are under linked headings outside the one <article> that holds the page's headline."""
    articles = {article for block in blocks if _is_title(block.element) for article in block.element.iterancestors("article")}
    if len(articles) != 1:
        return text
    article = articles.pop()
    teasers = {
        _key(block.text)
        for above, block in pairwise(blocks)
        if above.linked > _MOST_LINKED and _is_heading(above.element) and article not in block.element.iterancestors()
    }
    own = [block for block in blocks if article in block.element.iterancestors()]
    if not teasers or not any(_is_paragraph(block) for block in own):
        return text
    kept = {_key(block.text) for block in own}
    return "\n".join(line for line in text.split("\n") if _key(line) not in teasers - kept)


def _is_heading(element: Any) -> bool:
    return element.tag in _HEADINGS or next(element.iterancestors(*_HEADINGS), None) is not None


def _key(text: str) -> str:
    return "".join(islice(filter(str.isalnum, text), _KEY))


def _places(lines: Sequence[str], blocks: Sequence[Block]) -> list[int | None]:
    """The line of the found text in which each block's stands, None where it was left out."""
    by_key: dict[str, int] = {}
    for number, line in enumerate(lines):
        by_key.setdefault(_key(line), number)
    joint = "".join(filter(str.isalnum, "".join(lines)))
    places: list[int | None] = []
    last = -1
    for block in blocks:
        key = _key(block.text)
        place = by_key.get(key)
        if place is None and key and key in joint:
            place = max(last, 0)
        places.append(place)
        last = last if place is None else place
    return places


def _is_paragraph(block: Block) -> bool:
    return (
        block.element.tag in _PARTS
        and weight_of(block.text) >= _LEAST_JOINED
        and is_sentence(block.text)
        and block.linked <= _MOST_LINKED
        and not _is_beside(block.element)
    )


def _build(element: Any) -> tuple[str, ...]:
    """The tags and classes of an element's containers, innermost first, up to the article's: () where none has a class."""
    built = []
    for level, each in enumerate(element.iterancestors() if element.tag == "p" else (element, *element.iterancestors())):
        if level == _MOST_LEVELS or each.tag in {"article", "main", "body", "html"}:
            break
        built.append(f"{each.tag}.{' '.join((each.get('class') or '').split()[:2])}")
    return tuple(built) if any(not each.endswith(".") for each in built) else ()


def _is_beside(element: Any) -> bool:
    """Whether an element is, or is in, what is beside an article."""
    for each in (element, *element.iterancestors()):
        if each.tag in {"article", "main", "body", "html"}:
            return False
        if each.tag in {"footer", "figcaption"} or says(_BESIDE, f"{each.get('class') or ''} {each.get('id') or ''}"):
            return True
    return False


def _lead(blocks: Sequence[Block], first: int) -> list[int]:
    """The sentences between the last headline of the first rank and the first paragraph that was found."""
    titles = [number for number, block in enumerate(blocks[:first]) if _is_title(block.element)]
    if not titles:
        return []
    between = range(titles[-1] + 1, first)
    return [number for number in between if _is_paragraph(blocks[number]) and blocks[number].element.tag in {"p", "div"}]


def _is_title(element: Any) -> bool:
    return element.tag == "h1" or next(element.iterancestors("h1"), None) is not None


def _inserted(lines: Sequence[str], places: Sequence[int | None], blocks: Sequence[Block], joined: Sequence[int]) -> str:
    """The lines with the joined blocks, each below the line of the block that was found before it on the page."""
    below: dict[int, list[str]] = {}
    chosen = set(joined)
    line = -1
    first = next((place for place in places if place is not None), 0)
    said = {_key(each) for each in lines}
    for number, (block, place) in enumerate(zip(blocks, places, strict=True)):
        line = max(line, place) if place is not None else line
        if number in chosen and (key := _key(block.text)) not in said:
            said.add(key)
            below.setdefault(line if line >= 0 else first - 1, []).append(block.text)
    return "\n".join(
        (*below.get(-1, ()), *(each for number, text in enumerate(lines) for each in (text, *below.get(number, ()))))
    )


def unwrap_lines(tree: Any) -> None:
    """Make one line of the lines in which a page's source writes a paragraph, as a browser does."""
    for element in tree.iter("*"):
        text, tail = element.text, element.tail  # lxml makes them anew whenever they are asked for
        if tail and "\n" in tail and not tail.isspace():
            element.tail = _WRAP.sub(" ", tail)
        if text and "\n" in text and element.tag not in _PREFORMATTED and not text.isspace():
            element.text = _WRAP.sub(" ", text)


def flatten_cells(tree: Any) -> None:
    """Give each cell of a table that holds a list or paragraphs their texts in one line: a table's row is a line."""
    for cell in tree.iter("td", "th"):
        if any(child.tag in {"ul", "ol"} for child in cell) and next(cell.iter("table"), None) is cell.find(".//table"):
            words = ", ".join(filter(None, (words_of(item) for item in cell.iter("li"))))
            own = " ".join((cell.text or "").split())
            tail = cell.tail
            for child in list(cell):
                cell.remove(child)
            cell.text, cell.tail = " ".join(filter(None, (own, words))), tail
