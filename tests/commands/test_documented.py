"""Every command in the documents exists and has the options shown."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from streams.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "examples").glob("*.md")),
]
LINES = [
    pytest.param(line.group(1), id=f"{page.stem}: {line.group(1).strip()}")
    for page in PAGES
    for line in re.finditer(r"^ {4}(?:\S+=\S+ )*(?:\.venv/bin/)?headwater ([^#\n]+)", page.read_text("utf-8"), re.MULTILINE)
]


def command_of(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the first words name, and the words after its name."""
    command: click.Command = main
    with click.Context(main) as context:
        while isinstance(command, click.Group) and words and words[0][0] not in "-<":
            found = command.get_command(context, words[0])
            assert found, f"there is no command {words[0]!r}"
            command, words = found, words[1:]
    return command, words


@pytest.mark.parametrize("line", LINES)
def test_a_command_in_the_documents_exists_and_has_the_options_shown(line):
    command, words = command_of(shlex.split(re.sub(r"[|&>].*", "", line)))
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {
        "--help",
        "--version",
    }
    for word in words:
        name = word.partition("=")[0]
        assert not re.match(r"--\w", name) or name in options, f"headwater {command.name} has no {name}"


def test_the_page_of_commands_names_every_one():
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    with click.Context(main) as context:
        assert [
            name for name in main.list_commands(context) if not re.search(rf"^    headwater {name}\b", page, re.MULTILINE)
        ] == []
