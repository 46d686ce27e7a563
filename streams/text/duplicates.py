"""Which articles repeat another one: the decision, and what must be remembered to make it.

Articles whose headlines share a fingerprint meet on one partition, in the order of its log. For each fingerprint the table
remembers a row of :class:`Sighting` values: the articles that were passed on, its *owners*, and some that were withheld because
they have an owner's headline, although with another text. All times are record timestamps and all order is log order, so the
same log always gives the same decisions.

An article whose text is contained in an owner's is a repeat. So is another text under an owner's headline, if that headline
says what its article is about (:attr:`~streams.text.wording.Headline.tells_something`), the two are at most hours apart and
from different outlets, and few texts have had the headline. Otherwise the headline is a column's name, and the text is another
article.

What two bodies have in common is estimated from *sketches*: the eight smallest hashes of a body's three-word shingles
("bottom-k"; Broder 1997). Shingles that begin with a long word count as smaller than all others: they tell more, and most texts
have enough of them, so that the others need not be hashed. On 77 bodies and nine scripted edits of each (cut to 30 %, changed
words, boilerplate, a new lead …), a containment of at least 0.3 finds .97 of the pairs of one article and matches .002 of the
pairs of two different ones (``python -m bench.quality.duplicates DATA``).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from zlib import crc32

from streams import lazy_re as re
from streams.formats import read_stamp, stamp
from streams.text.spelling import one_script
from streams.text.wording import THE_KEYS_OWN, Headline, Likeness, Wording, is_serial, likeness

SKETCH_SIZE = 8
SAME_BODY_CONTAINMENT = 0.3
OTHER_HEADLINE_CONTAINMENT = 0.75
"""For texts whose headlines differ: an analysis quotes the news, and a debunk quotes the claim."""
SAME_NEWS_MS = 18 * 3_600_000
"""Two texts under one headline are the same news only within hours; a daily column recurs after a day."""
MOST_TEXTS_OF_NEWS = 4
"""A headline with this many different texts within the window is a column's."""
_MOST_OWNERS, _MOST_OTHER_TEXTS = 12, 4

# Scripts without spaces give one token per character, all others one per word.
_WITHOUT_SPACES = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_CHARACTER = re.compile(f"[{_WITHOUT_SPACES}]")
_TOKENS = re.compile(rf"[{_WITHOUT_SPACES}]|[^\W_]+")
_FEW = 64  # different characters between words: a text has about ten
_LONG = 7  # characters: a shingle that begins with such a word is telling
_SIGNS = "“”„‘’–—…"  # without them, most texts of Western Europe are in Latin-1, where all others are blanked at once
_LATIN = bytes(code if chr(code).isalnum() else ord(" ") for code in range(256))


class DuplicateKind(StrEnum):
    """How a repeated headline repeats its owner."""

    SAME_ARTICLE = "same-article"
    """The body is equal, or nearly equal and from another outlet."""
    UPDATED = "updated"
    """The same outlet's article, with its body extended or corrected."""
    SAME_HEADLINE = "same-headline"
    """The headline is equal and says what it is about; the text is a different one."""
    SAME_WORDS = "same-words"
    """The same, but with the headline's words in another order, number or inflection."""
    RUBRIC = "rubric"
    """The headline is equal and the text is another article's: "Weather", a daily column, a title of many texts."""
    NEW_VERSION = "new-version"
    """The owner itself, changed: the same article (one id) with another body, or a wire's item with other instructions."""


