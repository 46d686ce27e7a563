"""How often a page's title, date and byline are read correctly: ``python -m bench.quality.facts DATA``.

Rows are {kind, html, url, title, author, date}, as of WCXB's development split (``pages-more-dev.jsonl.xz``); only articles
count. ``--half 0`` and ``--half 1`` are halves of the sites, by a hash of the host: choose on one, check on the other.
``--wrong FIELD`` lists what is wrong. A title is right if both are the same apart from case, space and typography; a date if
the day is right; a byline if it names exactly the persons of the answer. Facts that the answer leaves open are not counted,
nor are bylines with the outlet's own name, which Headwater never takes for a byline. "either" is the date, counting the day of
the last change as right too: the answers name sometimes the one, sometimes the other.

Answers were written beside the live page, and the stored page can say otherwise. Behind "wrong" it is counted how often, by
rules that do not look at what Headwater found:

- unsaid: the answer is nowhere on the page (a day in no usual spelling, a title not whole in any heading, title or meta tag);
- changed: the page names another day as that of publication;
- told: only the page's metadata have this title, and a heading of first rank shows another one;
- desk: the author is a desk ("Staff", "… Team"), which Headwater never takes for a byline.

"apart from those" is the share of right ones among the other answers.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import click
from lxml.html import document_fromstring

from streams.articles import Article, prepare_article
from streams.records import Rejection, read_record

FIELDS: Final = ("title", "date", "either", "author")
_CREDENTIALS: Final = re.compile(r",?\s+(?:[A-Z][A-Za-z]*\.?){1,2}[A-Z]{1,4}\b.*$|®")
_BETWEEN: Final = re.compile(r"\s*(?:,|;|\||/|\band\b|&|\bund\b|\bet\b|\by\b)\s*")


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from (row for row in map(json.loads, lines) if row["kind"] == "article")


def plain(text: str | None) -> str:
    """Letters and digits alone, in one case."""
    text = unicodedata.normalize("NFKD", text or "").casefold()
    return "".join(character for character in text if character.isalnum())


def people(text: str | None) -> frozenset[str]:
    return frozenset(filter(None, (plain(_CREDENTIALS.sub("", name)) for name in _BETWEEN.split(text or ""))))


def judge(row: dict[str, Any], article: Article) -> dict[str, tuple[str, str | None, str | None]]:
    """For each fact whose answer is known: "right", "lost" or "other", what was found and what is right."""
    found = {"title": article.headline, "date": article.published, "author": article.byline, "either": article.published}
    right = {name: row[name] for name in ("title", "date", "author") if row[name]}
    if plain(row["author"]) and plain(row["author"]) in own_names(row, article):
        del right["author"]
    if row["date"]:
        right["either"] = row["date"]
        if (article.modified or "")[:10] == row["date"][:10]:
            found["either"] = article.modified
    return {name: (_verdict(name, found[name], right[name]), found[name], right[name]) for name in right}


def own_names(row: dict[str, Any], article: Article) -> frozenset[str]:
    """What the outlet of a row may be called: its name, its site's and its host's."""
    host = (urlsplit(row["url"]).hostname or "").removeprefix("www.")
    site = re.findall(r"<meta[^>]*og:site_name[^>]*content=[\"']([^\"']+)", row["html"])
    return frozenset(map(plain, (article.outlet or "", host, host.split(".")[0], host.rsplit(".", 1)[0], *site)))


def _verdict(name: str, found: str | None, right: str) -> str:
    if not found:
        return "lost"
    if name in ("date", "either"):
        return "right" if found[:10] == right[:10] else "other"
    if name == "author":
        return "right" if people(found) == people(right) or plain(found) == plain(right) else "other"
    return "right" if plain(found) == plain(right) else "other"


def half_of(url: str) -> int:
    """0 or 1: pages of one host are in one half."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return hashlib.sha256(host.encode()).digest()[-1] % 2


# ---- Answers that the page contradicts

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DESK: Final = re.compile(r"\b(?:staff|team|newsdesk|contributor|sponsored by)\b", re.IGNORECASE)
_DAY_TOLD: Final = re.compile(
    r'"datePublished"\s*:\s*"(\d{4}-\d\d-\d\d)|(?:published_time|datePublished)["\'][^<>]*content=["\'](\d{4}-\d\d-\d\d)',
    re.IGNORECASE,
)
_FULL_DAY: Final = 10  # characters of 2026-03-02


