"""The page and the picture that are written from the figures."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import orjson

from bench.picture import Bar, Panel, draw
from bench.report import write_page, write_report

RUN = {
    "articles": 100, "per_second": 1000.0, "cpu_us": 50.0, "broker_cpu_us": None, "start_s": 2.0, "resident_bytes": 10**8,
    "firsts": 60, "surplus": 0,
}  # fmt: skip
PEERS = {
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


def test_the_page_says_how_we_compare_and_who_was_left_out(tmp_path):
    write_report(tmp_path, "peers", PEERS)
    page = (tmp_path / "BENCHMARKS.md").read_text("utf-8")
    quix = next(line for line in page.splitlines() if line.startswith("| Quix Streams, at-least-once"))
    assert "3.00 (2.00 to 4.00)" in quix
    assert "Left out: plain Faust, at-least-once: there is no such thing." in page
    assert "2 × anything" in page
    assert orjson.loads((tmp_path / "peers.json").read_bytes()) == PEERS


def test_every_table_of_the_page_has_as_many_cells_in_each_row(tmp_path):
    write_report(tmp_path, "peers", PEERS)
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
