"""A page's markup as a reader sees it, where its elements do not say so: done before anything looks for its article.

Tables that only lay a page out become plain boxes, elements that a site has named itself become boxes or lose their names,
spans shown as blocks become boxes, and a blank line between two sentences, which a style sheet may show, becomes a break.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from streams import lazy_re as re
from streams.records.judging.prose import CLOSING, is_sentence, marks_sentences, weight_of
from streams.records.pages.markup import text_of
from streams.records.pages.removals import delete_element, gathering

_PARTS_OF_TABLES: Final = frozenset(("table", "tbody", "thead", "tfoot", "tr", "td", "th"))
_LEAST_SHARE: Final = 0.6  # of a table's text in one of its cells, which then is more than a cell …
_LEAST_PARAGRAPHS: Final = 3  # … if it has this many paragraphs …
_LEAST_PARAGRAPH: Final = 60  # … of this weight
_MOST_TABLES: Final = 500  # pages with more show data
# fmt: off
_BLOCKS: Final = frozenset((
    "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td", "tr", "ul",
))
_BOXES: Final = frozenset(("article", "body", "center", "div", "main", "section", "td"))  # that may hold texts themselves
_MENUS: Final = frozenset(("amp-sidebar", "amp-ad", "amp-sticky-ad", "amp-consent", "amp-user-notification"))
_PREFORMATTED: Final = frozenset(("pre", "code", "textarea", "script", "style"))
_TEXTS: Final = frozenset(("p", "div", "span", "article", "section", "td"))  # in which a style sheet may show blank lines
# fmt: on
_SHOWN_AS_BLOCK = re.compile(r"display\s*:\s*block")
_LEAST_ENDED: Final = 0.6  # share of the pieces before blank lines
_WRAP = re.compile(r"\s*\n\s*")
_LEAST_BREAKS: Final = 2
_BLANK_LINE = re.compile(r"\s*\n[^\S\n]*\n\s*")


def show_layout(tree: Any) -> None:
    """Rebuild a page's tree so that its paragraphs are elements, or have a break between them."""
    _drop_templates(tree)
    _name_own_elements(tree)
    _open_tables(tree)
    for span in _spans_as_blocks()(tree):
        if _SHOWN_AS_BLOCK.search(span.get("style")):
            span.tag = "div"
    for section in tree.iter("section"):
        _name_leaf(section)
    _unwrap_lines(tree)
    _make_paragraphs(tree)
    _name_bare_texts(tree)


@gathering
def _drop_templates(tree: Any) -> None:
    """Remove what is never shown; a template with a shadow root is shown in its place."""
    for template in list(tree.iter("template")):
        if template.get("shadowrootmode"):
            template.tag = "div"
        else:
            delete_element(template)


def _name_own_elements(tree: Any) -> None:
    """Turn elements such as ``<story-body>`` into boxes, or into spans if they are part of a line."""
    lines: dict[Any, bool] = {}
    for element in _own_elements()(tree):
        if element.tag in _MENUS:
            element.tag = "nav"
        elif not element.tag.startswith("amp-"):
            element.tag = "span" if _is_within_text(element, lines) else "div"


@cache
def _own_elements() -> Any:
    from lxml import etree  # noqa: PLC0415 - half a second, which only those who have HTML should pay

    return etree.XPath("descendant::*[contains(name(), '-')]")


@cache
def _spans_as_blocks() -> Any:
    from lxml import etree  # noqa: PLC0415 - as above

    return etree.XPath("descendant::span[contains(@style, 'block')]")


def _is_within_text(element: Any, lines: dict[Any, bool]) -> bool:
    """Whether an element is a part of a line: no block is in it, and there is text beside it. ``lines``: of known parents."""
    parent = element.getparent()
    if parent is None or any(each.tag in _BLOCKS or "-" in each.tag for each in element.iterdescendants("*")):
        return False
    if parent not in lines:
        texts = (parent.text, *(child.tail for child in parent))
        lines[parent] = parent.tag in {"p", "span", "a"} or any(text and not text.isspace() for text in texts)
    return lines[parent]


