"""Which articles repeat another one: the decision, and what has to be remembered to make it.

Articles of one headline (one fingerprint) meet on one partition, in the order of its log. For each headline the table
remembers one to five :class:`Sighting` values, its *owners*. All times are record timestamps and all order is log order,
so the same log always decides the same.

What two bodies have in common is judged on a *sketch*: the eight smallest hashes of their three-word shingles
("bottom-k"; Broder 1997). Shingles that begin with a long word count as smaller than all others: they tell more, and most
texts have enough of them, so that the others need not be hashed. On 77 bodies and nine edits of each by a script (cut to 30 %,
changed words, boilerplate, a new lead …) a containment of at least 0.3 finds .97 of the pairs of one article and takes .002
of the pairs of two different ones (``python -m bench.quality.duplicates DATA``).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import blake2b
from zlib import crc32

from streams.formats import read_stamp, stamp

SKETCH_SIZE = 8
SAME_BODY_CONTAINMENT = 0.3

# Scripts written without spaces give one token a character, all others one a word.
_WITHOUT_SPACES = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_CHARACTER = re.compile(f"[{_WITHOUT_SPACES}]")
_TOKENS = re.compile(rf"[{_WITHOUT_SPACES}]|[^\W_]+")
_FEW = 64  # kinds of characters between words: a text has ten
# That begins with a long word; they overlap. Tried where a word begins alone: within a word of a megabyte it would take hours.
_TELLING_SHINGLE = re.compile(r"(?<![^ ])(?=([^ ]{7,} [^ ]+ [^ ]+))[^ ]+ ")


class DuplicateKind(StrEnum):
    """How a repeated headline repeats its owner."""

    SAME_ARTICLE = "same-article"
    """The body is equal, or nearly so and from another outlet."""
    UPDATED = "updated"
    """The same outlet's article with its body grown or corrected."""
    SAME_HEADLINE = "same-headline"
    """Only the headline is equal; the body tells something else."""
    NEW_VERSION = "new-version"
    """The owner itself, changed: the same article (one id) with another body, or a wire's item with other instructions."""


@dataclass(frozen=True, slots=True)
class BodyPrint:
    """A body as deduplication remembers it: a hash of all of it, and a sketch (ascending hashes, at most 8); 32 bits each."""

    exact: int
    sketch: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One article as its headline's partition saw it.

    ``offset``: in the partition of news.prepared; ``timestamp_ms``: of the record, since 1970; ``article_id``: 32 hex digits;
    ``outlet``: a 32-bit hash of the outlet's name, 0 when unknown.
    """

    offset: int
    timestamp_ms: int
    article_id: str
    outlet: int
    body: BodyPrint
    version_ms: int = 0
    """When this version was made, as a wire tells it (since 1970); 0 when unknown."""
    instructions: int = 0
    """A 32-bit hash of what a wire says of its item beside the text, 0 for none."""


def print_body(body: str) -> BodyPrint:
    """Hash a body: case, punctuation and white space do not count."""
    text = _join_tokens(body.casefold())
    exact = int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=4).digest(), "big")
    telling = set(_TELLING_SHINGLE.findall(text))
    hashes = {_hash_shingle(shingle) for shingle in telling}
    if len(hashes) < SKETCH_SIZE:
        tokens = text.split()
        shingles = {" ".join(shingle) for shingle in zip(tokens, tokens[1:], tokens[2:], strict=False)} or set(tokens)
        hashes.update(_OTHERS | _hash_shingle(shingle) for shingle in shingles - telling)
    return BodyPrint(exact, tuple(sorted(hashes)[:SKETCH_SIZE]))


def _join_tokens(text: str) -> str:
    """The tokens of a text, parted by spaces. Blanking what lies between words is quicker than finding them."""
    characters = set(text)
    between = [character for character in characters if not character.isalnum()]
    if len(between) > _FEW or _CHARACTER.search("".join(characters)):
        return " ".join(_TOKENS.findall(text))
    for character in between:
        text = text.replace(character, " ")
    return " ".join(text.split())


_OTHERS = 1 << 31  # added to the hash of a shingle that is not telling


def _hash_shingle(shingle: str) -> int:
    """31 bits. CRC-32 is quick but keeps neighbours together; the odd multiplier (2**32 / golden ratio) spreads them."""
    return (crc32(shingle.encode("utf-8", "replace")) * 0x9E3779B1 & 0xFFFFFFFF) >> 1


def print_outlet(name: str | None) -> int:
    """Hash an outlet's name to 32 bits; 0 for none."""
    return crc32(name.casefold().encode("utf-8", "replace")) if name else 0


