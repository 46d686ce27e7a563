"""Pages a second: reading a page of HTML beside trafilatura alone. ``python -m bench.html_speed [FILE …]``.

Each FILE is a page, or JSON lines (``.jsonl``, ``.jsonl.gz``) with a field "html"; without any, the sample pages are read.
Each way reads all pages in turns, ``--rounds`` times; the best round of each counts, so that a busy machine does less harm.
"""

from __future__ import annotations

import argparse
import gzip
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import orjson
from trafilatura import bare_extraction, load_html

from streams.records import read_record
from streams.samples import load_samples


def pages(files: Iterable[str]) -> Iterator[bytes]:
    paths = [Path(each) for each in files]
    if not paths:
        yield from (each.value for each in load_samples() if each.value and each.name.startswith("page-"))
    for path in paths:
        if ".jsonl" in path.suffixes:
            lines = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).splitlines()
            yield from (orjson.loads(line)["html"].encode() for line in lines if line.strip())
        else:
            yield path.read_bytes()


def headwater(page: bytes) -> None:
    read_record(page, "text/html")


def library_fast(page: bytes) -> None:
    """What Headwater asks of it: the text, by its own rules, without the fallbacks to other extractors."""
    bare_extraction(load_html(page.decode("utf-8", "replace")), fast=True, favor_precision=True, with_metadata=False)


def library(page: bytes) -> None:
    """Its defaults, with metadata."""
    bare_extraction(page.decode("utf-8", "replace"), with_metadata=True)


WAYS: dict[str, Callable[[bytes], None]] = {
    "headwater: text and metadata, judged": headwater,
    "trafilatura, fast: text alone": library_fast,
    "trafilatura: text and metadata": library,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    read = list(pages(options.files))
    best = dict.fromkeys(WAYS, float("inf"))
    for _ in range(options.rounds):
        for name, way in WAYS.items():
            began = time.process_time()
            for page in read:
                way(page)
            best[name] = min(best[name], time.process_time() - began)
    print(f"{len(read)} pages, {sum(map(len, read)) / len(read) / 1000:,.0f} kB each on average; seconds of one core")
    for name, seconds in best.items():
        print(f"{len(read) / seconds:8.1f} pages/s   {1000 * seconds / len(read):6.1f} ms a page   {name}")


if __name__ == "__main__":
    main()
