"""A page's own prose: its blocks of text, used to check what was found as its article and to complete it.

A block is an element's own text, without that of blocks inside it. Two line breaks separate blocks, as a paragraph does.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, islice, pairwise, takewhile
from typing import Any, Final, NamedTuple

from streams import lazy_re as re
from streams.records.judging.prose import is_prose_line, weight_of
from streams.records.pages.labels import Names
from streams.records.pages.markup import text_of
from streams.records.pages.place import labels_of

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
_PARTS: Final = ("p", "div", "blockquote", "section", "article")  # elements that a body's paragraphs are made of
_HEADINGS: Final = ("h1", "h2", "h3", "h4")
_BESIDE = Names(
    r"comment|footer|sidebar|related|recommend|teaser|promo|newsletter|cookie|consent|share|social|caption|fact-?box|info-?box"
    r"|most-?read|trending|subscri|banner|(?:^|[\s_-])ads?(?:[\s_-]|$)|(?:^|[\s_-])(?:menu|nav|bio|tags?)(?:[\s_-]|$)",
)
_BESIDE_TAGS: Final = frozenset(("aside", "figcaption", "figure", "footer", "header"))
_BESIDE_FAR = Names(  # in names of anything around an item
    r"comment|disqus|respond(?!s)|reply|discussion|related|recommend|read[-_]?(?:next|also|more)|more[-_]?(?:from|stor|news|article|post)"
    r"|also[-_]?like|you[-_]?may|trending|most[-_]?(?:read|popular)|popular|latest|recent|similar|up[-_]?next|next[-_]?(?:post|article)"
    r"|prev|modal|popup|cookie|consent|tooltip|sr-only|screen-reader|visually-hidden",
)
_BESIDE_NEAR = Names(  # in names of the item or its nearest containers
    r"author|bio\b|byline|contributor|about[-_]|profile|avatar|writer|meet-|caption|credit|newsletter|subscri|sign[-_]?up|opt[-_]?in"
    r"|(?:^|[\s_-])forms?(?:[\s_-]|$)|share|social|follow|addtoany|(?:^|[\s_-])ads?(?:[\s_-]|$)|advert|sponsor|promo|banner|affiliate|outbrain"
    r"|taboola|sidebar|aside|(?:^|[\s])widget|(?:^|[\s_-])rail|crumb|(?:^|[\s_-])(?:tags?|categor(?:y|ies)|topics?|labels?|kicker|eyebrow)(?:[\s_-]|$)"
    r"|tag[-_]|(?:^|[\s_-])nav|menu|header|topbar|masthead|pagination|pager|skip|card|tile|grid|carousel|slider|swiper|teaser|loop|list[-_]?item|feed|(?:^|[\s_-])cta"
    r"|call[-_]?to|button|btn|offer|pricing|deal|product|buy|price|disclos|disclaim|legal|copyright|footnote|bottom|references|sources",
)
_NEAR_LEVELS = 3  # the element and two around it
_ITEMS: Final = ("li", "dt", "dd")
_INNER: Final = frozenset((  # elements around a list's item or a table's cell, within its list or table
    "a", "blockquote", "dl", "em", "figure", "li", "ol", "span", "strong", "table", "tbody", "td", "thead", "tr", "ul",
))  # fmt: skip
_LEAST_FOUND = 25  # weight of a found text, for items between two such texts to count as left out
_LEAST_SHARE_FOUND = 0.3  # of the text around an item
_LEAST_SHARE_FOLDED = 0.1  # … of the next non-empty box around a paragraph
_MOST_LINKED_ITEM = 0.3  # share of an item's characters
_LEAST_LETTERS = 14  # the least characters of that weight
_LEAST_PROSE = 40  # weight of a block that is counted as prose
_LEAST_JOINED = 60  # weight of a paragraph that is joined to what was found
_MOST_LINKED = 0.5  # share of a counted block's characters that may be links
_MOST_LEVELS = 4  # levels above a paragraph at which its containers' classes are compared
_LEAST_TEASERS: Final = 2  # outside the box of an article's paragraphs …
_LEAST_OWN: Final = 3  # … which are this many
_MOST_OF_TEXT: Final = 0.8  # share of their text in this box
_LEAST_COPIED: Final = 0.2  # share of a text that is there twice …
_LEAST_COPIED_PARAGRAPHS: Final = 2  # … in so many paragraphs that follow each other
_PICTURES: Final = ("img", "picture", "video", "audio", "iframe")
_ENDS: Final = (".", "!", "?", "…", "”", "“", '"', "»", ":", "。", "！", "？", "」", "।", "؟")  # of what is a sentence
_FULL_STOPS: Final = (".", "!", ".”", ".“", '."', ".»", ".«", "。", "。」", "！", "।", "۔", "።", "։")
_BEGINS = re.compile(r"\s*[^\W\d_a-zß-öø-ÿа-яёα-ω]|\s*[\d“„«\"‘「¿¡]")  # a letter in no small one
_MOST_AHEAD = 2  # lines between two texts that follow each other on the page
_KEY = 40  # characters that identify a line of the text
_LONG_TEXT = 100_000  # characters: a shorter one is searched at once
_PIECES = (8, 5, 3)  # characters of a piece, the longer the better
_LONGEST_KEPT = 1_000  # characters


class Block(NamedTuple):
    """A block of a page: its element, its text in one line, and the share of the text that is links (0.0 to 1.0).

    ``is_beside``: whether a box around it says that it is beside an article; only told of blocks that may be prose.
    """

    element: Any
    text: str
    linked: float
    is_beside: bool = False


def blocks_of(tree: Any) -> Iterator[Block]:
    """The blocks of a page in order, without menus, forms and hidden elements."""
    block = _Open(tree)
    yield from _walk(tree, block)
    yield from block.close()


class _Open:
    """The block being read."""

    def __init__(self, element: Any) -> None:
        self.element, self.pieces, self.linked, self.breaks = element, list[str](), 0, 0
        self.beside: dict[Any, bool] = {}

    def add(self, text: str, *, is_link: bool) -> None:
        self.pieces.append(text)
        if is_link:
            self.linked += len(text)
        if not text.isspace():
            self.breaks = 0

    def close(self) -> tuple[Block] | tuple[()]:
        """The block, if it has a text; another one begins."""
        self.breaks = 0
        if not self.pieces:
            return ()
        text, linked = " ".join("".join(self.pieces).split()), self.linked
        self.pieces, self.linked = [], 0
        if not text:
            return ()
        is_beside = len(text) >= _LEAST_LETTERS and _is_beside(self.element, self.beside)
        return (Block(self.element, text, min(1.0, linked / len(text)), is_beside),)


def _walk(tree: Any, block: _Open) -> Iterator[Block]:
    from lxml import etree  # noqa: PLC0415 - half a second, which only those who have HTML should pay

    links = 0
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start" and tag in _UNSEEN:
            walk.skip_subtree()
            continue
        if tag == "a":
            links += 1 if event == "start" else -1
        elif tag in _BLOCKS:
            yield from block.close()
            block.element = element if event == "start" else element.getparent()
        elif event == "start" and tag in {"br", "img"}:
            block.breaks += 2 if tag == "img" else 1
            if block.breaks > 1:
                yield from block.close()
            block.add(" ", is_link=False)
        if text := element.text if event == "start" else element.tail:
            block.add(text, is_link=links > 0)


def prose_of(blocks: Sequence[Block]) -> int:
    """The total weight of the blocks that read like an article's: long enough, mostly not links, not beside the article."""
    return sum(
        weight
        for above, each in pairwise((None, *blocks))
        if each is not None
        and not (above and above.linked > _MOST_LINKED and _is_heading(above.element))
        and each.linked <= _MOST_LINKED
        and (weight := weight_of(each.text)) >= _LEAST_PROSE
        and not each.is_beside
    )


