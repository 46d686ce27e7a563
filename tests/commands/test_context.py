"""Errors as a person reads them."""

from __future__ import annotations

import errno

import click
import pytest

from streams.commands.context import run_async
from streams.settings import Settings


@pytest.mark.parametrize(
    ("error", "is_kafkas"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), False),
        (OSError(errno.EROFS, "Read-only file system"), False),
        (OSError(errno.EIO, "Input/output error"), False),
        (OSError("there is no topic"), True),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), True),
    ],
    ids=str,
)
def test_kafka_is_not_blamed_for_a_disk(error, is_kafkas):
    async def work():
        raise error

    with pytest.raises(click.ClickException) as raised:
        run_async(work(), Settings())
    assert ("Kafka at" in raised.value.message) is is_kafkas
