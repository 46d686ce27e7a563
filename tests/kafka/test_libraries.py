"""What Headwater uses of four libraries beyond their public names: an upgrade that changes one fails here."""

from __future__ import annotations

import ast
import gc
import inspect
import re
from importlib.metadata import requires
from pathlib import Path

import aiokafka.client
import aiokafka.consumer.fetcher
import aiokafka.consumer.group_coordinator
import aiokafka.consumer.subscription_state
import aiokafka.producer.message_accumulator
import aiokafka.producer.producer
import aiokafka.producer.sender
import aiokafka.producer.transaction_manager
import aiokafka.record.default_records
import aiokafka.record.util
import faust
import faust.streams
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.consumer.fetcher import Fetcher, FetchResult, PartitionRecords
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.consumer.subscription_state import Assignment, SubscriptionState, TopicPartitionState
from aiokafka.producer.message_accumulator import BatchBuilder, MessageAccumulator
from aiokafka.producer.sender import EndTxnHandler, Sender
from aiokafka.producer.transaction_manager import TransactionManager, TransactionState
from aiokafka.protocol.commit import OffsetCommitRequest
from aiokafka.protocol.group import HeartbeatRequest
from faust.transport.conductor import Conductor
from faust.transport.drivers import aiokafka as driver
from feedparser.mixin import _FeedParserMixin
from ftfy.bad_codecs.utf8_variants import IncrementalDecoder

from streams.kafka import no_tables, transactions_v0, transport, uninterrupted

KAFKA = Path(transport.__file__).parent

# Private names, by the class whose instances have them. Whoever uses another one adds it here.
PRIVATE = {
    AIOKafkaClient: "_client_id _security_protocol _ssl_context _sasl_mechanism _sasl_plain_username _sasl_plain_password"
    " _conns _on_connection_closed _wait_on_metadata",
    AIOKafkaConsumer: "_client _coordinator _fetcher _isolation_level _fetch_max_wait_ms _partition_assignment_strategy"
    " _group_instance_id _subscription",
    BatchBuilder: "_set_producer_state _build",
    AIOKafkaAdminClient: "_client _send_to_controller",
    AIOKafkaProducer: "_closed _sender _txn_manager",
    Fetcher: "_records _prefetch_backoff _subscriptions _create_fetch_waiter _notify _wait_consume_future",
    FetchResult: "_partition_records _topic_partition _update_position",
    PartitionRecords: "_records _records_iterator",
    GroupCoordinator: "_send_req",
    HeartbeatRequest: "_group _generation_id _member_id",
    OffsetCommitRequest: "_consumer_group _consumer_group_generation_id _consumer_id _topics",
    Sender: "_message_accumulator _txn_manager _find_coordinator _do_txn_commit _coordinator_dead",
    TopicPartitionState: "_position",
    TransactionManager: "_transaction_waiter",
    driver.AIOKafkaConsumerThread: "_create_worker_consumer _fetch_records _ensure_consumer",
    driver.Consumer: "_read_offset _getmany _to_message",
    _FeedParserMixin: "_get_context _sync_author_detail",
    IncrementalDecoder: "_buffer_decode",
}
HOLDERS = ({"aiokafka_types.py"}, {"bounded_feedparser.py"}, {"mojibake.py"})
"""The modules that may take private names, one for each library."""
# Public by their name and documented nowhere.
UNDOCUMENTED = {
    AIOKafkaClient: "bootstrap coordinator_lookup get_random_node send hosts cluster close force_metadata_update",
    AIOKafkaProducer: "client send_batch partitions_for",
    BatchBuilder: "append record_count",
    EndTxnHandler: "do create_request handle_response group",
    FetchResult: "check_assignment has_more",
    GroupCoordinator: "fetch_committed_offsets group_id generation member_id ensure_coordinator_known",
    MessageAccumulator: "flush_for_commit",
    Sender: "sender_task client start",
    SubscriptionState: "reassignment_in_progress subscription fetch_context",
    Assignment: "tps state_value",
    Conductor: "on_partitions_assigned",
    faust.App: "consumer_generation_id flow_control on_rebalance_start on_rebalance_return on_rebalance_end",
    TransactionManager: "transactional_id state is_empty_transaction complete_transaction maybe_add_partition_to_txn"
    " partitions_to_add is_fatal_error",
    driver.AIOKafkaConsumerThread: "call_thread thread_loop on_partitions_assigned",
}
# What modules of theirs hold.
IN_MODULES = {
    aiokafka.consumer.fetcher: "MemoryRecords FetchResult",
    aiokafka.record.util: "decode_varint_py",
    faust.streams: "_CStreamIterator",
}
OUR_SUBCLASSES = [
    transport.BatchConsumer,
    transport.CommittedReader,
    uninterrupted.Uninterrupted,
    transport.BatchTransport,
    no_tables.NoTables,
    transactions_v0._EndTransactionOnce,
]


