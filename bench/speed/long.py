"""Long texts: how long one record of almost 2 MB, or of a page at the limits, holds up each step.

    python -m bench.speed.long                      # every shape
    python -m bench.speed.long "lines of" base64    # those whose name contains one of these

Processor seconds of each step in memory, and the exponent of the whole between a quarter of the size and all of it: 1 is
linear.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import log
from typing import Any, Final

from agents import pipeline_steps
from bench.speed.articles import mixed_articles
from streams.memory import MemoryPipeline
from streams.settings import Settings
from streams.steps import Decision, Record, Step
from streams.topics import RAW

BYTES: Final = 2_000_000
_QUARTER: Final = 4
_NOW_MS: Final = 1_790_000_000_000
_ELEMENTS, _BLOCKS = 19_500, 7_900  # just below what is read of a page
_MOST_S: Final = 1.0

MadePiece = Callable[[random.Random, int], str]

_WORDS: Final = (
    "the", "of", "and", "to", "in", "that", "for", "is", "was", "on", "said", "by", "with", "from", "at", "it",
    "which", "year", "government", "people", "report", "minister", "court", "city", "council", "market", "price",
    "police", "school", "hospital", "company", "decision", "Monday", "Tuesday", "week", "month", "percent", "million",
    "election", "vote", "party", "leader", "country", "region", "plan", "talks", "agreement", "river", "bridge",
    "winter", "summer", "train", "station", "workers", "union", "strike", "pay",
)  # fmt: skip
_SYLLABLES: Final = (
    "ba", "de", "ki", "lo", "mu", "ra", "se", "ti", "vo", "na", "pe", "gi", "do", "fa", "lu",
)  # fmt: skip
_SCRIPTS: Final = {
    "Chinese": "政府今天宣布新的经济计划并表示将在明年开始实施报告显示市场价格继续上涨专家认为需要更多时间观察",
    "Japanese": "政府は今日新しい経済計画を発表し来年から実施すると述べた市場の価格は上昇を続けている",
    "Thai": "รัฐบาลประกาศแผนเศรษฐกิจใหม่ในวันนี้และกล่าวว่าจะเริ่มในปีหน้า",
    "Arabic": "أعلنت الحكومة اليوم خطة اقتصادية جديدة وقالت إنها ستبدأ العام المقبل ",
    "Hindi": "सरकार ने आज नई आर्थिक योजना की घोषणा की और कहा कि यह अगले साल शुरू होगी ",
    "Korean": "정부는 오늘 새로운 경제 계획을 발표하고 내년부터 시행한다고 밝혔다 ",
    "Russian": "правительство сегодня объявило новый план и сообщило что он начнётся в следующем году ",
}


def _words(chance: random.Random, characters: int) -> str:
    """Words of news and made-up ones, at least so many characters."""
    words: list[str] = []
    length = 0
    while length < characters:
        word = chance.choice(_WORDS) if chance.random() < 0.7 else "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))
        words.append(word)
        length += len(word) + 1
    return " ".join(words)


def _sentence(chance: random.Random, characters: int = 100) -> str:
    return _words(chance, characters).capitalize() + "."


def _name(chance: random.Random) -> str:
    return " ".join("".join(chance.choices(_SYLLABLES, k=2)).capitalize() for _ in range(2))


def _script(letters: str) -> MadePiece:
    return lambda chance, _: "".join(chance.choices(letters, k=chance.randint(20, 60)))


def _around(begin: str, end: str = "", characters: int = 200) -> MadePiece:
    """A sentence between two marks; "#" is the piece's number, "@" a name, "~" a few words."""

    def piece(chance: random.Random, number: int) -> str:
        text = f"{begin}{_sentence(chance, characters)}{end}" if characters else begin + end
        if "~" in text:
            text = text.replace("~", _words(chance, 12))
        return text.replace("@", _name(chance)).replace("#", str(number))

    return piece


def _wrapped(chance: random.Random, number: int) -> str:
    return _words(chance, 195) if number % 5 else _sentence(chance, 120) + "\n"


