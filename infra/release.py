"""A release, ready for upload: built, checked, installed and run outside the repository, its parts and licences listed.

    make release            everything lands in dist/; nothing is uploaded

Each Python of 3.11 to 3.14 that is installed here gets a fresh environment from the lock file and the wheel. A second wheel
is built from the sdist, and must hold the same files. The bill of materials is in CycloneDX's format.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
DIST: Final = ROOT / "dist"
PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
_ARTICLE: Final = (
    '{"title": "The bridge is open", "text": "The mayor cut the ribbon on Monday, and the first cars drove over it."}'
)


def run(*command: str | Path, cwd: Path = ROOT, **options: str) -> str:
    """The output of a command, which sees neither the repository nor its settings.

    Raises:
        subprocess.CalledProcessError: it failed, and has printed why.
    """
    hidden = ("HEADWATER_", "PYTHONPATH", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=environment,
        check=True,
        text=True,
        stdout=subprocess.PIPE,
        input=options.get("input"),
    )
    return done.stdout


def pythons() -> Iterator[tuple[str, Path]]:
    """Each version that is installed here, with its interpreter."""
    for version in PYTHONS:
        here = sys.executable if sys.version_info[:2] == tuple(map(int, version.split("."))) else None
        found = shutil.which(f"python{version}")
        usable = [path for path in (found, here) if path is not None and _is(path, version)]
        if usable:
            yield version, Path(usable[0])


def _is(python: str, version: str) -> bool:
    """Whether an interpreter starts and has that version: the path may have a version manager's shim without one."""
    code = "import sys, venv; print('.'.join(map(str, sys.version_info[:2])))"
    try:
        return run(python, "-c", code).strip() == version
    except (OSError, subprocess.CalledProcessError):
        return False


def build(python: Path) -> tuple[Path, Path]:
    """A fresh wheel and sdist in dist/, checked by twine."""
    shutil.rmtree(DIST, ignore_errors=True)
    run(python, "-m", "build", "--no-isolation", "--outdir", DIST)
    [wheel], [sdist] = DIST.glob("*.whl"), DIST.glob("*.tar.gz")
    run(python, "-m", "twine", "check", "--strict", wheel, sdist)
    return wheel, sdist


def contents(wheel: Path) -> set[str]:
    """The files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def check_contents(python: Path, wheel: Path, sdist: Path, folder: Path) -> None:
    """The wheel has every file of the packages that git has, and the sdist builds the same wheel.

    Raises:
        SystemExit: it does not.
    """
    tracked = run("git", "ls-files", "streams", "agents").splitlines()
    held = contents(wheel)
    if missing := [name for name in tracked if name not in held]:
        sys.exit(f"not in the wheel: {', '.join(missing)}")
    run(python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, sdist)
    [again] = folder.glob("*.whl")
    if contents(again) != held:
        sys.exit(f"the sdist builds another wheel: {sorted(contents(again) ^ held)}")


def install(python: Path, wheel: Path, environment: Path) -> Path:
    """A fresh environment with the locked packages and the wheel; returns its interpreter."""
    run(python, "-m", "venv", environment)
    own = environment / "bin" / "python"
    pip: Sequence[str | Path] = (own, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    run(*pip, "--require-hashes", "-r", ROOT / "requirements-build.txt")
    run(*pip, "--require-hashes", "--no-build-isolation", "-r", ROOT / "requirements-worker.txt")
    run(*pip, "--no-deps", "--no-index", wheel)
    return own


def try_out(environment: Path, folder: Path) -> str:
    """The installed command, in a folder that is not the repository; returns its version.

    Raises:
        SystemExit: the article comes out wrong.
    """
    headwater = environment / "bin" / "headwater"
    version = run(headwater, "--version", cwd=folder).strip()
    run(headwater, "settings", cwd=folder)
    run(headwater, "worker", "--help", cwd=folder)  # imports all that a worker needs
    enriched = run(headwater, "pipe", cwd=folder, input=_ARTICLE + "\n")
    if '"topic":"news.enriched"' not in enriched:
        sys.exit(f"{headwater} pipe: {enriched}")
    return version


def list_parts(tools: Path, python: Path) -> None:
    """The bill of materials and the licences of an environment, into dist/."""
    run(
        tools,
        "-m",
        "cyclonedx_py",
        "environment",
        "--output-reproducible",
        "--of",
        "JSON",
        "-o",
        DIST / "headwater.cdx.json",
        python,
    )
    run(
        tools,
        "-m",
        "piplicenses",
        f"--python={python}",
        "--format=markdown",
        "--with-urls",
        f"--output-file={DIST / 'LICENCES.md'}",
    )


def main() -> None:
    """Do it all, and print what was done and what could not be."""
    tools = Path(sys.executable)
    wheel, sdist = build(tools)
    print(f"{wheel.name}, {sdist.name}: built and checked by twine")
    found = dict(pythons())
    with tempfile.TemporaryDirectory(prefix="headwater-release-") as name:
        folder = Path(name)
        check_contents(tools, wheel, sdist, folder)
        for version, python in found.items():
            own = install(python, wheel, folder / version)
            print(f"Python {version}: {try_out(folder / version, folder)}, installed and run outside the repository")
            if version == next(iter(found)):
                run(own, "-m", "pip", "uninstall", "--quiet", "--yes", "setuptools-scm", "cython", "hatchling", "editables")
                list_parts(tools, own)
    if absent := [version for version in PYTHONS if version not in found]:
        print(f"not tried, because the interpreter is missing: {', '.join(absent)}")
    print(f"{DIST}: {', '.join(sorted(path.name for path in DIST.iterdir()))}")


if __name__ == "__main__":
    main()