def containment(a: BodyPrint, b: BodyPrint) -> float:
    """Estimate how much of the shorter text stands in the other: 0.0 (nothing) to 1.0 (all)."""
    if not a.sketch or not b.sketch:
        return float(a.exact == b.exact)
    # Only below the smaller of the two largest hashes do both sketches list every hash there is.
    limit = min(
        a.sketch[-1] if len(a.sketch) == SKETCH_SIZE else 0xFFFFFFFF,
        b.sketch[-1] if len(b.sketch) == SKETCH_SIZE else 0xFFFFFFFF,
    )
    in_a = {value for value in a.sketch if value <= limit}
    in_b = {value for value in b.sketch if value <= limit}
    smaller = min(len(in_a), len(in_b))
    return len(in_a & in_b) / smaller if smaller else 0.0


def find_owner(owners: Iterable[Sighting], seen: Sighting, window_ms: int) -> Sighting | None:
    """The article that ``seen`` repeats, or None when it is the first of its headline.

    An owner counts when it stands earlier in the log and the two timestamps lie within the window of each other, in
    either direction: a backfill of old articles neither hides today's nor is hidden by them. Of two, the article's own
    earlier version, else the later in the log.
    """
    within = (
        owner for owner in owners if owner.offset < seen.offset and abs(owner.timestamp_ms - seen.timestamp_ms) <= window_ms
    )
    return max(within, key=lambda owner: (owner.article_id == seen.article_id, owner.offset), default=None)


def judge_kind(owner: Sighting, seen: Sighting) -> DuplicateKind:
    """Tell in what way ``seen`` repeats ``owner``; both have the same headline."""
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
    """Whether an article differs from its version before. Where a wire tells when each was made, the older one is not newer."""
    if owner.version_ms and seen.version_ms and seen.version_ms < owner.version_ms:
        return False
    return (owner.body.exact, owner.instructions) != (seen.body.exact, seen.instructions)


def without(owners: Sequence[Sighting], canceled: Sighting) -> tuple[Sighting, ...]:
    """The owners that are left when an article is canceled: its versions earlier in the log give up the headline."""
    return tuple(each for each in owners if each.article_id != canceled.article_id or each.offset >= canceled.offset)


def remember(owners: Sequence[Sighting], first: Sighting) -> tuple[Sighting, ...]:
    """The owners once ``first`` has become one, at most five, in log order.

    Besides ``first`` they are those nearest to it in time, one before and one after, and the two latest in time. So a backfill
    of old articles, in whatever order, leaves today's where it is, and one headline with a false time (2100) does not take
    today's place.
    """
    earlier = sorted(
        (owner for owner in owners if owner.offset < first.offset), key=lambda owner: (owner.timestamp_ms, owner.offset)
    )
    before = [owner for owner in earlier if owner.timestamp_ms <= first.timestamp_ms]
    after = earlier[len(before) :]
    return tuple(sorted({*before[-1:], *after[:1], *earlier[-2:], first}, key=lambda owner: owner.offset))


_HEAD = struct.Struct(">qq16sIIB")


# A second entry for an owner of which a wire told more. Code that does not know it takes it for an owner of the end of the log,
# which nothing repeats.
_VERSION_OFFSET = (1 << 63) - 1


def pack_owners(owners: Sequence[Sighting]) -> bytes:
    """Encode owners for the table: 73 bytes each at most, 41 more for an item of a wire; and their format."""
    parts = []
    for owner in owners:
        sketch = owner.body.sketch
        parts.append(
            _HEAD.pack(
                owner.offset,
                owner.timestamp_ms,
                bytes.fromhex(owner.article_id),
                owner.outlet,
                owner.body.exact,
                len(sketch),
            )
        )
        parts.append(struct.pack(f">{len(sketch)}I", *sketch))
        if owner.version_ms or owner.instructions:
            told = (owner.version_ms, bytes.fromhex(owner.article_id), owner.instructions)
            parts.append(_HEAD.pack(_VERSION_OFFSET, *told, 0, 0))
    return stamp(b"".join(parts))


def unpack_owners(stored: bytes | None) -> tuple[Sighting, ...]:
    """Decode what :func:`pack_owners` made, in this version or a former one; nothing stored, no owners.

    Raises:
        NewerFormatError: a newer version made it.
        ValueError: it did not make this.
    """
    owners: list[Sighting] = []
    _, stored = read_stamp(stored or b"")
    at = 0
    try:
        while at < len(stored):
            offset, timestamp_ms, article_id, outlet, exact, count = _HEAD.unpack_from(stored, at)
            at += _HEAD.size
            sketch = struct.unpack_from(f">{count}I", stored, at)
            at += 4 * count
            if offset == _VERSION_OFFSET and owners:
                owners[-1] = replace(owners[-1], version_ms=timestamp_ms, instructions=outlet)
                continue
            owners.append(Sighting(offset, timestamp_ms, article_id.hex(), outlet, BodyPrint(exact, sketch)))
    except struct.error as error:
        raise ValueError(f"no owners of a headline: {error}") from None
    return tuple(owners)
