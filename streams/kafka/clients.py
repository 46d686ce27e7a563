"""How every Kafka client of Headwater connects; Faust's own clients get the same settings in :mod:`streams.kafka.app`.

No secret is ever logged here or in :mod:`streams.kafka.app`, and aiokafka is prevented from logging any: see
``_carries_no_credentials``.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, Final, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.conn import create_conn
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    NodeNotReadyError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.admin import SaslAuthenticateRequest
from aiokafka.protocol.metadata import MetadataRequest

from streams.kafka.aiokafka_types import client_of, connection_of
from streams.kafka.reading import LOOK_AGAIN_MS, bound_batches
from streams.settings import Settings

# The most bytes one record may have anywhere: the largest raw record (topics.py), plus growth by tagging and JSON escapes.
MAX_REQUEST_BYTES = 16 << 20
TRANSACTION_TIMEOUT_MS: Final = 60_000
"""How long a worker's transaction may stay open before Kafka gives up its producer."""
# How long each broker has to say why it refuses the connection.
_REASON_TIMEOUT_MS = 5_000

T = TypeVar("T")
Client = TypeVar("Client", AIOKafkaConsumer, AIOKafkaProducer, AIOKafkaAdminClient)


def connection(settings: Settings) -> dict[str, Any]:
    """Keyword arguments for any aiokafka client, password included: never log them. Also bounds how batches are unpacked."""
    bound_batches(settings.max_unpacked_batch_bytes)
    arguments: dict[str, Any] = {
        "bootstrap_servers": list(settings.brokers),
        "client_id": settings.app_id,
        "security_protocol": settings.security_protocol.value,
        "ssl_context": tls_context(settings),
    }
    if settings.security_protocol.sasl:
        arguments |= {
            "sasl_mechanism": settings.sasl_mechanism.value,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": settings.sasl_password,
        }
    return arguments


def reading_to_the_end(settings: Settings) -> dict[str, Any]:
    """Like :func:`connection`, for a consumer that reads up to the present end of a log, and asks where that is.

    A fetch that waits at the broker for something new keeps what is asked next on the same connection waiting as well.
    """
    return connection(settings) | {"fetch_max_wait_ms": LOOK_AGAIN_MS}


@cache
def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """The TLS context that all connections share; None if the protocol has no TLS.

    TLS 1.2 or newer. The broker's certificate must be trusted and valid for the host name we dialled.

    Raises:
        OSError: a certificate file can't be read or used (``Settings.from_environment`` has already checked that).
    """
    if not settings.security_protocol.tls:
        return None
    context = ssl.create_default_context(cafile=settings.tls_ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = True
    if settings.tls_cert_file:
        # Pass a function even if there is no password: otherwise OpenSSL would ask for one on the terminal.
        context.load_cert_chain(settings.tls_cert_file, settings.tls_key_file, lambda: settings.tls_key_password or "")
    return context


async def apart(work: Coroutine[Any, Any, T]) -> T:
    """Await ``work`` as a task of its own: when a connection breaks, aiokafka cancels whoever waits for it, and that is not us.

    Raises:
        KafkaConnectionError: it was cancelled from inside.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.wait({task})
    finally:
        task.cancel()
    if task.cancelled():
        raise KafkaConnectionError("the connection broke off")
    return task.result()


def publisher(settings: Settings) -> AIOKafkaProducer:
    """A producer, not yet started, for records from outside: a record counts as sent when all in-sync replicas have it."""
    return AIOKafkaProducer(
        **connection(settings),
        enable_idempotence=True,
        acks="all",
        max_request_size=MAX_REQUEST_BYTES,
        compression_type="zstd",
        linger_ms=5,
    )


class NotConnectedError(KafkaConnectionError):
    """No broker can be reached, or every broker refuses us; the message tells a person why."""

    def __str__(self) -> str:
        return str(self.args[0])


@asynccontextmanager
async def opened(client: Client) -> AsyncIterator[Client]:
    """Start a client, and close it in any case, even if it could not be started.

    Raises:
        NotConnectedError: the client cannot connect.
    """
    try:
        try:
            await client.start()
        except KafkaConnectionError as error:
            inner = client.client if isinstance(client, AIOKafkaProducer) else client_of(client)
            raise NotConnectedError(await _reason(inner) or str(error)) from error
        yield client
    finally:
        await (client.close() if isinstance(client, AIOKafkaAdminClient) else client.stop())


async def _reason(client: AIOKafkaClient) -> str | None:
    """Why the client cannot connect: aiokafka reports that only to its log, so each broker is tried once more.

    A refusal says more than an unreachable broker, so it is preferred. None if a broker accepts us now.
    """
    arguments = connection_of(client)
    errors: list[BaseException] = []
    for host, port, _ in client.hosts:
        try:
            broker = await create_conn(host, port, request_timeout_ms=_REASON_TIMEOUT_MS, **arguments)
            try:
                await broker.send(MetadataRequest([]))
            finally:
                broker.close()
        except (OSError, KafkaError) as error:
            errors.append(error.__cause__ or error)
        else:
            return None
    return _in_words(max(errors, key=lambda error: isinstance(error, (ssl.SSLError, KafkaError))))


def _in_words(error: BaseException) -> str:
    """Why a connection failed, and which settings to check."""
    match error:
        case SaslAuthenticationFailed():
            words = f"{error.args[0] or error.description}; see HEADWATER_SASL_USERNAME, HEADWATER_SASL_PASSWORD"
        case UnsupportedSaslMechanismError():
            words = "it does not offer this mechanism; see HEADWATER_SASL_MECHANISM"
        case ssl.SSLCertVerificationError():
            words = f"its certificate is not trusted: {error.verify_message}; see HEADWATER_TLS_CA_FILE"
        case ssl.SSLError() if "CERTIFICATE" in str(error.reason):
            words = f"it does not accept our certificate ({error.reason}); see HEADWATER_TLS_CERT_FILE"
        case ssl.SSLError() | ConnectionResetError() | EOFError() | IllegalSaslStateError():
            words = "it broke off the connection: it may speak another HEADWATER_SECURITY_PROTOCOL"
        case _:
            words = str(error) or repr(error)
    return words


def _carries_no_credentials(record: logging.LogRecord) -> bool:
    """aiokafka's debug log has everything it sends: PLAIN's password, or the SCRAM data that a password can be guessed from."""
    arguments = record.args if isinstance(record.args, tuple) else ()
    return all(getattr(each, "API_KEY", None) != SaslAuthenticateRequest.API_KEY for each in arguments)


logging.getLogger("aiokafka.conn").addFilter(_carries_no_credentials)


_coordinator_lookup = AIOKafkaClient.coordinator_lookup


async def _patient_coordinator_lookup(client: AIOKafkaClient, *arguments: Any) -> Any:
    """Let callers wait where aiokafka would fail an assertion: a broker that has just started may not know any broker yet."""
    if client.get_random_node() is None:
        raise NodeNotReadyError("the broker does not know of any broker yet")
    return await _coordinator_lookup(client, *arguments)


AIOKafkaClient.coordinator_lookup = _patient_coordinator_lookup
