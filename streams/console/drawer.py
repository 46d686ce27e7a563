"""One record in full, as the drawer shows it: what consumers get, and why it came out so. Pure.

The page's text is sent in pieces instead of with offsets: ours count characters, a browser's count UTF-16 units.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, Final, NamedTuple

import orjson

from streams import lazy_re as re
from streams.articles import LEFT_WHOLE, Article, headline_of
from streams.console.rows import SURE_SUBJECT, outlet_of, shown
from streams.documents import ERRORS, KIND_HEADER, ORIGIN_HEADER, ninjs_document
from streams.explanation import (
    Explanation,
    explain_record,
    repairs_of_reading,
    subject_code,
    told_declared,
    told_id,
    told_published,
)
from streams.faults import Fault, caught
from streams.records import Rejection
from streams.rejected.advice import ADVICE
from streams.rejected.letters import Letter, plain, plain_bytes, readable
from streams.settings import Settings
from streams.steps import Record, content_type, header, origin
from streams.text.article import Cut, CutKind, Subject
from streams.text.language.opinions import choose_detector
from streams.text.subjects.tag import CREATOR as SUBJECTS_CREATOR
from streams.topics import DUPLICATES, ENRICHED

_MOST_PAGE: Final = 120_000  # characters of a page's text
_MOST_JSON: Final = 200_000  # characters
_MOST_MARKS: Final = 2_000

# What a cut became; all other kinds were thrown away.
_BECAME: Final = {
    CutKind.HEADLINE: "headline",
    CutKind.DATELINE: "place, source",
    CutKind.BYLINE: "byline",
    CutKind.HASHTAGS: "keywords",
}
_WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


class Marked(NamedTuple):
    """A word of the page that spoke for subjects."""

    begin: int
    end: int
    subjects: tuple[int, ...]


def find_evidence(text: str, subjects: Sequence[Subject]) -> list[Marked]:
    """Where the words that spoke for each subject are in a text, in order, none overlapping another."""
    speaks_for: dict[str, list[int]] = {}
    for number, subject in enumerate(subjects):
        for word in subject.evidence:
            speaks_for.setdefault(word.casefold(), []).append(number)
    words = sorted((word for word in speaks_for if word), key=len, reverse=True)
    if not words:
        return []
    found = []
    for match in re.finditer("|".join(map(_as_word, words)), text, re.IGNORECASE):
        found.append(Marked(match.start(), match.end(), tuple(speaks_for.get(match[0].casefold(), ()))))
        if len(found) == _MOST_MARKS:
            break
    return found


def _as_word(word: str) -> str:
    escaped = re.escape(word)
    return escaped if _WITHOUT_SPACES.search(word) else rf"(?<!\w){escaped}(?!\w)"


def lines_of(text: str, cuts: Sequence[Cut], marks: Sequence[Marked]) -> list[dict[str, Any]]:
    """A text line by line, each in pieces ``[text, cut, subjects]``: what was cut, why, and what became of it.

    ``cut`` is 0 for text that stayed, 1 for text that was thrown away, 2 for text that became a field. All pieces of all lines
    together are the text, without its line breaks and blank lines.
    """
    ordered = sorted(cuts, key=lambda cut: cut.offset)
    lines, begin = [], 0
    for line in text.split("\n"):
        end = begin + len(line)
        if line.strip():
            here = [cut for cut in ordered if cut.offset < end and cut.offset + cut.length > begin]
            lines.append({"parts": list(_pieces(text, begin, end, here, marks)), "why": _reasons(here), "kept": _kept(here)})
        begin = end + 1
    return lines


def _pieces(
    text: str, begin: int, end: int, cuts: Sequence[Cut], marks: Sequence[Marked]
) -> Iterator[tuple[str, int, tuple[int, ...]]]:
    first = max(0, bisect_left(marks, begin, key=lambda mark: mark.begin) - 1)
    here = []
    for mark in marks[first:]:
        if mark.begin >= end:
            break
        if mark.end > begin:
            here.append(mark)
    edges = {begin, end}
    for span_begin, span_end in (*((cut.offset, cut.offset + cut.length) for cut in cuts), *(mark[:2] for mark in here)):
        edges.update((min(max(span_begin, begin), end), min(max(span_end, begin), end)))
    places = sorted(edges)
    for at, until in pairwise(places):
        cut = next((cut for cut in cuts if cut.offset <= at < cut.offset + cut.length), None)
        word = next((mark for mark in here if mark.begin <= at < mark.end), None)
        yield text[at:until], 0 if cut is None else 2 if cut.kind in _BECAME else 1, word.subjects if word else ()


def _reasons(cuts: Iterable[Cut]) -> str:
    said = (f"{cut.reason} → {_BECAME[cut.kind]}" if cut.kind in _BECAME else cut.reason for cut in cuts)
    return "; ".join(dict.fromkeys(said))


def _kept(cuts: Sequence[Cut]) -> bool:
    return bool(cuts) and all(cut.kind in _BECAME for cut in cuts)


def explain_origin(raw: Record, settings: Settings) -> Explanation | None:
    """Do to a record of news.raw what the pipeline did to it, by the stream's settings; None if a bug of ours prevents that."""
    source = None if settings.source_header is None else header(raw, settings.source_header) or ""
    detect = choose_detector(settings.language_detector, settings.language_check)
    told = caught(lambda: explain_record(raw.value, content_type(raw), settings.max_article_bytes, source, detect))
    return None if isinstance(told, Fault) else told


