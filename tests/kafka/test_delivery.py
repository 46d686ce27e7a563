"""How a worker releases its partitions."""

from __future__ import annotations

from agents import pipeline_steps
from streams.kafka import delivery
from streams.kafka.app import create_app
from streams.settings import Settings


async def test_a_worker_that_can_not_release_its_partitions_ends_instead_of_staying_in_the_group_without_work(
    monkeypatch, tmp_path
):
    """Faust continues silently: its consumer's thread keeps the partitions, and the process."""
    settings = Settings(state_dir=tmp_path)
    app = create_app(settings)
    leaving = delivery.Delivery(app, settings, pipeline_steps(settings))
    ended = []

    async def fails(_: object) -> None:
        raise RuntimeError("a disk")

    monkeypatch.setattr(leaving, "_release", fails)
    monkeypatch.setattr(delivery, "stop_worker", lambda name, error: ended.append((name, str(error))))
    await app.on_before_shutdown.send()
    assert ended == [("shutdown", "a disk")]