def _hyphenated(chance: random.Random, _: int) -> str:
    return _words(chance, 195) + "".join(chance.choices(_SYLLABLES, k=2)) + "-"


def _markdown(chance: random.Random, _: int) -> str:
    items = f"* {_sentence(chance, 250)}\n* **{_sentence(chance, 250)}**"
    return f"## {_words(chance, 30)}\n\n> {_sentence(chance, 300)}\n\n{items}"


def _code(chance: random.Random, number: int) -> str:
    return f"function f{number}(a, b) {{ var x = document.getElementById('{_words(chance, 130)}'); return a + b; }}"


def _results(chance: random.Random, _: int) -> str:
    games = [f"{_name(chance)} {chance.randint(0, 5)}-{chance.randint(0, 5)} {_name(chance)}" for _ in range(8)]
    return "; ".join(games)


def _mixed(chance: random.Random, number: int) -> str:
    return _script(tuple(_SCRIPTS.values())[number % len(_SCRIPTS)])(chance, number) + " " + _words(chance, 40)


_PIECES: Final[dict[str, tuple[str, MadePiece]]] = {
    # name: what is between the pieces, and the pieces
    "words in one line": (" ", lambda chance, _: _words(chance, 100)),
    "sentences in one line": (" ", lambda chance, _: _sentence(chance)),
    "different lines of 20": ("\n", lambda chance, _: _words(chance, 18)),
    "different lines of 100": ("\n", lambda chance, _: _words(chance, 96)),
    "different lines of 200, most": ("\n", lambda chance, _: _words(chance, 198)),
    "menu and lines of 200": ("\n", lambda chance, n: _words(chance, 15) if n % 40 < 20 else _words(chance, 400)),
    "menu and sentences": ("\n", lambda chance, n: _words(chance, 15).title() if n % 40 < 20 else _sentence(chance, 400)),
    "different lines of 200": ("\n", lambda chance, _: _words(chance, 200)),
    "different lines of 250, sentences": ("\n", lambda chance, _: _sentence(chance, 245)),
    "different lines of 1000": ("\n", lambda chance, _: " ".join(_sentence(chance) for _ in range(9))),
    "paragraphs of 1000": ("\n\n", lambda chance, _: " ".join(_sentence(chance) for _ in range(9))),
    "equal lines of 205": (
        "\n",
        lambda _chance, _: "The minister said that the plan is to be decided before summer. " * 3 + "It is so.",
    ),
    "equal sentences": (" ", lambda _chance, _: "The minister said that the plan is to be decided before summer."),
    "lines that differ in a number": (
        "\n",
        _around(
            "Report # of the commission: the minister said that the plan is to be decided by "
            "the council before summer, and that the costs are those which were named in spring when talks began in the city",
            "",
            0,
        ),
    ),
    "names": (" ", lambda chance, _: f"{_name(chance)} met {_name(chance)} in {_name(chance)}."),
    "names and commas": (", ", lambda chance, _: _name(chance)),
    "capitals": (" ", lambda chance, _: _sentence(chance).upper()),
    "lines of capitals": ("\n", lambda chance, _: _words(chance, 205).upper()),
    "links": (" ", _around("https://example.com/news/#?utm_source=x&id=# ", "", 20)),
    "links alone": ("\n", _around("https://example.com/news/" + "a-long-path-of-a-story-" * 8 + "#", "", 0)),
    "markdown links": (" ", _around("[~](https://example.com/#) ", "", 250)),
    "markdown links, many": (" ", _around("[~](https://example.com/#)", "", 0)),
    "escapes": (" ", _around(r"\*# \_a\_ \[b\] \.", "", 60)),
    "escapes alone": ("", lambda _chance, _: r"\*\_\[\]"),
    "entities": (" ", _around("&amp;&lt;p&gt;&nbsp;&#8217;", "", 60)),
    "emphasis": (" ", _around("**~** *~* __~__ ", "", 250)),
    "emphasis, many": (" ", _around("*~* _~_", "", 0)),
    "stars": (" ", lambda _chance, _: "* ** ***"),
    "quotes": (" ", _around("“", "” said @.", 60)),
    "straight quotes": (" ", _around('"', "\" said @. It's so.", 60)),
    "brackets that stay open": (" ", _around("(~ [~ {", "", 40)),
    "lists": ("\n", _around("- ", "")),
    "numbered lists": ("\n", _around("#. ", "")),
    "bullets": ("\n", _around("• ", "")),
    "tables in text": ("\n", lambda chance, n: " | ".join([f"{n}", *(_words(chance, 20) for _ in range(9))])),
    "tabs": ("\n", lambda chance, n: "\t".join([f"{n}", *(_words(chance, 20) for _ in range(9))])),
    "markdown": ("\n\n", _markdown),
    "notes and corrections": ("\n", _around("Correction: an earlier version of this article misspelt @. ")),
    "notes": ("\n", _around("Editor's note: this story was updated on March 3 with ~. ")),
    "notes in italics": ("\n", _around("*This article was first published by @. ", "*")),
    "share bars": ("\n", _around("Share Facebook Twitter WhatsApp Email Print Copy link ~ ", "", 150)),
    "share bars in one line": (" ", _around("Share Facebook Twitter WhatsApp Email Print Copy link", "", 20)),
    "bylines": ("\n", _around("By @ and @, Example Times, March 3, 2026 ", "", 160)),
    "short bylines": ("\n\n", lambda chance, _: f"By {_name(chance)}\n{_sentence(chance, 400)}"),
    "subscribe": ("\n", _around("Subscribe to our newsletter and read more: ~. Sign up now. ", "", 150)),
    "read more": ("\n", _around("Read more: ~ ")),
    "read more in one line": (" ", _around("Read more: ~. Also read: ~. ", "", 20)),
    "advertisement between": ("\n", lambda chance, _: f"{_sentence(chance, 380)}\nAdvertisement"),
    "hashtags": (" ", _around("#~ @", "", 0)),
    "hashtags in lines": ("\n", lambda chance, _: " ".join("#" + "".join(chance.choices(_SYLLABLES, k=3)) for _ in range(26))),
    "numerals": (" ", lambda chance, _: f"{chance.randint(0, 10**6):,}"),
    "digits": ("", lambda chance, _: f"{chance.randint(0, 10**9)}"),
    "number words": (
        " ",
        lambda chance, _: chance.choice(("one", "twenty", "thirty-five", "hundred", "million", "and", "point", "half")),
    ),
    "scores": (" ", _around("@ beat @ 3-1 6-4 7-5 on ~.", "", 0)),
    "lines of scores": ("\n", _results),
    "dates": (" ", lambda _chance, n: f"{n % 28 + 1} March {1900 + n % 130}, 2026-03-{n % 28 + 1:02} 1{n % 10}:00 GMT;"),
    "datelines": ("\n", _around("BERLIN, March 3 (Reuters) - ")),
    "emoji": ("", lambda chance, _: "".join(chance.choices("😀🎉🚀❤️🇩🇪👩‍👩‍👧🔥", k=20)) + " " + _words(chance, 20)),
    "zero-width characters": (" ", lambda chance, _: "\u200b".join(_words(chance, 60))),
    "zero-width alone": ("", lambda _chance, _: "\u200b\u200d\ufeff\u00ad"),
    "combining marks": (" ", lambda chance, _: "\u0301".join(_words(chance, 60))),
    "combining marks alone": ("", lambda _chance, _: "a" + "\u0301" * 50),
    **{script: ("。" if script in ("Chinese", "Japanese") else " ", _script(letters)) for script, letters in _SCRIPTS.items()},
    "Chinese in one piece": ("", _script(_SCRIPTS["Chinese"])),
    "Thai in one piece": ("", _script(_SCRIPTS["Thai"])),
    "Chinese lines": ("\n", lambda chance, n: "，".join(_script(_SCRIPTS["Chinese"])(chance, n) for _ in range(3)) + "。"),
    "mixed scripts": (" ", _mixed),
    "mojibake beside letters": ("\n", _around("“â€œ~â€™s cafÃ© ", "", 180)),
    "mojibake of many letters": (" ", lambda chance, _: "".join(map(chr, chance.choices(range(0xA0, 0x100), k=6)))),
    "mojibake as Java writes it": ("", lambda _chance, _: "\xed\xa0\xbd\xed\xb8\x80"),
    "mojibake": (" ", lambda chance, _: f"â€œ{_words(chance, 40)}â€ Ã¤ Ã¼ itâ€™s"),
    "base64": ("", lambda chance, _: base64.b64encode(chance.randbytes(57)).decode()),
    "base64 in lines": ("\n", lambda chance, _: base64.b64encode(chance.randbytes(150)).decode()),
    "JSON in text": (" ", lambda chance, n: json.dumps({"id": n, "title": _words(chance, 40), "tags": ["a", "b"]})),
    "code": ("\n", _code),
    "styles": (" ", lambda _chance, n: f".c{n} {{ color: #fff; margin: 0 auto; }}"),
    "tags in text": (" ", lambda chance, _: f"a < b <b>{_words(chance, 40)} &"),
    "wrapped mail": ("\n", _wrapped),
    "quoted mail": ("\n", _around("> > ")),
    "hyphenated lines": ("\n", _hyphenated),
    "white space": ("", lambda chance, _: _words(chance, 10) + " " * 200),
    "blank lines": ("", lambda chance, _: _words(chance, 180) + "\n" * 30),
    "full stops": ("", lambda _chance, _: "a. "),
    "dots": ("", lambda _chance, _: "...."),
    "dashes": ("", lambda _chance, _: "a - b – c — "),
    "one letter": ("", lambda _chance, _: "a" * 100),
    "one word": (" ", lambda _chance, _: "news"),
    "colons": (" ", _around("~: ", "", 20)),
    "bars": (" | ", lambda chance, _: _words(chance, 20)),
    "sentences without spaces": ("", _around("", "", 60)),
}


