"""JSON lines: their contents cannot affect a terminal, and nothing is lost."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.commands.json_lines import json_line
from streams.commands.record_lines import record_line

EVIL = "\x1b[31m\x9b31m\x9d0;x\x9c\x85\x7f\r\n\u202e\u2066\u2028\u2029\0 é 桥 👩\u200d👧 \u200f"


@given(st.text())
def test_a_line_says_what_it_was_given(text):
    line = json_line({text: text})
    assert orjson.loads(line) == {text: text}
    assert not any(ord(each) < 0x20 or 0x7F <= ord(each) < 0xA0 for each in line.decode())


def test_controls_and_what_turns_the_direction_of_text_are_escaped_and_joiners_are_left():
    line = json_line(EVIL).decode()
    escaped = r"\u001b[31m\u009b31m\u009d0;x\u009c\u0085\u007f\r\n\u202e\u2066\u2028\u2029\u0000"
    assert line == f'"{escaped} é 桥 👩\u200d👧 \u200f"'
    assert orjson.loads(line) == EVIL


@pytest.mark.parametrize("depth", [1, 254, 1_000, 2_000])
def test_a_record_is_written_however_deep_its_json_is(depth):
    value = b'{"a":' * depth + b"1" + b"}" * depth
    said = orjson.loads(record_line("news.raw", None, value, (), 0))["value"]
    assert said == value.decode() or orjson.dumps(said) == value