_FIRST: Final = (
    (b'{"title": "Council votes on the budget", "text": "The council met on Monday. The mayor spoke."}', "application/json"),
    (b"<html><title>Council votes</title><article><h1>Council votes</h1><p>The council met on Monday.</article>", "text/html"),
)


def load_models(settings: Settings) -> None:
    """Load what explaining needs. It takes a second or more, which the first drawer then need not wait for."""
    detect = choose_detector(settings.language_detector, settings.language_check)
    for value, kind in _FIRST:
        caught(partial(explain_record, value, kind, settings.max_article_bytes, None, detect))


def drawer(
    record: Record, raw: Explanation | None, *, replayed: bool = False, original: Record | None = None
) -> dict[str, Any]:
    """A record of an outcome; ``raw`` explains the raw record that it came from, None if Kafka no longer holds that.

    ``original``: the raw record of a dead letter that was rejected after it had been prepared.
    """
    if record.topic == ENRICHED:
        return _article(record, raw)
    return _repeat(record, raw) if record.topic == DUPLICATES else _rejected(record, replayed=replayed, original=original)


def _article(record: Record, raw: Explanation | None) -> dict[str, Any]:
    document = _document(record)
    told = _differs(record, raw, document)
    told_now = raw if told is None else None
    said: dict[str, Any] = {
        "type": "article",
        "place": origin(record),
        "headline": shown(_first(document, "headlines", "value")),
        "language": shown(document.get("language"), 40),
        "facts": _facts(document),
        "subjects": _subjects(document, told_now.subjects if told_now else ()),
        "note": told,
        "record": _record(record),
        "json": _json(record),
    }
    if told_now is not None and isinstance(told_now.article, Article) and told_now.draft is not None:
        said["page"] = _page(told_now.draft.text, told_now.article.cuts, told_now.subjects)
        said["decided"] = _decided(told_now, told_now.article, record)
    else:
        said["decided"] = [["Taken out", cut] for cut in _ledger(record)]
    said["decided"] += [["Decision", "the first of its headline within the window, or its kind of repeat is passed on"]]
    return said


