"""Where the original lines of a page ended that a flattener joined: "SportsNewsThe mayor said.The council", or menus in one
line.

Only a text with such seams is cut; in any other, a long line is a paragraph. The pieces of a line are judged as separate lines.
Those that stay are rejoined as they were, except at the seams where a paragraph ends.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

from streams import lazy_re as re

_CASED = [chr(code) for code in (*range(0x41, 0x250), *range(0x370, 0x590), *range(0x1E00, 0x2000))]
_UPPER = "".join(letter for letter in _CASED if letter.isupper())
_LOWER = "".join(letter for letter in _CASED if letter.islower())
_STOP = r"[.!?…।؟۔][\"'”’»)\]]*"
# A capital directly after a small letter, a figure or a bracket; a word directly after a full stop.
_GLUED = re.compile(
    rf"(?<=[{_LOWER}\d)\]”’\"'»%])(?=[{_UPPER}][{_LOWER}’'])"
    rf"|(?<=[{_LOWER}][{_LOWER}\d)\]”’\"'»%])(?=[{_UPPER}])"
    rf"|(?<=[{_LOWER}\d)\]”»][.!?…])(?=[“\"'«‘(]?[{_UPPER}])|(?<=[.!?][\"”’»)])(?=[“\"'«‘(]?[{_UPPER}])"
    r"|(?<=[।؟۔])(?=[^\W\d_])|(?<=[\u0600-\u06ff]{2}\.)(?=[\u0621-\u06ff]{2})"
)
# Two paragraphs; excludes "Microsoft.Extensions" and addresses.
_STOPPED = re.compile(rf"(?<=\s)[^\s.]*[{_LOWER}][.!?…][\"”’»)]?[“\"'«‘(]?[{_UPPER}][\w’'-]*[ ,;]|[।؟۔][^\W\d_]")
_STOP_WITHIN = re.compile(r"[.!?…।؟۔][\"”’»)]?[“\"'«‘(]?[^\W\d_]")
_ENDED = re.compile(rf"{_STOP}[^\S\n]*\n")
_SENTENCE = re.compile(rf"{_STOP}\s+(?=[“\"'«‘(]?[{_UPPER}\d]|[^\W\d_{_LOWER}])|[。！？][」』”）]?(?=\S)")
_WORD = re.compile(r"\S+")
# Words that are spelled so: addresses, "YouTube", "McDonald", "iPhone".
_KEPT = re.compile(
    rf"\S*(?:://|www\.|@)\S*|\b(?:YouTube|LinkedIn|WhatsApp|TikTok|PayPal|FaceTime|JavaScript|TypeScript|GitHub|GitLab|WordPress"
    rf"|SnapChat|OpenAI|Deep(?:Mind|Seek)|ChatGPT|BuzzFeed|SpaceX|SoundCloud|PowerPoint|BlackRock|FedEx|LaTeX|PostgreSQL|MySQL"
    rf"|(?:Mc|Mac|De|Di|La|Le|Van|Fitz|O['’]|[dDlL]['’]|i|e)[{_UPPER}][{_LOWER}]{{2}})"
)

_LONGEST_PAGE = 500_000  # characters: a longer text keeps its own lines
_MOST_PIECES = 5_000  # as many as a text may have lines; of development texts one has 515
_FEWEST_SEAMS = 8  # between different words, for a text to be cut
_FEWEST_STOPPED = 3  # paragraphs that run into the next one
_ONE_LINE = 0.5  # share of the text in one line: from here on it is a page in a line
_LONG_LINE, _MENU_WORDS = 600, 12  # characters of a line that is searched for a menu; its words
_WINDOW, _DENSE = 6, 0.66  # words; the share of them that are capitalised or figures, in a menu
_LEAST_CUT = 160  # characters: a shorter line is only cut where words are glued together


class Seam(NamedTuple):
    """A place where a line is cut, and what joins the two sides if both stay: "" or " ", or "\\n" between paragraphs."""

    at: int
    joint: str


def find_seams(text: str, headline: str = "") -> list[Seam]:
    """The seams of a text in order; empty if its lines are as they were. A given headline was a line of its own."""
    if len(text) > _LONGEST_PAGE:
        return []
    glued = _glued_places(text) if _runs_on(text) else []
    is_glued = len(glued) >= _FEWEST_SEAMS and _count_words(text, glued) >= _FEWEST_SEAMS
    rows = text.split("\n")
    if not is_glued and len(max(rows, key=len)) < max(_LONG_LINE, _ONE_LINE * len(text)):
        return []
    seams: list[Seam] = []
    start = 0
    for line in rows:
        end = start + len(line)
        is_all = len(line) >= max(_LONG_LINE, _ONE_LINE * len(text))
        menu = _menu_places(text, start, end) if is_all else []
        if is_glued or len(menu) >= _MENU_WORDS:
            within = glued[bisect_right(glued, start) : bisect_right(glued, end - 1)]
            joints = dict.fromkeys(menu, " ") | dict.fromkeys(_edges_of(headline, text, start, end), "\n")
            seams += _seams_of(text, start, end, within, joints)
        start = end + 1
    return seams if len(rows) + len(seams) <= _MOST_PIECES else []


def _seams_of(text: str, start: int, end: int, glued: list[int], joints: dict[int, str]) -> list[Seam]:
    """The seams of the line from ``start`` to ``end``; ``joints``: by place, for those found elsewhere."""
    if end - start >= _LEAST_CUT:
        joints = {found.end(): " " if found[0][-1].isspace() else "" for found in _SENTENCE.finditer(text, start, end)} | joints
    before = start
    for at in glued:
        joints[at] = "" if text[at - 1].isalnum() and text.count(" ", before, at) >= _WINDOW else "\n"
        before = at
    return [Seam(at, joint) for at, joint in sorted(joints.items()) if start < at < end]


def _edges_of(headline: str, text: str, start: int, end: int) -> list[int]:
    """Where a headline begins and ends, at each occurrence."""
    places = []
    at = text.find(headline, start, end) if headline else -1
    while at >= 0:
        places += [at, at + len(headline)]
        at = text.find(headline, at + len(headline), end)
    return places


def _menu_places(text: str, start: int, end: int) -> list[int]:
    """Where capitalised words begin among others: each may be a link."""
    words = [found.span() for found in _WORD.finditer(text, start, end)]
    marks = [not text[at].islower() for at, _ in words]
    sums = [0, *accumulate(marks)]
    places = []
    for number, (at, _) in enumerate(words):
        if not number or not text[at].isupper():
            continue
        left, right = max(0, number - _WINDOW), min(len(words), number + _WINDOW)
        dense_before = sums[number] - sums[left] >= _DENSE * (number - left)
        dense_behind = sums[right] - sums[number] >= _DENSE * (right - number)
        if (dense_before and number - left == _WINDOW) or (dense_behind and right - number == _WINDOW):
            places.append(at)
    return places


def _glued_places(text: str) -> list[int]:
    kept = [found.span() for found in _KEPT.finditer(text)]
    return [found.start() for found in _GLUED.finditer(text) if not _is_within(kept, found.start())]


def _runs_on(text: str) -> bool:
    """Whether paragraphs run into each other at least as often as they end with their line."""
    if len(_STOP_WITHIN.findall(text)) < _FEWEST_STOPPED:  # a cheap test first
        return False
    return len(_STOPPED.findall(text)) >= max(_FEWEST_STOPPED, len(_ENDED.findall(text)))


def _is_within(spans: list[tuple[int, int]], at: int) -> bool:
    number = bisect_right(spans, (at,)) - 1
    return number >= 0 and at < spans[number][1]


def _count_words(text: str, places: list[int]) -> int:
    return len({text[max(0, at - 4) : at + 4] for at in places[:200]})
