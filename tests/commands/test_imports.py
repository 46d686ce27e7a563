"""What a command may import: a start is paid for by everybody who types it, and by each of the tests' workers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

OF_PAGES = {"lxml", "trafilatura", "charset_normalizer", "ftfy"}
OF_KAFKA = {"aiokafka", "faust", "mode", "rocksdict"}
OF_SERVERS = {"aiohttp", "prometheus_client", "opentelemetry"}
OF_OTHERS = {"feedparser", "infra", "jgo", "langdetect", "multiprocessing", "protego", "pyarrow", "sqlite3", "warcio"}


@pytest.mark.parametrize(
    ("module", "left_out"),
    [
        pytest.param(
            "streams.__main__", OF_PAGES | OF_KAFKA | OF_SERVERS | OF_OTHERS | {"agents", "orjson", "rich"}, id="the help"
        ),
        pytest.param("streams.commands.settings", OF_PAGES | OF_KAFKA | OF_SERVERS | OF_OTHERS | {"agents"}, id="settings"),
        pytest.param("streams.commands.pipe", OF_PAGES | OF_KAFKA | OF_SERVERS | OF_OTHERS | {"rich"}, id="pipe"),
        pytest.param("streams.commands.enrich", OF_PAGES | OF_KAFKA | OF_SERVERS | OF_OTHERS | {"rich"}, id="enrich"),
        pytest.param("streams.commands.explain", OF_PAGES | OF_SERVERS | OF_OTHERS | {"faust", "mode"}, id="explain"),
        pytest.param("streams.commands.tail", OF_PAGES | OF_SERVERS | OF_OTHERS | {"faust", "mode"}, id="tail"),
        pytest.param(
            "streams.commands.worker, streams.watch.supervisor",
            OF_PAGES | OF_OTHERS | {"faust", "mode", "opentelemetry", "rich"},
            id="a supervisor of several workers",
        ),
        pytest.param(
            "streams.commands.worker, streams.commands.one_worker",
            OF_PAGES | OF_OTHERS | {"opentelemetry", "rich"},
            id="worker",
        ),
        pytest.param("streams.embed", OF_PAGES | OF_KAFKA | OF_SERVERS | OF_OTHERS | {"click", "rich"}, id="embedding"),
    ],
)
def test_what_a_command_does_not_need_is_not_imported(module: str, left_out: set[str]) -> None:
    assert imported(f"import {module}") & left_out == set()


def test_an_article_without_html_needs_nothing_of_pages_nor_one_with_html_anything_of_kafka() -> None:
    """Pages' libraries come with the first page."""
    begin = "from streams.embed import Settings, MemoryPipeline, pipeline_steps as s; p = MemoryPipeline(s(Settings()))"
    plain, page = (
        f"{begin}; list(p.publish('news.raw', None, {article!r}))"
        for article in (
            b'{"title": "Port opens terminal", "text": "It did on Monday."}',
            b"<title>Port opens</title><p>It did.",
        )
    )
    assert imported(plain) & (OF_PAGES | OF_KAFKA | OF_SERVERS | OF_OTHERS) == set()
    assert "lxml" in imported(page)
    assert imported(page) & (OF_KAFKA | OF_SERVERS) == set()


def imported(program: str) -> set[str]:
    """The packages that a fresh Python has imported after a program."""
    run = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())