def _name_leaf(section: Any) -> None:
    """Turn a section that holds a line of text and no block into a paragraph, as editors of messages write them."""
    if not any(each.tag in _BLOCKS or each.tag == "br" for each in section.iterdescendants()) and text_of(section):
        section.tag = "p"


def _open_tables(tree: Any) -> None:
    """Turn tables that hold a page's article in one cell, and the parts of such tables, into plain boxes."""
    tables = list(tree.iter("table"))
    if len(tables) > _MOST_TABLES:
        return
    for table in tables:
        parts = list(_parts_of(table))
        whole = weight_of(text_of(table))
        if whole < _LEAST_PARAGRAPHS * _LEAST_PARAGRAPH:
            continue
        cells = [part for part in parts if part.tag in {"td", "th"}]
        if any(_holds_article(cell, _LEAST_SHARE * whole) for cell in cells):
            for part in parts:
                part.tag = "div"


def _parts_of(table: Any) -> Iterator[Any]:
    """A table and its rows and cells, without those of tables in it."""
    yield table
    for child in table:
        if child.tag in _PARTS_OF_TABLES and child.tag != "table":
            yield from _parts_of(child)


def _holds_article(cell: Any, least: float) -> bool:
    if weight_of(text_of(cell)) < least:
        return False
    return sum(1 for text in _paragraphs_in(cell) if weight_of(text) >= _LEAST_PARAGRAPH) >= _LEAST_PARAGRAPHS


def _paragraphs_in(cell: Any) -> Iterator[str]:
    """The texts of a cell's paragraphs, boxes and nested tables, and its own text between line breaks."""
    line: list[str] = [cell.text or ""]
    for child in cell:
        if child.tag in _BLOCKS:
            yield from map(text_of, child.iter("p", "td")) if child.tag in {"div", "table"} else (text_of(child),)
        if child.tag in _BLOCKS or child.tag == "br":
            yield " ".join("".join(line).split())
            line = []
        else:
            line.append(text_of(child))
        line.append(child.tail or "")
    yield " ".join("".join(line).split())


def _unwrap_lines(tree: Any) -> None:
    """Join the lines in which a page's source wraps a paragraph, as a browser does; break blank lines."""
    for element in tree.iter("*"):
        text, tail = element.text, element.tail  # read once: lxml builds new strings on every access
        if tail and "\n" in tail and not tail.isspace():
            element.tail = _WRAP.sub(" ", tail)
        if text and "\n" in text and element.tag not in _PREFORMATTED and not text.isspace():
            if _BLANK_LINE.search(text):
                _break_blank_lines(element, text)
                text = element.text
            element.text = _WRAP.sub(" ", text)


def _break_blank_lines(element: Any, text: str) -> None:
    """Put line breaks for the blank lines between the sentences of an element's first text."""
    if element.tag in _TEXTS and len(pieces := _pieces(text)) > 1:
        element.text = pieces[0]
        for piece in reversed(pieces[1:]):  # each before the others: lxml counts children to insert one further behind
            for tail in (piece, None):  # two line breaks, as between paragraphs
                line_break = element.makeelement("br")
                line_break.tail = tail
                element.insert(0, line_break)


def _pieces(text: str) -> list[str]:
    """A text at its blank lines, if most of them follow a sentence, or its script marks none."""
    pieces = [piece for piece in _BLANK_LINE.split(text) if piece.strip(CLOSING)]
    ended = sum(map(is_sentence, pieces[:-1]))
    return pieces if ended >= _LEAST_ENDED * (len(pieces) - 1) or not marks_sentences(text) else [text]


