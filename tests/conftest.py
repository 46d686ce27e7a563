"""What holds for all tests."""

from __future__ import annotations

import gc
import os

from hypothesis import settings

# CPython before 3.11.8 can fail with "AST constructor recursion depth mismatch" when the garbage collector strikes while
# pytest parses a test file (gh-106905): it is off until all of them are read.
gc.disable()

# A change is judged by the same examples on every run of CI; people's runs go on looking for new ones.
# None of them has a deadline: a busy machine is no fault.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=3_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))


def pytest_collection_finish() -> None:
    gc.enable()