def completed(text: str, blocks: Sequence[Block], summaries: Sequence[str] = ()) -> str:
    """``text`` (what was found as the article), completed with the paragraphs that belong to it by their place on the page.

    These are: paragraphs in containers with the same tags and classes as found ones, if any has a class; items and subheads
    between found ones, if the found ones are a good part of their surroundings; sentences between two found paragraphs that are
    links; and the sentences between the page's headline and the first found paragraph, except those of ``summaries``.
    """
    lines = text.split("\n")
    places = places_of(lines, blocks)
    joined = [
        *_paragraphs_left_out(blocks, places, summaries),
        *_items_between(blocks, places),
        *_folded_paragraphs(blocks, places),
        *_linked_sentences(blocks, places),
    ]
    return _inserted(lines, places, blocks, sorted(set(joined))) if joined else text


def _paragraphs_left_out(blocks: Sequence[Block], places: Sequence[int | None], summaries: Sequence[str]) -> Iterator[int]:
    """The paragraphs that are built like found ones, and those of the lead."""
    paragraphs = [number for number, place in enumerate(places) if place is not None and _is_paragraph(blocks[number])]
    if not paragraphs:
        return
    summary_keys = {_key(each) for each in summaries}
    lead = [number for number in _lead(blocks, paragraphs[0]) if _key(blocks[number].text) not in summary_keys]
    yield from lead
    builds = {build_of(blocks[number].element) for number in (*lead, *paragraphs)}
    for number, block in enumerate(blocks):
        if places[number] is None and _is_paragraph(block) and (build := build_of(block.element)) and build in builds:
            yield number


