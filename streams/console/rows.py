"""Records as the console lists them: small values, however large the record. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from streams import lazy_re as re
from streams.documents import KIND_HEADER, ORIGIN_HEADER, REASON_HEADER
from streams.rejected.letters import as_text
from streams.steps import Record, header, origin
from streams.topics import DUPLICATES, ENRICHED, REJECTED

SURE_SUBJECT: Final = 50
"""A first subject below this is doubtful: from here up, 85 to 92 % of English tags are right (README)."""
SURE_LANGUAGE: Final = 0.90

_HEADLINE: Final = 500  # characters
_NAME: Final = 120  # characters
_REPEATS_LISTED: Final = 20
_SUBJECTS_LISTED: Final = 2
_OUTLET_LOOKED_FOR: Final = 64 << 10  # bytes

# Characters that reverse the direction of a whole line: a headline must not be able to rearrange what is beside it.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def shown(text: Any, most: int = _HEADLINE) -> str:
    """Third-party text for display: one line, without control characters, at most ``most`` characters; "" for anything else."""
    if not isinstance(text, str):
        return ""
    line = _SPACES.sub(" ", _BIDI_CONTROLS.sub("", text[: 4 * most])).strip()
    return line if len(line) <= most else line[: most - 1] + "…"


@dataclass(slots=True)
class FoldedRepeat:
    """A record of news.duplicates: which article it repeats, and how."""

    owner: str
    id: str
    kind: str
    place: str
    origin: str
    time_ms: int
    outlet: str
    headline: str
    url: str

    def listed(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind,
            "place": self.place,
            "time": self.time_ms,
            "outlet": self.outlet,
            "headline": self.headline,
        }


@dataclass(slots=True)
class Row:
    """An article as the list shows it, with its repeats folded under it.

    ``seq`` orders rows by their last activity. A row without ``document`` stands for an article from before the console looked:
    only a repeat of it is known.
    """

    id: str
    place: str
    origin: str
    first_ms: int
    time_ms: int
    headline: str
    language: str = "und"
    confidence: float = 0.0
    declared: str = ""
    agrees: bool | None = None
    outlet: str = ""
    located: str = ""
    agencies: tuple[str, ...] = ()
    subjects: tuple[tuple[str, int], ...] = ()
    url: str = ""
    known: bool = True
    versions: int = 1
    seq: int = 0
    repeated: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    repeats: list[FoldedRepeat] = field(default_factory=list)
    outlets: set[str] = field(default_factory=set)

    @property
    def doubtful(self) -> bool:
        """Whether an editor should look twice, at the language or at the subject."""
        language = self.confidence < SURE_LANGUAGE or self.agrees is False
        return self.known and (language or not self.subjects or self.subjects[0][1] < SURE_SUBJECT)

    def fold(self, repeat: FoldedRepeat) -> None:
        """Count a repeat, and keep the newest ones."""
        self.repeated += 1
        self.kinds[repeat.kind] = self.kinds.get(repeat.kind, 0) + 1
        self.repeats = [repeat, *self.repeats][:_REPEATS_LISTED]
        self.time_ms = repeat.time_ms
        if repeat.outlet and len(self.outlets) < _REPEATS_LISTED:
            self.outlets.add(repeat.outlet)

    def searched(self) -> str:
        """The text that is searched for words, case folded."""
        own = (self.headline, self.outlet, self.url, self.located, *self.agencies, *(name for name, _ in self.subjects))
        others = (word for each in self.repeats for word in (each.headline, each.outlet, each.url))
        return "\n".join((self.id, *own, *others)).casefold()

    def listed(self) -> dict[str, Any]:
        """The form that the page gets."""
        return {
            "id": self.id,
            "place": self.place,
            "time": self.time_ms,
            "first": self.first_ms,
            "headline": self.headline,
            "language": self.language,
            "confidence": round(self.confidence, 2),
            "declared": self.declared if self.agrees is False else "",
            "outlet": self.outlet,
            "located": self.located,
            "agencies": self.agencies,
            "subjects": self.subjects[:_SUBJECTS_LISTED],
            "doubtful": self.doubtful,
            "known": self.known,
            "versions": self.versions,
            "seq": self.seq,
            "repeated": self.repeated,
            "kinds": self.kinds,
            "outlets": len(self.outlets | ({self.outlet} if self.known else set())),
            "repeats": [each.listed() for each in self.repeats],
        }


@dataclass(slots=True)
class Refused:
    """A record of news.rejected, as far as it is counted."""

    reason: str
    origin: str
    time_ms: int


def view(record: Record) -> Row | FoldedRepeat | Refused | None:
    """What the console keeps of an outcome's record; None for one that Headwater did not write."""
    if record.topic == REJECTED:
        reason = header(record, REASON_HEADER)
        return Refused(shown(reason or "unknown", _NAME), header(record, ORIGIN_HEADER) or "", record.timestamp)
    try:
        document = orjson.loads(record.value or b"")
    except orjson.JSONDecodeError:
        return None
    if not isinstance(document, dict):
        return None
    if record.topic == ENRICHED:
        return _row(record, document)
    return _repeat(record, document) if record.topic == DUPLICATES else None


