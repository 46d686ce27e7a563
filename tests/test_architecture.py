"""Conventions that are kept by tests; the import rules are import-linter's (`make lint`)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import agents
import streams
from streams.settings import Settings
from streams.topics import topic_specs

ROOT = Path(__file__).resolve().parent.parent


def test_the_packages_named_streams_and_agents_are_ours():
    """The names are generic: another distribution could have put its own in their place."""
    assert Path(streams.__file__).is_relative_to(ROOT)
    assert Path(agents.__file__).is_relative_to(ROOT)


def test_the_picture_of_the_dataflow_is_the_same_everywhere_and_names_every_step_and_topic():
    picture = re.search(r"    producers ──.*?──► consumers", agents.__doc__ or "", re.DOTALL)
    assert picture
    for document in ("README.md", "ARCHITECTURE.md"):
        assert picture[0] in (ROOT / document).read_text("utf-8"), document
    for step in agents.pipeline_steps(Settings()):
        assert step.name in picture[0]
        assert step.source in picture[0]
    for spec in topic_specs(Settings()):
        if spec.name.startswith("news."):
            assert spec.name in picture[0]


def test_every_agent_is_a_step_of_the_pipeline():
    files = {path.stem for path in (ROOT / "agents").glob("*.py")} - {"__init__"}
    assert files == {step.name for step in agents.pipeline_steps(Settings())}


def test_what_enriches_asks_neither_the_clock_nor_the_machine():
    """Import rules keep Kafka out; these modules would let in what makes the same text come out otherwise."""
    forbidden = {"asyncio", "datetime", "os", "random", "secrets", "socket", "subprocess", "threading", "time", "uuid"}
    for path in (ROOT / "streams" / "text").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not forbidden & {name.partition(".")[0] for name in names}, path.name


def test_the_readme_names_every_setting():
    readme = (ROOT / "README.md").read_text("utf-8")
    for variable in Settings().as_environment():
        assert variable in readme, variable
