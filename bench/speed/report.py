"""The page BENCHMARKS.md and its pictures, generated from the stored figures, with nothing added by hand.

python -m bench.speed.report                              # from the figures kept in the repository
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from bench.speed.contestants import AS_STARTED, CONTESTANTS
from bench.speed.environments import ROOT
from bench.speed.figures import Spread, bends, ratio, spread
from bench.speed.picture import Bar, Panel, draw
from bench.speed.race import ContestantFailedError
from infra.kafka import KafkaUnavailable
from streams.kafka.clients import NotConnectedError
from streams.settings import SettingsError

OUTPUT: Final = Path("build/bench")
KEPT: Final = ROOT / "bench" / "results"
NO_WORKER: Final = "reader"
"""The name of the row without a contestant in bench.speed.latency."""

_TITLES: Final = {
    **{each.name: f"{each.title}, {each.guarantee}" for each in (*CONTESTANTS, AS_STARTED)},
    NO_WORKER: "only Kafka and the reader",
}
_LIMIT: Final = "only the pure functions"
_JOBS: Final = {
    "dedup": "Dedup only: JSON of 2 kB, firsts passed on",
    "whole": "The whole job: parse, clean, deduplicate, language, subjects, ninjs",
}
_UNEQUAL: Final = {
    "whole": " Headwater and the bare loop group the articles into stories as well, a quarter of the thinking; Quix Streams has"
    " the same functions without that, and plain Faust simple ones of its own.",
}
"""What a job asks of one contestant and not of another."""
_SERIES: Final = {
    "partitions": "articles per second by partitions",
    "processes": "articles per second by worker processes",
    "headlines": "articles per second by headlines remembered",
    "article_bytes": "kB per second by bytes of an article's body",
}


def carry_out(measuring: Coroutine[Any, Any, None], folder: Path) -> int:
    """Run a measurement that writes its report as it goes; if interrupted (Ctrl-C, SIGTERM), its results so far stay.

    Returns the exit status.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    status = 0
    try:
        asyncio.run(measuring)
    except (ContestantFailedError, KafkaUnavailable, NotConnectedError, SettingsError) as error:
        print(f"\nbench: {error}", file=sys.stderr)
        status = 1
    except KeyboardInterrupt:
        print("\ncut short", file=sys.stderr)
        status = 130
    if (page := folder / "BENCHMARKS.md").exists():
        print(f"\nthe results are in {page}, the figures beside it")
    return status


