"""Events in a form for people: a few lines per article, the most important first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import orjson
from rich.markup import escape

from streams.commands.printing import columns, counted, shortened
from streams.documents import CHECK_HEADER, ERRORS, LANGUAGE_HEADER, REASON_HEADER
from streams.records import PubStatus
from streams.rejected.letters import beginning
from streams.steps import Record, header
from streams.stories import CHANGE_HEADER, STORY_URI
from streams.text.article import Language
from streams.text.language.opinions import is_doubtful
from streams.text.stories.index import StoryChange
from streams.topics import DUPLICATES, ENRICHED, REJECTED, STORIES

_MOST_COLUMNS: Final = 107
_INDENT: Final = 11  # columns, for the label


def show(record: Record) -> str:
    """A record of any topic as rich markup, two to four lines; a foreign one is shown by its beginning."""
    if record.topic == REJECTED:
        return _rejected(record)
    shower = _SHOWERS.get(record.topic, _unknown)
    try:
        return shower(record, orjson.loads(record.value or b""))
    except (ValueError, LookupError, TypeError, AttributeError):  # somebody else wrote it
        return _unknown(record)


def _unknown(record: Record, _: object = None) -> str:
    return f"[bold]{escape(record.topic)}[/]\n           {escape(_short(beginning(record.value)))}"


def _enriched(record: Record, document: dict[str, Any]) -> str:
    subjects = document.get("subjects", [])
    tags = ", ".join(f"{tag['name']} {tag['confidence']}" for tag in subjects if "uri" in tag)
    keywords = " ".join("#" + tag["literal"] for tag in subjects if "literal" in tag)
    confidence = header(record, "ce_languageconfidence")
    canceled = document.get("pubStatus") == PubStatus.CANCELED
    told = "canceled" if canceled else f"{document['language']} {confidence}{_doubt(record)} · {tags or 'no subject'}"
    headline = document["headlines"][0]["value"] if "headlines" in document else document["uri"]
    lines = [
        f"[bold green]enriched[/]   [bold]{escape(_short(headline))}[/]",
        f"           {escape(_short(told))}",
    ]
    facts = [document.get("located"), *(source["name"] for source in document.get("infoSources", []))]
    more = " · ".join(part for part in (", ".join(filter(None, facts)), keywords) if part)
    if more:
        lines.append(f"           [dim]{escape(_short(more))}[/]")
    cuts = _cuts(header(record, "ce_cuts"))
    if cuts:
        lines.append(f"           [dim]cut: {escape(cuts)}[/]")
    return "\n".join(lines)


def _doubt(record: Record) -> str:
    """A note that the language is doubtful, if a second opinion was asked for and the confidence is low; else ""."""
    tag, check = header(record, LANGUAGE_HEADER), header(record, CHECK_HEADER)
    confidence = float(header(record, "ce_languageconfidence") or 1)
    if tag is None or not is_doubtful(Language(tag, confidence, check=check)):
        return ""
    return f" doubtful, langdetect: {check}"


def _story(record: Record, document: dict[str, Any]) -> str:
    """What happened to a story, which article caused it, and the evidence."""
    change = header(record, CHANGE_HEADER) or ""
    headlines = document.get("headlines") or [{"value": "canceled: no article is left"}]
    members = {each["uri"]: each for each in document.get("associations", [])}
    member = members.get(header(record, "ce_article") or "", {})
    said = next((each["value"] for each in member.get("headlines", [])), "")
    articles, outlets = (int(header(record, name) or 0) for name in ("ce_articles", "ce_outlets"))
    counts = f"{counted(articles, 'article')} of {counted(outlets, 'outlet')}"
    lines = [f"[bold cyan]story[/]      [bold]{escape(_short(headlines[0]['value']))}[/]"]
    told = [change, header(record, LANGUAGE_HEADER), counts, _into(record)]
    lines.append(f"           {escape(_short(' · '.join(filter(None, told))))}")
    if change in (StoryChange.JOINED, StoryChange.MERGED) and member:
        relation, likeness = header(record, "ce_relation"), int(header(record, "ce_likeness") or 0)
        why = f"{relation}, {likeness / 10:.0f} % alike: {header(record, 'ce_words') or 'no word'}"
        lines += [f"           + {escape(_short(said))}", f"           [dim]{escape(_short(why))}[/]"]
    return "\n".join(lines)


def _into(record: Record) -> str | None:
    into = header(record, "ce_mergedinto")
    return into and f"into {into.removeprefix(STORY_URI)[:8]}…"


def _duplicate(_: Record, document: dict[str, Any]) -> str:
    outlet = document.get("outlet") or "an unnamed outlet"
    told = f"{document['kind']}, from {outlet} · owner {document['owner']['id'][:8]}…"
    return "\n".join(
        (
            f"[bold yellow]duplicate[/]  {escape(_short(document['headline']))}",
            f"           {escape(_short(told))}",
        )
    )


_SHOWERS: Final[Mapping[str, Callable[[Record, Any], str]]] = {ENRICHED: _enriched, STORIES: _story, DUPLICATES: _duplicate}


def _rejected(record: Record) -> str:
    reason = header(record, REASON_HEADER)
    message = header(record, ERRORS + "message") or ""
    return "\n".join(
        (
            f"[bold red]rejected[/]   {escape(_short(f'{reason}: {message}'))}",
            f"           [dim]{escape(_short(beginning(record.value)))}[/]",
        )
    )


def _cuts(ledger: str | None) -> str:
    """The ledger in one line: how often each kind of thing was cut."""
    cuts: Sequence[dict[str, Any]] = orjson.loads(ledger) if ledger else []
    return ", ".join(f"{kind} ×{count}" if count > 1 else kind for kind, count in _kinds(cuts))


def _kinds(cuts: Sequence[dict[str, Any]]) -> list[tuple[str, int]]:
    return list(Counter(cut["kind"] for cut in cuts).items())


def _short(text: str) -> str:
    """The text in one line that fits beside the label, without control characters, as it is third-party text."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return shortened(line, min(columns(), _MOST_COLUMNS) - _INDENT)
