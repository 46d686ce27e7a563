"""An article as a signed request, by the Standard Webhooks (https://www.standardwebhooks.com). Pure."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import Final

import orjson

from streams.outgoing.decisions import Notice, told_of
from streams.outgoing.items import Item

PREFIX: Final = "whsec_"
_KEY_BYTES: Final = range(24, 65)
_TYPES: Final = {Notice.ARTICLE: "article.published", Notice.REMOVED: "article.removed"}


class SecretError(ValueError):
    """Not a secret of the Standard Webhooks."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message; every retry has the same id and body."""

    id: str
    body: bytes
    origin: str


def read_secret(written: str) -> bytes:
    """The key of a secret, ``whsec_`` and 24 to 64 bytes in base64.

    Raises:
        SecretError: it is not such a secret.
    """
    if not written.strip():
        raise SecretError("it is not set")
    try:
        key = base64.b64decode(written.strip().removeprefix(PREFIX), validate=True)
    except ValueError as error:  # binascii.Error, or a plain one for letters outside ASCII
        raise SecretError(f"not in base64: {error}") from error
    if len(key) not in _KEY_BYTES:
        raise SecretError(f"{len(key)} bytes, must be {_KEY_BYTES[0]} to {_KEY_BYTES[-1]}")
    return key


def message_of(change: Notice, item: Item, topic: str) -> Message:
    """``topic``: the id of the topic news.enriched, so that no other stream has the same ids."""
    told = told_of(change, item)
    body = orjson.dumps({"type": _TYPES[change], "timestamp": told["time"], "data": told})
    told_id = blake2b(f"{topic} {told['origin']} {change}".encode(), digest_size=16).hexdigest()
    return Message(f"msg_{told_id}", body, told["origin"])


def signed(message: Message, key: bytes, now_s: float) -> Mapping[str, str]:
    """The headers of a request; the signature covers id, time (s since 1970) and body."""
    at = str(int(now_s))
    signature = hmac.digest(key, b".".join((message.id.encode(), at.encode(), message.body)), sha256)
    return {
        "Content-Type": "application/json",
        "Idempotency-Key": message.id,
        "webhook-id": message.id,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
