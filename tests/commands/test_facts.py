"""What `tail --where` lets through, and what `--format` writes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from streams.__main__ import main
from streams.commands.facts import Condition, check_template, fact, formatted
from tests.commands.test_rejected import dead

ARTICLE = SimpleNamespace(
    topic="news.enriched",
    partition=3,
    offset=17,
    timestamp=1_772_366_400_000,
    key=b"0a1b",
    value=b'{"language": "de", "version": 2, "headlines": [{"value": "Br\xc3\xbccke offen"}], "subjects": []}',
    headers=(("ce_language", b"de"), ("ce_languageconfidence", b"0.99")),
)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("language", "de", id="a header without its ce_"),
        pytest.param("ce_language", "de", id="a header by its whole name"),
        pytest.param("version", "2", id="a field that is a number"),
        pytest.param("headlines.0.value", "Brücke offen", id="a field within"),
        pytest.param("headlines.7.value", None, id="beyond the end of a list"),
        pytest.param("subjects", "[]", id="a field that is a list"),
        pytest.param("place", "news.enriched/3/17", id="where it stands"),
        pytest.param("time", "2026-03-01T12:00:00.000Z", id="its time"),
        pytest.param("key", "0a1b", id="its key"),
        pytest.param("nothing.of.it", None, id="what it does not say"),
    ],
)
def test_a_record_says(name, said):
    assert fact(ARTICLE, name) == said


def test_a_dead_letter_says_why_it_is_one():
    assert fact(dead(), "reason") == "not-json"
    assert fact(dead(), "message") == "not JSON"


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        pytest.param("language=de", True, id="equal"),
        pytest.param("language=DE", True, id="case aside"),
        pytest.param("language=d", False, id="a part is not all"),
        pytest.param("language!=fr", True, id="unequal"),
        pytest.param("headlines.0.value~brücke", True, id="contains"),
        pytest.param("nothing=x", False, id="nothing is said under it"),
        pytest.param("nothing=", True, id="that nothing is said"),
        pytest.param("nothing!=x", True, id="nothing is unequal to something"),
    ],
)
def test_a_condition(condition, holds):
    assert Condition.read(condition).holds(ARTICLE) is holds


@pytest.mark.parametrize("text", ["language", "=de", "", "~x"])
def test_anything_that_is_not_a_condition_is_refused(text):
    with pytest.raises(ValueError, match="is not a condition"):
        Condition.read(text)


def test_a_template_is_filled_and_what_a_record_does_not_say_is_empty():
    template = r"{partition}\t{language}\t{headlines.0.value}\t{nothing}|{ key }"
    assert formatted(ARTICLE, template) == "3\tde\tBrücke offen\t|0a1b"


@given(value=st.binary(), template=st.text())
def test_whatever_a_record_holds_a_line_of_it_moves_no_cursor(value, template):
    line = formatted(SimpleNamespace(**{**vars(ARTICLE), "value": value}), "{value}{key}{a.b}")
    assert "\x1b" not in line
    assert len(line.splitlines()) == 1
    formatted(ARTICLE, template)


def test_json_that_is_too_deep_to_be_written_again_says_nothing_within():
    record = SimpleNamespace(topic="news.raw", value=b'{"a":' * 600 + b"1" + b"}" * 600, headers=())
    assert fact(record, "a.a") is None


@pytest.mark.parametrize(
    "template", ["{", "}", "{}", "{ }", "", "language", "{language", "{place} {language", "{language {place}"]
)
def test_a_template_without_a_name_or_with_a_brace_left_open_is_refused(template):
    """Else each record is the same line, and nothing says why."""
    said = CliRunner().invoke(main, ["tail", "news.enriched", "--format", template])
    assert said.exit_code == 2
    assert "{NAME}" in said.output


@pytest.mark.parametrize("template", ["{language}", '{"lang": "{language}"}', "{{language}}", r"{place}\t{", "}{place}"])
def test_braces_that_are_text_stay_text(template):
    assert check_template(template) == template
    filled = {"{place}": "news.enriched/3/17", "{language}": "de", r"\t": "\t"}
    expected = template
    for name, value in filled.items():
        expected = expected.replace(name, value)
    assert formatted(ARTICLE, template) == expected
