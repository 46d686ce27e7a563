"""Faust's tables are not used."""

from __future__ import annotations

import pytest

from streams.kafka.app import create_app
from streams.kafka.no_tables import NoTables
from streams.settings import Settings


async def test_a_table_of_fausts_is_refused_because_nobody_would_wait_for_it(tmp_path):
    app = create_app(Settings(state_dir=tmp_path))
    assert isinstance(app.tables, NoTables)
    app.tables["counts"] = object()
    with pytest.raises(RuntimeError, match="counts"):
        await app.tables.on_start()
