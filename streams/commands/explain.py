"""``headwater explain``: why an article came out as it did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import click
from rich.console import Console
from rich.text import Text

from streams.articles import LEFT_WHOLE, Article, compared_headline, tag_article
from streams.commands.context import FILE, read_settings
from streams.commands.enrich import prepared_documents
from streams.commands.inputs import Document
from streams.commands.letters import plain
from streams.documents import date_with_zone
from streams.records import Form, Rejection, Repair, told_form
from streams.text.article import Cut, Language, Subject
from streams.text.language.opinions import choose_detector, differs, is_doubtful
from streams.text.subjects import tag as media_topics

_COLUMNS, _LABEL_COLUMNS = 100, 19
_JOINERS = "\u200c\u200d"  # not printable, yet part of Persian and Hindi words


@click.command()
@click.argument("file", default="-", type=FILE)
def explain(file: str) -> None:
    """Tell why each article of FILE (or stdin) came out as it did.

    How it was read or why it was refused, what its headline is compared by, what was cut and why, the facts, the language and
    the subjects with the words that spoke for them. No Kafka, no deduplication.
    """
    settings = read_settings()
    detect = choose_detector(settings.language_detector, settings.language_check)
    for number, (document, article) in enumerate(prepared_documents([file])):
        if number:
            click.echo()
        if isinstance(article, Rejection):
            told = explain_rejection(article)
        else:
            told = explain_article(article, *tag_article(article, detect))
        for line in chain(explain_reading(document), told):
            click.echo(line)


def explain_reading(document: Document) -> Iterator[str]:
    """What a document was taken for, and by what sign."""
    form = told_form(document.value, document.content_type)
    sign = f"as the content type {document.content_type} says" if document.content_type else "by its beginning"
    yield from _row("read as", f"{'plain text' if form is Form.TEXT else form.name}, {sign}")


def explain_rejection(rejection: Rejection) -> Iterator[str]:
    """Why a document gave no article."""
    yield from _row("rejected", f"{rejection.reason}: {rejection.message}")


def explain_article(article: Article, language: Language, subjects: Sequence[Subject]) -> Iterator[str]:
    """The lines that tell of an article: reading's repairs, headline, id, cuts, facts, language, subjects."""
    yield from _ledger("repairs", [repair for repair in article.repairs if repair != LEFT_WHOLE])
    yield from _row("headline", article.headline)
    yield from _row("compared as", compared_headline(article))
    yield from _row("fingerprint", f"{article.fingerprint}, of the line above")
    content = f"of its outlet ({article.outlet or 'none'}), headline and body, as it has no URL"
    yield from _row("id", f"{article.id}, {f'of its URL, {article.url}' if article.url else content}")
    yield from _ledger("cuts", article.cuts)
    yield from _row("left whole", f"yes, {LEFT_WHOLE.reason}" if LEFT_WHOLE in article.repairs else "no")
    yield from _facts(article)
    yield from _row("language", f"{language.tag}, confidence {language.confidence}, by {language.creator}")
    if language.check is not None:
        yield from _row("second opinion", _second_opinion(language))
    yield from _row("declared", _declared(article.language, language))
    yield from _row("subjects", f"by {media_topics.CREATOR}" if subjects else "none sure enough")
    for subject in subjects:
        code = subject.uri.removeprefix(media_topics.URI_PREFIX)
        said = f"{subject.name} (medtop:{code}), by its {', '.join(subject.witnesses)}: {', '.join(subject.evidence)}"
        yield from _row(f"  confidence {subject.confidence}", said)


def _facts(article: Article) -> Iterator[str]:
    published = article.published
    if published and date_with_zone(published) is None:
        published += " (left out: it names no zone)"
    yield from _row("dateline", article.dateline)
    yield from _row("agencies", ", ".join(article.agencies))
    yield from _row("byline", article.byline)
    yield from _row("published", published)
    yield from _row("outlet", article.outlet)
    yield from _row("section", article.section)
    yield from _row("keywords", ", ".join(article.keywords))


def _declared(written: str | None, language: Language) -> str | None:
    if written is None or language.declared is None:
        return written and f"{written}, which names no known language"
    verdict = {True: "which agrees", False: "which does not agree", None: "with nothing to compare it to"}[language.agrees]
    return f"{written}, read as {language.declared}, {verdict}"


def _second_opinion(language: Language) -> str:
    if not differs(language.tag, language.check or "und"):
        return f"{language.check}, by langdetect, which does not contradict"
    return f"{language.check}, by langdetect{': the language is doubtful' if is_doubtful(language) else ''}"


def _ledger(label: str, entries: Sequence[Cut | Repair]) -> Iterator[str]:
    """A line an entry: kind, offset+length in characters of the text as it was read, reason and first words."""
    yield from _row(label, f"{len(entries)}, at offset+length in characters of the text as it was read" if entries else None)
    for entry in entries:
        place = f"{entry.offset}+{entry.length}" if entry.length else "-"  # of another field, or of all
        said = f"{entry.reason}: {entry.excerpt}" if entry.excerpt else entry.reason
        line = Text(f"{f'  {entry.kind}':<{_LABEL_COLUMNS}}{place:<12}{_one_line(said)}")
        line.truncate(_COLUMNS, overflow="ellipsis")
        yield line.plain


def _row(label: str, text: str | None) -> Iterator[str]:
    """A label and what is said of it, in as many lines as it takes."""
    for line in Text(_one_line(text or "none")).wrap(Console(), _COLUMNS - _LABEL_COLUMNS):
        yield f"{label:<{_LABEL_COLUMNS}}{line.plain}".rstrip()
        label = ""


def _one_line(text: str) -> str:
    """Somebody else's words, so that they can do nothing to the terminal."""
    return plain(" ".join(text.split()), keep=_JOINERS)
