"""How well the article is found on a page that someone else flattened, from bytes to document, by flattener.

    python -m bench.quality.forms FILE … [--every 4] [--only "lynx,w3m"]

Each FILE is JSON lines of {html, article_body} as in :mod:`bench.quality.pages`. The forms are those of
:mod:`bench.data.flatteners`, and what else is installed of these, none of which cleaning was tuned on at first:

    pip install readability-lxml==0.9 newspaper4k==0.9.6 boilerpy3==1.0.7 html-text==0.7.1 pypandoc_binary==1.17

"told": the producer publishes JSON with the page's title; "found": plain text alone. F1 as in :mod:`bench.quality.cleaning`; an
article that is refused counts as found nothing.
"""

from __future__ import annotations

import argparse
import logging
import re
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import orjson

from bench.data.flatteners import flatteners, page_titles
from bench.data.pages import rows_of
from bench.quality.cleaning import f1, shingles
from streams.articles import Article, prepare_article
from streams.records import Rejection, read_record

_FRAMES = re.compile(r"(?is)<(iframe|script|style|svg|noscript|video|audio|object|embed)\b.*?</\1>|<(?:img|link|source)[^>]*>")


def with_pandoc(html: str) -> str:
    """Plain text, wrapped at 72 columns; without what pandoc would fetch."""
    return str(import_module("pypandoc").convert_text(_FRAMES.sub("", html), "plain", format="html"))


def with_readability(html: str) -> str:
    """``text_content()`` of what readability-lxml takes for the article."""
    summary = import_module("readability").Document(html).summary()
    return str(import_module("lxml.html").fromstring(summary).text_content())


def with_newspaper(html: str) -> str:
    article = import_module("newspaper").Article("https://herald.example/a", fetch_images=False)
    article.download(input_html=html)
    article.parse()
    return str(article.text)


def with_boilerpy3(html: str) -> str:
    return str(import_module("boilerpy3.extractors").ArticleExtractor(raise_on_failure=False).get_content(html))


def with_html_text(html: str) -> str:
    return str(import_module("html_text").extract_text(html))


UNTRAINED: dict[str, Callable[[str], str]] = {
    "pypandoc": with_pandoc,
    "readability": with_readability,
    "newspaper": with_newspaper,
    "boilerpy3": with_boilerpy3,
    "html_text": with_html_text,
}


def found(value: bytes, content_type: str) -> tuple[str, str | None]:
    """The body of a record's article, and why it was refused if it was."""
    draft = read_record(value, content_type)
    article = draft if isinstance(draft, Rejection) else prepare_article(draft)
    return (article.body, None) if isinstance(article, Article) else ("", str(article.reason.value))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth page")
    parser.add_argument("--only", default="", metavar="NAMES", help="of flatteners, between commas")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    ways = flatteners() | {name: way for name, way in UNTRAINED.items() if find_spec(name)}
    chosen = {name: way for name, way in ways.items() if not options.only or name in options.only.split(",")}
    for path in options.files:
        rows = [row for row in rows_of(path) if row.get("kind", "article") == "article" and row["article_body"]]
        rows = rows[:: options.every]
        print(f"{path.name}: {len(rows)} articles")
        for name, flatten in chosen.items():
            texts = [flatten(row["html"]) for row in rows]
            for way in ("told", "found"):
                outcomes = [
                    found(text.encode("utf-8", "replace"), "text/plain")
                    if way == "found" or not (titles := page_titles(row["html"]))
                    else found(orjson.dumps({"title": titles[0], "body": text}), "application/json")
                    for row, text in zip(rows, texts, strict=True)
                ]
                pairs = [(shingles(row["article_body"]), shingles(body)) for row, (body, _) in zip(rows, outcomes, strict=True)]
                quality, precision, recall = f1(pairs)
                refused = dict(Counter(reason for _, reason in outcomes if reason))
                print(f"{name:26} {way:5}  F1 {quality:.3f}  P {precision:.3f}  R {recall:.3f}  refused {refused}")


if __name__ == "__main__":
    main()