def _make_paragraphs(tree: Any) -> None:
    """Turn texts between double line breaks into paragraphs, in boxes whose own text they are.

    Where a box has single breaks only, those are meant as double ones if most texts before them are whole sentences.
    """
    for box in dict.fromkeys(line_break.getparent() for line_break in tree.iter("br")):
        if box.tag not in _BOXES or sum(1 for _ in box.iterchildren("br")) < _LEAST_BREAKS:
            continue
        for breaks in (2, 1):
            runs = _runs_of(box, breaks)
            texts = [text for run in runs if (text := _text_of_run(run))]
            prose = [text for text in texts if weight_of(text) >= _LEAST_PARAGRAPH and is_sentence(text)]
            if len(prose) > 2 - (breaks == 2) and len(prose) >= _LEAST_ENDED * len(texts):
                _wrap(box, runs)
                break


def _name_bare_texts(tree: Any) -> None:
    """Turn sentences that stand bare beside paragraphs into paragraphs: a box's own text, and boxes of nothing but a text."""
    for box in {paragraph.getparent() for paragraph in tree.iter("p")} | {
        around for paragraph in tree.iter("p") if (around := paragraph.getparent().getparent()) is not None
    }:
        if box.tag not in _BOXES or box.tag == "body":
            continue
        for child in box:
            if child.tag == "div" and not len(child) and not child.attrib and _is_paragraph(child.text):
                child.tag = "p"
        if any(child.tag in _BLOCKS and _is_paragraph(child.tail) for child in box):
            _wrap(box, _runs_of(box, _LEAST_BREAKS))


def _is_paragraph(text: str | None) -> bool:
    return text is not None and weight_of(text) >= _LEAST_PARAGRAPH and (is_sentence(text) or not marks_sentences(text))


_Run = list[Any]
"""What stands between two breaks: elements in a line, and texts."""


def _runs_of(box: Any, breaks: int) -> list[_Run]:
    """The runs of a box in order; a block is a run by itself. ``breaks``: how many part two runs."""
    runs: list[_Run] = [[]]
    at_once = 0
    for piece in _pieces_of(box):
        if isinstance(piece, str):
            runs[-1].append(piece)
            at_once = at_once if not piece or piece.isspace() else 0
        elif piece.tag == "br":
            at_once += 1
            runs[-1].append(piece)
            if at_once >= breaks:
                runs.append([])
        elif piece.tag in _BLOCKS:
            runs += [piece], []
            at_once = breaks
        else:
            runs[-1].append(piece)
            at_once = 0
    return runs


def _pieces_of(box: Any) -> Iterator[Any]:
    yield box.text or ""
    for child in box:
        yield child
        yield child.tail or ""


def _is_block(run: _Run) -> bool:
    return len(run) == 1 and not isinstance(run[0], str) and run[0].tag in _BLOCKS


def _text_of_run(run: _Run) -> str:
    """The text of a run of lines; empty for a block."""
    if _is_block(run):
        return ""
    return " ".join("".join(each if isinstance(each, str) else text_of(each) for each in run).split())


def _wrap(box: Any, runs: list[_Run]) -> None:
    """Put each run of a box into a paragraph; the breaks between runs go."""
    for child in list(box):
        box.remove(child)
    box.text = None
    for run in runs:
        if _is_block(run):
            run[0].tail = None
            box.append(run[0])
        elif _text_of_run(run) or any(not isinstance(each, str) and each.tag != "br" for each in run):
            box.append(_paragraph(box, run))


def _paragraph(box: Any, run: _Run) -> Any:
    paragraph = box.makeelement("p")
    while run and (run[-1] == "" or (isinstance(run[-1], str) and run[-1].isspace()) or getattr(run[-1], "tag", None) == "br"):
        run.pop()
    for each in run:
        if not isinstance(each, str):
            each.tail = None
            paragraph.append(each)
        elif len(paragraph):
            paragraph[-1].tail = (paragraph[-1].tail or "") + each
        else:
            paragraph.text = (paragraph.text or "") + each
    return paragraph
