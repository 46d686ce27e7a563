"""The page BENCHMARKS.md and its picture, written from what the measurements have left in a folder: nothing by hand.

python -m bench.report                              # from the figures kept in the repository
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from bench.contestants import CONTESTANTS
from bench.environments import ROOT
from bench.figures import Spread, ratio, spread
from bench.picture import Bar, Panel, draw

OUTPUT: Final = Path("build/bench")
KEPT: Final = ROOT / "bench" / "results"

_TITLES: Final = {each.name: f"{each.title}, {each.guarantee}" for each in CONTESTANTS}
_LIMIT: Final = "the pure functions alone"
_JOBS: Final = {
    "dedup": "Dedup only: JSON of 2 kB, firsts passed on",
    "whole": "The whole job: parse, clean, deduplicate, language, subjects, ninjs",
}


def write_report(folder: Path, name: str, figures: Mapping[str, Any]) -> None:
    """Keep the figures of one measurement in ``folder``, and write page and picture anew from all that is there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2) + b"\n")
    write_page(folder, folder / "BENCHMARKS.md")
    print(f"\nwritten: {folder / name}.json, {folder / 'BENCHMARKS.md'}")


def write_page(folder: Path, page: Path) -> None:
    """Write the page from the figures in ``folder``, where the picture goes as well."""
    found = {path.stem: orjson.loads(path.read_bytes()) for path in folder.glob("*.json")}
    panels = list(_panels(found))
    picture = folder / "peers.svg"
    if panels:
        picture.write_text(draw(panels), "utf-8")
    link = picture.relative_to(page.parent)
    page.write_text("\n".join(_page(found, str(link) if panels else None)) + "\n", "utf-8")


def _panels(found: Mapping[str, Any]) -> Iterator[Panel]:
    for job, contest in found.get("peers", {}).get("jobs", {}).items():
        rates = {name: spread([run["per_second"] for run in runs]).median for name, runs in contest["runs"].items() if runs}
        bars = [Bar(_TITLES[name], rate, f"{rate:,.0f}/s", name == "headwater") for name, rate in rates.items()]
        yield Panel(f"{job}: articles a second", bars)
    if latency := found.get("latency"):
        bars = [
            Bar(_TITLES[name], run["at_rate_ms"]["p99_ms"], f"{run['at_rate_ms']['p99_ms']:,.0f} ms", name == "headwater")
            for name, run in latency["runs"].items()
        ]
        yield Panel(f"p99 latency at {latency['rate']:.0f} a second", bars)


def _page(found: Mapping[str, Any], picture: str | None) -> Iterator[str]:
    yield "# Benchmarks"
    yield ""
    yield (
        "Written by `python -m bench`, `python -m bench.latency` and `python -m bench.growth` from their own figures"
        " (`bench/results/*.json`). On a shared machine the ratios within a run tell more than the rates; processor time"
        " an article, all threads of the worker, tells most. How a run goes is told in `bench/race.py`, what the articles are"
        " in `bench/articles.py`, and each peer is one file in `bench/peers/`."
    )
    if picture:
        yield from ("", f"![throughput and latency]({picture})")
    if peers := found.get("peers"):
        for job, contest in peers["jobs"].items():
            yield from _contest(job, contest, peers["rounds"])
    if latency := found.get("latency"):
        yield from _latency(latency)
    if growth := found.get("growth"):
        yield from _growth(growth)
    yield from _machines(found)


