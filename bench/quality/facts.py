"""How often a page's title, date and byline are read correctly: ``python -m bench.quality.facts DATA``.

Rows are {kind, html, url, title, author, date}, as of WCXB's development split (``pages-more-dev.jsonl.xz``); only articles
count. ``--half 0`` and ``--half 1`` are the rows of even and odd numbers: choose on one, check on the other. ``--wrong FIELD``
lists what is wrong. A title is right if both are the same apart from case, space and typography; a date if the day is
right; a byline if it names exactly the persons of the answer. Facts that the answer leaves open are not counted, nor are
bylines with the outlet's own name, which Headwater never takes for a byline. "either" is the date, counting the day of
the last change as right too: the answers name sometimes the one, sometimes the other.
"""

from __future__ import annotations

import json
import lzma
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import click

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


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--half", type=click.IntRange(0, 1), help="Only rows with even (0) or odd (1) numbers.")
@click.option("--wrong", type=click.Choice(FIELDS), help="List the wrong values of this field.")
def main(data: Path, half: int | None, wrong: str | None) -> None:
    """Measure titles, dates and bylines on DATA/pages-more-dev.jsonl.xz."""
    counts: Counter[tuple[str, str]] = Counter()
    for number, row in enumerate(rows(data / "pages-more-dev.jsonl.xz")):
        if half is not None and number % 2 != half:
            continue
        draft = read_record(row["html"].encode(), "text/html", max_bytes=4 << 20)
        article = draft if isinstance(draft, Rejection) else prepare_article(draft)
        if isinstance(article, Rejection):
            counts["page", article.reason.value] += 1
            continue
        for name, (verdict, found, right) in judge(row, article).items():
            counts[name, verdict] += 1
            if name == wrong and verdict != "right":
                click.echo(f"{number}\t{row['url']}\n  found {found!r}\n  right {right!r}")
    for name in FIELDS:
        total = sum(count for (field, _), count in counts.items() if field == name)
        shares = ", ".join(f"{verdict} {counts[name, verdict]}" for verdict in ("right", "lost", "other"))
        click.echo(f"{name:<7}{counts[name, 'right'] / max(1, total):6.1%} of {total}: {shares}")
    rejected = {reason: count for (field, reason), count in counts.items() if field == "page"}
    click.echo(f"rejected: {rejected}")


if __name__ == "__main__":
    sys.exit(main())
