"""Deduplicate: the first article with a headline is enriched and passed on; its repeats are recorded."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from streams.articles import Article, article_from_json, headline_of, print_instructions, tag_article, version_ms
from streams.bounds import bounded, header_text
from streams.documents import (
    DUPLICATE_SCHEMA,
    DUPLICATE_TYPE,
    ENRICHED_SCHEMA,
    ENRICHED_TYPE,
    ORIGIN_HEADER,
    confidence_text,
    date_attributes,
    duplicate_document,
    event_headers,
    instruction_attributes,
    internal_error,
    ledger_text,
    ninjs_document,
    origin_of_prepared,
    passed_on,
    rejected_output,
)
from streams.faults import Fault, caught
from streams.settings import Settings
from streams.steps import Changelog, Decision, ForeignRecordError, Output, Record, Step, read_internal
from streams.stories import sign_article, signature_to_json
from streams.text.article import Language, Subject
from streams.text.duplicates import (
    DuplicateKind,
    Repeat,
    Sighting,
    find_repeat,
    pack_owners,
    print_body,
    print_outlet,
    remember,
    remember_text,
    unpack_owners,
    without,
)
from streams.text.language.opinions import Detect, choose_detector
from streams.text.stories.signature import primary
from streams.text.wording import Headline
from streams.topics import DUPLICATES, ENRICHED, PREPARED, REJECTED, SIGNATURES

_BY_HEADLINE_ALONE = (DuplicateKind.SAME_HEADLINE, DuplicateKind.SAME_WORDS)

HEADLINES = Changelog(
    "headlines", "who owns each headline, and how far news.prepared is decided", remembers=True, check=unpack_owners
)


def deduplicate_step(settings: Settings) -> Step:
    """news.prepared → news.enriched and news.signatures, or news.duplicates, or news.rejected for a bug of ours.

    Remembers which article owns each headline.
    """
    detect = choose_detector(settings.language_detector, settings.language_check)

    def decide(record: Record, remembered: bytes | None) -> Decision:
        article = _read_prepared(record)
        sighted = caught(lambda: sight(record, article))
        if isinstance(sighted, Fault):
            return _rejected(record, sighted)
        seen, headline = sighted
        row = unpack_owners(remembered)
        if article.instructions.canceled:
            canceled = caught(lambda: hand_on(record, article, detect))
            left = pack_owners(without(row, seen)) if row else None
            return _rejected(record, canceled) if isinstance(canceled, Fault) else Decision(canceled, left)
        found = find_repeat(row, seen, headline, settings.window_ms)
        if found is not None and found.kind in settings.suppress:
            newest = remember_text(row, seen) if found.kind in _BY_HEADLINE_ALONE else None
            output: tuple[Output, ...] | Fault = caught(lambda: (repeat(record, article, found, settings.window_s),))
        else:
            newest = remember(row, seen)
            output = caught(lambda: hand_on(record, article, detect))
        # A rejected article does not own its headline: the next article with that headline is the first.
        if isinstance(output, Fault):
            return _rejected(record, output)
        return Decision(output, None if newest is None else pack_owners(newest))

    return Step("deduplicate", PREPARED, (ENRICHED, SIGNATURES, DUPLICATES, REJECTED), decide, HEADLINES)


def _read_prepared(record: Record) -> Article:
    """The article in a record of news.prepared, which only `prepare` writes.

    Raises:
        ForeignRecordError: something else wrote the record.
        NewerFormatError: a newer version wrote it, in a format that this version must not read.
    """
    article = read_internal(record, article_from_json)
    if record.key is None or record.key.hex() != article.fingerprint:
        raise ForeignRecordError("its key is not its headline's fingerprint")
    return article


def _rejected(record: Record, fault: Fault) -> Decision:
    """Send the article as `prepare` left it to news.rejected; a replay takes the original from news.raw."""
    output = rejected_output(record, internal_error(fault), "deduplicate", origin_of_prepared(record))
    return Decision((output,), fault=fault)


def sight(record: Record, article: Article) -> tuple[Sighting, Headline]:
    """What is remembered about an article that owns its headline, and the headline itself."""
    headline = headline_of(article)
    seen = Sighting(
        offset=record.offset,
        timestamp_ms=record.timestamp,
        article_id=article.id,
        outlet=print_outlet(article.outlet),
        body=print_body(article.body),
        version_ms=version_ms(article),
        instructions=print_instructions(article),
        wording=headline.wording,
    )
    return seen, headline


def repeat(record: Record, article: Article, found: Repeat, window_s: int) -> Output:
    """Record which headline an article repeats, and how."""
    document = duplicate_document(article, found.kind, found.owner, record.timestamp, window_s)
    headers = event_headers(
        record, article, DUPLICATE_TYPE, schema=DUPLICATE_SCHEMA, kind=found.kind.value, **instruction_attributes(article)
    )
    return bounded(Output(DUPLICATES, article.id.encode(), orjson.dumps(document), headers, record.timestamp))


def hand_on(record: Record, article: Article, detect: Detect) -> tuple[Output, ...]:
    """Tag an article's language (by ``detect``) and its subjects, and write it out for consumers and for `group`."""
    language, subjects = tag_article(article, detect)
    return enrich(record, article, language, subjects), sign(record, article, language, subjects)


def enrich(record: Record, article: Article, language: Language, subjects: Sequence[Subject]) -> Output:
    """Write out a tagged article for consumers; a canceled one is marked as canceled."""
    headers = event_headers(
        record,
        article,
        ENRICHED_TYPE,
        schema=ENRICHED_SCHEMA,
        language=language.tag,
        languageconfidence=f"{language.confidence:.2f}",
        languagedeclared=None if article.language is None else header_text(article.language, 100).decode(),
        languagecreator=language.creator,
        languageagrees=None if language.agrees is None else str(language.agrees).lower(),
        languagecheck=language.check,
        articleconfidence=confidence_text(article),
        cuts=ledger_text(article),
        **date_attributes(article),
        **instruction_attributes(article),
    )
    document = ninjs_document(article, language, subjects, record.timestamp)
    return bounded(Output(ENRICHED, article.id.encode(), orjson.dumps(document), headers, record.timestamp))


def sign(record: Record, article: Article, language: Language, subjects: Sequence[Subject]) -> Output:
    """Write out what `group` needs to match articles by event.

    A cancellation goes to every partition, because the language of the canceled article is unknown.
    """
    signature = sign_article(article, language, subjects, record.timestamp)
    headers = (
        ("content-type", b"application/json"),
        (ORIGIN_HEADER, origin_of_prepared(record).encode()),
        *passed_on(record),
    )
    return bounded(
        Output(
            SIGNATURES,
            primary(signature.language).encode(),
            signature_to_json(signature),
            headers,
            max(record.timestamp, 0),
            everywhere=signature.canceled,
        )
    )
