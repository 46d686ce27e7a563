"""Undoes what a flattener did to the lines: Markdown's marks, hard wraps, paragraphs broken at every link.

All functions return a text of the same length, so that places in it are places in the original: a mark becomes spaces, a break
within a paragraph becomes a space. Each first checks that the text is of its kind, and leaves any other unchanged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from streams import lazy_re as re
from streams.text.cleaning.marks import Mark
from streams.text.cleaning.page_code import blank_code

_MARKDOWN_SIGN = re.compile(r"\]\(|(?m:^[ \t]*#{1,6} \S)")
_FEWEST_MARKDOWN_SIGNS = 3
_HEADED = re.compile(r"\s*#{1,2} [^\W\d_][^\n]*\n[^\S\n]*\n")  # one sign is enough where the text begins with a heading
_LONGEST_ADDRESS, _LONGEST_LINK_TEXT = 2000, 400  # characters
_ADDRESS = rf"\((?:<[^<>]{{0,{_LONGEST_ADDRESS}}}>|[^()<>]{{0,{_LONGEST_ADDRESS}}}(?:\([^()<>]{{0,200}}\)[^()<>]{{0,200}})?)\)"
_IMAGE = re.compile(rf"!\[[^\[\]]{{0,{_LONGEST_LINK_TEXT}}}\]{_ADDRESS}")
_LINK = re.compile(rf"(\[)([^\[\]]{{0,{_LONGEST_LINK_TEXT}}})(\]{_ADDRESS})")
_LINE_MARK = re.compile(r"(?m)^[ \t>]*(?:#{1,6}|[*+])(?=[ \t])")
_EMPHASIS = re.compile(
    r"(?<![\w*])(\*{1,3})(?=\S)([^*\n]{1,300}?)(?<=\S)(\1)(?![\w*])|(?<![\w_])(_)(?=\S)([^_\n]{1,300}?)(?<=\S)(_)(?![\w_])"
)
_LISTED = re.compile(r"(?m)^ *[12]\. (?:https?|file|ftp|mailto):")
_NUMBERED = re.compile(r"(?m)\[\d{1,4}\](?=\S)|^ *\d{1,4}\. (?:https?|file|ftp|mailto|javascript|lynximgmap|tel|data):\S*$")
_ESCAPE = re.compile(r"\\(?=[-.+*_#()\[\]!`])")

_LINE_ENDS = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"  # as ``str.splitlines`` has them, beside "\n"
_AS_NEWLINES = str.maketrans(dict.fromkeys(_LINE_ENDS, "\n"))

_BREAK = re.compile(r"[^\S\n]*\r?\n[^\S\n]*")
_BLANK = re.compile(r"\n[^\S\n]*\n")

# A paragraph broken at its links leaves lines that begin with a comma or a full stop, which no list or poem has.
_BROKEN_SIGN = re.compile(r"\n(?<![.!?。！？]\n)[^\S\n]*[,;.)’](?![.)\d])")
_FEWEST_BROKEN_SIGNS = 3
_GOES_ON = re.compile(r"[,;.:)\]’”»、，。；：）」』،؛।!?](?!\.)")
_OPENS = re.compile(r"[(‘“«「『（]")
_ENDED = re.compile(r"[.!?…:。！？：।؟۔][\"'”’»›)\]）」』】]*$")
_HANGS = re.compile(r"[,;(\[‘“«、，；（「『،؛]$")
_SENTENCE_WITHIN = re.compile(r"[.!?,;][\"'”’»)\]]* ")
_LEAST_CHAIN_WORDS = 4
_TAIL = 6  # characters that are searched for the end of a sentence

# Hard wraps: nearly all lines are short, and the long ones end just before a common width.
_MOST_WIDTH = 100  # characters
_WIDTHS = (80, 79, 78, 76, 74, 72)  # columns: if the longest line is not the width, it is one of these
_RARE, _SURE_RARE = 50, 8  # one in this many lines may be longer: an address; or, if nearly all others are full
_SURE_SHARE = 0.95  # … of the lines
_ITEM = re.compile(r"\s*(?:[*+#|>-]|\d+\.)")
_BROWSED_ITEM = re.compile(r"\s*(?:[*+#|>•·□■☆★●○◦▪–-]|\[\d+\]|\d+\.)|\s{2,}o ")  # as text browsers draw it
_MOST_HANG = 4  # columns that a paragraph's lines are indented otherwise than its first
_UNWRAPPED = re.compile(rf"^{_ITEM.pattern}|\S{{30}}")
_FEWEST_GOING_ON, _LEAST_FULL_SHARE = 6, 0.85  # lines that continue with a small letter
_FEWEST_WRAPPED, _LEAST_WRAPPED_SHARE = 4, 0.8  # of the lines that are followed by another


def with_newlines(text: str) -> str:
    """The text with "\\n" for every line end that Python knows, so that all steps see the same lines."""
    if any(end in text for end in _LINE_ENDS):
        return text.replace("\r\n", " \n").translate(_AS_NEWLINES)
    return text


@lru_cache(maxsize=2)  # judging, reading and checking an article ask the same of its text, and of its body
def unmark(text: str) -> tuple[str, tuple[Mark, ...]]:
    """Blank out Markdown's links, images, headings and emphasis, if the text is Markdown; also returns where they were."""
    if "]" not in text and "#" not in text:  # a look for one character is much quicker than for several
        return text, ()
    if "[2]" in text and _LISTED.search(text):
        return _unmark_numbers(text)
    if "](" not in text and "# " not in text:
        return text, ()
    if len(_MARKDOWN_SIGN.findall(text)) < _FEWEST_MARKDOWN_SIGNS and not _HEADED.match(text):
        return text, ()
    marks: list[tuple[int, int]] = []

    def blank(start: int, end: int) -> None:
        marks.append((start, end))

    def take(pattern: re.Pattern[str], groups: tuple[int, ...], now: str) -> str:
        pieces: list[str] = []
        at = 0
        for found in pattern.finditer(now):
            for group in groups:
                start, end = found.span(group)
                if start < 0:
                    continue
                blank(start, end)
                pieces += (now[at:start], re.sub(r"[^\n]", " ", now[start:end]) if group == -1 else " " * (end - start))
                at = end
        return "".join((*pieces, now[at:])) if pieces else now

    text = take(_IMAGE, (0,), text)
    text = take(_LINK, (1, 3), text)
    text = take(_LINE_MARK, (0,), text)
    text = take(_EMPHASIS, (1, 3, 4, 6), text)
    text = take(_ESCAPE, (0,), text)
    return text, tuple(Mark(start, end - start) for start, end in sorted(marks))