def _joined(between: str, piece: MadePiece, size: int) -> str:
    chance = random.Random(1)
    pieces: list[str] = []
    length = 0
    while length < size:
        pieces.append(piece(chance, len(pieces)))
        length += len(pieces[-1].encode()) + len(between.encode())
    return between.join(pieces)


def _plain(between: str, piece: MadePiece, size: int) -> bytes:
    """A headline, and the shape below it."""
    return f"The council decides on the bridge\n\n{_joined(between, piece, size)}".encode()[:size]


def _page(elements: Callable[[random.Random, int], str], size: int, cost: int = 1, limit: int = _ELEMENTS) -> bytes:
    """A page of ``limit`` elements at the full size, ``cost`` of which are in each piece."""
    chance = random.Random(1)
    count = int(limit * size / BYTES / cost)
    body = "".join(elements(chance, number) for number in range(count))
    headline = "The council decides on the bridge"
    head = f"<!DOCTYPE html><html lang=en><head><title>{headline}</title></head><body><h1>{headline}</h1>"
    article = "".join(f"<p>{_sentence(chance, 200)}</p>" for _ in range(12))
    return f"{head}<article>{article}{body}</article></body></html>".encode()


def _of(begin: str, end: str = "", characters: int = 60) -> MadePiece:
    return lambda chance, number: begin.replace("#", str(number)) + _sentence(chance, characters) + end


