"""The stories of a partition, and which of them an article belongs to.

An article is compared with the stories that share its rarest words. It joins the most similar one, if that is similar enough,
and founds a story of its own otherwise. All decisions depend only on what the table remembers: an index rebuilt from it behaves
exactly like the previous one.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from heapq import heapify, heappop, heappush
from itertools import accumulate, chain
from typing import Final, NamedTuple

from streams.formats import read_stamp, stamp
from streams.text.duplicates import SKETCH_SIZE, BodyPrint, containment
from streams.text.stories.headlines import are_alike, fill_one_form, keep_order, numbers_contradict, numbers_of
from streams.text.stories.packed_map import PackedMap
from streams.text.stories.reader import StoryReader
from streams.text.stories.signature import Signature, hash_word
from streams.text.stories.story import (
    MOST_MEMBERS,
    MOST_STORY_BYTES,
    NO_OUTLET,
    Glance,
    Member,
    Relation,
    Story,
    founder_of_packed,
    glance,
    hash_outlet,
    pack_story,
    packed_vector,
    unpack_story,
)
from streams.text.stories.templates import (
    are_next_of_serial,
    are_parts_of_serials,
    name_others,
    naming,
    naming_of,
    other_names,
)
from streams.text.stories.vectors import WHOLE, Compared, Sum, Vector, heaviest, heaviest_words, likeness, unpack_vector
from streams.text.wording import counted_parts, is_next_of_column, is_serial

CLOCK_KEY: Final = b"\x00clock"
"""The key for the stream's time: about the largest timestamp seen."""

_HOUR_MS: Final = 3600 * 1000
_DAY_MS: Final = 24 * _HOUR_MS
_LAST_MS: Final = (1 << 63) - 1  # a time has eight bytes, in Kafka and in the table
_MOST_FORGOTTEN = 16  # stories per article: there are never more stories than articles
_SHOWN_WORDS = 8
_NEVER = WHOLE + 1
_ONLY_EQUAL = 2.0  # more than two texts can share, so that only equal ones match


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers that decide whether an article joins; likenesses are out of 1,000. They were chosen on one half of the
    development data; ``headwater bench quality DATA --only stories`` measures the other half."""

    join: int = 440
    """For an article with a text, and a story that has some."""
    join_headline: int = 240
    """For a headline alone, and a story told at length; or the other way round."""
    join_alone: int = 640
    """For headlines and short texts from one outlet, or from unknown outlets …"""
    join_alone_more: int = 120
    """… plus this for each article of the story after the first, so that a serial does not become a story …"""
    most_join_alone: int = 1_000
    """… up to this."""
    join_told: int = 480
    """For headlines alone, if several outlets tell of them …"""
    join_told_less: int = 50
    """… minus this for each outlet …"""
    least_join_told: int = 200
    """… down to this."""
    hour_told: int = 25
    """… and plus this for each hour between a headline and its story …"""
    soon_ms: int = 2 * _HOUR_MS
    """… after these: what one company does every day is told in bursts."""
    many_outlets: int = 6
    """A headline may share fewer words with a story that this many outlets tell; the story's name is enough."""
    join_repeat: int = 130
    """For an article whose headline or text nearly repeats a member's."""
    contradicted: int = 60
    """Added if the headline and the members' have numbers, but none in common."""
    day: int = 20
    """Added for each day between an article and its story."""
    short_for_long: int = 5
    """A long text accounts for this many articles without one; a story's further ones count as one outlet's."""
    merge: int = 700
    """For two stories that one article could join, compared with each other."""
    merge_told: int = 260
    """The same for headlines alone, if many outlets tell one of the stories."""
    telling_bits: int = 10
    """A word weighs less if more than one in two to this power of all stories has it …"""
    few_stories: int = 8
    """… and at least this many do."""
    indexed_words: int = 24
    """A story is found by its heaviest words."""
    looked_up: int = 2_000
    """Entries of the index that are looked at for one article."""
    compared: int = 12
    """Stories that one article is compared with."""
    shared: int = 3
    """Words that both must have for that …"""
    shared_per_cent: int = 15
    """… and this share of the article's words …"""
    shared_told: int = 2
    """… or this many of a headline's, if several outlets tell of it."""
    members_compared: int = 48
    """Members whose headline and text are compared with an article's: the latest, and the founder."""
    long_words: int = 35
    """An article with fewer weighty words is short: too little of its text is known for it to be nearly another's …"""
    same_short_text: int = 700
    """… unless all of it is at least this similar."""
    same_text: float = 0.5
    """How much of one text must be contained in the other (out of eight hashes at most, so no sum is rounded) …"""
    most_of_short_text: float = 0.7
    """… and of a short one: two accidents told by one police in one form share half."""
    unchanged_ms: int = 6 * _HOUR_MS
    """In the stream's time: a story stays at least this long although its own time is past, for the sake of backfills."""


