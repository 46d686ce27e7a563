"""``headwater bench quality``."""

from __future__ import annotations

import gzip
import json

import pytest
from click.testing import CliRunner

from streams.__main__ import main
from streams.commands import bench


def _write_rows(path, rows):
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def test_figures_by_language(tmp_path, capfd):
    """The tables of the parts that are asked for, from the texts in the folder."""
    texts = {"de": "Die Regierung hat am Montag {} neue Pläne vorgelegt", "en": "The government set out {} new plans on Monday"}
    rows = [
        {"text": text.format(n), "lang": tag, "kind": kind, "set": "ntrex", "lic": "CC0"}
        for tag, text in texts.items()
        for kind in ("headline", "article")
        for n in range(20)
    ]
    _write_rows(tmp_path / "language-dev.jsonl.gz", rows)
    _write_rows(tmp_path / "headline-stories-dev.jsonl.gz", [])
    result = CliRunner().invoke(main, ["bench", "quality", str(tmp_path), "--only", "language"])
    assert result.exit_code == 0, result.output
    printed = capfd.readouterr().out
    by_language = printed[printed.index("by language") :].splitlines()
    assert {line.split()[0]: line.split()[2] for line in by_language[1:3]} == {"de": "100.00%", "en": "100.00%"}


def test_copies_of_one_body_are_distinguished_from_another(tmp_path, capfd):
    """By kind of edit, and in all."""
    bodies = ["the council adopted the bridge after a long debate " * 3, "heavy rain closed several mountain roads again " * 3]
    rows = [
        {"text": body + more, "cluster": body, "kind": kind}
        for body in bodies
        for kind, more in (("orig", ""), ("lead", " that was all"))
    ]
    _write_rows(tmp_path / "body-edits-dev.jsonl.gz", rows)
    result = CliRunner().invoke(main, ["bench", "quality", str(tmp_path), "--only", "duplicates"])
    assert result.exit_code == 0, result.output
    assert [line.split()[0] for line in capfd.readouterr().out.splitlines()[-3:]] == ["100.0%", "100.0%", "0.00%"]


@pytest.mark.parametrize(
    ("present", "said"),
    [
        pytest.param({"streams"}, "clone of the repository", id="installed without bench/"),
        pytest.param({"bench", "bench.quality.language"}, "language-dev.jsonl.gz", id="a folder without the data"),
    ],
)
def test_missing_parts_are_reported_first(tmp_path, monkeypatch, present, said):
    """Before anything is measured, with status 1."""
    monkeypatch.setattr(bench, "find_spec", lambda name: name if name in present else None)
    result = CliRunner().invoke(main, ["bench", "quality", str(tmp_path)])
    assert result.exit_code == 1
    assert said in result.output


def test_missing_packages_are_named(tmp_path, monkeypatch):
    """What flattens pages is not installed with the project."""
    monkeypatch.setattr(bench, "find_spec", lambda name: None if name in {"bs4", "html2text"} else name)
    (tmp_path / "pages-dev.jsonl.gz").touch()
    result = CliRunner().invoke(main, ["bench", "quality", str(tmp_path), "--only", "cleaning"])
    assert result.exit_code == 1
    assert "pip install beautifulsoup4 html2text" in result.output
