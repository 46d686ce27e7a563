"""``headwater bench quality``: how good what is shipped is, on data with known answers."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import click

# What can be measured: by which module of bench/, with which files of the data folder, with which additional packages.
_PARTS = {
    "language": ("bench.quality.language", ("language-dev.jsonl.gz", "headline-stories-dev.jsonl.gz"), {}),
    "subjects": ("bench.quality.subjects", ("subjects-dev.jsonl.gz",), {}),
    "gold": (
        "bench.quality.subject_gold",
        ("pages-more-dev.jsonl.xz", "language-dev.jsonl.gz", "subjects-dev.jsonl.gz"),
        {},
    ),
    "stories": (
        "bench.quality.stories",
        ("stories-dev.jsonl.gz", "headline-stories-dev.jsonl.gz", "subjects-dev.jsonl.gz"),
        {},
    ),
    "duplicates": ("bench.quality.duplicates", ("body-edits-dev.jsonl.gz",), {}),
    "repeats": (
        "bench.quality.repeats",
        ("headline-stories-dev.jsonl.gz", "headline-pairs-dev.jsonl.gz", "stories-dev.jsonl.gz", "subjects-dev.jsonl.gz"),
        {},
    ),
    "cleaning": (
        "bench.quality.cleaning",
        ("pages-dev.jsonl.gz",),
        {"bs4": "beautifulsoup4", "html2text": "html2text", "inscriptis": "inscriptis", "resiliparse": "Resiliparse"},
    ),
}


@click.group()
def bench() -> None:
    """Measure what is shipped."""


@bench.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--only", "parts", type=click.Choice(list(_PARTS)), multiple=True, default=("language", "subjects"), show_default=True,
    help="May be given several times. Cleaning needs packages that are not installed with the project.",
)  # fmt: skip
def quality(data: Path, parts: tuple[str, ...]) -> None:
    """Print how good what is shipped is on the development texts in the folder DATA.

    Tables by language, how reliable the confidence is, and the speed. Needs the repository: the code that measures is not part
    of the installed package.
    """
    modules = {part: _ready_module(part, data) for part in parts}
    for part, module in modules.items():
        click.secho(f"== {part}", bold=True)
        sys.stdout.flush()
        if status := subprocess.run([sys.executable, "-m", module, str(data)], check=False).returncode:
            raise click.ClickException(f"{module} ended with status {status}")


def _ready_module(part: str, data: Path) -> str:
    module, files, packages = _PARTS[part]
    if find_spec("bench") is None or find_spec(module) is None:
        raise click.ClickException(f"{module} is not installed: run this from a clone of the repository")
    if missing := [name for name in files if not (data / name).exists()]:
        raise click.ClickException(f"{part} needs {' and '.join(missing)} in {data}")
    if absent := [package for name, package in packages.items() if find_spec(name) is None]:
        raise click.ClickException(f"{part} needs more packages: pip install {' '.join(absent)}")
    return module