@dataclass(frozen=True, slots=True)
class BodyPrint:
    """A body as deduplication remembers it: a hash of all of it, and a sketch (ascending hashes, at most 8); 32 bits each."""

    exact: int
    sketch: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One article as seen on its headline's partition.

    ``offset``: in the partition of news.prepared; ``timestamp_ms``: of the record, since 1970; ``article_id``: 32 hex digits;
    ``outlet``: a 32-bit hash of the outlet's name, 0 if unknown.
    """

    offset: int
    timestamp_ms: int
    article_id: str
    outlet: int
    body: BodyPrint
    version_ms: int = 0
    """When this version was made, according to a wire (since 1970); 0 if unknown."""
    instructions: int = 0
    """A 32-bit hash of what a wire says about its item beside the text, 0 for nothing."""
    wording: Wording = THE_KEYS_OWN
    """What its headline has in addition to the fingerprint."""
    was_withheld: bool = False
    """Whether it was a repeat by its headline alone, and counts as one of the texts under that headline."""


@lru_cache(maxsize=1)  # both steps of deciding on an article need it
def print_body(body: str) -> BodyPrint:
    """Hash a body, ignoring case, punctuation, white space, and the script where a language has two."""
    words = _words(body)
    exact = int.from_bytes(blake2b(" ".join(words).encode(), digest_size=4).digest(), "big")
    sketch = _smallest_hashes(words, telling=True)
    if len(sketch) < SKETCH_SIZE:
        others = _smallest_hashes(words, telling=False)
        sketch += (_OTHERS | each for each in others[: SKETCH_SIZE - len(sketch)])
    return BodyPrint(exact, tuple(sketch))


def _words(body: str) -> list[str]:
    """The words of a text, folded. Blanking what is between words is quicker than finding the words."""
    if not body.isascii():
        for sign in _SIGNS:
            body = body.replace(sign, " ")
    text = body.casefold()
    try:
        return text.encode("latin-1").translate(_LATIN).decode("latin-1").split()
    except UnicodeEncodeError:
        text = one_script(text)
    characters = set(text)
    between = [character for character in characters if not character.isalnum()]
    if len(between) > _FEW or _CHARACTER.search("".join(characters)):
        return _TOKENS.findall(text)
    for character in between:
        text = text.replace(character, " ")
    return text.split()


_OTHERS = 1 << 31  # added to the hash of a shingle that does not begin with a long word
_AT_ONCE = 1 << 14  # shingles: their hashes stay in the processor's cache


def _smallest_hashes(words: Sequence[str], *, telling: bool) -> list[int]:
    """The eight smallest hashes of the shingles that begin with a long word, or of the others, ascending: 31 bits each.

    CRC-32 is quick but keeps neighbours together; the odd multiplier (2**32 / golden ratio) spreads them.
    """
    smallest: list[int] = []
    for start in range(0, len(words), _AT_ONCE):
        part = words[start : start + _AT_ONCE + 2]
        shingles = [f"{a} {b} {c}" for a, b, c in zip(part, part[1:], part[2:], strict=False) if (len(a) >= _LONG) is telling]
        if len(words) <= 2 and not telling:  # too short for a shingle
            shingles = list(part)
        sums = set(map(crc32, map(str.encode, shingles)))
        hashes = {(each * 0x9E3779B1 & 0xFFFFFFFF) >> 1 for each in sums}
        smallest = sorted(hashes.union(smallest))[:SKETCH_SIZE]
    return smallest


def print_outlet(name: str | None) -> int:
    """Hash an outlet's name to 32 bits; 0 for no name."""
    return crc32(name.casefold().encode("utf-8", "replace")) if name else 0


def containment(a: BodyPrint, b: BodyPrint) -> float:
    """Estimate how much of the shorter text is contained in the other: 0.0 (nothing) to 1.0 (all)."""
    if not a.sketch or not b.sketch:
        return float(a.exact == b.exact)
    if set(a.sketch).isdisjoint(b.sketch):  # nearly always
        return 0.0
    # Both sketches are complete only below the smaller of their two largest hashes.
    limit = min(
        a.sketch[-1] if len(a.sketch) == SKETCH_SIZE else 0xFFFFFFFF,
        b.sketch[-1] if len(b.sketch) == SKETCH_SIZE else 0xFFFFFFFF,
    )
    in_a = {value for value in a.sketch if value <= limit}
    in_b = {value for value in b.sketch if value <= limit}
    smaller = min(len(in_a), len(in_b))
    return len(in_a & in_b) / smaller if smaller else 0.0


@dataclass(frozen=True, slots=True)
class Repeat:
    """Which owner an article repeats, and how."""

    owner: Sighting
    kind: DuplicateKind


def find_repeat(row: Iterable[Sighting], seen: Sighting, headline: Headline, window_ms: int) -> Repeat | None:
    """Which owner ``seen`` repeats, and how; or None if it is the first with its headline.

    A sighting counts if it is earlier in the log and the two timestamps are within the window of each other, in either
    direction: a backfill of old articles neither hides today's nor is hidden by them. If there are several, the article's own
    earlier version comes first, then one with the same text, then one with an equal headline, then the later one in the log.
    """
    within = [each for each in row if each.offset < seen.offset and abs(each.timestamp_ms - seen.timestamp_ms) <= window_ms]
    owners = sorted((each for each in within if not each.was_withheld), key=lambda owner: owner.offset, reverse=True)
    if own := next((owner for owner in owners if owner.article_id == seen.article_id), None):
        return Repeat(own, judge_kind(own, seen))
    if not owners:
        return None
    alike = sorted(((likeness(headline, owner.wording), owner) for owner in owners), key=lambda each: -each[0])
    for likely, owner in alike:
        if shares_text(owner.body, seen.body, likely) and not _is_next_of_serial(owner, seen, headline):
            return Repeat(owner, judge_kind(owner, seen))
    alike = [each for each in alike if each[0] is not Likeness.OTHER]
    if not alike:
        return None
    return _judge_headline(alike, seen, tells=headline.tells_something and count_texts(within) < MOST_TEXTS_OF_NEWS)


