"""``headwater enrich``: each article cleaned and tagged on its own."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

import click
import orjson

from streams.articles import Article, prepare_article, tag_article
from streams.commands.context import FILE, read_settings
from streams.commands.inputs import Document, read_documents
from streams.documents import ninjs_document
from streams.records import Rejection, read_record
from streams.text.language.opinions import choose_detector


@click.command()
@click.argument("files", nargs=-1, type=FILE)
def enrich(files: tuple[str, ...]) -> None:
    """Clean and tag each article of FILES (or stdin) on its own: one ninjs document a line.

    No Kafka, no deduplication. What is no article is told on stderr, with its reason, and leaves no line.
    """
    settings = read_settings()
    detect = choose_detector(settings.language_detector, settings.language_check)
    for number, (_, article) in enumerate(prepared_documents(files), 1):
        if isinstance(article, Rejection):
            click.echo(f"article {number} rejected, {article.reason}: {article.message}", err=True)
            continue
        sys.stdout.buffer.write(orjson.dumps(ninjs_document(article, *tag_article(article, detect), 0)) + b"\n")
        sys.stdout.buffer.flush()


def prepared_documents(files: Iterable[str]) -> Iterator[tuple[Document, Article | Rejection]]:
    """Each document of the files (or stdin), and the cleaned article that it gave, or why it gave none."""
    settings = read_settings()
    for document in read_documents(files):
        draft = read_record(document.value, document.content_type, max_bytes=settings.max_article_bytes)
        yield document, draft if isinstance(draft, Rejection) else prepare_article(draft)
