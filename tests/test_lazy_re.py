"""Regular expressions that are compiled when they are first used."""

import copy
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest

import streams
from streams import lazy_re

_ALL_PATTERNS = """
import gc
from streams.lazy_re import LazyPattern
import agents
import streams.commands.{command}
patterns = [each for each in gc.get_objects() if type(each) is LazyPattern]
print(sum("compiled" in vars(each) for each in patterns), len(patterns))
assert all(each.compiled for each in patterns)
"""


def test_a_pattern_does_what_a_compiled_one_does():
    pattern = lazy_re.compile(r"(\w)-(\w)", lazy_re.IGNORECASE)
    assert pattern.pattern == r"(\w)-(\w)"
    assert pattern.sub(r"\2", "a-b, c-d") == "b, d"
    assert [found[1] for found in pattern.finditer("a-b, c-d")] == ["a", "c"]
    assert (pattern.groups, bool(pattern.flags & re.IGNORECASE)) == (2, True)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda pattern: pickle.loads(pickle.dumps(pattern))])
@pytest.mark.parametrize("is_used", [False, True], ids=["before it is used", "when it was used"])
def test_a_pattern_can_be_copied_and_pickled(copied, is_used):
    pattern = lazy_re.compile("A", re.IGNORECASE)
    if is_used:
        assert pattern.search("a")
    assert copied(pattern).fullmatch("a")


def test_a_mistake_shows_when_a_pattern_is_first_used():
    pattern = lazy_re.compile("(")
    with pytest.raises(re.error):
        pattern.search("")


@pytest.mark.parametrize("command", ["feeds", "console", "load_warc", "explain"])
def test_imports_compile_few_patterns_and_there_is_no_mistake_in_any(command):
    program = _ALL_PATTERNS.format(command=command)
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    compiled, made = map(int, said.stdout.split())
    assert compiled < made / 50


def test_no_module_compiles_its_patterns_when_it_is_imported():
    modules = Path(streams.__file__).parent.rglob("*.py")
    eager = [path for path in modules if "\nimport re\n" in path.read_text("utf-8")]
    assert not eager
