"""What the brokers answer to a member that they will never take into its group, and what to do about it.

aiokafka logs such an answer and waits for somebody to ask for records, which Faust does only once there is an assignment: the
worker would wait for ever, and say nothing. So it stops.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any, Final

from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.protocol.coordination import FindCoordinatorRequest
from aiokafka.protocol.group import JoinGroupRequest


class _Code(IntEnum):
    """Kafka's error codes: https://kafka.apache.org/protocol#protocol_error_codes."""

    INCONSISTENT_PROTOCOL = 23
    INVALID_GROUP = 24
    INVALID_SESSION_TIMEOUT = 26
    GROUP_DENIED = 30


_JOINING: Final = frozenset((FindCoordinatorRequest.API_KEY, JoinGroupRequest.API_KEY))


def refusal(code: int, group: str, session_timeout_s: float) -> str | None:
    """Why the brokers refuse a member for good, in words for a person; None for an answer that may change."""
    match code:
        case _Code.INCONSISTENT_PROTOCOL:
            return (
                f"there are members of another kind in the group {group}: another program goes by that name."
                " Stop it, or set another HEADWATER_APP_ID"
            )
        case _Code.INVALID_GROUP:
            return f"the brokers take no group of the name {group}: set another HEADWATER_APP_ID"
        case _Code.INVALID_SESSION_TIMEOUT:
            return (
                f"the brokers do not take HEADWATER_SESSION_TIMEOUT_S={session_timeout_s:g}: it must lie between their"
                " group.min.session.timeout.ms and group.max.session.timeout.ms (6 and 1800 s, unless they are set)"
            )
        case _Code.GROUP_DENIED:
            return f"this user may not read the group {group}: `headwater check` names each right that is missing"
        case _:
            return None


def watch_joining(client: AIOKafkaClient, refused: Callable[[int], None]) -> None:
    """Call ``refused`` with the error code of each answer to a member that looks for its group or joins it."""
    send = client.send

    async def send_watched(node_id: int, request: Any, *, group: ConnectionGroup = ConnectionGroup.DEFAULT) -> Any:
        response = await send(node_id, request, group=group)
        if getattr(response, "API_KEY", None) in _JOINING and response.error_code:
            refused(response.error_code)
        return response

    client.send = send_watched
