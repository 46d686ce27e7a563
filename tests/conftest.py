"""Fixtures and settings for all tests."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import settings

from streams.memory import MemoryPipeline
from tests.contracts.checking import contract_errors

# CPython before 3.11.8 can fail with "AST constructor recursion depth mismatch" when the garbage collector strikes while
# pytest parses a test file (gh-106905): it is off until all of them are read.
gc.disable()

# A change is judged by the same examples on every run of CI; local runs keep looking for new ones.
# None of them has a deadline: a busy machine is not a failure.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=3_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))


_publish = MemoryPipeline.publish


@pytest.fixture(autouse=True, scope="session")
def every_outcome_keeps_the_contract():
    """All outcomes that a test's pipeline gives in memory validate against the schemas that consumers have."""

    def publish(*arguments, **named):
        for output in _publish(*arguments, **named):
            errors = list(contract_errors(output.topic, output.key, output.value, output.headers))
            assert not errors, "\n".join(errors)
            yield output

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MemoryPipeline, "publish", publish)
        yield


def pytest_collection_finish() -> None:
    gc.enable()