def _items_between(blocks: Sequence[Block], places: Sequence[int | None]) -> Iterator[int]:
    """List items and subheads left out between found texts, where found texts are a good part of the surroundings."""
    candidates = [number for number in _between(blocks, places) if _is_item(blocks[number].element)]
    if not candidates:
        return
    around = [_around(block.element) for block in blocks]
    weights, found_weights = Counter[Any](), Counter[Any]()
    for box, block, place in zip(around, blocks, places, strict=True):
        weight = weight_of(block.text)
        weights[box] += weight
        found_weights[box] += weight * (place is not None)
    for number in candidates:
        block, box = blocks[number], around[number]
        rest = weights[box] - weight_of(block.text)
        if found_weights[box] >= _LEAST_SHARE_FOUND * rest > 0 and not _is_marked_beside(block.element):
            yield number


def _between(blocks: Sequence[Block], places: Sequence[int | None]) -> list[int]:
    """The blocks that were left out between found texts and are not mostly links."""
    texts = [
        number
        for number, (block, place) in enumerate(zip(blocks, places, strict=True))
        if place is not None and weight_of(block.text) >= _LEAST_FOUND
    ]
    between = range(texts[0] + 1, texts[-1]) if texts else range(0)
    return [number for number in between if places[number] is None and blocks[number].linked <= _MOST_LINKED_ITEM]


def _folded_paragraphs(blocks: Sequence[Block], places: Sequence[int | None]) -> Iterator[int]:
    """Paragraphs left out between found texts together with all their surroundings: what a page shows only on request."""
    candidates = [
        number for number in _between(blocks, places) if blocks[number].element.tag == "p" and _is_paragraph(blocks[number])
    ]
    if not candidates:
        return
    weights, found_weights = Counter[Any](), Counter[Any]()
    for block, place in zip(blocks, places, strict=True):
        for element in block.element.iterancestors():
            weights[element] += len(block.text)
            found_weights[element] += len(block.text) * (place is not None)
    for number in candidates:
        element = blocks[number].element
        box = next(each for each in element.iterancestors() if found_weights[each])
        if found_weights[box] >= _LEAST_SHARE_FOLDED * weights[box] and not _is_marked_beside(element):
            yield number


def _linked_sentences(blocks: Sequence[Block], places: Sequence[int | None]) -> Iterator[int]:
    """Sentences that are wholly a link, alone between two found paragraphs; headlines of other articles have no full stop."""
    for number in range(1, len(blocks) - 1):
        block = blocks[number]
        if (
            places[number] is None
            and block.linked > _MOST_LINKED
            and block.text.endswith(_FULL_STOPS)
            and all(places[each] is not None and _is_paragraph(blocks[each]) for each in (number - 1, number + 1))
            and _is_paragraph(block._replace(linked=0.0))
            and not _is_marked_beside(block.element)
        ):
            yield number


def _around(element: Any) -> Any:
    """What surrounds the list, table or paragraph that an element belongs to."""
    box = element.getparent()
    while box is not None and box.tag in _INNER:
        box = box.getparent()
    return None if box is None else box.getparent()


