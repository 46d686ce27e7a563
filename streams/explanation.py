"""Why an article came out as it did, as values, for ``headwater explain`` and the console. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streams.articles import LEFT_WHOLE, Article, prepare_article, tag_article
from streams.documents import date_with_zone, readable_date
from streams.records import Draft, Form, Rejection, Repair, read_record, told_form
from streams.text.article import Language, Subject
from streams.text.language.detect import detect_language
from streams.text.language.opinions import Detect
from streams.text.subjects.tag import URI_PREFIX


@dataclass(frozen=True, slots=True)
class Explanation:
    """What reading, cleaning and tagging make of a raw record; ``draft`` is None if reading already rejected it."""

    read_as: str
    draft: Draft | None
    article: Article | Rejection
    language: Language | None = None
    subjects: tuple[Subject, ...] = ()


def explain_record(
    value: bytes | None,
    content_type: str | None,
    max_bytes: int,
    source: str | None = None,
    detect: Detect = detect_language,
) -> Explanation:
    """Do what the pipeline does to a raw record, and keep the intermediate results; ``detect`` names its language."""
    read_as = told_reading(value or b"", content_type)
    draft = read_record(value, content_type, max_bytes=max_bytes)
    if isinstance(draft, Rejection):
        return Explanation(read_as, None, draft)
    article = prepare_article(draft, source)
    if isinstance(article, Rejection):
        return Explanation(read_as, draft, article)
    return Explanation(read_as, draft, article, *tag_article(article, detect))


def told_reading(value: bytes, content_type: str | None) -> str:
    """What the bytes were read as, and by which sign."""
    form = told_form(value, content_type)
    sign = f"as the content type {content_type} says" if content_type else "by its beginning"
    return f"{'plain text' if form is Form.TEXT else form.name}, {sign}"


def told_id(article: Article) -> str:
    """What the article's id was made from."""
    if uri := article.instructions.uri:
        return f"{article.id}, of its wire's uri, {uri}"
    content = f"of its outlet ({article.outlet or 'none'}), headline and body, as it has no URL"
    return f"{article.id}, {f'of its URL, {article.url}' if article.url else content}"


def told_published(article: Article) -> str | None:
    """The source's date, and whether it was usable."""
    published = article.published
    if published and readable_date(published) is None:
        published += " (left out: no day can be read)"
    elif published and date_with_zone(published) is None:
        published += " (in ce_published alone: it names no zone)"
    return published


def told_declared(written: str | None, language: Language) -> str | None:
    """What the source claims about its language, compared with what was found."""
    if written is None or language.declared is None:
        return written and f"{written}, which names no known language"
    verdict = {True: "which agrees", False: "which does not agree", None: "with nothing to compare it to"}[language.agrees]
    return f"{written}, read as {language.declared}, {verdict}"


def repairs_of_reading(article: Article) -> Sequence[Repair]:
    """What reading repaired: the ledger's repairs without the one from cleaning."""
    return [repair for repair in article.repairs if repair != LEFT_WHOLE]


def subject_code(subject: Subject) -> str:
    """The number of an IPTC Media Topic: 16000000 for conflict, war and peace."""
    return subject.uri.removeprefix(URI_PREFIX)
