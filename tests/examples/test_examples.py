"""The examples that need no Kafka do what they say; tests/broker/test_examples.py has the others."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
import textwrap
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "examples"
SAYS = {
    "clean_a_page.py": ["Storm hits the coast\n", "from HAMBURG, by Reuters; language en", "weather", "Nobody was hurt"],
    "pipeline_in_memory.py": [
        "news.enriched: Council adopts budget\n",
        "news.duplicates: same-article\n",
        "news.rejected: wrong-type",
    ],
    "agent_of_your_own.py": ['"versions": 2}\n', '"versions": 4}\n'],
}
WITH_KAFKA = {"consumer.py"}


@pytest.mark.parametrize("script", SAYS)
def test_an_example_runs_as_it_is(script):
    run = subprocess.run([sys.executable, FOLDER / script], capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    for said in SAYS[script]:
        assert said in run.stdout, run.stdout
    assert not run.stderr


def test_every_example_is_run_and_listed():
    scripts = {path.name for path in FOLDER.glob("*.py")}
    assert scripts == SAYS.keys() | WITH_KAFKA
    assert set(re.findall(r"\]\((\w+\.py)\)", (FOLDER / "README.md").read_text("utf-8"))) == scripts


def test_examples_import_public_names_alone():
    for path in FOLDER.glob("*.py"):
        ours = re.findall(r"^(?:from|import) ((?:streams|agents)[\w.]*)", path.read_text("utf-8"), re.MULTILINE)
        assert set(ours) <= {"streams.embed"}, path.name


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        pytest.param({"version": "9"}, {"version": "10"}, id="numbers, not texts"),
        pytest.param({"versionCreated": "2026-09-21T13:00:00Z"}, {"versionCreated": "2026-09-21T09:00:00-05:00"}, id="zones"),
        pytest.param({"versionCreated": "2026-09-21T15:00:00+02:00"}, {"versionCreated": "2026-09-21T13:00:01Z"}, id="seconds"),
        pytest.param(
            {"versionCreated": "2026-09-21T13:00:00.5Z"},
            {"version": "1", "versionCreated": "2026-09-20T13:00:00Z"},
            id="number first",
        ),
        pytest.param({}, {"versionCreated": "2026-09-21T13:00:00+00:00"}, id="none at all"),
    ],
)
def test_the_newer_of_two_versions_is_told_in_the_example_and_in_the_guide(older, newer):
    guide = (FOLDER.parent / "docs/versions.md").read_text("utf-8")
    shown = re.search(r"    def rank\(document\):.*\n(?:        .*\n)+", guide)
    scope: dict[str, Any] = {"datetime": datetime}
    exec(textwrap.dedent(shown[0]), scope)
    for rank in (runpy.run_path(str(FOLDER / "consumer.py"))["rank"], scope["rank"]):
        assert rank(older) < rank(newer)
