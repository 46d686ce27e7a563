"""How the processor time of an article grows with its length: ``python -m tests.records.growth``.

Every family is one token over and over, in one place of an article: its body as text or HTML, its headline, authors, keywords,
date, address, language, JSON-LD, attributes. Each is read, cleaned and tagged at n and at 4n characters; four times as much may
take four times as long, and a superlinear family takes sixteen. Times below a floor are not compared: they are noise.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import click
import orjson

from streams.articles import read_article, tag_article
from streams.records import Rejection

# fmt: off
TOKENS = (
    " ", "\t", "\n", "\r", "\xa0", "\u3000", "\u200b", "[", "]", "(", ")", "{", "}", "<", ">", "\\", "\\[", "[a](b) ",
    "![", "](", "&", "&amp;", "&#", "&lt;", '"', "'", "“", "”", "«", "-", "--", "—", "–", "_", "*", "**", "#", "# ",
    "`", "|", "| ", "> ", "- ", "1. ", "~", "^", "=", "+", "@", "a@", "a.b@", "/", "//", "://", "http://",
    "https://a.example/", "www.", ".", "..", "…", ",", ", ", ";", ":", "::", "!", "?", "0", "9", "1:", "1-", "1/",
    "1 ", "a", "A", "a ", "A ", "Aa ", "a.", "A.", "a-", "a\n", "A\n", "a\n\n", "By ", "By A\n", "(AP) ", "A, B ",
    "a, ", "Â", "Ã", "Ã©", "â€", "â€™ ", "\x80", "\x85", "é", "ж ", "中", "日。", "あ", "한 ", "ع ", "😀", "�", "<p>",
    "</p>", "<p>a</p>", "<br>", "<b>", "<!--", "-->", "<a href=x>", "<script>", "<![CDATA[", "<p a=b>", 'x="y" ',
    "[+1 chars]", "Read more\n", "Subscribe\n", "Accept cookies ", "Photo: A\n", "* a\n", "[a]: b\n", "a | b\n",
    "<x-a>a</x-a>", "A b.\n\n", "<section>a</section>", "<aside><p>a</p>",
    "\\n", "\\u00e9", "%20",
)
# fmt: on


def _json(**fields: object) -> bytes:
    return orjson.dumps({"title": "Bridge closed after storm", "text": "Boats left the harbour at noon on Monday."} | fields)


def _page(head: str, body: str) -> bytes:
    text = "<p>Boats left the harbour at noon on Monday, said the mayor.</p>" * 5
    return f"<html><head><title>Bridge closed</title>{head}</head><body>{body}{text}</body></html>".encode()


PLACES: dict[str, Callable[[str], bytes]] = {
    "text": lambda run: ("Bridge closed\n" + run).encode(),
    "body": lambda run: _json(text="Boats left. " + run + " They came back."),
    "headline": lambda run: _json(title="x" + run + "y"),
    "html": lambda run: _json(text="", html="<p>Boats left.</p>" + run),
    "page": lambda run: _page("", run),
    "title of a page": lambda run: _page("", "").replace(b"<title>", b"<title>" + run.replace("<", "(").encode()),
    "attribute": lambda run: _page("", '<p title="' + run.replace('"', "'") + '">x</p>'),
    "meta": lambda run: _page('<meta name="description" content="' + run.replace('"', "'") + '">', ""),
    "JSON-LD": lambda run: _page(
        '<script type="application/ld+json">' + _json(**{"@type": "NewsArticle", "articleBody": run}).decode() + "</script>", ""
    ),
    "broken JSON-LD": lambda run: _page('<script type="application/ld+json">{"a":' + run + "</script>", ""),
    "author": lambda run: _json(author="x" + run + "y"),
    "64 authors": lambda run: _json(author=["x" + run[: len(run) // 64] + "y"] * 64),
    "keywords": lambda run: _json(keywords="x" + run + "y"),
    "list of keywords": lambda run: _json(keywords=[run[at : at + 40] for at in range(0, len(run), 40)]),
    "date": lambda run: _json(date="1" + run + "Z"),
    "url": lambda run: _json(url="https://a.example/" + run),
    "language": lambda run: _json(language="en" + run),
    "publisher": lambda run: _json(publisher="x" + run + "y"),
    "dateline": lambda run: _json(dateline="x" + run + "y"),
    "names of fields": lambda run: _json(**{run[:400] + str(at): run[:10] for at in range(len(run) // 400)}),
}


def take_s(value: bytes) -> float:
    """Processor seconds to read, clean and tag a record: the least of two."""
    times = []
    for _ in range(2):
        began = time.process_time()
        article = read_article(value, None, 4 << 20)
        if not isinstance(article, Rejection):
            tag_article(article)
        times.append(time.process_time() - began)
    return min(times)


def superlinear(
    families: Iterator[tuple[str, Callable[[int], bytes]]], characters: int, floor_s: float, most: float
) -> Iterator[str]:
    """Those that take more than ``most`` times as long at four times ``characters``, and more than ``floor_s`` there."""
    for name, family in families:
        longer_s = take_s(family(4 * characters))
        if longer_s > floor_s and (ratio := longer_s / max(take_s(family(characters)), 1e-4)) > most:
            yield f"{name}: {ratio:.1f} times as long, {longer_s:.2f} s for {4 * characters:,} characters"


def families() -> Iterator[tuple[str, Callable[[int], bytes]]]:
    """Every token in every place."""
    for place, make in PLACES.items():
        for token in TOKENS:
            yield (
                f"{token!r} in {place}",
                lambda count, make=make, token=token: make((token * (count // len(token) + 1))[:count]),
            )


@click.command()
@click.option("--characters", default=25_000, show_default=True, help="n; the other length is 4n.")
@click.option("--floor-s", default=0.3, show_default=True, help="Shorter times are not compared.")
@click.option("--most", default=8.0, show_default=True, help="The ratio above which a family is superlinear.")
@click.option("--only", default="", help="Families whose name has this in it.")
def main(characters: int, floor_s: float, most: float, only: str) -> None:
    """Try every family; ends with 1 if one is superlinear."""
    chosen = ((name, family) for name, family in families() if only in name)
    found = 0
    for line in superlinear(chosen, characters, floor_s, most):
        print(line, flush=True)
        found += 1
    print(f"{found} superlinear of {len(PLACES) * len(TOKENS)} families")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
