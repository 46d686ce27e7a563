"""Lists of words in TOML, beside the modules that use them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def word_lists(package: str, file: str) -> dict[str, Any]:
    """The tables of a file, which is read once: several parts of some are used, and reading takes up to 10 ms.

    Everybody is given the same tables, so they stay as they are.
    """
    return tomllib.loads(files(package).joinpath(file).read_text("utf-8"))
