"""Where each peer runs: in its own environment, created on first use in the user's cache, named by its contents.

A Python peer has a ``requirements.txt`` (exact versions, with hashes) in its folder under bench/peers/; a Java one a
``pom.xml``. A peer whose environment can't be created is left out of the comparison, and the report says why.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from os import environ
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / "bench" / "peers"
_MAKE_TIMEOUT_S = 900.0


class EnvironmentUnavailableError(RuntimeError):
    """A peer's environment can't be created; the message says why."""


def python_for(peer: str, *, with_headwater: bool) -> Path:
    """The Python of a peer's virtual environment; it also has Headwater's requirements if the peer shares its functions.

    Raises:
        EnvironmentUnavailableError: pip could not create it.
    """
    requirements = [*([ROOT / "requirements.txt"] if with_headwater else []), PEERS / peer / "requirements.txt"]
    folder = _folder(peer, requirements)
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        print(f"making the environment of {peer} (once, about a minute) …", file=sys.stderr, flush=True)
        _run("python's venv", [sys.executable, "-m", "venv", str(folder)])
        wanted = [argument for file in requirements for argument in ("-r", str(file))]
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-deps", "--require-hashes"]
        _run("pip", [*pip, *wanted])
        (folder / "made").touch()
    return python


def java_for(peer: str) -> list[str]:
    """The command that runs a peer's Java program, up to its arguments.

    Raises:
        EnvironmentUnavailableError: there is no Java 17 or Maven, or Maven could not build it.
    """
    java, maven = shutil.which("java"), shutil.which("mvn")
    if java is None or maven is None:
        raise EnvironmentUnavailableError("Java (17 or newer) and Maven are not installed")
    sources = sorted(path for path in (PEERS / peer).rglob("*") if path.is_file() and path.suffix in {".xml", ".java"})
    folder = _folder(peer, sources)
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        print(f"building {peer} with Maven (once, about a minute) …", file=sys.stderr, flush=True)
        shutil.copytree(PEERS / peer, folder)
        _run("Maven", [maven, "-q", "-B", "package"], folder)
        (folder / "made").touch()
    return [java, "-cp", f"{folder / 'target' / 'classes'}:{folder / 'target' / 'lib' / '*'}"]


def _folder(peer: str, contents: list[Path]) -> Path:
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for path in contents:
        digest.update(path.read_bytes())
    cache = Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "headwater")
    return cache.absolute() / f"bench-{peer}-{digest.hexdigest()[:8]}"


def _run(what: str, command: list[str], folder: Path | None = None) -> None:
    try:
        result = subprocess.run(
            command, cwd=folder, check=False, capture_output=True, text=True, timeout=_MAKE_TIMEOUT_S, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentUnavailableError(f"{what}: {error}") from error
    if result.returncode:
        lines = [line for line in (result.stdout + result.stderr).splitlines() if "ERROR" in line] or ["no reason given"]
        raise EnvironmentUnavailableError(f"{what} ended with status {result.returncode}: {' '.join(lines[:2])}")
