"""The page and the picture that are written from the figures."""

from __future__ import annotations

import shutil
from typing import Any
from xml.etree import ElementTree as ET

import orjson

from bench.speed.environments import ROOT
from bench.speed.picture import Bar, Panel, draw
from bench.speed.race import Result
from bench.speed.report import KEPT, NO_WORKER, write_page, write_report

RUN = Result(
    articles=100, per_second=1000.0, cpu_us=50.0, decide_cpu_us=20.0, broker_cpu_us=None, reader_cpu_us=7.0, start_s=2.0,
    resident_bytes=10**8, firsts=60, surplus=0, state_bytes=12_000, raw_bytes=200_000, stored_bytes=None,
).as_json()  # fmt: skip
PEERS: dict[str, Any] = {
    "machine": {"processor": "2 × anything"},
    "rounds": 2,
    "jobs": {
        "dedup": {
            "records": 100,
            "runs": {"headwater": [RUN, RUN], "quix": [RUN | {"per_second": 500.0}, RUN | {"per_second": 250.0}]},
            "left_out": {"faust": "there is no such thing\nand a log"},
            "limit_cpu_us": [5.0, 5.0],
            "stages_us": {},
        }
    },
}


SHARES = {"p50_ms": 40.0, "p95_ms": 90.0, "p99_ms": 123.0}
LATENCY = {
    "machine": {}, "rate": 200.0, "seconds": 30.0, "left_out": {"faust": "it ended"},
    "runs": {name: {"at_rate_ms": SHARES, "alone_ms": SHARES} for name in (NO_WORKER, "headwater", "headwater-as-started")},
}  # fmt: skip
BESIDE_BROKER = RUN | {"broker_cpu_us": 30.0, "stored_bytes": {"news.raw": 50_000, "headlines-changelog": 10_000}}
GROWTH = {
    "machine": {},
    "partitions": [BESIDE_BROKER | {"partitions": 1}, BESIDE_BROKER | {"partitions": 4}],
    "processes": [RUN | {"processes": 1}, BESIDE_BROKER | {"processes": 2, "per_second": 1500.0}],
    "headlines": [
        BESIDE_BROKER | {"headlines": 0, "state_bytes_a_headline": 900.0, "changelog_bytes_a_headline": 60.0},
        BESIDE_BROKER
        | {"headlines": 1_000_000, "cpu_us": 80.0, "state_bytes_a_headline": 104.0, "changelog_bytes_a_headline": None},
    ],
    "article_bytes": [BESIDE_BROKER | {"article_bytes": 1_000, "bytes_each": 1_500.0, "limit_cpu_us": 40.0}],
    "costs": BESIDE_BROKER,
    "left_out": {"partitions 16": "it ended with status 70\nand a log"},
}


def row(page, beginning):
    [found] = [line for line in page.splitlines() if line.startswith(f"| {beginning} |")]
    return [cell.strip() for cell in found.split("|")[2:-1]]


def test_the_page_and_pictures_in_the_repository_are_what_its_figures_say(tmp_path):
    """`python -m bench.speed.report` writes them."""
    folder = tmp_path / KEPT.relative_to(ROOT)
    folder.mkdir(parents=True)
    for figures in KEPT.glob("*.json"):
        shutil.copy(figures, folder)
    write_page(folder, tmp_path / "BENCHMARKS.md")
    for written in (tmp_path / "BENCHMARKS.md", *folder.glob("*.svg")):
        kept = ROOT / written.relative_to(tmp_path)
        assert written.read_text("utf-8") == kept.read_text("utf-8"), f"{kept.name} is not of these figures"


def test_the_page_says_how_we_compare_and_who_was_left_out(tmp_path):
    write_report(tmp_path, "peers", PEERS)
    page = (tmp_path / "BENCHMARKS.md").read_text("utf-8")
    quix = next(line for line in page.splitlines() if line.startswith("| Quix Streams, at-least-once"))
    assert "3.00 (2.00 to 4.00)" in quix
    assert "Left out: plain Faust, at-least-once: there is no such thing." in page
    assert "2 × anything" in page
    assert orjson.loads((tmp_path / "peers.json").read_bytes()) == PEERS


def test_the_page_shows_the_results_of_an_interrupted_run(tmp_path):
    contest = PEERS["jobs"]["dedup"] | {"runs": {"quix": [RUN]}, "limit_cpu_us": []}
    write_report(tmp_path, "peers", PEERS | {"jobs": {"dedup": contest, "whole": contest | {"runs": {}}}})
    assert row((tmp_path / "BENCHMARKS.md").read_text("utf-8"), "Quix Streams, at-least-once")[:2] == ["1,000", ""]


