"""Each family of attacks once; `python -m tests.broker.attack` continues with other seeds."""

from __future__ import annotations

import pytest

from tests.broker.attack import FAMILIES, attack


@pytest.mark.parametrize("family", FAMILIES)
async def test_nothing_that_comes_in_stops_the_stream(tmp_path, family):
    """Good articles come out, every record has one outcome, and no worker ends or uses more than a gigabyte."""
    found = await attack(tmp_path, family, seed=14, short=True)
    assert not found.wrong, str(found)