def _row(record: Record, document: Mapping[str, Any]) -> Row:
    sources = _dicts(document.get("infoSources"))
    return Row(
        id=_article_id(document.get("uri")),
        place=origin(record),
        origin=header(record, ORIGIN_HEADER) or "",
        first_ms=max(record.timestamp, 0),
        time_ms=max(record.timestamp, 0),
        headline=shown(next((each.get("value") for each in _dicts(document.get("headlines"))), "")),
        language=shown(document.get("language"), _NAME) or "und",
        confidence=_number(header(record, "ce_languageconfidence")),
        declared=shown(header(record, "ce_languagedeclared"), _NAME),
        agrees={"true": True, "false": False}.get(header(record, "ce_languageagrees") or ""),
        outlet=shown(next((each.get("name") for each in sources if each.get("role") == "publisher"), ""), _NAME),
        located=shown(document.get("located"), _NAME),
        agencies=tuple(shown(each.get("name"), _NAME) for each in sources if each.get("role") == "agency")[:3],
        subjects=tuple(
            (shown(each.get("name"), _NAME), int(_number(each.get("confidence"))))
            for each in _dicts(document.get("subjects"))
            if "uri" in each
        )[:12],
        url=shown(next((each.get("value") for each in _dicts(document.get("altIds")) if each.get("role") == "url"), "")),
    )


def _repeat(record: Record, document: Mapping[str, Any]) -> FoldedRepeat:
    owner = document.get("owner")
    return FoldedRepeat(
        owner=shown(owner.get("id") if isinstance(owner, dict) else "", _NAME),
        id=shown(document.get("id"), _NAME),
        kind=shown(header(record, KIND_HEADER) or document.get("kind"), _NAME),
        place=origin(record),
        origin=header(record, ORIGIN_HEADER) or "",
        time_ms=max(record.timestamp, 0),
        outlet=shown(document.get("outlet"), _NAME),
        headline=shown(document.get("headline")),
        url=shown(document.get("url")),
    )


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _article_id(uri: Any) -> str:
    return shown(uri, _NAME).rpartition(":")[2]


_ADDRESS = re.compile(r"""https?:\\?/\\?/[^\s"'<>\\]{4,300}(?:\\/[^\s"'<>\\]*)*""")
_OWN_ADDRESSES = (
    r"""<link[^>]{0,200}rel=["']?canonical["']?[^>]{0,200}href=["']([^"']{8,500})""",
    r"""<meta[^>]{0,200}property=["']og:url["'][^>]{0,200}content=["']([^"']{8,500})""",
    r'''"(?:canonical_?url|mainEntityOfPage|url|link|uri|href|source_?url)"\s*:\s*"([^"]{8,500})"''',
)
_OWN_ADDRESS = re.compile("|".join(_OWN_ADDRESSES), re.IGNORECASE)
# Pages name their schema's and scripts' hosts before their own.
_NOT_OUTLETS = re.compile(r"(?:^|\.)(?:schema\.org|w3\.org|iptc\.org|googletagmanager\.com|google-analytics\.com|purl\.org)$")


def outlet_of(record: Record) -> str:
    """Who sent a record that could not be read: the host of its own address, if one can be found; else "".

    Searched in what the producer sent beside it (key, headers), then in the page's canonical address or the JSON field that
    holds one, then in the first address of all.
    """
    beside = " ".join(_said(value) for value in (record.key, *(value for name, value in record.headers if _tells(name))))
    text = (record.value or b"")[:_OUTLET_LOOKED_FOR].decode("utf-8", "replace")
    own = (next(filter(None, each.groups()), "") for each in _OWN_ADDRESS.finditer(text))
    candidates = (*_ADDRESS.findall(beside), *own, *_ADDRESS.findall(text))
    return next((host for each in candidates if (host := _host(each)) and not _NOT_OUTLETS.search(host)), "")


def _said(value: bytes | None) -> str:
    return (as_text(value[:2_000], whole=False) or "") if value else ""


def _tells(header_name: str) -> bool:
    return not header_name.startswith("__") and header_name != ORIGIN_HEADER


def _host(address: str) -> str:
    try:
        return (urlsplit(address.replace("\\/", "/")).hostname or "").removeprefix("www.")[:_NAME]
    except ValueError:
        return ""