def _is_item(element: Any) -> bool:
    parent = element.getparent()
    return element.tag in {*_ITEMS, *_HEADINGS, "h5", "p"} or (parent is not None and parent.tag in _ITEMS)


def _is_marked_beside(element: Any) -> bool:
    """Whether the names of an element, or of the two around it, say it is beside an article; or any above it, a comment."""
    around = list(takewhile(lambda each: each.tag not in {"body", "html"}, (element, *element.iterancestors())))
    near = takewhile(lambda each: each.tag not in {"article", "main"}, around[:_NEAR_LEVELS])
    return any(each.tag in _BESIDE_TAGS or _BESIDE_FAR.are_in(labels_of(each)) for each in around) or any(
        _BESIDE_NEAR.are_in(labels_of(each)) for each in near
    )


def without_teasers(text: str, blocks: Sequence[Block]) -> tuple[str, list[Block]]:
    """``text`` and ``blocks`` without teasers, which are under linked headings beside the article, and without a second one."""
    beside = _beside_keys(text, blocks)
    if not beside:
        return text, list(blocks)
    kept = "\n".join(line for line in text.split("\n") if _key(line) not in beside)
    return kept, [block for block in blocks if _key(block.text) not in beside]


def _beside_keys(text: str, blocks: Sequence[Block]) -> set[str]:
    articles = _articles_with_titles(blocks)
    if not articles:
        return _keys_of_teasers_outside(text, blocks)
    first, later = articles[0], set(articles[1:])
    others = {
        _key(block.text)
        for above, block in pairwise(blocks)
        if (_leads_to_teaser(above) or (later and not later.isdisjoint(block.element.iterancestors("article"))))
        and first not in block.element.iterancestors()
    }
    if not others:
        return others
    own = [block for block in blocks if first in block.element.iterancestors()]
    return others - {_key(block.text) for block in own} if any(_is_paragraph(block) for block in own) else set()


def _articles_with_titles(blocks: Sequence[Block]) -> list[Any]:
    """The outermost <article>s with a first-rank headline, in order."""
    titles = [block.element for block in blocks if _is_title(block.element)]
    around = (list(title.iterancestors("article")) for title in titles)
    return list(dict.fromkeys(articles[-1] for articles in around if articles))


def _keys_of_teasers_outside(text: str, blocks: Sequence[Block]) -> set[str]:
    """Those of teasers and their headings outside the box with the other paragraphs found."""
    pairs = [(above, block) for above, block in pairwise(blocks) if _leads_to_teaser(above)]
    if len(pairs) < _LEAST_TEASERS:
        return set()
    keys = set(map(_key, text.split("\n")))
    teasers = {block.element for _, block in pairs}
    own = [block for block in blocks if block.element not in teasers and _is_paragraph(block) and _key(block.text) in keys]
    main = box_of_most(own, _MOST_OF_TEXT) if len(own) >= _LEAST_OWN else None
    if main is None:
        return set()
    outside = {_key(each.text) for pair in pairs if main not in pair[1].element.iterancestors() for each in pair}
    return outside - {_key(block.text) for block in own}


def box_of_most(blocks: Sequence[Block], share: float) -> Any:
    """The innermost element around this share, more than half, of the text of some blocks; None if only the page is."""
    weights = [weight_of(block.text) for block in blocks]
    sums = list(accumulate(weights))
    if not sums:
        return None
    middle = blocks[bisect_left(sums, sums[-1] / 2)].element  # any such element is around it
    around = {element: level for level, element in enumerate((middle, *middle.iterancestors()))}
    inside = [0] * len(around)
    for block, weight in zip(blocks, weights, strict=True):
        element = block.element
        while element not in around:
            element = element.getparent()
        inside[around[element]] += weight
    within = accumulate(inside)
    box = next(element for element, weight in zip(around, within, strict=True) if weight >= share * sums[-1])
    return None if box.tag in {"body", "html"} else box


def _leads_to_teaser(above: Block) -> bool:
    """Whether what follows a block is the teaser of another article, as the block is a linked heading."""
    return above.linked > _MOST_LINKED and _is_heading(above.element)