def contradiction(name: str, row: dict[str, Any]) -> str | None:
    """How the page contradicts the answer of a row: "unsaid", "changed", "told" or "desk"; None if it does not."""
    return {"date": _date_contradiction, "title": _title_contradiction, "author": _author_contradiction}[name](row)


def _date_contradiction(row: dict[str, Any]) -> str | None:
    told = {day for each in _DAY_TOLD.findall(row["html"]) for day in each if day}
    if not _says_day(row["html"], row["date"]):
        return "unsaid"
    return "changed" if told and row["date"][:_FULL_DAY] not in told else None


def _says_day(page: str, written: str) -> bool:
    if len(written) < _FULL_DAY:
        return False
    year, month, day = written[:4], int(written[5:7]), int(written[8:10])
    name, nth = f"{_MONTHS[month - 1]}[a-z]*\\.?", f"0?{day}(?:st|nd|rd|th)?"
    short = f"[-/.](?:{year[:2]})?{year[2:]}"
    numbers = rf"{year}[-/.]?0?{month}[-/.]?0?{day}(?!\d)|0?{month}[-/.]0?{day}{short}|0?{day}[-/.]0?{month}{short}"
    return re.search(rf"{name}\s+{nth},?\s+{year}|{nth}\s+{name},?\s+{year}|{numbers}", page, re.IGNORECASE) is not None


def _title_contradiction(row: dict[str, Any]) -> str | None:
    tree = document_fromstring(row["html"].encode())
    shown = [plain(each.text_content()) for each in tree.iter("h1")]
    told = [each.text_content() for each in tree.iter("title", "h2", "h3")] + tree.xpath(
        "//meta[contains(@*, 'title')]/@content"
    )
    right = plain(row["title"])
    parts = {plain(part) for each in told for part in (each, *re.split(r"\s+[|–—-]\s+", each)[:1])}
    if right in shown:
        return None
    return "told" if right in parts and any(map(plain, told)) and shown else None if right in parts else "unsaid"


def _author_contradiction(row: dict[str, Any]) -> str | None:
    if _DESK.search(row["author"]):
        return "desk"
    return None if plain(row["author"]) in plain(unescape(re.sub("<[^<>]*>", "", row["html"]))) else "unsaid"


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--half", type=click.IntRange(0, 1), help="Only the pages of one half of the sites.")
@click.option("--wrong", type=click.Choice(FIELDS), help="List the wrong values of this field.")
def main(data: Path, half: int | None, wrong: str | None) -> None:
    """Measure titles, dates and bylines on DATA/pages-more-dev.jsonl.xz."""
    counts: Counter[tuple[str, str]] = Counter()
    against: Counter[tuple[str, str]] = Counter()
    for number, row in enumerate(rows(data / "pages-more-dev.jsonl.xz")):
        if half is not None and half_of(row["url"]) != half:
            continue
        draft = read_record(row["html"].encode(), "text/html", max_bytes=4 << 20)
        article = draft if isinstance(draft, Rejection) else prepare_article(draft)
        if isinstance(article, Rejection):
            counts["page", article.reason.value] += 1
            continue
        for name, (verdict, found, right) in judge(row, article).items():
            counts[name, verdict] += 1
            if verdict != "right" and name != "either" and (kind := contradiction(name, row)):
                against[name, kind] += 1
            if name == wrong and verdict != "right":
                click.echo(f"{number}\t{row['url']}\n  found {found!r}\n  right {right!r}")
    for name in FIELDS:
        total = sum(count for (field, _), count in counts.items() if field == name)
        shares = ", ".join(f"{verdict} {counts[name, verdict]}" for verdict in ("right", "lost", "other"))
        kinds = {kind: count for (field, kind), count in against.items() if field == name}
        rest = f"; of the wrong {kinds}, {counts[name, 'right'] / max(1, total - sum(kinds.values())):.1%} apart from those"
        click.echo(f"{name:<7}{counts[name, 'right'] / max(1, total):6.1%} of {total}: {shares}{rest if kinds else ''}")
    rejected = {reason: count for (field, reason), count in counts.items() if field == "page"}
    click.echo(f"rejected: {rejected}")


if __name__ == "__main__":
    sys.exit(main())
