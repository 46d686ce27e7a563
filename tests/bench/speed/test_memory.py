"""The stages that are timed."""

from __future__ import annotations

import pkgutil

import pytest

from bench.speed.memory import _STAGES, REST, stages_us


@pytest.mark.parametrize(("module", "function"), [(module, function) for _, module, function in _STAGES])
def test_a_stage_is_a_function_of_the_module_or_class_that_has_it(module, function):
    assert callable(getattr(pkgutil.resolve_name(module), function))


def test_every_stage_takes_time():
    stages = stages_us(50)
    assert {name for name, us in stages.items() if us > 0} == {REST, *(name for name, _, _ in _STAGES)}