def _contest(job: str, contest: Mapping[str, Any], rounds: int) -> Iterator[str]:
    yield from ("", f"## {_JOBS[job]}", "")
    yield f"{contest['records']:,} records, {rounds} rounds in turn; median (least to most)."
    yield ""
    rows: list[Sequence[str]] = []
    ours = contest["runs"].get("headwater")
    for name, runs in contest["runs"].items():
        rate, cpu = ([run[figure] for run in runs] for figure in ("per_second", "cpu_us"))
        rows.append(
            (
                _TITLES[name],
                _text(spread(rate)),
                _text(ratio([run["per_second"] for run in ours], rate), 2) if ours else "",
                _text(spread(cpu)),
                _text(ratio(cpu, [run["cpu_us"] for run in ours]), 2) if ours else "",
                _median(runs, "broker_cpu_us"),
                _median(runs, "start_s", digits=1),
                _median(runs, "resident_bytes", 1e6),
                _median(runs, "firsts"),
            )
        )
    limit = contest["limit_cpu_us"]
    share = _text(ratio(limit, [run["cpu_us"] for run in ours]), 2) if ours else ""
    rows.append((_LIMIT, "", "", _text(spread(limit)), share, "", "", "", ""))
    heads = (
        "", "articles a second", "Headwater is × as fast", "CPU µs an article", "× Headwater's", "broker's µs",
        "s to first article", "MB resident", "firsts",
    )  # fmt: skip
    yield from _table(heads, rows)
    for name, reason in contest["left_out"].items():
        yield from ("", f"Left out: {_TITLES[name]}: {reason.splitlines()[0]}.")
    if stages := contest["stages_us"]:
        yield from (
            "",
            "Where the processor time goes, µs for each raw article (best of the rounds):",
            "",
        )
        pure = spread(limit).median
        stream = spread([run["cpu_us"] - one for run, one in zip(ours, limit, strict=True)]) if ours else None
        rows = [(name, f"{us:.0f}") for name, us in stages.items()]
        rows.append(("the pure functions, in all, without clocks within", f"{pure:.0f}"))
        if stream:
            rows.append(("**the stream itself**: worker less pure functions", _text(stream)))
        yield from _table(("stage", "CPU µs"), rows)


def _latency(latency: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "## Latency", "")
    yield (
        f"From publishing to a read_committed reader, whole job: {latency['rate']:.0f} articles a second for"
        f" {latency['seconds']:.0f} s, and one alone every 2 s; milliseconds."
    )
    yield ""
    rows = [
        (
            _TITLES[name],
            *(f"{run['at_rate_ms'][share]:,.0f}" for share in ("p50_ms", "p95_ms", "p99_ms")),
            *(f"{run['alone_ms'][share]:,.0f}" for share in ("p50_ms", "p99_ms")),
        )
        for name, run in latency["runs"].items()
    ]
    yield from _table(("", "p50", "p95", "p99", "alone, p50", "alone, worst"), rows)


def _growth(growth: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "## Growth", "", "One Headwater worker, the whole job.", "")
    yield from _table(
        ("partitions", "articles a second", "CPU µs an article", "broker's µs"),
        [
            (str(row["partitions"]), f"{row['per_second']:,.0f}", f"{row['cpu_us']:,.0f}", _optional(row["broker_cpu_us"]))
            for row in growth["partitions"]
        ],
    )
    yield ""
    yield from _table(
        ("bytes an article", "articles a second", "CPU µs an article", "of it pure functions", "µs a kB"),
        [
            (
                f"{row['raw_bytes']:,.0f}",
                f"{row['per_second']:,.0f}",
                f"{row['cpu_us']:,.0f}",
                f"{row['limit_cpu_us']:,.0f}",
                f"{row['cpu_us'] / row['raw_bytes'] * 1000:,.0f}",
            )
            for row in growth["article_bytes"]
        ],
    )


def _machines(found: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "## Machine and versions", "")
    for name, figures in sorted(found.items()):
        facts = ", ".join(f"{key} {value}" for key, value in figures["machine"].items())
        yield f"- {name}: {facts}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "| --- |" + " ---: |" * (len(heads) - 1)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def _text(values: Spread, digits: int = 0) -> str:
    if values.least == values.most:
        return f"{values.median:,.{digits}f}"
    return f"{values.median:,.{digits}f} ({values.least:,.{digits}f} to {values.most:,.{digits}f})"


def _median(runs: Sequence[Mapping[str, Any]], figure: str, unit: float = 1.0, digits: int = 0) -> str:
    values = [run[figure] / unit for run in runs if run[figure] is not None]
    return f"{spread(values).median:,.{digits}f}" if values else ""


def _optional(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def main() -> int:
    """Write the repository's page anew."""
    parser = argparse.ArgumentParser(prog="python -m bench.report", description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=KEPT, help="where the figures are")
    parser.add_argument("--page", type=Path, default=ROOT / "BENCHMARKS.md")
    arguments = parser.parse_args()
    write_page(arguments.folder.absolute(), arguments.page.absolute())
    return 0


if __name__ == "__main__":
    sys.exit(main())