def _unmark_numbers(text: str) -> tuple[str, tuple[Mark, ...]]:
    """The text without the numbers that a text browser puts before links, and without its list of where they lead."""
    marks = [Mark(found.start(), found.end() - found.start()) for found in _NUMBERED.finditer(text)]
    return _NUMBERED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text), tuple(marks)


def is_link(marked: str, start: int, end: int) -> bool:
    """Whether the text from ``start`` to ``end`` is a link or a row of links, and not a heading."""
    before = marked[max(0, start - 4) : start].rstrip()
    return before.endswith("[") and "#" not in before and marked[end : end + 4].lstrip().startswith("](")


@lru_cache(maxsize=2)  # as above
def unfold(text: str, marked: str = "") -> str:
    """Join the lines of a paragraph that was broken at a width, or at every link.

    ``marked`` is the text before ``unmark``, if it was Markdown: lines were broken when it still had its links.
    """
    if "\n" not in text:
        return text
    if width := _find_width(marked or text):
        text = _join(text, _unwrap_places(marked or text, width))
    if len(_BROKEN_SIGN.findall(text)) >= _FEWEST_BROKEN_SIGNS:
        text = _join(text, _broken_places(text))
    return text


def tell_lines(text: str) -> str:
    """The text with its lines as before a flattener marked, wrapped or broke them; for judging it, not for cutting."""
    text, code = blank_code(with_newlines(text))
    unmarked, marks = unmark(text)
    unfolded = unfold(unmarked, text)
    if not (marks or code) and unfolded == text:
        return text
    return "\n".join(" ".join(line.split()) for line in unfolded.split("\n"))


