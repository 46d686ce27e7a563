"""Node clients and tools from npm, installed once into build/."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

CLIENTS = Path(__file__).parents[1] / "clients"
_BUILD = Path(__file__).parents[2] / "build"
_MISSING = "needs Node 20 with npm (on Debian: apt install nodejs npm); NO_NODE=1 leaves out what needs it"

needs_node = pytest.mark.skipif(bool(os.environ.get("NO_NODE")), reason="NO_NODE is set")


def node_modules() -> Path:
    """The folder with the packages of tests/clients, exactly as locked.

    Raises:
        AssertionError: there is no npm, or it can't install them.
    """
    assert shutil.which("npm"), _MISSING
    lock = CLIENTS / "package-lock.json"
    folder = _BUILD / f"node-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    if not (folder / "installed").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", lock.name):
            shutil.copy(CLIENTS / name, folder)
        install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        (folder / "installed").touch()
    return folder / "node_modules"


async def run_node(folder: Path, script: Path, *arguments: str, **variables: str) -> tuple[int, str, str]:
    """Run a script beside the packages; ``folder`` is an empty one. Returns its status, output and errors."""
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(await asyncio.to_thread(node_modules))
    copy = folder / script.name
    if copy != script:
        shutil.copy(script, copy)
    process = await asyncio.create_subprocess_exec(
        *("node", str(copy), *arguments),
        env=os.environ | variables,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        output, errors = await asyncio.wait_for(process.communicate(), 120)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, output.decode(), errors.decode()