def without_copies(text: str) -> str:
    """``text`` without a second copy of a good part of it, as pages have one for telephones and one for large screens."""
    lines = text.split("\n")
    first: dict[str, int] = {}
    for number, line in enumerate(lines):
        first.setdefault(line, number)
    copied = set[int]()
    number = 0
    while number < len(lines):
        run = _copied_run(lines, first[lines[number]], number)
        prose = [line for line in lines[run.start : run.stop] if is_prose_line(line) and weight_of(line) >= _LEAST_JOINED]
        if len(prose) >= _LEAST_COPIED_PARAGRAPHS and sum(map(weight_of, prose)) >= _LEAST_COPIED * weight_of(text):
            copied.update(run)
        number = run.stop if run else number + 1
    return "\n".join(line for number, line in enumerate(lines) if number not in copied)


def _copied_run(lines: Sequence[str], first: int, number: int) -> range:
    """The lines from ``number`` on that are those from ``first`` on."""
    end = number
    while first < number <= end < len(lines) and lines[first + end - number] == lines[end]:
        end += 1
    return range(number, end)


def _is_heading(element: Any) -> bool:
    return element.tag in _HEADINGS or next(element.iterancestors(*_HEADINGS), None) is not None


def _key(text: str) -> str:
    return _key_of_short(text) if len(text) <= _LONGEST_KEPT else _find_key(text)


def _find_key(text: str) -> str:
    return "".join(islice(filter(str.isalnum, text), _KEY))


_key_of_short = lru_cache(maxsize=2_048)(_find_key)  # those of a page's blocks are compared several times


def places_of(lines: Sequence[str], blocks: Sequence[Block]) -> list[int | None]:
    """For each block, the line of the found text that holds it; None if it was left out."""
    by_key: dict[str, int] = {}
    for number, line in enumerate(lines):
        by_key.setdefault(_key(line), number)
    bare = list(map(_bare, lines))
    joint = "".join(bare)
    pieces = _Pieces(joint)
    starts = list(accumulate(map(len, bare[:-1]), initial=0))
    places: list[int | None] = []
    last, at = -1, 0
    for block in blocks:
        key = _key(block.text)
        place = by_key.get(key)
        if place is None and key and pieces.may_have(key) and (found := _find_from(joint, key, at)) >= 0:
            place, at = bisect_right(starts, found) - 1, found
            if not last <= place <= last + _MOST_AHEAD:  # the same words elsewhere
                place = max(last, 0)
        places.append(place)
        last = last if place is None else place
    return places


@lru_cache(maxsize=512)  # those of a page are looked at several times
def _bare(line: str) -> str:
    return "".join(filter(str.isalnum, line))


