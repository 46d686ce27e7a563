"""Output fits a terminal of 80 columns: nothing wraps, and no column becomes unreadably narrow."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import orjson
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from streams.__main__ import COMMANDS, main
from streams.commands.printing import folded
from streams.commands.rejected import described_lines, listed_lines
from streams.commands.show import show
from streams.rejected.letters import Letter
from streams.samples import load_samples
from tests.commands.test_rejected import dead

WIDTH = 80
NARROW = {"COLUMNS": str(WIDTH)}


def widest(text: str) -> int:
    return max(map(cell_len, text.splitlines()), default=0)


def every_command() -> list[list[str]]:
    found = [[]]
    for name in COMMANDS:
        command = main.get_command(None, name)
        found += [[name], *([name, each] for each in getattr(command, "commands", {}))]
    return found


@pytest.mark.parametrize("command", every_command(), ids=" ".join)
def test_the_help_of_every_command_fits(command):
    if command != ["broker"]:  # hands its arguments on
        said = CliRunner(env=NARROW).invoke(main, [*command, "--help"])
        assert said.exit_code == 0
        assert widest(said.output) <= WIDTH


@pytest.mark.parametrize("options", [["settings"], ["settings", "--changed"]], ids=" ".join)
def test_settings_fit(options):
    said = CliRunner(env={**NARROW, "HEADWATER_BROKERS": ",".join(f"kafka-{each}:9092" for each in range(20))}).invoke(
        main, options
    )
    assert widest(said.output) <= WIDTH


LETTER = Letter.of(dead(), replayed=False)


def test_a_dead_letter_in_a_list_says_all_that_matters_in_80_columns():
    letter = replace(
        LETTER, message="the page is an index of 40 headlines: there is no article on it to be read", replayed=True
    )
    lines = list(listed_lines(letter, WIDTH))
    assert lines[0].split() == ["2/41", "not-json", "2026-03-01T12:00:00.000Z", "replayed"]
    assert "the page is an index of 40 headlines: there is no article on it to be" in lines[1]
    assert "news.raw/3/17" in lines[2]
    assert "story-7" in lines[2]
    assert "{broken" in lines[3]


@given(message=st.text(max_size=200), key=st.none() | st.binary(max_size=100), value=st.none() | st.binary(max_size=200))
def test_no_dead_letter_is_wider_than_the_terminal_nor_takes_more_than_four_lines(message, key, value):
    letter = Letter.of(dead(value=value, key=key), replayed=True)
    lines = list(listed_lines(replace(letter, message=message), WIDTH))
    assert len(lines) == 4
    assert all(len(line.splitlines()) <= 1 and cell_len(line) <= WIDTH for line in lines)


@pytest.mark.parametrize("command", [["schemas", "show"], ["language", "compare", "-"]], ids=" ".join)
def test_lists_fit(command):
    article = orjson.dumps({"title": "Gemeenteraad stemt over de begroting " * 4, "text": "De raad vergaderde maandag. " * 20})
    said = CliRunner(env=NARROW).invoke(main, command, input=article)
    assert said.exit_code == 0
    assert widest(said.output) <= WIDTH


@given(message=st.text(max_size=300), key=st.none() | st.binary(max_size=200), value=st.none() | st.binary(max_size=400))
def test_a_dead_letter_that_is_shown_is_no_wider_than_the_terminal(message, key, value):
    record = dead(value=value, key=key, headers=(("feed-of-the-producer", b"x" * 300),), message=message)
    lines = list(described_lines(record, None, WIDTH))
    assert all(len(line.splitlines()) <= 1 and cell_len(line) <= WIDTH for line in lines)


@given(text=st.text(st.characters(exclude_characters="\n\t", exclude_categories=["C"]), max_size=300))
def test_folded_text_is_complete(text):
    assert "".join(folded(text, WIDTH)) == text


@settings(max_examples=30)
@given(headline=st.text(max_size=200), outlet=st.none() | st.text(max_size=100), tag=st.text(max_size=60))
def test_no_event_is_shown_wider_than_the_terminal(headline, outlet, tag):
    enriched = {
        "language": "zh-Hans",
        "headlines": [{"value": headline}],
        "infoSources": [{"name": outlet or "x"}],
        "subjects": [{"uri": "medtop:1", "name": tag, "confidence": 90}, {"literal": tag}],
    }
    duplicate = {"headline": headline, "outlet": outlet, "kind": "same-article", "owner": {"id": "0123456789"}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(WIDTH))
        for topic, document in (("news.enriched", enriched), ("news.duplicates", duplicate), ("news.other", duplicate)):
            record = SimpleNamespace(topic=topic, value=orjson.dumps(document), headers=())
            assert widest(Text.from_markup(show(record)).plain) <= WIDTH
        assert widest(Text.from_markup(show(dead(message=headline))).plain) <= WIDTH


def test_the_explanation_of_a_sample_fits(tmp_path):
    for number, sample in enumerate(load_samples()):
        (tmp_path / str(number)).write_bytes(sample.value or b"")
    paths = sorted(map(str, tmp_path.iterdir()))
    for path in paths[::30]:
        assert widest(CliRunner(env=NARROW).invoke(main, ["explain", path]).output) <= WIDTH