def _is_next_of_serial(owner: Sighting, seen: Sighting, headline: Headline) -> bool:
    """Whether two texts under a recurring headline (weather, winning numbers) are of two days: services fill one form daily."""
    if owner.body.exact == seen.body.exact or abs(owner.timestamp_ms - seen.timestamp_ms) <= SAME_NEWS_MS:
        return False
    return not headline.tells_something or is_serial(headline.normalised)


def shares_text(one: BodyPrint, other: BodyPrint, likely: Likeness = Likeness.EQUAL) -> bool:
    """Whether one text contains the other; if the headlines differ, more must be contained and a minimum of text is needed."""
    if likely is Likeness.OTHER and min(len(one.sketch), len(other.sketch)) < SKETCH_SIZE:
        return False
    if not one.sketch or not other.sketch:
        return False
    least = OTHER_HEADLINE_CONTAINMENT if likely is Likeness.OTHER else SAME_BODY_CONTAINMENT
    return one.exact == other.exact or containment(one, other) >= least


def count_texts(row: Iterable[Sighting]) -> int:
    """How many different texts the sightings have."""
    texts: list[BodyPrint] = []
    for each in row:
        if each.body.sketch and not any(shares_text(text, each.body) for text in texts):
            texts.append(each.body)
    return len(texts)


def _judge_headline(alike: Sequence[tuple[Likeness, Sighting]], seen: Sighting, *, tells: bool) -> Repeat:
    """What another text under the owners' headline is: a repeat, if the headline tells of something; else an own article."""
    for likely, owner in alike:
        if tells and _may_be_one_news(owner, seen):
            return Repeat(owner, DuplicateKind.SAME_HEADLINE if likely is Likeness.EQUAL else DuplicateKind.SAME_WORDS)
    return Repeat(alike[0][1], DuplicateKind.RUBRIC)


def _may_be_one_news(owner: Sighting, seen: Sighting) -> bool:
    """Whether two texts under one headline may be the same news: one outlet does not tell it twice in different words."""
    are_one_outlets = owner.outlet == seen.outlet != 0 and bool(owner.body.sketch) and bool(seen.body.sketch)
    return not are_one_outlets and abs(owner.timestamp_ms - seen.timestamp_ms) <= SAME_NEWS_MS


def judge_kind(owner: Sighting, seen: Sighting) -> DuplicateKind:
    """How ``seen`` repeats ``owner``, which is its earlier version or has its text."""
    if owner.article_id == seen.article_id and _is_newer(owner, seen):
        return DuplicateKind.NEW_VERSION
    if owner.body.exact == seen.body.exact:
        return DuplicateKind.SAME_ARTICLE
    if containment(owner.body, seen.body) < SAME_BODY_CONTAINMENT:
        return DuplicateKind.SAME_HEADLINE
    if owner.outlet == seen.outlet != 0:
        return DuplicateKind.UPDATED
    return DuplicateKind.SAME_ARTICLE


def _is_newer(owner: Sighting, seen: Sighting) -> bool:
    """Whether an article differs from its previous version and, if a wire dates its versions, is not the older one."""
    if owner.version_ms and seen.version_ms and seen.version_ms < owner.version_ms:
        return False
    is_told = THE_KEYS_OWN not in (owner.wording, seen.wording)
    return (owner.body.exact, owner.instructions) != (seen.body.exact, seen.instructions) or (
        is_told and owner.wording.fine != seen.wording.fine
    )


def without(row: Sequence[Sighting], canceled: Sighting) -> tuple[Sighting, ...]:
    """The row that is left after an article is canceled: its versions earlier in the log give up the headline."""
    return tuple(each for each in row if each.article_id != canceled.article_id or each.offset >= canceled.offset)