def test_a_round_that_one_has_not_run_yet_does_not_count_in_the_ratio(tmp_path):
    contest = PEERS["jobs"]["dedup"]
    runs = contest["runs"] | {"headwater": [RUN]}
    write_report(tmp_path, "peers", PEERS | {"jobs": {"dedup": contest | {"runs": runs, "limit_cpu_us": [5.0]}}})
    assert row((tmp_path / "BENCHMARKS.md").read_text("utf-8"), "Quix Streams, at-least-once")[1] == "2.00"


def test_the_stream_itself_is_the_workers_time_without_the_pure_functions_by_its_own_clock(tmp_path):
    contest = PEERS["jobs"]["dedup"] | {"stages_us": {"parse": 10.0}}
    write_report(tmp_path, "peers", PEERS | {"jobs": {"whole": contest}})
    page = (tmp_path / "BENCHMARKS.md").read_text("utf-8")
    assert "| **the stream itself**: everything else in the worker | 30 |" in page
    assert "the pure functions take 0.40." in page


def test_the_page_has_the_latency_of_each_and_what_the_reader_takes_by_itself(tmp_path):
    write_report(tmp_path, "latency", LATENCY)
    page = (tmp_path / "BENCHMARKS.md").read_text("utf-8")
    assert row(page, "Headwater, exactly-once") == ["40", "90", "123", "40", "123"]
    assert row(page, "Headwater, all cores, exactly-once") == ["40", "90", "123", "40", "123"]
    assert row(page, "only Kafka and the reader")
    assert "Left out: plain Faust, at-least-once: it ended." in page


def test_the_page_shows_what_growth_costs_and_where_it_bends(tmp_path):
    write_report(tmp_path, "growth", GROWTH)
    page = (tmp_path / "BENCHMARKS.md").read_text("utf-8")
    assert row(page, "2") == ["1,500", "1.50", "50", "30", "7", "0.1"]
    assert row(page, "1,000,000")[-4:] == ["104", "", "100", "2.0"]
    assert "from 0 to 1,000,000, 1.60 times as much" in page
    assert "Left out: partitions 16: it ended with status 70." in page
    assert row(page, "Kafka's log, bytes per published raw byte, in total") == ["0.300"]
    assert row(page, "of it news.raw") == ["0.250"]
    assert ET.fromstring((tmp_path / "growth.svg").read_text("utf-8")).tag.endswith("svg")


def test_on_a_kafka_that_is_not_ours_there_is_nothing_on_its_disk(tmp_path):
    write_report(tmp_path, "growth", GROWTH | {"costs": RUN})
    page = (tmp_path / "BENCHMARKS.md").read_text("utf-8")
    assert row(page, "peak resident memory, MB") == ["100"]
    assert "Kafka's log" not in page


def test_every_table_of_the_page_has_as_many_cells_in_each_row(tmp_path):
    for name, figures in (("peers", PEERS), ("latency", LATENCY), ("growth", GROWTH)):
        write_report(tmp_path, name, figures)
    tables = (tmp_path / "BENCHMARKS.md").read_text("utf-8").split("\n\n")
    widths = [{line.count("|") for line in table.splitlines()} for table in tables if table.startswith("|")]
    assert widths
    assert all(len(each) == 1 for each in widths)


def test_without_figures_the_page_shows_none(tmp_path):
    write_page(tmp_path, tmp_path / "page.md")
    assert "![" not in (tmp_path / "page.md").read_text("utf-8")


def test_a_picture_is_well_formed_and_its_bars_are_to_scale():
    drawn = draw([Panel("a < b", [Bar("ours & co", 10.0, "10", ours=True), Bar("theirs", 5.0, "5", ours=False)])])
    bars = ET.fromstring(drawn).findall("{http://www.w3.org/2000/svg}rect")
    widths = [float(bar.get("width", "0")) for bar in bars]
    assert widths[0] == 2 * widths[1] > 0
    assert bars[0].get("fill") != bars[1].get("fill")


def test_panels_go_on_in_the_next_row_and_none_covers_another():
    panel = Panel("title", [Bar("label", 1.0, "1", ours=True)])
    bars = ET.fromstring(draw([panel] * 3, beside=2)).findall("{http://www.w3.org/2000/svg}rect")
    places = [(float(bar.get("x")), float(bar.get("y"))) for bar in bars]
    assert places[0][1] == places[1][1] < places[2][1]
    assert places[0][0] == places[2][0] < places[1][0]
