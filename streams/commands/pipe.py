"""``headwater pipe``: the whole topology from stdin to stdout, without Kafka."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from agents import pipeline_steps
from streams.commands.arguments import FILE, read_settings
from streams.commands.inputs import read_documents
from streams.commands.record_lines import read_line, record_line
from streams.memory import MemoryPipeline
from streams.steps import Headers
from streams.topics import OUTCOMES, RAW, STORIES

RawFields = tuple[bytes | None, bytes | None, Headers, int]


@click.command()
@click.argument("files", nargs=-1, type=FILE)
@click.option("--records", is_flag=True, help="Lines are whole records (key, value, headers, timestamp), as `tail --json`.")
@click.option("--internal", is_flag=True, help="Show news.prepared and news.signatures too.")
def pipe(files: tuple[str, ...], records: bool, internal: bool) -> None:
    """Run the whole pipeline over FILES (or stdin) without Kafka, one JSON line for each event that comes out.

    JSON lines give one article per line, a JSON array one per element, anything else is one article. The decisions are the same
    as on Kafka. Without --records, articles have no time, so all are within one window.
    """
    pipeline = MemoryPipeline(pipeline_steps(read_settings()))
    out = sys.stdout.buffer
    for key, value, headers, timestamp_ms in _whole_records(files) if records else _articles(files):
        for output in pipeline.publish(RAW, key, value, headers, timestamp_ms):
            if internal or output.topic in (*OUTCOMES, STORIES):
                out.write(record_line(output.topic, output.key, output.value, output.headers, output.timestamp_ms) + b"\n")
        out.flush()


def _articles(files: tuple[str, ...]) -> Iterator[RawFields]:
    for document in read_documents(files):
        content_type = document.content_type
        yield None, document.value, (("content-type", content_type.encode()),) if content_type else (), 0


def _whole_records(files: tuple[str, ...]) -> Iterator[RawFields]:
    for number, (_, line, _, _) in enumerate(_articles(files), 1):
        try:
            yield read_line(line or b"")
        except (ValueError, TypeError, AttributeError) as error:
            raise click.ClickException(f"line {number} is not a record: {error}") from error