class _Pieces:
    """A text cut into pieces of equal length: what has a part of it has, at one of the distances between, one of the pieces.

    Of 7,500 comments of a page, each was looked for in all of its text: 1.5 MB took 3 s.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._pieces: dict[int, set[str]] = {}

    def may_have(self, part: str) -> bool:
        """A cheap test: False only if the part is not in the text."""
        length = next((length for length in _PIECES if len(part) >= 2 * length), 0)
        if len(self._text) < _LONG_TEXT or not length:
            return True
        if length not in self._pieces:
            self._pieces[length] = set(_cut(self._text, 0, length))
        pieces = self._pieces[length]
        return any(
            part[start : start + length] in pieces and pieces.issuperset(_cut(part, start, length)) for start in range(length)
        )


def _cut(text: str, start: int, length: int) -> Iterator[str]:
    """The whole pieces of this length from ``start`` on."""
    return (text[at : at + length] for at in range(start, len(text) - length + 1, length))


def _find_from(text: str, part: str, at: int) -> int:
    """Where a part is, looked for behind ``at`` first: blocks mostly follow each other in the text as on the page."""
    found = text.find(part, at)
    return found if found >= 0 else text.find(part, 0, at + len(part))


def _is_paragraph(block: Block) -> bool:
    return (
        block.element.tag in _PARTS
        and weight_of(block.text) >= _LEAST_JOINED
        and is_prose_line(block.text)
        and block.linked <= _MOST_LINKED
        and not block.is_beside
    )


def build_of(element: Any) -> tuple[str, ...]:
    """The tags and classes of an element's containers that have a class, innermost first, up to the article's."""
    containers = element.iterancestors() if element.tag == "p" else (element, *element.iterancestors())
    within = takewhile(lambda each: each.tag not in {"article", "main", "body", "html"}, containers)
    named = (each for each in within if each.get("class"))
    return tuple(f"{each.tag}.{' '.join(each.get('class').split()[:2])}" for each in islice(named, _MOST_LEVELS))


def _is_beside(element: Any, known: dict[Any, bool]) -> bool:
    """Whether an element is beside an article, or inside such an element. ``known``: of elements judged before."""
    if element is None or element.tag in {"article", "main", "body", "html"}:
        return False
    answer = known.get(element)
    if answer is None:
        named = element.tag in {"footer", "figcaption"} or _BESIDE.are_in(labels_of(element))
        answer = known[element] = named or _is_beside(element.getparent(), known)
    return answer


def _lead(blocks: Sequence[Block], first: int) -> list[int]:
    """The sentences between the last first-rank headline and the first paragraph that was found."""
    titles = [number for number, block in enumerate(blocks[:first]) if _is_title(block.element)]
    if not titles:
        return []
    beside = blocks[first].element.getparent()
    return [
        number
        for number in range(titles[-1] + 1, first)
        if blocks[number].element.tag in {"p", "div"}
        and (_is_paragraph(blocks[number]) or _is_linked_lead(blocks[number], beside))
    ]


def _is_linked_lead(block: Block, box: Any) -> bool:
    """Whether a paragraph is one but for its links, and beside the first one found: a lead may be one link."""
    return block.element.tag == "p" and block.element.getparent() is box and _is_paragraph(block._replace(linked=0.0))


def _is_title(element: Any) -> bool:
    return element.tag == "h1" or next(element.iterancestors("h1"), None) is not None


def _inserted(lines: Sequence[str], places: Sequence[int | None], blocks: Sequence[Block], joined: Sequence[int]) -> str:
    """The lines with the added blocks, each below the line of the last found block before it on the page."""
    below: dict[int, list[str]] = {}
    chosen = set(joined)
    line = -1
    first = next((place for place in places if place is not None), 0)
    said = {_key(each) for each in lines}
    for number, (block, place) in enumerate(zip(blocks, places, strict=True)):
        line = max(line, place) if place is not None else line
        if number in chosen and (key := _key(block.text)) not in said:
            said.add(key)
            below.setdefault(line if line >= 0 else first - 1, []).append(_line_of(block))
    return "\n".join(
        (*below.get(-1, ()), *(each for number, text in enumerate(lines) for each in (text, *below.get(number, ()))))
    )


def _line_of(block: Block) -> str:
    """A block as the line that trafilatura would write."""
    parent = block.element.getparent()
    is_entry = block.element.tag == "li" or (parent is not None and parent.tag == "li")
    return f"- {block.text}" if is_entry and block.element.tag not in _HEADINGS else block.text


def part_at_pictures(tree: Any) -> None:
    """Break a line at each picture or player between two sentences; one within a sentence (a smiley, a sign) is part of it."""
    for element in list(tree.iter(*_PICTURES)):
        before = element.getprevious()
        said = (before.tail if before is not None else element.getparent().text) or ""
        if said.rstrip().endswith(_ENDS) and _BEGINS.match(element.tail or ""):
            line_break = element.makeelement("br")
            line_break.tail, element.tail = element.tail, None
            element.addnext(line_break)


def flatten_cells(tree: Any) -> None:
    """Put the texts of a table cell that holds a list or paragraphs into one line, because a table's row is a line."""
    for cell in tree.iter("td", "th"):
        if any(child.tag in {"ul", "ol"} for child in cell) and next(cell.iter("table"), None) is cell.find(".//table"):
            words = ", ".join(filter(None, (text_of(item) for item in cell.iter("li"))))
            own = " ".join((cell.text or "").split())
            tail = cell.tail
            for child in list(cell):
                cell.remove(child)
            cell.text, cell.tail = " ".join(filter(None, (own, words))), tail