def _join(text: str, places: Iterable[tuple[int, int]]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end in places:
        pieces += (text[at:start], " " * (end - start))
        at = end
    return "".join((*pieces, text[at:])) if pieces else text


def _find_width(text: str) -> int:
    """The width at which the text is wrapped, 0 if it is not."""
    if not _BLANK.search(text):
        return 0
    lines = [line.rstrip() for line in text.split("\n")]
    if "]" in text and "](" in text:  # lists are not wrapped, and addresses break only at their hyphens
        lines = ["" if _UNWRAPPED.search(line) else line for line in lines]
    if "://" in text:  # links listed by text browsers are not wrapped either
        lines = ["" if "://" in line else line for line in lines]
    most_longer = len(lines) / _SURE_RARE
    if sum([len(line) > _MOST_WIDTH and " " in line.strip() for line in lines]) > most_longer:
        return 0
    beyond = Counter(map(len, (line for line in lines if " " in line.strip())))
    longest = max((length for length in beyond if length <= _MOST_WIDTH), default=0)
    for width in (longest, *(width for width in _WIDTHS if width < longest)):
        longer = sum(count for length, count in beyond.items() if length > width)
        if longer <= most_longer and _is_wrapped(lines, width, is_sure=longer <= len(lines) / _RARE):
            return width
    return 0


def _is_wrapped(lines: Sequence[str], width: int, *, is_sure: bool) -> bool:
    """Whether nearly all long lines end where the next one's first word would not have fitted.

    ``is_sure``: few lines are longer; else the long ones must be full almost without exception.
    """
    inner = [
        (line, after)
        for line, after in pairwise(lines)
        if width / 2 < len(line) <= width and " " in after and _may_go_on(line, after)
    ]
    wrapped = sum(_is_full(line, after, width) for line, after in inner)
    if not is_sure:
        return wrapped >= _FEWEST_WRAPPED and wrapped >= _SURE_SHARE * len(inner)
    if wrapped < _FEWEST_WRAPPED or wrapped >= _LEAST_WRAPPED_SHARE * len(inner):
        return wrapped >= _FEWEST_WRAPPED
    # Lines of menus and tables are not full; lines that continue with a small letter are.
    going_on = [_is_full(line, after, width) for line, after in inner if after.lstrip()[0].islower()]
    return len(going_on) >= _FEWEST_GOING_ON and sum(going_on) >= _LEAST_FULL_SHARE * len(going_on)


def _may_go_on(line: str, after: str) -> bool:
    """Whether a line may continue the one before it: it begins no item, and is indented alike."""
    return bool(after) and not _BROWSED_ITEM.match(after) and abs(_indent_of(after) - _indent_of(line)) <= _MOST_HANG


def _indent_of(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_full(line: str, after: str, width: int) -> bool:
    """Whether the next line's first word would not have fitted on this one."""
    word = after.split(maxsplit=1)[0] if after.strip() else ""
    return bool(word) and len(line) + 1 + len(word) > width


def _unwrap_places(text: str, width: int) -> list[tuple[int, int]]:
    places, at = [], 0
    has_links = "](" in text
    for line, after in pairwise(text.split("\n")):
        at += len(line)
        may_go_on = not _ITEM.match(after) if has_links else len(line.strip()) > width / 2 and _may_go_on(line, after)
        if may_go_on and line.strip() and _is_full(line.rstrip(), after, width):
            places.append((at, at + 1))
        at += 1
    return places


def _broken_places(text: str) -> list[tuple[int, int]]:
    """The breaks within paragraphs, which are never at blank lines."""
    breaks = [found.span() for found in _BREAK.finditer(text)]
    starts = [0, *(end for _, end in breaks)]
    ends = [*(start for start, _ in breaks), len(text)]
    parts = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    goes_on = [False] * (len(parts) + 1)  # whether the part continues the previous one
    for index in range(len(parts) - 1, 0, -1):
        goes_on[index] = _continues(
            parts[index - 1], parts[index], text[breaks[index - 1][0] : breaks[index - 1][1]], followed=goes_on[index + 1]
        )
    return [span for index, span in enumerate(breaks, 1) if goes_on[index]]


def _continues(before: str, part: str, gap: str, *, followed: bool) -> bool:
    """Whether ``part`` continues the paragraph ``before`` it; ``followed``: whether the next part continues this one."""
    if not before or not part:
        return False
    if _GOES_ON.match(part) if len(part) > 1 else part in ",.;)":
        return True
    if _ENDED.search(before, max(0, len(before) - _TAIL)):
        return False
    if part[0].islower() or _HANGS.search(before) or gap.startswith(" ") or gap.endswith(" "):
        return True
    if part[0].isdigit() or _OPENS.match(part):
        return followed or _is_prose(before) or bool(_ENDED.search(part))
    return _is_prose(before) and (followed or (len(part) > 1 and before[-1:].islower()))


def _is_prose(text: str) -> bool:
    if text[:1] in ",.;)":
        return True
    return len(text.split()) >= _LEAST_CHAIN_WORDS and (bool(_SENTENCE_WITHIN.search(text)) or text[:1].islower())