def _differs(record: Record, raw: Explanation | None, document: dict[str, Any]) -> str | None:
    """Why today's explanation differs from the original decision; None if it does not."""
    if raw is None:
        return "Kafka no longer holds the raw record: what follows is what the event itself says."
    if isinstance(raw.article, Rejection) or raw.language is None:
        return "This version of Headwater would not let the record through: what follows is what the event itself says."
    if header(record, "ce_languagecreator") not in {None, raw.language.creator}:
        return "Another model decided on the language: what follows is what the event itself says."
    again = ninjs_document(raw.article, raw.language, raw.subjects, record.timestamp)
    if orjson.loads(orjson.dumps(again)) != document:
        return "This version of Headwater would write another document: what follows is what the event itself says."
    return None


def _repeat(record: Record, raw: Explanation | None) -> dict[str, Any]:
    document = _document(record)
    owner = document.get("owner") if isinstance(document.get("owner"), dict) else {}
    assert isinstance(owner, dict)
    said: dict[str, Any] = {
        "type": "repeat",
        "place": origin(record),
        "headline": shown(document.get("headline")),
        "language": "",
        "facts": [
            shown(each, 200) for each in (document.get("outlet"), document.get("published"), document.get("url")) if each
        ],
        "subjects": [],
        "kind": shown(header(record, KIND_HEADER), 40),
        "owner": shown(owner.get("id"), 64),
        "note": None if raw else "Kafka no longer holds the raw record.",
        "record": _record(record),
        "json": _json(record),
        "decided": [
            ["Repeats", f"{shown(owner.get('id'), 64)}, of {shown(owner.get('time'), 40)}"],
            ["In what way", _KINDS.get(shown(document.get("kind"), 40), shown(document.get("kind"), 40))],
        ],
    }
    if raw and raw.draft is not None and isinstance(raw.article, Article):
        said["page"] = _page(raw.draft.text, raw.article.cuts, ())
        said["decided"] += [
            ["Compared as", headline_of(raw.article).normalised],
            ["Fingerprint", raw.article.fingerprint],
        ]
    return said


_KINDS: Final = {
    "same-article": "same-article: the text is equal, or nearly so and from another outlet",
    "updated": "updated: the same outlet's article, its text grown or corrected",
    "same-headline": "same-headline: the headline is equal, the text differs",
    "same-words": "same-words: the headline has the same words in another order or form, the text differs",
}


def _rejected(record: Record, *, replayed: bool, original: Record | None) -> dict[str, Any]:
    letter = Letter.of(record, replayed=replayed)
    size = "none" if letter.size is None else f"{letter.size:,}"
    if letter.size_before_cut:
        size += f", the beginning of {letter.size_before_cut}"
    return {
        "type": "rejected",
        "place": origin(record),
        "id": str(letter.place),
        "headline": shown(letter.message) or letter.reason,
        "language": "en",
        "facts": [shown(each, 200) for each in (letter.reason, outlet_of(record)) if each],
        "subjects": [],
        "reason": shown(letter.reason, 40),
        "advice": ADVICE.get(letter.reason, ""),
        "replayed": replayed,
        "state": letter.state,
        "note": None,
        "bytes": readable((original or record).value),
        "decided": [["Rejected by", letter.stage], ["Bytes", size], ["Replay", letter.state or "not yet"]],
        "record": _record(record),
        "json": None,
    }


def _page(text: str, cuts: Sequence[Cut], subjects: Sequence[Subject]) -> dict[str, Any]:
    beginning = text[:_MOST_PAGE]
    return {
        "lines": lines_of(beginning, cuts, find_evidence(beginning, subjects)),
        "cuts": len(cuts),
        "cut_characters": sum(cut.length for cut in cuts if cut.kind not in _BECAME),
        "characters": len(text),
        "left_out": len(text) - len(beginning),
    }


