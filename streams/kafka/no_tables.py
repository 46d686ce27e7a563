"""Faust's manager of tables for an app that has none: ours are in :mod:`streams.kafka.tables`."""

from __future__ import annotations

from faust.tables.manager import TableManager


class NoTables(TableManager):
    """Starts at once. Faust's waits a second for tables that agents may still add, in which the worker does nothing."""

    async def on_start(self) -> None:
        """Report that all tables are known, which the subscription to the sources waits for.

        Raises:
            RuntimeError: there is a table, which nobody has waited for.
        """
        if self:
            raise RuntimeError(f"Faust's tables are not used here: {', '.join(self)}")
        if not self.should_stop:
            await self._update_channels()
            await self.recovery.start()
