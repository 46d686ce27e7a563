"""What news.signatures and news.stories hold. A story is a ninjs 3.1 document of type composite in a CloudEvent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Final

import orjson

from streams.articles import Article, headline_of
from streams.bounds import header_text
from streams.documents import EVENT_SOURCE, NINJS_SCHEMA, ORIGIN_HEADER, article_uri, passed_on, time_text
from streams.formats import FORMAT, FORMAT_FIELD, check_format
from streams.steps import Headers, Record, header, origin
from streams.text.article import Language, Subject
from streams.text.duplicates import SKETCH_SIZE, BodyPrint
from streams.text.stories.headlines import MOST_CHARACTERS, sorted_words
from streams.text.stories.index import Told
from streams.text.stories.signature import MOST_WORDS, Signature, print_of, weigh_words
from streams.text.stories.story import Member, Relation, Story, central
from streams.text.subjects.names import media_topics
from streams.text.subjects.tag import URI_PREFIX
from streams.text.subjects.words import TOP_LEVELS

STORY_TYPE: Final = "news.headwater.story"
STORY_SCHEMA: Final = "urn:headwater:schema:stories:1"
STORY_URI: Final = "urn:headwater:story:"

CHANGE_HEADER: Final = "ce_change"
"""What happened to a story with this record of news.stories: founded, joined, merged or left. Each is founded once."""

_MOST_HEADLINE_CHARACTERS, _MOST_OUTLET_CHARACTERS = 300, 100
_MOST_LANGUAGE_CHARACTERS = 35  # RFC 5646, 4.4.1
_MOST_SUBJECTS = 3
_MOST_NAMED = 100  # members, in a document: the founder and the latest
"""How many of up to 500 members a document names; the counts cover all of them."""


def sign_article(article: Article, language: Language, subjects: Sequence[Subject], timestamp_ms: int) -> Signature:
    """The features of an article that `group` compares."""
    canceled = article.instructions.canceled
    found = (subject.uri.removeprefix(URI_PREFIX) for subject in subjects)
    return Signature(
        article_id=article.id,
        time_ms=max(0, timestamp_ms),
        language=language.tag,
        outlet=(article.outlet or "")[:_MOST_OUTLET_CHARACTERS],
        headline=article.headline[:_MOST_HEADLINE_CHARACTERS],
        compared="" if canceled else sorted_words(headline_of(article).normalised),
        words={} if canceled else weigh_words(article.headline, article.body, language.tag),
        body=print_of(article.body),
        subjects=tuple(code for code in found if code in TOP_LEVELS)[:_MOST_SUBJECTS],
        canceled=canceled,
    )


def signature_to_json(signature: Signature) -> bytes:
    """Encode a signature for news.signatures."""
    body = signature.body
    return orjson.dumps(
        {
            FORMAT_FIELD: FORMAT,
            "id": signature.article_id,
            "time": signature.time_ms,
            "language": signature.language,
            "outlet": signature.outlet,
            "headline": signature.headline,
            "compared": signature.compared,
            "words": signature.words,
            "body": [body.exact, *body.sketch] if body else None,
            "subjects": signature.subjects,
            "canceled": signature.canceled,
        }
    )


def signature_from_json(value: bytes) -> Signature:
    """Decode what :func:`signature_to_json` made; fields added by a later version are ignored.

    Raises:
        NewerFormatError: a newer version made it, and this one must not read it.
        ValueError: it was not made by :func:`signature_to_json`.
    """
    try:
        stored: dict[str, Any] = orjson.loads(value)
        check_format(stored)
        body = stored.get("body")
        signature = Signature(
            article_id=bytes.fromhex(stored["id"]).hex(),
            time_ms=stored["time"],
            language=stored["language"],
            outlet=stored.get("outlet", ""),
            headline=stored.get("headline", ""),
            compared=stored.get("compared", ""),
            words=stored.get("words", {}),
            body=BodyPrint(body[0], tuple(body[1:])) if body else None,
            subjects=tuple(stored.get("subjects", ())),
            canceled=stored.get("canceled", False),
        )
    except (TypeError, KeyError, AttributeError, IndexError) as error:
        raise ValueError(f"no signature: {error!r}") from None
    if not _is_sound(signature):
        raise ValueError("not a signature: a field has the wrong type or is too large")
    return signature


def _is_sound(signature: Signature) -> bool:
    """Whether each field has its type and is at most as large as :func:`sign_article` makes it, so a story can remember it."""
    body = signature.body
    texts = (
        (signature.language, _MOST_LANGUAGE_CHARACTERS),
        (signature.outlet, _MOST_OUTLET_CHARACTERS),
        (signature.headline, _MOST_HEADLINE_CHARACTERS),
        (signature.compared, MOST_CHARACTERS),
    )
    hashes = (body.exact, *body.sketch) if body else ()
    return (
        len(signature.article_id) == 32
        and type(signature.time_ms) is int
        and 0 <= signature.time_ms < 1 << 63
        and all(type(text) is str and len(text) <= most for text, most in texts)
        and signature.language.isascii()
        and len(hashes) <= 1 + SKETCH_SIZE
        and all(type(each) is int and 0 <= each < 1 << 32 for each in hashes)
        and len(signature.subjects) <= _MOST_SUBJECTS
        and all(type(code) is str and code in TOP_LEVELS for code in signature.subjects)
        and type(signature.words) is dict
        and len(signature.words) <= MOST_WORDS
        and all(type(weight) is int and 0 < weight < 1 << 16 for weight in signature.words.values())
        and type(signature.canceled) is bool
    )


def story_uri(story_id: str) -> str:
    return STORY_URI + story_id


def story_document(story: Story, timestamp_ms: int) -> dict[str, Any]:
    """The story as ninjs 3.1: the headline of its most central member, members as associations, the subjects of all of them.

    An association's name says how the article belongs to its story: founded, same-event, similar-headline or same-text.
    """
    main = central(story.members) if story.members else None
    associations = [_association(member) for member in _named(story.members)]
    if story.merged_into:
        associations.append(
            {"name": "merged-into", "rel": "mergedInto", "uri": story_uri(story.merged_into), "type": "composite"}
        )
    document: dict[str, Any] = {
        "uri": story_uri(story.id),
        "standard": {"name": "ninjs", "version": "3.1", "schema": NINJS_SCHEMA},
        "type": "composite",
        "representationType": "partial",
        "version": str(story.version),
        "versionCreated": time_text(timestamp_ms),
        "firstCreated": time_text(story.first_ms),
        "pubStatus": "usable" if story.members else "canceled",
        "language": story.language if story.members else None,
        "headlines": [{"role": "main", "contentType": "text/plain", "value": main.headline}] if main else None,
        "subjects": [_subject(code) for code in _subjects_of(story.members)],
        "associations": associations,
    }
    return {name: value for name, value in document.items() if value not in (None, [])}


def _named(members: Sequence[Member]) -> Sequence[Member]:
    return members if len(members) <= _MOST_NAMED else (members[0], *members[1 - _MOST_NAMED :])


def _association(member: Member) -> dict[str, Any]:
    association: dict[str, Any] = {
        "name": member.relation.value,
        "rel": "member",
        "uri": article_uri(member.article_id),
        "type": "text",
    }
    if member.headline:
        association["headlines"] = [{"role": "main", "contentType": "text/plain", "value": member.headline}]
    if (created := time_text(member.time_ms)) is not None:
        association["versionCreated"] = created
    if member.outlet:
        association["infoSources"] = [{"name": member.outlet, "role": "publisher"}]
    return association


def _subjects_of(members: Iterable[Member]) -> list[str]:
    """The subjects of a story's members, the most frequent first."""
    counts = Counter(chain.from_iterable([member.subjects for member in members]))
    return sorted(counts, key=lambda code: (-counts[code], code))


