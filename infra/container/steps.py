"""The Dockerfile's steps in a folder, for machines without a container engine: what it builds, and how large that is.

    python -m infra.container.steps FOLDER

makes FOLDER/opt/headwater as the image has it (each RUN of the build stage, with the paths of the image put below FOLDER), and
prints its size and that of its compressed layer. What it can't show: the base image, the user, the read-only root.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[2]
DOCKERFILE: Final = ROOT / "infra" / "container" / "Dockerfile"
_IMAGE_FOLDERS: Final = ("/opt/", "/wheels")


class Instruction(NamedTuple):
    """An instruction of a Dockerfile: its word, and what follows, in one line."""

    word: str
    text: str


def instructions(dockerfile: str) -> Iterator[Instruction]:
    """All instructions, in order; comments are left out, and continued lines joined."""
    without_comments = re.sub(r"^\s*#.*\n", "", dockerfile, flags=re.MULTILINE)
    for line in re.sub(r"\\\n\s*", " ", without_comments).splitlines():
        if line.strip():
            word, text = line.split(None, 1)
            yield Instruction(word, text)


def build_stage(dockerfile: str) -> list[Instruction]:
    """What is between the first FROM and the second."""
    every = list(instructions(dockerfile))
    starts = [number for number, each in enumerate(every) if each.word == "FROM"]
    return every[starts[0] + 1 : starts[1]]


def perform(folder: Path) -> Path:
    """Do the build stage below a folder; returns the environment that the image has as /opt/headwater.

    Raises:
        subprocess.CalledProcessError: a step failed.
    """
    work = folder / "build"
    work.mkdir(parents=True)
    for word, text in build_stage(DOCKERFILE.read_text("utf-8")):
        if word == "COPY":
            *sources, target = text.split()
            for source in sources:
                _copy(ROOT / source, work / target)
        elif word == "RUN":
            here = re.sub(rf"(?<![\w.])({'|'.join(_IMAGE_FOLDERS)})", rf"{folder}\1", text)
            here = re.sub(r"^python |(?<=&& )python ", f"{sys.executable} ", here)
            subprocess.run(["/bin/sh", "-ec", here], cwd=work, check=True)
        elif word != "WORKDIR":
            raise ValueError(f"{word} is not known here")
    return folder / "opt" / "headwater"


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target / source.name if target.is_dir() else target)


def sizes(environment: Path) -> tuple[int, int]:
    """Bytes of the files in a folder, and of them as a compressed layer."""
    plain = sum(path.stat().st_size for path in environment.rglob("*") if path.is_file() and not path.is_symlink())
    layer = environment.parent / "layer.tar.gz"
    with tarfile.open(layer, "w:gz", compresslevel=6) as archive:
        archive.add(environment, "opt/headwater")
    return plain, layer.stat().st_size


def main() -> None:
    """Do it in the folder that is named, and say what came of it."""
    environment = perform(Path(sys.argv[1]).absolute())
    plain, packed = sizes(environment)
    environment_variables = {"PATH": os.environ["PATH"]}
    subprocess.run([environment / "bin" / "headwater", "--version"], env=environment_variables, check=True)
    print(f"{environment}: {plain / 1e6:.0f} MB, {packed / 1e6:.0f} MB compressed")


if __name__ == "__main__":
    main()