def _comment(chance: random.Random, _: int) -> str:
    return f"<div class=comment>{_sentence(chance, 60)}</div>"


_BLOCK, _ELEMENT = _BLOCKS, _ELEMENTS
_PAGES: Final[dict[str, tuple[MadePiece, int, int]]] = {
    # name: a piece of the page, the elements or blocks in it, the limit of these
    "paragraphs": (_of("<p>", "</p>", 200), 1, _BLOCK),
    "paragraphs, short": (_of("<p>", "</p>", 20), 1, _BLOCK),
    "paragraphs with ids": (_of("<p id=p# class=c#>", "</p>", 100), 1, _BLOCK),
    "equal paragraphs": (
        lambda _chance, _: "<p>The minister said that the plan is to be decided before summer.</p>",
        1,
        _BLOCK,
    ),
    "distinct ids": (_of("<span id=s#>", "</span>", 10), 1, _ELEMENT),
    "distinct classes": (_of("<span class='c# d#'>", "</span>", 10), 1, _ELEMENT),
    "distinct attributes": (_of("<span data-a#=# title=#>", "</span>", 10), 1, _ELEMENT),
    "equal spans": (lambda _chance, _: "<span class=a>the</span> ", 1, _ELEMENT),
    "line breaks": (_of("", "<br>", 90), 1, _BLOCK),
    "links": (_of("<a href=/news/#>", "</a> ", 10), 1, _ELEMENT),
    "links in paragraphs": (_of("<p><a href=/news/#>", "</a> the council said</p>", 30), 1, _BLOCK),
    "list items": (_of("<li>", "</li>", 30), 1, _BLOCK),
    "list items with links": (_of("<ul><li><a href=/n/#>", "</a></li></ul>", 30), 1, _ELEMENT // 3),
    "table rows": (_of("<tr><td>#</td><td>", "</td></tr>", 30), 3, _ELEMENT),
    "tables": (_of("<table><tr><td>", "</td></tr></table>", 30), 1, 4_800),
    "empty divs": (lambda _chance, n: f"<div class=x{n % 7}></div>", 1, _ELEMENT),
    "divs with text": (_of("<div>", "</div>", 60), 1, _BLOCK),
    "nested divs": (_of("<div><div><div>", "</div></div></div>", 60), 1, _ELEMENT // 3),
    "headings": (_of("<h2>", "</h2>", 30), 1, _BLOCK),
    "headings and paragraphs": (_of("<h2>The plan #</h2><p>", "</p>", 150), 2, _BLOCK),
    "images": (_of("<img src=/i/#.jpg alt='", "'>", 20), 1, _ELEMENT),
    "figures": (_of("<figure><img src=/i/#.jpg><figcaption>", "</figcaption></figure>", 40), 1, _ELEMENT // 3),
    "emphasis": (_of("<b><i>", "</i></b> ", 20), 2, _ELEMENT),
    "quotes": (_of("<blockquote><p>", "</p></blockquote>", 80), 1, _BLOCK),
    "comments": (_of("<!-- ", " --><p>a</p>", 80), 1, _BLOCK),
    "scripts": (_of("<script>var a=#;", "</script>", 40), 1, _ELEMENT),
    "times": (_of("<time datetime=2026-03-03>", "</time>", 10), 1, _ELEMENT),
    "authors": (_of("<p class=author rel=author>By Mara Linden ", "</p>", 20), 1, _BLOCK),
    "metas": (_of("<meta property=article:tag content='", "'>", 20), 1, _ELEMENT),
    "json scripts": (
        _of('<script type=application/ld+json>{"@type":"NewsArticle","headline":"', '"}</script>', 40),
        1,
        _ELEMENT,
    ),
    "forms": (_of("<form><input name=a#><button>", "</button></form>", 10), 3, _ELEMENT),
    "microdata": (
        _of("<div itemscope itemtype=http://schema.org/NewsArticle><p itemprop=articleBody>", "</p></div>", 60),
        1,
        _BLOCK,
    ),
    "navigations with texts behind them": (_around("<nav>a</nav>", "", 220), 1, _BLOCK),
    "templates with texts behind them": (_around("<template>a</template>", "", 60), 1, _ELEMENT),
    "comments with texts behind them": (_around("<div id=disqus_thread>a</div>", "", 220), 2, _BLOCK),
    "dates in a paragraph": (
        lambda chance, n: ("<p>" if not n else "") + _of("<time>", "</time> the council said, ", 20)(chance, n),
        1,
        _ELEMENT,
    ),
    "comments beside a long text": (
        lambda chance, number: f"<p>{_sentence(chance, 2_500)}</p>" if number % 20 == 0 else _comment(chance, number),
        1,
        7_500,
    ),
    "hidden": (_of("<div style='display:none' aria-hidden=true>", "</div>", 60), 1, _BLOCK),
    "articles": (_of("<article><h2>Plan</h2><p>", "</p></article>", 80), 2, _BLOCK),
}
_WIDE_HEADLINE = 100_000  # bytes

MadeShape = Callable[[int], tuple[bytes, str]]


def shapes() -> Iterator[tuple[str, MadeShape]]:
    """Each shape's name, and what makes it at a size: its bytes and their type."""
    for name, (between, piece) in _PIECES.items():
        yield name, _text_shape(between, piece)
    yield "a headline of 100 kB", _wide_headline
    yield "headlines as JSON", _json_headline
    for name, (piece, cost, limit) in _PAGES.items():
        yield f"page: {name}", _page_shape(piece, cost, limit)


def _text_shape(between: str, piece: MadePiece) -> MadeShape:
    return lambda size: (_plain(between, piece, size), "text/plain; charset=utf-8")


def _page_shape(piece: MadePiece, cost: int, limit: int) -> MadeShape:
    return lambda size: (_page(piece, size, cost, limit), "text/html; charset=utf-8")


def _wide_headline(size: int) -> tuple[bytes, str]:
    chance = random.Random(1)
    headline = _words(chance, _WIDE_HEADLINE * size // BYTES)
    text = headline + "\n\n" + _joined("\n", lambda chance, _: _sentence(chance, 250), size)
    return text.encode()[:size], "text/plain"


def _json_headline(size: int) -> tuple[bytes, str]:
    chance = random.Random(1)
    headline = _words(chance, _WIDE_HEADLINE * size // BYTES)
    text = _joined("\n", lambda chance, _: _sentence(chance, 250), size * 9 // 10)
    return json.dumps({"title": headline, "text": text}).encode(), "application/json"


class Stopwatch:
    """A pipeline in memory for each record, and the processor seconds of each step for the latest record."""

    def __init__(self) -> None:
        self.taken_s: dict[str, float] = {}
        self.reached: list[str] = []
        for raw in mixed_articles(200, 2):
            self.measure(raw.value, raw.content_type)

    def measure(self, value: bytes, content_type: str) -> dict[str, float]:
        """The processor seconds of the steps that this record comes to."""
        self.taken_s = {}
        headers = (("content-type", content_type.encode()),)
        pipeline = MemoryPipeline([self._timed(step) for step in pipeline_steps(Settings())])  # remembers no earlier shape
        self.reached = [str(output.topic) for output in pipeline.publish(RAW, None, value, headers, _NOW_MS)]
        return self.taken_s

    def _timed(self, step: Step) -> Step:
        def decide(record: Record, remembered: Any) -> Decision:
            began = time.thread_time()
            decision = step.decide(record, remembered)
            self.taken_s[step.name] = time.thread_time() - began
            return decision

        return replace(step, decide=decide)


def main() -> int:
    """Print a line for each shape."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("words", nargs="*", help="only shapes whose name contains one of these")
    arguments = parser.parse_args()
    watch = Stopwatch()
    slow = 0
    print("  prepare  deduplicate    group   exponent")
    for name, shape in shapes():
        if arguments.words and not any(word in name for word in arguments.words):
            continue
        quarter = sum(watch.measure(*shape(BYTES // _QUARTER)).values())
        taken = watch.measure(*shape(BYTES))
        whole = sum(taken.values())
        slow += max(taken.values()) > _MOST_S
        steps = "".join(f"{taken[step]:10.2f}" if step in taken else " " * 10 for step in ("prepare", "deduplicate", "group"))
        exponent = log(whole / quarter) / log(_QUARTER)
        print(
            f"{steps}   {exponent:5.2f} {'!' if max(taken.values()) > _MOST_S else ' '} {name} → {watch.reached[-1]}",
            flush=True,
        )
    print(f"{slow} steps took more than {_MOST_S:g} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