def _subject(code: str) -> dict[str, str]:
    return {"uri": URI_PREFIX + code, "name": media_topics()[code].names["en"][0]}


def story_headers(record: Record, told: Told) -> Headers:
    """CloudEvents headers: what changed, the counts, and which article caused it, with the evidence."""
    story, member = told.story, told.member
    attributes = {
        "specversion": "1.0",
        "id": f"{story.id}:{origin_of_signature(record)}",
        "source": EVENT_SOURCE,
        "type": STORY_TYPE,
        "time": time_text(record.timestamp),
        "subject": story_uri(story.id),
        "dataschema": STORY_SCHEMA,
        "change": told.change.value,
        "version": str(story.version),
        "pubstatus": "usable" if story.members else "canceled",
        "articles": str(len(story.members)),
        "outlets": str(story.outlets),
        "languages": str(min(1, len(story.members))),
        "language": story.language if story.members else None,
        "mergedinto": story.merged_into and story_uri(story.merged_into),
        **(_reason(member, told.words) if member else {}),
        ORIGIN_HEADER.removeprefix("ce_"): origin_of_signature(record),
    }
    return (
        ("content-type", b"application/json"),
        *((f"ce_{name}", header_text(value)) for name, value in attributes.items() if value is not None),
        *passed_on(record),
    )


def _reason(member: Member, words: Sequence[str]) -> dict[str, str | None]:
    repeats = member.of if member.relation in (Relation.SIMILAR_HEADLINE, Relation.SAME_TEXT) else None
    return {
        "article": article_uri(member.article_id),
        "relation": member.relation.value,
        "repeats": repeats and article_uri(repeats),
        "likeness": str(member.likeness),
        "words": " ".join(words) or None,
    }


def origin_of_signature(record: Record) -> str:
    """The place of the raw record that a record of news.signatures was made from."""
    return header(record, ORIGIN_HEADER) or origin(record)
