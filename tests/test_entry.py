"""The installed command: quick to help, and beside another distribution that has a package of the same name."""

from __future__ import annotations

import importlib.metadata
import signal
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

import streams.commands
from agents import pipeline_steps
from streams import __main__, entry, packages
from streams.settings import Settings


def test_a_foreign_package_in_the_place_of_ours_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "agents", ModuleType("agents"))
    found = {"agents": ["headwater-news", "openai-agents"]}
    monkeypatch.setattr(importlib.metadata, "packages_distributions", lambda: found)
    with pytest.raises(SystemExit, match="belongs to openai-agents") as ended:
        entry.main()
    assert "pipx install" in str(ended.value)


@pytest.mark.parametrize("package", ["agents", "streams"])
@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param({"__init__.py": "class Agent: ...\n"}, "is not Headwater's", id="overwritten"),
        pytest.param({"other.py": ""}, "is missing", id="overwritten and removed again"),
    ],
)
def test_a_package_that_is_not_ours_is_noticed_by_its_source(package, files, said, monkeypatch, tmp_path):
    (tmp_path / package).mkdir()
    for name, text in files.items():
        (tmp_path / package / name).write_text(text)
    monkeypatch.delitem(sys.modules, package, raising=False)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.setattr(sys, "meta_path", [each for each in sys.meta_path if "editable" not in str(each).lower()])
    monkeypatch.setattr(packages, "_SIGNS", {package: packages._SIGNS[package]})
    monkeypatch.setattr(packages, "_other_owners", lambda _: [])
    assert f"the package `{package}` {said}" in packages.what_is_wrong()


def test_our_own_packages_are_ours():
    assert packages.what_is_wrong() is None


def test_whoever_embeds_headwater_is_told_too_which_package_is_not_ours(tmp_path):
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "__init__.py").write_text("class Agent: ...\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import streams.embed"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "ImportError: the package `agents` is not Headwater's" in said.stderr


def test_the_public_names_are_there_and_make_an_article():
    import streams.embed as public

    assert all(hasattr(public, name) for name in public.__all__)
    pipeline = public.MemoryPipeline(public.pipeline_steps(public.Settings()))
    outputs = list(pipeline.publish("news.raw", None, b'{"title": "Council votes", "text": "The council voted on Monday."}'))
    topics = [output.topic for output in outputs]
    assert topics[:2] == ["news.prepared", "news.enriched"]
    assert topics[-2:] == ["news.signatures", "news.stories"]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], []], ids=["--help", "--version", "nothing"])
def test_help_imports_neither_faust_nor_a_kafka_client_nor_a_model(arguments):
    code = (
        "import sys; from streams.entry import main\n"
        f"sys.argv = ['headwater', *{arguments!r}]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "headwater" in said.stdout + said.stderr
    for heavy in ("faust", "mode", "aiokafka", "aiohttp", "rocksdict", "lxml", "trafilatura", "agents", "asyncio"):
        assert f"'{heavy}'" not in said.stderr, heavy


def test_every_command_is_in_a_module_of_its_name_and_in_the_help():
    folder = Path(streams.commands.__file__).parent
    commands = set()
    for path in folder.glob("*.py"):
        found = getattr(import_module(f"streams.commands.{path.stem}"), path.stem, None)
        if isinstance(found, click.Command):
            commands.add(path.stem.replace("_", "-"))
    assert commands == set(__main__.COMMANDS)


def test_ctrl_c_before_a_command_begins_ends_it_silently(monkeypatch):
    """While modules are imported the signal has its default effect: nothing has to be tidied up yet, and no traceback shown."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    seen = []
    command = click.Command("look", callback=lambda: seen.append(signal.getsignal(signal.SIGINT)))

    def imported(name):
        seen.append(signal.getsignal(signal.SIGINT))
        module = ModuleType(name)
        vars(module)["tail"] = command
        return module

    monkeypatch.setattr(__main__, "import_module", imported)
    monkeypatch.setattr(sys, "argv", ["headwater", "tail"])
    try:
        with pytest.raises(SystemExit):
            entry.main()
        after = signal.getsignal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen[0] is signal.SIG_DFL, "while it is imported"
    assert seen[-1] is signal.default_int_handler, "while it runs"
    assert after is signal.SIG_DFL, "while Python ends"


@pytest.mark.parametrize("command", ["pipe", "enrich"])
def test_commands_without_kafka_import_no_client_of_it(command):
    """It is a sixth of what such a command takes for one article."""
    asked = f"import sys, streams.commands.{command}; print('aiokafka' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True).stdout == "False\n"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param("stats", "No such command 'stats'. Did you mean 'status'?", id="a slip"),
        pytest.param("qqqq", "No such command 'qqqq'.\n", id="nothing like it"),
    ],
)
def test_a_command_that_does_not_exist_is_answered_with_the_nearest(typed, said):
    answer = CliRunner().invoke(__main__.main, [typed])
    assert answer.exit_code == 2
    assert said in answer.output


@pytest.mark.parametrize("command", [["topics", "list"], ["pipe"]], ids=" ".join)
def test_steps_that_conflict_end_a_command_with_one_line(command, monkeypatch):
    module = import_module(f"streams.commands.{command[0]}")
    steps = pipeline_steps(Settings())
    monkeypatch.setattr(module, "pipeline_steps", lambda _: (*steps, replace(steps[0], name="again")))
    answer = CliRunner().invoke(__main__.main, command, input="{}")
    assert answer.output == "Error: the steps 'prepare' and 'again' have the same source, 'news.raw'\n"
