"""The measurement of starts says what it was given in vain."""

from __future__ import annotations

import pytest

from bench.speed import start


def test_a_checkout_that_is_missing_is_named_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["start", "--beside", "missing"])
    with pytest.raises(SystemExit, match=r"^--beside missing: no checkout of Headwater is there$"):
        start.main()
