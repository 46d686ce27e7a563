"""Conventions that are kept by tests; the import rules are import-linter's (`make lint`)."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

import agents
import streams
from streams.settings import Settings, settings_document
from streams.topics import topics_of

ROOT = Path(__file__).resolve().parent.parent


def test_the_packages_named_streams_and_agents_are_ours():
    """The names are generic: another distribution could have put its own in their place."""
    assert Path(streams.__file__).is_relative_to(ROOT)
    assert Path(agents.__file__).is_relative_to(ROOT)


def test_the_picture_of_the_dataflow_is_the_same_everywhere_and_names_every_step_and_topic():
    picture = re.search(r"    producers ──.*──► consumers", agents.__doc__ or "", re.DOTALL)
    assert picture
    for document in ("README.md", "ARCHITECTURE.md"):
        assert picture[0] in (ROOT / document).read_text("utf-8"), document
    for step in agents.pipeline_steps(Settings()):
        assert step.name in picture[0]
        assert step.source in picture[0]
    for topic in topics_of(agents.pipeline_steps(Settings()), Settings()):
        if topic.startswith("news."):
            assert topic in picture[0]


def test_every_agent_is_a_step_of_the_pipeline():
    files = {path.stem for path in (ROOT / "agents").glob("*.py")} - {"__init__"}
    assert files == {step.name for step in agents.pipeline_steps(Settings())}


def test_pure_modules_use_neither_kafka_nor_the_clock_nor_the_machine():
    """Import rules keep our own Kafka out; these modules would let in what makes the same record come out otherwise."""
    forbidden = {"aiokafka", "asyncio", "faust", "os", "random", "secrets", "socket", "subprocess", "threading", "time", "uuid"}
    pure = [*(path for folder in ("text", "records") for path in (ROOT / "streams" / folder).rglob("*.py"))]
    loose = ("articles", "bounds", "documents", "formats", "memory", "steps", "topics")
    pure += [ROOT / "streams" / f"{name}.py" for name in loose]
    pure += (ROOT / "agents").glob("*.py")
    for path in pure:
        imported = _imported(path)
        assert not forbidden & {name.partition(".")[0] for name in imported}, path
        # Dates are read and written, but nobody asks what time it is.
        assert not re.search(r"\.(?:now|today|utcnow)\(", path.read_text("utf-8")), path


def test_an_address_that_somebody_wrote_is_taken_apart_in_one_place():
    """Python's functions raise over "http://[address]"; ours do not."""
    for path in (ROOT / "streams" / "records").rglob("*.py"):
        raising = re.search(r"\burl(?:split|parse|join)\(", path.read_text("utf-8"))
        assert raising is None or path.name == "urls.py", path


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_a_class_has_a_name_of_its_own():
    """One word, one thing. The programs in bench/peers are each whole by themselves, and private names are a module's own."""
    places: defaultdict[str, set[Path]] = defaultdict(set)
    for path in (path for top in ("streams", "agents", "infra", "bench") for path in (ROOT / top).rglob("*.py")):
        for name in () if ROOT / "bench" / "peers" in path.parents else _named(path):
            places[name].add(path.relative_to(ROOT))
    assert not {name: where for name, where in places.items() if len(where) > 1}


def _named(path: Path) -> set[str]:
    """The public classes of a module, and its names for types."""
    found: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {name for name in found if name[0].isupper() and not name.isupper()}


def test_the_page_of_settings_is_generated_from_their_declarations():
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    assert page == settings_document(), "headwater settings --markdown > docs/configuration.md"
    for variable in Settings().as_environment():
        assert variable in page, variable


DOCUMENTS = sorted(
    path for where in ("*.md", "docs/**/*.md", "examples/*.md", ".github/*.md", "tests/**/*.md") for path in ROOT.glob(where)
)


def test_the_map_names_every_folder_and_every_module_beside_them():
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    shown = text.partition("## Map\n")[2].partition("\n## ")[0]
    top = ("agents", "streams", "infra", "bench", "examples", "tests")
    packages = {
        path.relative_to(ROOT).as_posix() + "/"
        for name in top
        for path in (ROOT / name, *(ROOT / name).glob("*/"))
        if any(path.glob("*.py")) and path.name != "__pycache__"
    }
    # A folder of tests/ mirrors one of the code; those that mirror none are named.
    mirrored = {f"tests/{name}/" for name in top} | {each.replace("streams/", "tests/", 1) for each in packages}
    nested = {path.relative_to(ROOT).as_posix() + "/" for path in (ROOT / "streams" / "text").glob("*/") if path.name[0] != "_"}
    modules = {f"streams/{path.name}" for path in (ROOT / "streams").glob("*.py")} - {"streams/__init__.py"}
    wanted = modules | (packages | nested) - mirrored - {"streams/"}
    assert not [each for each in sorted(wanted) if f"`{each}`" not in shown]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_in_a_document_exists(document):
    text = document.read_text("utf-8")
    for path in re.findall(r"`((?:agents|streams|infra|bench|examples|tests|docs)/[\w./-]*)`", text):
        assert (ROOT / path).exists(), path
    for link in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text):
        assert (document.parent / link).exists(), link
    for module in re.findall(r"python -m ((?:bench|tests|streams|infra)[\w.]*)", text):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module
