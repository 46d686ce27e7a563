"""The system's own Chromium: where it is, and what brings one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)

HOW_TO_GET_ONE = """\
The console's tests need a Chromium, and there is none. Get one:
    apt-get install chromium            # Debian, Ubuntu; brew install --cask chromium on a Mac
or name one in CHROMIUM=/path/to/chromium, or leave these tests out: NO_BROWSER=1 make test"""


def find_chromium() -> str | None:
    """The path of a browser that can be driven: the one that CHROMIUM names, else the first that is installed."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    found = (shutil.which(name) for name in _NAMES)
    return next(filter(None, found), None) or next((path for path in _MAC if Path(path).exists()), None)