class StoryChange(StrEnum):
    """What happened to a story."""

    FOUNDED = "founded"
    JOINED = "joined"
    MERGED = "merged"
    LEFT = "left"


class Told(NamedTuple):
    """A story after a change; ``member``: the article that caused it; ``words``: the strongest evidence for its joining."""

    change: StoryChange
    story: Story
    member: Member | None
    words: tuple[str, ...] = ()


class _Candidate(NamedTuple):
    """A story that an article may join. ``is_alone``: neither several outlets nor a long text support both;
    ``only_founder``: it has one member."""

    slot: int
    likeness: int
    needed: int
    is_alone: bool
    only_founder: bool


class StoryIndex:
    """All stories that a partition remembers. Each is kept as packed bytes, found by words and members."""

    def __init__(self, window_ms: int, most_stories: int, limits: Limits = Limits()) -> None:
        self._window_ms = window_ms
        self._most_stories = most_stories
        self._limits = limits
        self._clock_ms: int | None = None
        self._packed: list[bytes] = []  # by slot; b"" in a free one
        self._free: list[int] = []
        self._slots = PackedMap()  # by a story's short id
        self._joined = PackedMap()  # the same, by the short id of a member that is not its story's founder
        self._only = PackedMap()  # by a word that one story has; most words are such
        self._postings: dict[int, array[int]] = {}  # the slots of the stories that share a word
        self._reader = StoryReader()
        self._due: list[int] = []  # a heap: each story's time of expiry and short id

    def __len__(self) -> int:
        return len(self._slots)

    def load(self, entries: Iterable[tuple[bytes, bytes]]) -> StoryIndex:
        """Load everything that a table remembers."""
        stories = []
        for key, value in entries:
            if key == CLOCK_KEY:
                (self._clock_ms,) = _CLOCK.unpack(_content(value))
            else:
                stories.append(_content(value))
        # Stories that expire first come first in the lists of words, so that they are found quickly when they are removed.
        self._due = [self._place(value) for value in sorted(stories, key=lambda packed: (glance(packed).expires_ms, packed))]
        heapify(self._due)
        return self

    # ---- Deciding

    def decide(self, signature: Signature) -> tuple[Told, ...]:
        """What happens to an article's story; nothing is changed yet."""
        own = self._story_of(signature.article_id)
        if signature.canceled:
            return () if own is None else (_without(own, signature.article_id),)
        if own is not None:
            return ()  # a newer version stays where it is
        vector = signature.vector
        candidates = self._candidates(signature, vector)
        for candidate in self._about_the_same(candidates, signature):
            if (joined := self._join(candidate, signature, vector)) is not None:
                return self._merge(joined, candidates, signature) or (joined,)
        return (self._found(signature, vector),)

    def _about_the_same(self, candidates: Iterable[_Candidate], signature: Signature) -> Iterator[_Candidate]:
        """The candidates without those whose headlines are of the same form, but about something else; one after such a
        story has to name what the article names instead."""
        if self._is_long(signature):  # a long text tells enough by itself
            yield from candidates
            return
        one = naming(signature.compared, signature.headline, signature.language)
        instead: frozenset[str] = frozenset()
        for candidate in candidates:
            if candidate.likeness < min(self._limits.join_repeat, candidate.needed):
                continue  # too little whatever its members are
            story = self._reader.naming(candidate.slot, self._packed[candidate.slot])
            if instead and instead.isdisjoint(story.words):
                continue
            if others := other_names(one, story):
                instead |= others
            else:
                yield candidate

    def remember(self, signature: Signature, told: Sequence[Told]) -> dict[bytes, bytes | None]:
        """Apply what :meth:`decide` returned for an article; returns what the table should remember by key, None to forget."""
        clock_ms = signature.time_ms if self._clock_ms is None else self._clock_ms
        # A single false time far in the future must not make everything old.
        self._clock_ms = min(max(clock_ms, signature.time_ms), clock_ms + _DAY_MS)
        changes: dict[bytes, bytes | None] = {}
        for each in told:
            packed = pack_story(self._dated(each.story))
            changes[bytes.fromhex(each.story.id)] = stamp(packed)
            heappush(self._due, self._place(packed, each.story.members))
        if told and told[0].change is StoryChange.LEFT:
            self._joined.pop(_short(signature.article_id))
        changes |= dict.fromkeys(self._forget())
        changes[CLOCK_KEY] = stamp(_CLOCK.pack(self._clock_ms))
        return changes

    def _dated(self, story: Story) -> Story:
        assert self._clock_ms is not None
        times = [self._clock_ms + self._limits.unchanged_ms, *([story.last_ms + self._window_ms] if story.members else [])]
        return replace(story, expires_ms=min(max(times), _LAST_MS))

    def _found(self, signature: Signature, vector: Vector) -> Told:
        former = self._slots.get(_short(signature.article_id))  # an earlier story, canceled entirely or merged into another
        version = 1 if former is None else self._story_in(former).version + 1
        member = self._member(signature, Relation.FOUNDED, WHOLE)
        story = Story(signature.article_id, signature.language, (member,), Sum() + Sum(vector), 0, version)
        return Told(StoryChange.FOUNDED, story, member)

    def _join(self, candidate: _Candidate, signature: Signature, vector: Vector) -> Told | None:
        if not self._may_be_enough(candidate, signature):
            return None
        story = self._story_in(candidate.slot)
        if len(story.members) >= MOST_MEMBERS or len(self._packed[candidate.slot]) >= MOST_STORY_BYTES:
            return None
        relation, repeated = self._relate(signature, candidate.likeness, story.members)
        if candidate.likeness < self._needed_of(candidate, signature, story.members, repeated):
            return None
        if _is_next_part(signature, story) or _is_next_of_column(signature, story.members):
            return None
        if candidate.is_alone and any(fill_one_form(signature.compared, member.compared) for member in story.members):
            return None
        member = self._member(signature, relation, candidate.likeness, repeated.article_id if repeated else None)
        total = story.total + Sum(vector)
        grown = replace(story, members=(*story.members, member), total=total, version=story.version + 1)
        return Told(StoryChange.JOINED, grown, member, _shared_words(signature, story.total.vector))

    def _may_be_enough(self, candidate: _Candidate, signature: Signature) -> bool:
        """Whether an article may be similar enough to a story; most are not, and their stories need not be read."""
        if candidate.likeness < min(self._limits.join_repeat, candidate.needed):
            return False  # too little whatever its members are
        if candidate.likeness >= candidate.needed or not candidate.only_founder:
            return True
        body, compared = founder_of_packed(self._packed[candidate.slot])
        if numbers_contradict(signature.compared, compared):
            return False
        return self._has_same_text(signature, candidate.likeness, body) or are_alike(signature.compared, compared)

    def _needed_of(
        self, candidate: _Candidate, signature: Signature, members: Iterable[Member], repeated: Member | None
    ) -> int:
        """How similar an article must be, considering its headline and text beside the members'."""
        if repeated and not numbers_contradict(signature.compared, repeated.compared):
            needed = self._limits.join_repeat
        else:
            needed = candidate.needed  # also for a form filled in anew: the text of another earthquake
        if candidate.likeness < needed:
            return needed  # already too much
        return needed + (self._limits.contradicted if _contradicts(signature, members) else 0)

    def _member(self, signature: Signature, relation: Relation, alike: int, of: str | None = None) -> Member:
        return Member(
            article_id=signature.article_id,
            time_ms=signature.time_ms,
            outlet=signature.outlet,
            headline=signature.headline,
            compared=signature.compared,
            body=signature.body,
            subjects=signature.subjects,
            relation=relation,
            likeness=alike,
            of=of,
            is_long=self._is_long(signature),
        )

    def _relate(self, signature: Signature, alike: int, members: tuple[Member, ...]) -> tuple[Relation, Member | None]:
        """Which member an article repeats (the latest first), and how."""
        rest = members[1:]
        compared = (*reversed(rest[-self._limits.members_compared :]), members[0])
        for member in compared if signature.body else ():
            if self._has_same_text(signature, alike, member.body):
                return Relation.SAME_TEXT, member
        for member in compared:
            if are_alike(signature.compared, member.compared) and keep_order(signature.headline, member.headline):
                return Relation.SIMILAR_HEADLINE, member
        return Relation.SAME_EVENT, None

    def _has_same_text(self, signature: Signature, alike: int, body: BodyPrint | None) -> bool:
        """Whether an article's text is a member's, or nearly."""
        if signature.body is None or body is None:
            return False
        return _is_same_text(signature.body, body, self._least_same_text(signature, alike))

    def _least_same_text(self, signature: Signature, alike: int) -> float:
        """How much an article's text must share with a member's to be nearly the same."""
        limits = self._limits
        if self._is_long(signature):
            return limits.same_text
        return limits.most_of_short_text if alike >= limits.same_short_text else _ONLY_EQUAL

    def _merge(self, joined: Told, candidates: Iterable[_Candidate], signature: Signature) -> tuple[Told, ...]:
        """Merge two stories that one article could join if they are similar as a whole: the older takes in the younger."""
        grown = joined.story
        repeats_text = joined.member is not None and joined.member.relation is Relation.SAME_TEXT
        for candidate in candidates:
            is_enough = candidate.likeness >= candidate.needed
            if not (is_enough or repeats_text):
                continue
            other = self._story_in(candidate.slot)
            if other.id == grown.id or not (is_enough or _share_a_text(grown, other)):
                continue
            if len(grown.members) + len(other.members) > MOST_MEMBERS:
                continue
            if likeness(grown.total.vector, other.total.vector) < self._merged_at(signature, grown, other):
                continue
            if self._tell_apart(signature, grown, other):  # dearer than their likeness
                continue
            if len(pack_story(grown)) + len(self._packed[candidate.slot]) > MOST_STORY_BYTES:
                continue
            older, younger = sorted((grown, other), key=lambda story: (story.first_ms, story.id))
            members, total = (*older.members, *younger.members), older.total + younger.total
            return (
                joined._replace(
                    change=StoryChange.MERGED, story=replace(older, members=members, total=total, version=older.version + 1)
                ),
                Told(
                    StoryChange.MERGED,
                    replace(younger, members=(), total=Sum(), version=younger.version + 1, merged_into=older.id),
                    None,
                ),
            )
        return ()

    def _tell_apart(self, signature: Signature, one: Story, other: Story) -> bool:
        """Whether two stories are of different things, or of two days of a serial, however alike they are."""
        apart_ms = max(one.last_ms, other.last_ms) - min(one.first_ms, other.first_ms)
        headlines = one.members[0].headline, other.members[0].headline
        if are_next_of_serial(*headlines, apart_ms) or are_parts_of_serials(*headlines):
            return True
        if self._is_long(signature) or _share_a_text(one, other):
            return False
        return name_others(naming_of(one.members, one.language), naming_of(other.members, other.language))

    def _merged_at(self, signature: Signature, *stories: Story) -> int:
        """How similar two stories must be to become one."""
        limits = self._limits
        outlets = max(story.named_outlets for story in stories)
        both_long = all(any(member.is_long for member in story.members) for story in stories)
        if signature.body is None and outlets >= limits.many_outlets:
            one, other = sorted(stories, key=lambda story: story.first_ms)
            return limits.merge_told + (0 if both_long else self._later(other.first_ms - one.last_ms))
        return limits.merge if outlets > 1 or both_long else _NEVER

    # ---- Finding

    def _candidates(self, signature: Signature, vector: Vector) -> list[_Candidate]:
        """The stories that an article resembles, most similar first; among equals, the least id first."""
        found = []
        vector = self._by_rarity(vector)
        compared = Compared(vector)
        for slot, shared in self._likely(vector, by_name=bool(signature.outlet) and signature.body is None):
            packed = self._packed[slot]
            seen = glance(packed)
            gap_ms = max(0, seen.first_ms - signature.time_ms, signature.time_ms - seen.last_ms)
            if gap_ms > self._window_ms:
                continue
            alike = compared.likeness_to(packed_vector(packed))
            is_told = self._is_long(signature) or seen.members - seen.long <= self._limits.short_for_long * seen.long
            is_alone = not (is_told or _is_corroborated(signature, seen))
            needed = self._needed_alone(seen) if is_alone else self._needed(signature, seen, shared, gap_ms)
            needed += gap_ms * self._limits.day // _DAY_MS
            found.append((-alike, seen.key, _Candidate(slot, alike, needed, is_alone, seen.only_founder)))
        return [candidate for _, _, candidate in sorted(found)]

    def _needed_alone(self, seen: Glance) -> int:
        limits = self._limits
        return min(limits.most_join_alone, limits.join_alone + limits.join_alone_more * (seen.members - 1))

    def _needed(self, signature: Signature, seen: Glance, shared: int, gap_ms: int) -> int:
        """How similar they must be, with this many words in common, if several outlets or a long text support both."""
        limits = self._limits
        if self._is_long(signature) or seen.long:
            return limits.join if signature.body and seen.has_body else limits.join_headline
        later = self._later(gap_ms)
        if signature.body and seen.has_body:
            return limits.join + later
        if shared < limits.shared_told and seen.outlets < limits.many_outlets:
            return _NEVER
        return max(limits.least_join_told, limits.join_told - limits.join_told_less * seen.outlets) + later

    def _later(self, gap_ms: int) -> int:
        """How much more alike headlines must be that are so far apart."""
        return max(0, gap_ms - self._limits.soon_ms) * self._limits.hour_told // _HOUR_MS

    def _is_long(self, signature: Signature) -> bool:
        return signature.body is not None and len(signature.words) >= self._limits.long_words

    def _by_rarity(self, vector: Vector) -> Vector:
        """A vector whose words weigh less the more stories have them: words in all the news do not distinguish stories."""
        bits, few, stories = self._limits.telling_bits, self._limits.few_stories, len(self._slots)
        weighed = dict(vector)
        for word in vector.keys() & self._postings.keys():
            if (count := len(self._postings[word])) >= few and (share := (stories // count).bit_length()) < bits:
                weighed[word] = max(1, vector[word] * share * share // (bits * bits))
        return weighed

    def _likely(self, vector: Vector, *, by_name: bool) -> list[tuple[int, int]]:
        """The slots of the stories that share most, by a first look at the index, with the number of words each shares; the
        rarest words come first. ``by_name``: one word is enough."""
        asked = self._rarest_lists(vector)
        least = 1 if by_name else max(self._limits.shared, len(vector) * self._limits.shared_per_cent // 100)
        late = max(0, len(asked) - least + 1)
        shared = Counter(chain.from_iterable([slots for slots, _ in asked[:late]]))
        for slots, _ in asked[late:]:  # a story that comes up only now can't share enough: the longest lists are the last
            shared.update(shared.keys() & slots)
        likely = {slot: count for slot, count in shared.items() if count >= least}
        if len(likely) > self._limits.compared:
            return [(slot, likely[slot]) for slot in self._weightiest(likely, asked, vector)]
        return list(likely.items())

    def _weightiest(self, likely: Iterable[int], asked: Sequence[tuple[Sequence[int], int]], vector: Vector) -> list[int]:
        """The slots that share the greatest weight of an article's words; among equals, the least id."""
        weights = dict.fromkeys(likely, 0)
        for slots, word in asked:
            for slot in weights.keys() & slots:
                weights[slot] += vector[word]
        bound = sorted(weights.values(), reverse=True)[self._limits.compared - 1]
        ranked = sorted((-weight, glance(self._packed[slot]).key, slot) for slot, weight in weights.items() if weight >= bound)
        return [slot for _, _, slot in ranked[: self._limits.compared]]

    def _rarest_lists(self, vector: Vector) -> list[tuple[Sequence[int], int]]:
        """The slots of the stories that have a word, and the word, the rarest first; as many as may be looked at."""
        lists: list[tuple[int, int, Sequence[int]]] = []
        for word in vector:
            if (slots := self._postings.get(word)) is not None:
                lists.append((len(slots), word, slots))
            elif (slot := self._only.get(word)) is not None:
                lists.append((1, word, (slot,)))
        lists.sort()
        looked_up = bisect_right(list(accumulate([length for length, _, _ in lists])), self._limits.looked_up)
        return [(slots, word) for _, word, slots in lists[:looked_up]]

    def _story_in(self, slot: int) -> Story:
        return self._reader.story(slot, self._packed[slot])

    def _story_of(self, article_id: str) -> Story | None:
        """The story that an article is a member of."""
        own = _short(article_id)
        slot = self._joined.get(own, self._slots.get(own))
        if slot is None:
            return None
        story = self._story_in(slot)
        return story if any(member.article_id == article_id for member in story.members) else None

    # ---- Remembering

    def _place(self, packed: bytes, members: Sequence[Member] | None = None) -> int:
        """Put a story where its former state was, or in a slot of its own; returns its entry in the heap. ``members``: its
        members, if they need not be read."""
        seen = glance(packed)
        own = int.from_bytes(seen.key[:_SHORT_BYTES], "big")
        slot = self._slots.get(own)
        if slot is None:
            slot = self._slots[own] = self._free.pop() if self._free else len(self._packed)
            if slot == len(self._packed):
                self._packed.append(b"")
        before = self._packed[slot]
        self._reindex(slot, before, packed)
        self._packed[slot] = packed
        if not seen.only_founder:
            known = glance(before).members if before else 0
            members = unpack_story(packed).members if members is None else members
            # Only the last members are new, unless two stories have become one.
            for member in members[known:] if len(members) == known + 1 else members:
                self._joined[_short(member.article_id)] = slot
        return seen.expires_ms << _SHORT_BITS | own

    def _reindex(self, slot: int, before: bytes, after: bytes) -> None:
        old, new = self._indexed_words(before), self._indexed_words(after)
        for word in old - new:
            self._drop(word, slot)
        self._post(new - old, slot)

    def _indexed_words(self, packed: bytes) -> set[int]:
        return set(heaviest_words(unpack_vector(packed_vector(packed)), self._limits.indexed_words)) if packed else set()

    def _post(self, words: Iterable[int], slot: int) -> None:
        postings, only = self._postings, self._only
        for word in words:
            if (posted := postings.get(word)) is not None:
                posted.append(slot)
            elif (former := only.pop(word)) is not None:
                postings[word] = array("I", (former, slot))
            else:
                only[word] = slot

    def _drop(self, word: int, slot: int) -> None:
        if (posted := self._postings.get(word)) is None:
            del self._only[word]
            return
        del posted[posted.index(slot)]
        if len(posted) == 1:
            self._only[word] = posted[0]
            del self._postings[word]

    def _forget(self) -> Iterator[bytes]:
        """Forget expired and surplus stories, some at a time; yields their keys."""
        assert self._clock_ms is not None
        for _ in range(_MOST_FORGOTTEN):
            while self._due and not self._is_valid(self._due[0]):
                heappop(self._due)
            if not self._due:
                return
            is_over = self._due[0] >> _SHORT_BITS < self._clock_ms
            if not is_over and len(self._slots) <= self._most_stories:
                return
            yield self._remove(heappop(self._due) & _SHORT_MASK)

    def _is_valid(self, due: int) -> bool:
        """Whether an entry is for a story's current state rather than an earlier one."""
        slot = self._slots.get(due & _SHORT_MASK)
        return slot is not None and glance(self._packed[slot]).expires_ms == due >> _SHORT_BITS

    def _remove(self, own: int) -> bytes:
        slot = self._slots.pop(own)
        assert slot is not None
        packed = self._packed[slot]
        for member in unpack_story(packed).members:
            if self._joined.get(short := _short(member.article_id)) == slot:
                del self._joined[short]
        self._reindex(slot, packed, b"")
        self._packed[slot] = b""
        self._free.append(slot)
        return glance(packed).key


_CLOCK = struct.Struct(">q")
_FIRST_FORMAT = 2
_SHORT_BYTES: Final = 8
_SHORT_BITS: Final = 8 * _SHORT_BYTES
_SHORT_MASK: Final = (1 << _SHORT_BITS) - 1


def check_remembered(value: bytes) -> None:
    """Check that a value is one that `remember` gave to the table.

    Raises:
        NewerFormatError: a newer version made it.
        ValueError: it is something else.
    """
    if len(content := _content(value)) != _CLOCK.size:
        unpack_story(content)


def _content(value: bytes) -> bytes:
    form, content = read_stamp(value)
    if form < _FIRST_FORMAT:  # there were no stories before
        raise ValueError(f"no story: it is of format {form}")
    return content


def _short(article_id: str) -> int:
    return int(article_id[: 2 * _SHORT_BYTES], 16)


def _is_corroborated(signature: Signature, seen: Glance) -> bool:
    """Whether several outlets tell a story and an article together."""
    own = hash_outlet(signature.outlet)
    return own != NO_OUTLET and seen.told_by not in (NO_OUTLET, own)


def _is_next_of_column(signature: Signature, members: Iterable[Member]) -> bool:
    """Whether an article is a later one of a member's column: from the same outlet, with another text."""
    if not signature.outlet or signature.body is None:
        return False
    outlet, text = signature.outlet.casefold(), signature.body.exact
    return any(
        is_next_of_column(signature.compared, member.compared)
        for member in members
        if member.body and member.body.exact != text and member.outlet.casefold() == outlet
    )


def _is_next_part(signature: Signature, story: Story) -> bool:
    """Whether an article is the next part of a serial, whoever tells it: of another day, or with another number."""
    if is_serial(signature.headline):
        apart_ms = max(story.last_ms, signature.time_ms) - min(story.first_ms, signature.time_ms)
        if are_next_of_serial(signature.headline, story.members[0].headline, apart_ms):
            return True
    if not counted_parts(signature.headline):
        return False
    return any(are_parts_of_serials(signature.headline, member.headline) for member in story.members)


def _is_same_text(one: BodyPrint, other: BodyPrint, least: float) -> bool:
    """Whether two bodies are equal, or nearly so; too little is known of short ones for "nearly"."""
    if one.exact == other.exact:
        return True
    return min(len(one.sketch), len(other.sketch)) == SKETCH_SIZE and containment(one, other) >= least


def _share_a_text(one: Story, other: Story) -> bool:
    """Whether an article of one story has the very text of one of the other's, whatever their headlines name."""
    texts = {member.body.exact for member in one.members if member.body}
    return any(member.body.exact in texts for member in other.members if member.body)


def _shared_words(signature: Signature, vector: Vector) -> tuple[str, ...]:
    """The words of an article that are the strongest evidence for a story, the heaviest first."""
    shared = {
        word: weight * vector[hashed]
        for word, weight in signature.words.items()
        if (hashed := hash_word(word, signature.language)) in vector
    }
    return tuple(word for word, _ in heaviest(shared, _SHOWN_WORDS))


def _without(story: Story, article_id: str) -> Told:
    """A story that an article has left: without members it ends."""
    [left] = (member for member in story.members if member.article_id == article_id)
    members = tuple(member for member in story.members if member is not left)
    total = story.total if members else Sum()
    return Told(StoryChange.LEFT, replace(story, members=members, total=total, version=story.version + 1), left)


def _contradicts(signature: Signature, members: Iterable[Member]) -> bool:
    """Whether a headline and the members' headlines have numbers, but none in common."""
    own = numbers_of(signature.compared)
    theirs = [numbers for member in members if (numbers := numbers_of(member.compared))] if own else []
    return bool(theirs) and all(map(own.isdisjoint, theirs))
