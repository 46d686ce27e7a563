"""What files and standard input are taken for."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from streams.__main__ import main
from streams.commands.inputs import HTML, JSON, TEXT, RawInput, read_documents, split_documents

PAGE = b"A headline\n\nA first paragraph.\nA second one.\n"


@pytest.mark.parametrize(
    ("content", "documents"),
    [
        pytest.param(b'{"title":"a"}\n\n{"title":"b"}\n', [b'{"title":"a"}', b'{"title":"b"}'], id="JSON lines"),
        pytest.param(b'{"title":"a"}\nbroken {\n', [b'{"title":"a"}', b"broken {"], id="JSON lines, one broken"),
        pytest.param(
            b'{"title": oops}\n{"title":"b"}\n{"title":"c"}\n',
            [b'{"title": oops}', b'{"title":"b"}', b'{"title":"c"}'],
            id="JSON lines, the first broken",
        ),
        pytest.param(b'{\n  "title": "a"\n}\n', [b'{"title":"a"}'], id="one JSON document over several lines"),
        pytest.param(b'[{"title":"a"},\n{"title":"b"}]', [b'{"title":"a"}', b'{"title":"b"}'], id="a JSON array"),
    ],
)
def test_json_is_split_into_articles(content, documents):
    assert list(split_documents(content.splitlines(keepends=True))) == [RawInput(each, JSON) for each in documents]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(PAGE, id="a page of text"),
        pytest.param(b"\n\n<!doctype html>\n<p>Hello\n", id="a page of HTML"),
        pytest.param(b'{"title": "one broken line"\n', id="a single broken line"),
    ],
)
def test_anything_else_is_one_document(content):
    [document] = split_documents(content.splitlines(keepends=True))
    assert document.value.strip() == content.strip()
    assert document.content_type is None


def test_empty_input_gives_no_document():
    assert list(split_documents([b"\n", b"  \n"])) == []


def test_json_lines_are_passed_on_as_they_come():
    """`publish -` on an endless stream must not wait for its end."""

    def endless():
        while True:
            yield b'{"title":"a"}\n'

    documents = split_documents(endless())
    assert next(documents) == RawInput(b'{"title":"a"}', JSON)


def test_files_are_told_by_their_suffix(tmp_path):
    for name in ("a.txt", "b.html", "c.jsonl", "d.json"):
        (tmp_path / name).write_bytes(b'{"title":"a"}\n{"title":"b"}\n')
    types = [document.content_type for document in read_documents(str(path) for path in sorted(tmp_path.iterdir()))]
    assert types == [TEXT, HTML, JSON, JSON, JSON, JSON]


@pytest.mark.parametrize("line", [b"[1]", b'{"title": "Council votes on the bridge"}', b"no JSON"])
def test_a_line_that_is_not_a_record_is_named_by_its_number(line):
    good = b'{"key": "a", "value": {"title": "Council votes on the bridge", "text": "It does."}}'
    answer = CliRunner().invoke(main, ["pipe", "--records"], input=good + b"\n" + line + b"\n")
    assert answer.exit_code == 1
    assert "line 2 is not a record" in answer.output


def test_json_that_is_too_deep_is_one_document_which_will_be_refused():
    value = b'[{"title":"a"},' + b"[" * 300 + b"]" * 300 + b"]"
    assert list(split_documents([value])) == [RawInput(value, JSON)]
