"""Conventions that are kept by tests; the import rules are import-linter's (`make lint`)."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import pytest

import agents
import streams
from streams.settings import Settings, settings_document
from streams.text.duplicates import DuplicateKind
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
    forbidden = {
        "aiohttp",
        "aiokafka",
        "asyncio",
        "faust",
        "glob",
        "locale",
        "mode",
        "multiprocessing",
        "os",
        "platform",
        "random",
    }
    forbidden |= {"secrets", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time", "uuid"}
    pure = [*(path for folder in ("text", "records") for path in (ROOT / "streams" / folder).rglob("*.py"))]
    loose = (
        "articles", "bounds", "documents", "explanation", "faults", "formats", "memory", "steps", "stories", "topics", "traces",
    )  # fmt: skip
    pure += [ROOT / "streams" / f"{name}.py" for name in loose]
    pure += (ROOT / "agents").glob("*.py")
    for path in pure:
        imported = _imported(path)
        assert not forbidden & {name.partition(".")[0] for name in imported}, path
        # Dates are read and written, but nobody asks what time it is, or in which zone this machine is.
        text = path.read_text("utf-8")
        assert not re.search(r"\.(?:now|today|utcnow|utcfromtimestamp|timetuple)\(|\.astimezone\(\)", text), path
        assert not re.search(r"\bfromtimestamp\([^,()]*\)", text), path
        # Python's own hash of a text differs from process to process.
        assert not re.search(r"(?<![\w.])hash\(", text), path


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


def _anchors(text: str) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", each).lower() for each in headings)
    return {re.sub(r"[^\w\- ]", "", each).strip().replace(" ", "-") for each in plain}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_in_a_document_exists(document):
    text = document.read_text("utf-8")
    for path in re.findall(r"`((?:agents|streams|infra|bench|examples|tests|docs)/[\w./-]*)`", text):
        assert (ROOT / path).exists(), path
    for link in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text):
        assert (document.parent / link).exists(), link
    for link, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", text):
        target = document.parent / link if link else document
        assert target.suffix != ".md" or anchor in _anchors(target.read_text("utf-8")), f"{link}#{anchor}"
    for module in re.findall(r"python -m ((?:bench|tests|streams|infra)[\w.]*)", text):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_every_module_has_its_place_in_the_import_rules():
    """A module that no layer names may import whatever it likes, and nobody would notice."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    [layers] = (each["layers"] for each in rules if each["name"] == "imports go one way")
    named = {each.strip() for layer in layers for each in layer.split("|")}
    paths = [path.relative_to(ROOT).with_suffix("") for path in (ROOT / "streams").rglob("*.py")]
    modules = {".".join(path.parts) for path in paths if path.name != "__init__"}
    placed = {each for each in modules if any(each == one or each.startswith(f"{one}.") for one in named)}
    assert modules - placed == set()
    assert all(
        (ROOT / each.replace(".", "/")).with_suffix(".py").exists() or (ROOT / each.replace(".", "/")).is_dir()
        for each in named
    )


def test_the_rules_of_exactly_once_name_code_and_tests_that_exist():
    rules = ast.get_docstring(ast.parse((ROOT / "streams" / "kafka" / "__init__.py").read_text("utf-8"))) or ""
    tests = {
        name.removeprefix("test_")
        for path in (ROOT / "tests" / "broker").glob("*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))
    }
    told = set(re.findall(r"\b[a-z]\w*(?:_[a-z0-9]+){4,}\b", rules))
    assert len(told) >= 10
    assert told - tests == set()
    for module, name in re.findall(r"``(\w+)\.(\w+)``", rules):
        path = ROOT / "streams" / "kafka" / f"{module}.py"
        assert not path.exists() or re.search(rf"(?:def|class) {name}\b", path.read_text("utf-8")), f"{module}.{name}"
    for name in re.findall(r"\b(test_[a-z]+)\b", rules):
        assert (ROOT / "tests" / "broker" / f"{name}.py").exists(), name


PACKAGES = sorted(path.parent for path in (ROOT / "streams").rglob("__init__.py"))


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_outline_of_a_package_names_its_modules(package):
    """Of a package with few modules, all of them; of a larger one, those that it begins with."""
    outline = ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8")), clean=False) or ""
    named = {each for line in re.findall(r"^ {4}(\w+(?:, \w+)*) {2,}\S", outline, re.MULTILINE) for each in line.split(", ")}
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    assert named <= modules
    assert not named or len(modules) > 12 or named == modules


def test_the_glossary_names_every_kind_of_repeat_and_places_where_its_words_are_used():
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    assert {each.value for each in DuplicateKind} <= set(re.findall(r"`([a-z-]+)`", glossary))
    rows = re.findall(r"^\| \*\*([^*]+)\*\*.*\| `([\w/]+/[\w.]*)` \|$", glossary, re.MULTILINE)
    assert len(rows) > 20
    for word, place in rows:
        path = ROOT / place
        files = [path] if path.is_file() else path.rglob("*.py")
        text = " ".join(each.read_text("utf-8") for each in files).lower()
        stem = word.removeprefix("to ").replace(" ", "[ _]?")
        assert re.search(stem, text), f"{word}: {place}"


def test_what_a_docstring_refers_to_exists():
    for path in (each for top in ("streams", "agents", "infra", "bench") for each in (ROOT / top).rglob("*.py")):
        for name in re.findall(r":(?:mod|func|class|data|exc):`~?((?:streams|agents)\.[\w.]+)`", path.read_text("utf-8")):
            parts = name.split(".")
            known = max(end for end in range(1, len(parts) + 1) if _is_module(parts[:end]))
            found: object = import_module(".".join(parts[:known]))
            for part in parts[known:]:
                found = getattr(found, part, None)
            assert found is not None, f"{path.relative_to(ROOT)}: {name}"


def _is_module(parts: list[str]) -> bool:
    place = ROOT.joinpath(*parts)
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def test_no_function_is_longer_than_a_screen():
    for path in (each for top in ("streams", "agents", "infra") for each in (ROOT / top).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                lines = node.end_lineno - node.lineno + 1
                assert lines <= 50, f"{path.relative_to(ROOT)}: {node.name} has {lines} lines"
