"""``headwater enrich``: each article cleaned and tagged on its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

import click

from streams.articles import Article, read_article, tag_article
from streams.commands.arguments import FILE, read_settings
from streams.commands.inputs import RawInput, read_documents
from streams.commands.json_lines import json_line
from streams.documents import internal_error, ninjs_document
from streams.faults import Fault, caught
from streams.records import Rejection
from streams.text.language.opinions import Detect, choose_detector

T = TypeVar("T")


@click.command()
@click.argument("files", nargs=-1, type=FILE)
def enrich(files: tuple[str, ...]) -> None:
    """Clean and tag each article of FILES (or stdin) separately: one ninjs document per line.

    No Kafka, no deduplication. Anything that is not an article is reported on stderr, with the reason, and gives no line.
    """
    settings = read_settings()
    detect = choose_detector(settings.language_detector, settings.language_check)
    for number, (_, article) in enumerate(prepared_documents(files), 1):
        line = article if isinstance(article, Rejection) else netted(partial(_ninjs_line, article, detect))
        if isinstance(line, Rejection):
            click.echo(f"article {number} rejected, {line.reason}: {line.message}", err=True)
            continue
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


def _ninjs_line(article: Article, detect: Detect) -> bytes:
    return json_line(ninjs_document(article, *tag_article(article, detect), 0)) + b"\n"


def netted(work: Callable[[], T]) -> T | Rejection:
    """What ``work`` returns; a bug in it becomes the rejection that the pipeline would make of it."""
    found = caught(work)
    return internal_error(found) if isinstance(found, Fault) else found


def prepared_documents(files: Iterable[str]) -> Iterator[tuple[RawInput, Article | Rejection]]:
    """Each document of the files (or stdin), with the cleaned article it gives or the reason why it gives none."""
    settings = read_settings()
    for document in read_documents(files):
        yield document, netted(partial(read_article, document.value, document.content_type, settings.max_article_bytes))
