"""The Faust app: which parts of Faust Headwater uses, and the settings that make them safe."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable

import faust
import faust.streams
from yarl import URL

from streams.kafka.clients import tls_context
from streams.kafka.no_tables import NoTables
from streams.kafka.reading import bound_batches
from streams.kafka.transport import SCHEME, STREAM_BUFFER_BATCHES, Fetched
from streams.settings import Settings
from streams.steps import Step

_LOOKS_FOR_PARTITIONS_MS = 30_000  # new partitions of a topic are picked up within a minute


class UnsafeFaustError(RuntimeError):
    """This installation of Faust would lose events."""


def create_app(settings: Settings) -> faust.App:
    """Build the app. Agents, group membership and assignment are Faust's; commits are ours (``streams.kafka.delivery``).

    Raises:
        UnsafeFaustError: Faust's C stream loop is missing. The Python loop acknowledges events of an earlier generation
            without having processed them.
    """
    if getattr(faust.streams, "_CStreamIterator", None) is None:
        raise UnsafeFaustError(
            "faust-streaming is installed without its C extensions (or NO_CYTHON is set): install one of its wheels"
        )
    bound_batches(settings.max_unpacked_batch_bytes)
    return faust.App(
        settings.app_id,
        broker=[URL(f"{SCHEME}://{broker}") for broker in settings.brokers],
        broker_credentials=_credentials(settings),
        datadir=settings.state_dir / "faust",
        web_enabled=False,
        TableManager=NoTables,
        topic_disable_leader=True,
        topic_allow_declare=False,  # `headwater topics create` creates them with the right settings
        consumer_auto_offset_reset="earliest",
        broker_max_poll_records=settings.max_batch_records,
        consumer_metadata_max_age_ms=_LOOKS_FOR_PARTITIONS_MS,
        consumer_max_fetch_size=1 << 20,  # per partition, compressed; a response for all partitions is at most 50 MiB
        stream_buffer_maxsize=STREAM_BUFFER_BATCHES,
        stream_wait_empty=False,  # streams.kafka.delivery finishes or gives up the work in progress
        broker_session_timeout=settings.session_timeout_s,
        broker_heartbeat_interval=settings.session_timeout_s / 30,  # how soon the other members learn of a rebalance
        consumer_group_instance_id=settings.instance_id,
        broker_rebalance_timeout=settings.session_timeout_s * 2,
        broker_request_timeout=settings.session_timeout_s * 3,
        worker_redirect_stdouts=False,
    )


def _credentials(settings: Settings) -> faust.auth.Credentials | None:
    """The same security as :func:`streams.kafka.clients.connection`, in the form that Faust passes to its aiokafka clients."""
    context = tls_context(settings)
    if settings.security_protocol.sasl:
        # Faust chooses between SASL_SSL and SASL_PLAINTEXT by whether there is a TLS context.
        return faust.SASLCredentials(
            username=settings.sasl_username,
            password=settings.sasl_password,
            ssl_context=context,
            mechanism=settings.sasl_mechanism.value,
        )
    return None if context is None else faust.SSLCredentials(context)


def add_agent(app: faust.App, step: Step, take: Callable[[Fetched], Awaitable[None]]) -> None:
    """Register the Faust agent that reads a step's source; ``take`` is :meth:`streams.kafka.delivery.Delivery.take`."""

    @app.agent(_batch_topic(app, step.source), name=f"{step.name}_articles")
    async def hand_over(fetches: AsyncIterable[Fetched]) -> None:
        async for fetched in fetches:
            await take(fetched)


def _batch_topic(app: faust.App, name: str) -> faust.Topic:
    """A topic whose stream yields :class:`streams.kafka.transport.Fetched`.

    ``acks`` is off: each batch would look like a gap in Faust's list of acknowledged offsets, which would grow without limit.
    """
    return app.topic(str(name), key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw", acks=False)