@pytest.fixture(autouse=True)
def without_collection():
    """The same bug of CPython before 3.11.8 as in tests/conftest.py: here too, source is parsed."""
    gc.disable()
    yield
    gc.enable()


def has(owner: type, name: str) -> bool:
    """Whether instances of a class have a name: as a member, or because one of its methods sets it."""
    if hasattr(owner, name) or any(name in vars(each).get("__annotations__", {}) for each in owner.__mro__):
        return True
    ours = [each for each in owner.__mro__ if each.__module__.partition(".")[0] in ("aiokafka", "faust", "mode")]
    return any(re.search(rf"\bself\.{name}\b(?:: [^=\n]+)? =", inspect.getsource(each)) for each in ours)


@pytest.mark.parametrize("owner", PRIVATE, ids=lambda each: each.__name__)
def test_a_name_that_is_gone_is_seen(owner):
    assert not has(owner, "_a_name_that_is_gone")


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        pytest.param(owner, name, id=f"{owner.__name__}.{name}")
        for table in (PRIVATE, UNDOCUMENTED)
        for owner, names in table.items()
        for name in names.split()
    ],
)
def test_a_name_that_the_library_does_not_promise_is_still_there(owner, name):
    assert has(owner, name), f"{owner.__module__}.{owner.__qualname__} has no {name} any more"


@pytest.mark.parametrize(
    ("module", "name"),
    [(module, name) for module, names in IN_MODULES.items() for name in names.split()],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_what_is_taken_from_a_module_or_put_into_it_is_still_there(module, name):
    assert getattr(module, name, None) is not None


def private_names() -> dict[str, set[str]]:
    """Each private name that a module takes of something other than ``self`` and its bases, and the modules that do."""
    found: dict[str, set[str]] = {}
    for path in KAFKA.parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and re.match(r"_(?!_)", node.attr):
                owner = ast.unparse(node.value)
                if owner not in ("self", "cls", "os", "super()") and node.attr not in ("_asdict", "_replace", "_fields"):
                    found.setdefault(node.attr, set()).add(path.name)
    return found


def test_every_private_name_of_another_is_in_one_module_and_in_the_table():
    listed = {name for names in PRIVATE.values() for name in names.split()}
    found = private_names()
    assert not {name: where for name, where in found.items() if where not in HOLDERS}
    assert not {name for name in found if name not in listed}


@pytest.mark.parametrize("ours", OUR_SUBCLASSES, ids=lambda each: each.__name__)
def test_what_our_subclasses_use_of_their_bases_is_still_there(ours):
    source = inspect.getsource(ours)
    base = next(each for each in ours.__mro__ if each.__module__.partition(".")[0] in ("aiokafka", "faust"))
    own = {*vars(ours), *re.findall(r"\bself\.(\w+)\b(?:: [^=\n]+)? = ", source)}
    for name in {*re.findall(r"\b(?:self|super\(\))\.(\w+)", source)} - own:
        assert has(base, name), f"{base.__module__}.{base.__qualname__} has no {name} any more"


@pytest.mark.parametrize(
    ("ours", "method"),
    [
        (transport.BatchConsumer, "_new_consumer_thread"),
        (transport.BatchConsumer, "_seek"),
        (transport.CommittedReader, "_commit"),
        (transport.BatchConsumer, "on_partitions_assigned"),
        (transport.BatchConsumer, "perform_seek"),
        (transport.BatchConsumer, "getmany"),
        (uninterrupted.Uninterrupted, "on_partitions_revoked"),
        (uninterrupted.Uninterrupted, "on_partitions_assigned"),
        (transport.CommittedReader, "_create_worker_consumer"),
        (transport.CommittedReader, "_fetch_records"),
        (transactions_v0._EndTransactionOnce, "do"),
        (no_tables.NoTables, "on_start"),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_what_we_override_is_called_as_we_define_it(ours, method):
    """A method of another name or with other parameters would be passed over in silence."""
    owner = next((each for each in ours.__mro__ if each is not ours and method in vars(each)), None)
    assert owner is not None, f"no base of {ours.__name__} has a method {method} any more"
    theirs, own = (inspect.signature(vars(each)[method]) for each in (owner, ours))
    assert [(each.name, each.kind) for each in own.parameters.values()] == [
        (each.name, each.kind) for each in theirs.parameters.values()
    ]


def test_the_states_of_a_failed_transaction_have_their_names():
    assert {TransactionState.ABORTABLE_ERROR, TransactionState.FATAL_ERROR} <= set(TransactionState)


def test_the_libraries_whose_private_names_are_used_are_pinned_exactly():
    pinned = [
        line for line in requires("headwater-news") or () if re.match(r"(?:aiokafka|faust-streaming|mode-streaming)\b", line)
    ]
    assert len(pinned) == 3
    assert all("==" in line for line in pinned), pinned
