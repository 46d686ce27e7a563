"""``python -m tests.browser``: the console's tests in a real browser, or how to get one; ``--find``: is there one?"""

from __future__ import annotations

import os
import sys

import pytest

from tests.browser.chromium import HOW_TO_GET_ONE, find_chromium


def main() -> int:
    if os.environ.get("NO_BROWSER") == "1":
        print("NOT RUN: tests/browser (NO_BROWSER=1): nobody has looked at the console's page")
        return 0
    if find_chromium() is None:
        print(HOW_TO_GET_ONE, file=sys.stderr)
        return 1
    if sys.argv[1:] == ["--find"]:
        return 0
    return int(pytest.main(["tests/browser", *sys.argv[1:]]))


if __name__ == "__main__":
    sys.exit(main())