def _decided(told: Explanation, article: Article, record: Record) -> list[list[str]]:
    language = told.language
    assert language is not None
    rows = [
        ("Read as", f"{told.read_as}"),
        *(("Mended", f"{each.kind}: {each.reason}") for each in repairs_of_reading(article)),
        ("Left whole", LEFT_WHOLE.reason if LEFT_WHOLE in article.repairs else None),
        ("Language", f"{language.tag}, confidence {language.confidence:.2f}, by {header(record, 'ce_languagecreator')}"),
        ("Second opinion", language.check and f"{language.check}, by langdetect"),
        ("Declared", told_declared(article.language, language)),
        ("Subjects", f"by {SUBJECTS_CREATOR}" if told.subjects else "none is sure enough"),
        ("Published", told_published(article)),
        ("Section", article.section),
        ("Compared as", headline_of(article).normalised),
        ("Fingerprint", article.fingerprint),
        ("Id", told_id(article)),
    ]
    return [[label, shown(text, 400)] for label, text in rows if text]


def _subjects(document: dict[str, Any], explained: Sequence[Subject]) -> list[dict[str, Any]]:
    if explained:
        return [
            {
                "name": subject.name,
                "code": subject_code(subject),
                "confidence": subject.confidence,
                "evidence": [shown(word, 80) for word in subject.evidence],
                "witnesses": subject.witnesses,
                "low": subject.confidence < SURE_SUBJECT,
            }
            for subject in explained
        ]
    told = [each for each in document.get("subjects") or () if isinstance(each, dict) and "uri" in each]
    return [
        {
            "name": shown(each.get("name"), 120),
            "code": shown(each.get("uri"), 200).rpartition("/")[2],
            "confidence": each.get("confidence"),
            "evidence": [],
            "witnesses": [],
            "low": (each.get("confidence") or 0) < SURE_SUBJECT,
        }
        for each in told
    ]


def _facts(document: dict[str, Any]) -> list[str]:
    sources = [each.get("name") for each in document.get("infoSources") or () if isinstance(each, dict)]
    facts = (*sources, document.get("located"), document.get("by"), document.get("firstCreated"), _url(document))
    return [shown(each, 300) for each in facts if each]


def _url(document: dict[str, Any]) -> str | None:
    return next((each.get("value") for each in document.get("altIds") or () if each.get("role") == "url"), None)


def _record(record: Record) -> list[list[str]]:
    """The record's place, and what its headers say."""
    rows = [("Stands at", origin(record)), ("Key", plain_bytes(record.key and record.key[:200]))]
    rows += [
        (name, plain_bytes(value and value[:400]))
        for name, value in record.headers
        if name not in {"ce_cuts", ERRORS + "message"} or record.topic != ENRICHED
    ]
    return [[plain(label)[:80], text] for label, text in rows]


def _ledger(record: Record) -> list[str]:
    """What the event says was cut, one line each."""
    try:
        entries = orjson.loads(header(record, "ce_cuts") or "[]")
    except orjson.JSONDecodeError:
        return []
    return [shown(f"{each.get('reason')}: {each.get('excerpt')}", 200) for each in entries if isinstance(each, dict)]


def _document(record: Record) -> dict[str, Any]:
    try:
        document = orjson.loads(record.value or b"")
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _first(document: dict[str, Any], name: str, key: str) -> Any:
    entries = document.get(name)
    return entries[0].get(key) if isinstance(entries, list) and entries and isinstance(entries[0], dict) else None


def _json(record: Record) -> str:
    text = orjson.dumps(_document(record), option=orjson.OPT_INDENT_2).decode()
    more = len(text) - _MOST_JSON
    return text if more <= 0 else f"{text[:_MOST_JSON]}\n… {more:,} characters more"


def raw_place(record: Record) -> tuple[str, int, int] | None:
    """Where in news.raw a record came from."""
    return read_place_of(header(record, ORIGIN_HEADER) or "")


_PLACE = re.compile(r"([A-Za-z0-9._-]{1,249})/(\d{1,9})/(\d{1,18})", re.ASCII)


def read_place_of(text: str) -> tuple[str, int, int] | None:
    """``topic/partition/offset``; None for anything else."""
    found = _PLACE.fullmatch(text)
    return (found[1], int(found[2]), int(found[3])) if found else None