def remember(row: Sequence[Sighting], first: Sighting) -> tuple[Sighting, ...]:
    """The row once ``first`` has become an owner: at most twelve owners, in log order.

    Besides ``first`` it keeps its neighbours in time (one before, one after), the two latest in time, and as many of the latest
    in the log as there is room for. So a backfill of old articles, in any order, leaves today's in place, and one article with
    a false time (2100) does not push out today's.
    """
    earlier = sorted(
        (each for each in row if each.offset < first.offset and not each.was_withheld),
        key=lambda owner: (owner.timestamp_ms, owner.offset),
    )
    before = [owner for owner in earlier if owner.timestamp_ms <= first.timestamp_ms]
    after = earlier[len(before) :]
    kept = {*before[-1:], *after[:1], *earlier[-2:], first}
    kept.update(sorted(set(earlier) - kept, key=lambda owner: -owner.offset)[: _MOST_OWNERS - len(kept)])
    return _in_log_order((*kept, *_other_texts(row, first)))


def remember_text(row: Sequence[Sighting], withheld: Sighting) -> tuple[Sighting, ...] | None:
    """The row with the text of a repeat by headline alone added; None if that headline already has the text."""
    if not withheld.body.sketch or any(shares_text(each.body, withheld.body) for each in row):
        return None
    owners = [each for each in row if not each.was_withheld]
    return _in_log_order((*owners, *_other_texts(row, withheld), replace(withheld, was_withheld=True)))


def _other_texts(row: Iterable[Sighting], newest: Sighting) -> list[Sighting]:
    """The latest texts that were withheld before ``newest``, as many as there is room for beside it."""
    texts = sorted((each for each in row if each.was_withheld and each.offset < newest.offset), key=lambda each: each.offset)
    return texts[1 - _MOST_OTHER_TEXTS :]


def _in_log_order(row: Iterable[Sighting]) -> tuple[Sighting, ...]:
    return tuple(sorted(row, key=lambda each: each.offset))


_HEAD = struct.Struct(">qq16sIIB")


# Further entries of a sighting follow it. A version that does not know them takes each for an owner at the end of the log,
# which nothing repeats. The same holds for a withheld text, whose own offset is in the entry for its wording.
_VERSION_OFFSET, _WORDING_OFFSET, _WITHHELD_OFFSET = ((1 << 63) - place for place in (1, 2, 3))
_ORDER_BYTES = 16


def pack_owners(row: Sequence[Sighting]) -> bytes:
    """Encode a row: at most 73 bytes per sighting, plus 41 for a wire's item and 37 for a wording; and the format."""
    return stamp(b"".join(part for each in row for part in _pack(each)))


def _pack(each: Sighting) -> Iterator[bytes]:
    sketch, article_id = each.body.sketch, bytes.fromhex(each.article_id)
    offset = _WITHHELD_OFFSET if each.was_withheld else each.offset
    yield _HEAD.pack(offset, each.timestamp_ms, article_id, each.outlet, each.body.exact, len(sketch))
    yield struct.pack(f">{len(sketch)}I", *sketch)
    if each.version_ms or each.instructions:
        yield _HEAD.pack(_VERSION_OFFSET, each.version_ms, article_id, each.instructions, 0, 0)
    if each.wording != THE_KEYS_OWN or each.was_withheld:
        order = each.wording.order.ljust(_ORDER_BYTES, b"\0")
        yield _HEAD.pack(_WORDING_OFFSET, each.offset, order, each.wording.fine, each.wording.genre, 0)


def unpack_owners(stored: bytes | None) -> tuple[Sighting, ...]:
    """Decode what :func:`pack_owners` made, in this version or an earlier one; None gives no owners.

    Raises:
        NewerFormatError: a newer version made it.
        ValueError: it was not made by :func:`pack_owners`.
    """
    row: list[Sighting] = []
    _, stored = read_stamp(stored or b"")
    at = 0
    try:
        while at < len(stored):
            offset, timestamp_ms, article_id, outlet, exact, count = _HEAD.unpack_from(stored, at)
            at += _HEAD.size
            sketch = struct.unpack_from(f">{count}I", stored, at)
            at += 4 * count
            if offset == _VERSION_OFFSET and row:
                row[-1] = replace(row[-1], version_ms=timestamp_ms, instructions=outlet)
            elif offset == _WORDING_OFFSET and row:
                wording = Wording(outlet, exact, article_id.rstrip(b"\0"))
                row[-1] = replace(
                    row[-1], offset=timestamp_ms, wording=wording, was_withheld=row[-1].offset == _WITHHELD_OFFSET
                )
            else:
                row.append(Sighting(offset, timestamp_ms, article_id.hex(), outlet, BodyPrint(exact, sketch)))
    except struct.error as error:
        raise ValueError(f"no owners of a headline: {error}") from None
    return tuple(row)