def write_report(folder: Path, name: str, figures: Mapping[str, Any]) -> None:
    """Store the figures of one measurement in ``folder``, and regenerate page and pictures from everything there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2) + b"\n")
    write_page(folder, folder / "BENCHMARKS.md")


def write_page(folder: Path, page: Path) -> None:
    """Write the page and pictures from the figures in ``folder``."""
    found = {path.stem: orjson.loads(path.read_bytes()) for path in folder.glob("*.json")}
    links = {}
    for name, panels in (("peers", list(_panels(found))), ("growth", list(_growth_panels(found.get("growth", {}))))):
        if panels:
            picture = folder / f"{name}.svg"
            picture.write_text(draw(panels, beside=3 if name == "peers" else 2), "utf-8")
            links[name] = str(picture.relative_to(page.parent))
    page.write_text("\n".join(_page(found, links)) + "\n", "utf-8")


def _panels(found: Mapping[str, Any]) -> Iterator[Panel]:
    for job, contest in found.get("peers", {}).get("jobs", {}).items():
        rates = {name: spread([run["per_second"] for run in runs]).median for name, runs in contest["runs"].items() if runs}
        if rates:
            bars = [Bar(_TITLES[name], rate, f"{rate:,.0f}/s", name == "headwater") for name, rate in rates.items()]
            yield Panel(f"{job}: articles a second", bars)
    if latency := found.get("latency"):
        bars = [
            Bar(_TITLES[name], run["at_rate_ms"]["p99_ms"], f"{run['at_rate_ms']['p99_ms']:,.0f} ms", "headwater" in name)
            for name, run in latency["runs"].items()
        ]
        if bars:
            yield Panel(f"p99 latency at {latency['rate']:.0f} a second", bars)


def _growth_panels(growth: Mapping[str, Any]) -> Iterator[Panel]:
    for series, title in _SERIES.items():
        if rows := growth.get(series):
            rates = [row["per_second"] * row.get("bytes_each", 1000) / 1000 for row in rows]
            bars = [Bar(f"{row[series]:,}", rate, f"{rate:,.0f}/s", ours=True) for row, rate in zip(rows, rates, strict=True)]
            yield Panel(title, bars)


def _page(found: Mapping[str, Any], pictures: Mapping[str, str]) -> Iterator[str]:
    yield "# Benchmarks"
    yield ""
    yield (
        "Written by `python -m bench`, `python -m bench.speed.latency` and `python -m bench.speed.growth` from their own"
        " figures (`bench/results/*.json`). On a shared machine the ratios within a run say more than the rates; processor"
        " time per article says most: that of all threads and processes of the worker, of the broker, and of the reader that"
        " waits for the outcomes, separately. `bench/speed/race.py` describes a run, `bench/speed/articles.py` the articles;"
        " each peer is one file in `bench/peers/`, with its own default for compression:"
        " none in Faust, Quix Streams and Kafka Streams, zstd in Headwater and the bare loop."
    )
    if picture := pictures.get("peers"):
        yield from ("", f"![throughput and latency]({picture})")
    if peers := found.get("peers"):
        for job, contest in peers["jobs"].items():
            yield from _contest(job, contest, peers["rounds"])
    if latency := found.get("latency"):
        yield from _latency(latency)
    if growth := found.get("growth"):
        yield from _growth(growth, pictures.get("growth"))
        yield from _costs(growth)
    if subjects := found.get("subjects"):
        yield from _subjects(subjects)
    if hand_made := found.get("hand_made"):
        yield from _parts(hand_made["rows"])
    yield from _machines(found)


def _contest(job: str, contest: Mapping[str, Any], rounds: int) -> Iterator[str]:
    yield from ("", f"## {_JOBS[job]}", "")
    said = f"{contest['records']:,} records, {rounds} rounds in turns, one process each; median (least to most)."
    yield said + _UNEQUAL.get(job, "")
    yield ""
    rows: list[Sequence[str]] = []
    ours = contest["runs"].get("headwater", [])
    our_rate, our_cpu = ([run[figure] for run in ours] for figure in ("per_second", "cpu_us"))
    for name, runs in contest["runs"].items():
        rate, cpu = ([run[figure] for run in runs] for figure in ("per_second", "cpu_us"))
        rows.append(
            (
                _TITLES[name],
                _text(spread(rate)),
                _beside(our_rate, rate),
                _text(spread(cpu)),
                _beside(cpu, our_cpu),
                _median(runs, "broker_cpu_us"),
                _median(runs, "reader_cpu_us"),
                _median(runs, "start_s", digits=1),
                _median(runs, "resident_bytes", 1e6),
                _median(runs, "firsts"),
            )
        )
    limit = contest["limit_cpu_us"]
    if limit:
        rows.append((_LIMIT, "", "", _text(spread(limit)), _beside(limit, our_cpu), "", "", "", "", ""))
    heads = (
        "", "articles per second", "Headwater is × as fast", "CPU µs per article", "× Headwater's", "broker's µs",
        "reader's µs", "s to first article", "MB resident", "firsts",
    )  # fmt: skip
    yield from _table(heads, rows)
    yield from _left_out(contest["left_out"])
    if limit and (stages := contest["stages_us"]):
        yield from (
            "",
            "Where the processor time goes, µs for each raw article (best of the rounds):",
            "",
        )
        rows = [(name, f"{us:.0f}") for name, us in stages.items()]
        rows.append(("the pure functions in memory, in total, without inner clocks", f"{spread(limit).median:.0f}"))
        told = [run for run in ours if run.get("decide_cpu_us") is not None]
        if told:
            rows.append(("the pure functions in the worker, beside a busy broker, by its own clock", _text(deciding_us(told))))
            rows.append(("**the stream itself**: everything else in the worker", _text(stream_us(told))))
        yield from _table(("stage", "CPU µs"), rows)
        if told:
            yield from ("", f"Of the worker's processor time the pure functions take {_text(deciding_share(told), 2)}.")


def deciding_us(ours: Sequence[Mapping[str, Any]]) -> Spread:
    """The time of the pure functions in a worker, per article."""
    return spread([run["decide_cpu_us"] for run in ours])


def stream_us(ours: Sequence[Mapping[str, Any]]) -> Spread:
    """The time of everything else there: Faust, Kafka's clients, the tables, the interpreter's own threads."""
    return spread([run["cpu_us"] - run["decide_cpu_us"] for run in ours])


def deciding_share(ours: Sequence[Mapping[str, Any]]) -> Spread:
    """The pure functions' share of a worker's processor time."""
    return spread([run["decide_cpu_us"] / run["cpu_us"] for run in ours])


def _latency(latency: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "## Latency", "")
    yield (
        f"From publishing to a read_committed reader, whole job: {latency['rate']:.0f} articles per second for"
        f" {latency['seconds']:.0f} s, and single ones every 2 s; milliseconds. Each with its own commit interval, except"
        " Quix Streams exactly-once, set to one second (default: five). Headwater is measured with one process, and"
        " on all cores, as `headwater worker` starts. The first row is what Kafka and the reader take by themselves."
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
    yield from _table(("", "p50", "p95", "p99", "alone, p50", "alone, p99"), rows)
    yield from _left_out(latency["left_out"])


_SPEED = ("articles per second", "CPU µs per article", "broker's µs", "reader's µs")
_RATE, *_CPU = _SPEED


def _growth(growth: Mapping[str, Any], picture: str | None) -> Iterator[str]:
    yield from ("", "## Growth", "")
    yield "The whole job with one worker process, four partitions, articles of 2 kB; each table changes one of these."
    if picture:
        yield from ("", f"![how throughput changes]({picture})")
    for series, table in _GROWTH_TABLES.items():
        if rows := growth[series]:
            yield ""
            yield from table(rows)
    yield from _left_out(growth["left_out"])


def _partitions(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from _table(("partitions", *_SPEED), [(f"{row['partitions']:,}", *_speed(row)) for row in rows])
    yield from ("", _bend(rows, "partitions"))


def _processes(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    shown = []
    for row in rows:
        rate, *cpu = _speed(row)
        shown.append((str(row["processes"]), rate, _beside_first(row, rows), *cpu, _cores(row)))
    yield from _table(("processes", _RATE, "× the first's", *_CPU, "cores busy"), shown)
    yield from ("", "Cores busy: workers, broker and reader together. They share the machine's.")


def _headlines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    shown = []
    for row in rows:
        rate, *cpu = _speed(row)
        kept = (row[f"{which}_bytes_a_headline"] if row["headlines"] else None for which in ("state", "changelog"))
        resident, start = f"{row['resident_bytes'] / 1e6:,.0f}", f"{row['start_s']:.1f}"
        shown.append((f"{row['headlines']:,}", rate, _beside_first(row, rows), *cpu, *map(_optional, kept), resident, start))
    heads = ("bytes each on disk", "in the changelog", "MB resident", "s to first article")
    yield from _table(("headlines remembered", _RATE, "× the first's", *_CPU, *heads), shown)
    yield from ("", _bend(rows, "headlines") + " A start without local state reads the whole changelog.")


def _article_bytes(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    shown = []
    for row in rows:
        a_kilobyte = (f"{row[figure] / row['bytes_each'] * 1000:,.0f}" for figure in ("cpu_us", "limit_cpu_us"))
        shown.append((f"{row['bytes_each']:,.0f}", *_speed(row), f"{row['limit_cpu_us']:,.0f}", *a_kilobyte))
    heads = ("pure functions alone", "µs per kB", "pure functions, µs per kB")
    yield from _table(("bytes per article", *_SPEED, *heads), shown)
    yield from ("", _bend(rows, "bytes_each"))


_GROWTH_TABLES = {
    "partitions": _partitions,
    "processes": _processes,
    "headlines": _headlines,
    "article_bytes": _article_bytes,
}


def _beside_first(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """How many times as fast as the first row."""
    return f"{row['per_second'] / rows[0]['per_second']:.2f}"


def _costs(growth: Mapping[str, Any]) -> Iterator[str]:
    costs = growth.get("costs")
    if costs is None:
        return
    yield from ("", "## Costs", "", f"One worker process with four partitions, {costs['articles']:,} articles.", "")
    rows = [
        ("peak resident memory, MB", f"{costs['resident_bytes'] / 1e6:,.0f}"),
        ("from its start to the first outcome, s", f"{costs['start_s']:.1f}"),
    ]
    if many := [row for row in growth["headlines"] if row["headlines"]]:
        most = max(many, key=lambda row: int(row["headlines"]))
        rows.append(("local state, bytes per headline", _optional(most["state_bytes_a_headline"])))
        rows.append(("changelog, bytes a headline", _optional(most["changelog_bytes_a_headline"])))
    if stored := costs["stored_bytes"]:
        raw = costs["raw_bytes"]
        rows.append(("Kafka's log, bytes per published raw byte, in total", f"{sum(stored.values()) / raw:.3f}"))
        rows += [(f"of it {topic}", f"{size / raw:.3f}") for topic, size in stored.items()]
    yield from _table(("", ""), rows)
    yield from (
        "",
        "The log is compressed (zstd), raw bytes are counted uncompressed; made-up articles compress better than real ones.",
    )


def _speed(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return (
        f"{row['per_second']:,.0f}",
        f"{row['cpu_us']:,.0f}",
        _optional(row["broker_cpu_us"]),
        f"{row['reader_cpu_us']:,.0f}",
    )


def _cores(row: Mapping[str, Any]) -> str:
    if row["broker_cpu_us"] is None:
        return ""
    return f"{(row['cpu_us'] + row['broker_cpu_us'] + row['reader_cpu_us']) * row['per_second'] / 1e6:.1f}"


def _bend(rows: Sequence[Mapping[str, Any]], size: str) -> str:
    """Where processor time per article grows faster than in proportion."""
    if len(rows) == 1:
        return "A single size shows no growth."
    found = bends([(row[size], row["cpu_us"]) for row in rows])
    steps = "; ".join(
        f"from {start:,.0f} to {end:,.0f}, {more:.2f} times as much as in proportion" for start, end, more in found
    )
    return (
        f"The worker's time per article grows faster than in proportion {steps}."
        if found
        else "The worker's time per article grows no faster than in proportion."
    )


def _left_out(reasons: Mapping[str, str]) -> Iterator[str]:
    for name, reason in reasons.items():
        yield from ("", f"Left out: {_TITLES.get(name, name)}: {reason.splitlines()[0]}.")


def _subjects(figures: Mapping[str, Any]) -> Iterator[str]:
    read = figures["agreement"]
    yield from ("", "## Subjects", "")
    yield (
        "Written by `python -m bench.quality.subject_gold DATA --output bench/results`. The gold set: texts whose subjects"
        " were all labelled by hand, by the rules of `bench/data/subject_gold.md` (English: guides and blogs; the others:"
        " news), read twice by one annotator, soon after each other"
        f" ({read['same']} of {read['texts']} alike, kappa {read['kappa']:.2f}). A tag is a top level at confidence 50"
        " or more. Precision: of the tags; recall: of the subjects that are right, or, where a"
        " set has one subject per text, of texts with a right tag. The mean counts each language once."
    )
    heads = ("", "texts", "with a tag", "precision", "recall", "F1")
    parts = {"gold": "gold set", "single": "one subject per text", "subjects": "gold set, by subject"}
    for part, title in parts.items():
        if rows := figures[part]:
            yield ""
            yield from _table((title, *heads[1:]), [_scores(name, row) for name, row in rows.items()])
    yield from ("", "How many tags of each confidence are right, in 100:", "")
    bands = sorted({row["from"] for rows in figures["bands"].values() for row in rows})
    yield from _table(
        ("", *(f"{band} to {band + 9}" for band in bands)),
        [_bands(name, bands, rows) for name, rows in figures["bands"].items() if rows],
    )


def _parts(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from ("", "## Part by part, beside a pipeline made of libraries", "")
    yield (
        "Written by `python -m bench.quality.hand_made DATA --output bench/results`: what one would assemble from wheels,"
        " each way in a process of its own, on the same development texts. They flatter Headwater, which was tuned on some"
        " of them. The memory is the process's, with the texts. What such a pipeline leaves out has no row: exactly once,"
        " rejections with a reason, dates, bylines, stories."
    )
    yield ""
    yield from _table(
        ("part", "way", "texts", "quality", "what it is", "µs a text", "MB resident"),
        [
            (
                *(row["part"], row["way"], f"{row['texts']:,.0f}", f"{row['quality']:.3f}", row["meaning"]),
                *(f"{row['us']:,.0f}", f"{row['peak_mb']:,.0f}"),
            )
            for row in rows
        ],
    )


def _scores(name: str, row: Mapping[str, float]) -> list[str]:
    return [name, f"{row['texts']:,.0f}", *(f"{row[key]:.2f}" for key in ("tagged", "precision", "recall", "f1"))]


def _bands(name: str, bands: Sequence[int], rows: Sequence[Mapping[str, float]]) -> list[str]:
    by_band = {row["from"]: f"{row['right']:.0f} of {row['tags']:,}" for row in rows}
    return [name, *(by_band.get(band, "") for band in bands)]


def _machines(found: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "## Machine and versions", "")
    for name, figures in sorted((name, figures) for name, figures in found.items() if "machine" in figures):
        facts = ", ".join(f"{key} {value}" for key, value in figures["machine"].items())
        yield f"- {name}: {facts}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "| --- |" + " ---: |" * (len(heads) - 1)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def _beside(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """The ratio over the rounds that both have completed."""
    rounds = min(len(ours), len(theirs))
    return _text(ratio(ours[:rounds], theirs[:rounds]), 2) if rounds else ""


def _text(values: Spread, digits: int = 0) -> str:
    if values.least == values.most:
        return f"{values.median:,.{digits}f}"
    return f"{values.median:,.{digits}f} ({values.least:,.{digits}f} to {values.most:,.{digits}f})"


def _median(runs: Sequence[Mapping[str, Any]], figure: str, unit: float = 1.0, digits: int = 0) -> str:
    values = [run[figure] / unit for run in runs if run.get(figure) is not None]
    return f"{spread(values).median:,.{digits}f}" if values else ""


def _optional(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def main() -> int:
    """Regenerate the repository's page."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed.report", description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=KEPT, help="where the figures are")
    parser.add_argument("--page", type=Path, default=ROOT / "BENCHMARKS.md")
    arguments = parser.parse_args()
    write_page(arguments.folder.absolute(), arguments.page.absolute())
    return 0


if __name__ == "__main__":
    sys.exit(main())
