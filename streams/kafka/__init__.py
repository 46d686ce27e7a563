"""Exactly once on Kafka: the only code that knows how records are read, decided on, sent and committed.

Ten rules, each with the code that keeps it and the test that breaks without it (in tests/broker/; test_chaos.py tries them all
together):

1. **One owner.** A source partition has one owner: the one named in its changelog. To take a partition over, a worker (a) makes
   sure that the consumer group still counts it as a member; (b) starts a producer under the partition's own
   ``transactional.id``, which shuts out every rival that is taking over the same partition; (c) gives the named owner a moment
   to let go, and shuts it out if it does not; and (d) uses that producer to name itself in the changelog. A rival that was
   overtaken on the way is refused, and an owner that was merely paused can commit nothing more.
   ``takeover.take_over``; test_delivery: a_zombies_transaction_is_refused_and_it_leaves_the_heir_in_peace,
   an_heir_that_is_overtaken_on_the_way_does_not_become_the_owner
2. **Nothing left open.** Kafka can tear a transaction: a broker that dies between deciding on a commit and marking it in the
   partitions may lose the marks. The part left open would block all readers, and would appear with the next commit under the
   same ``transactional.id``. Therefore an owner that starts over takes a new one; a worker that shuts an owner out aborts a
   transaction over everything that owner may have written; and an owner whose commits were all answered commits an empty
   transaction over everything when it leaves, once a minute, and when it has lost its coordinator (with v0 transactions it
   also takes a new name after that).
   ``transactions.shut_out``, ``settle``, ``step._regain_coordinator``; test_delivery:
   records_of_a_torn_transaction_do_not_come_out_with_the_next, an_owner_that_leaves_marks_an_end_wherever_it_has_written,
   an_owner_that_lost_its_coordinator_continues_even_if_its_commit_was_answered
3. **State before work.** The table partition is read up to the end of its changelog. That end is exact, because nobody else can
   write to the changelog any more (:mod:`streams.kafka.tables`).
   ``takeover.take_over``; test_delivery: the_heir_of_a_partition_continues_with_its_state, and test_tables
4. **Start where the log says.** The next offset is in the changelog: every transaction writes it. The group's offset is updated
   once a second for monitoring; it counts only where the changelog has none. If somebody else has moved the group ahead, the
   worker stops. It also stops if the source is no longer the topic that the offset belongs to: recreated, truncated, in another
   cluster, or with a different number of partitions (:mod:`streams.kafka.sources`). (Offsets inside the transaction would cost
   half as much again. Also, when a broker loses and regains Kafka 4.3's group coordinator while it is loading, the coordinator
   mixes the two loads and answers with old offsets.)
   ``group.reached``, ``takeover._find_start``; test_delivery: the_groups_offset_is_not_trusted,
   a_partition_whose_group_is_ahead_of_its_changelog,
   a_recreated_topic_is_reported_during_work_and_at_a_start_and_read_from_its_beginning_if_set
5. **Nothing twice.** Records below the next offset are skipped: Faust delivers them again after rebalances.
   ``partition._upcoming``; test_delivery: records_delivered_again_are_not_processed_again
6. **Nothing skipped.** Each batch says where in the log it begins. If that is beyond the next offset, Faust has lost records
   and is sent back. The end of the log is checked too, so that the last records cannot go missing.
   ``partition._is_all_there_is``, ``_look_for_more``; test_kill: records_that_faust_loses_are_fetched_again
7. **All or nothing.** Outputs and changelogs, including the source offsets, are one transaction, and every delivery is
   confirmed before it commits. The local copies of tables are written after that.
   ``step._write``; test_delivery: outputs_offset_and_state_are_committed_together_and_in_order,
   nothing_is_committed_past_a_transaction_that_is_not_finished, a_failed_delivery_commits_nothing_and_is_not_retried_for_ever
8. **No guessing.** Nobody continues from a transaction whose outcome is unknown (after a timeout or a lost connection). With
   transactions v2, the request to end it is repeated under its own epoch until it is answered: a late message names its
   transaction and cannot affect another (KIP-890). With v0 it could (Jepsen on Bufstream 0.1.0), so the producer is discarded
   and everything starts again at rule 1 under a new ``transactional.id``. The same happens with both versions when the producer
   was shut out; the group tells whether another owner or Kafka's own timeout did it.
   ``step._run``, ``transactions_v2._ask``, ``transactions_v0._EndTransactionOnce``; test_delivery:
   an_owner_whose_producer_kafka_has_given_up_begins_again, test_transactions:
   lost_requests_and_answers_are_retried_and_done_once,
   a_commit_that_the_network_delivers_again_later_reaches_no_other_transaction, and test_liar
9. **Bugs stop the worker.** An exception that is not a Kafka failure ends the process before anything else is committed. The
   next owner replays everything that is uncommitted.
   ``failures.stop_worker``; test_delivery: an_exception_in_a_step_commits_nothing_of_its_batch_and_stops_the_worker
10. **Nothing for others.** A partition that a rebalance takes away, or that is released, is not worked on any more: the current
    transaction is finished or given up, and the changelog names no owner. Until the group announces the new assignment, the
    owner carries on.
    ``step._change``, ``release``; test_delivery: nothing_is_done_for_a_partition_that_was_released,
    a_partition_not_given_back_is_released_and_its_heir_leaves_the_others_alone

A producer uses transactions v2 where the cluster's finalised ``transaction.version`` is 2 or more, and v0 otherwise; it asks
when it starts (:mod:`streams.kafka.transactions`). The rules are the same, and so is everything above the producer.
docs/decisions/0010-transactions-v2.md says what v2 changes in each.

All partitions of a step that a worker owns share its transactions, one after the other, each as large as what has arrived since
the last one began. When traffic is low an article goes through at once; under load transactions are at least ``linger_ms``
apart and grow. While one step waits for Kafka, another decides, the most urgent first (:mod:`streams.kafka.turns`); a step
whose next transaction is already full decides meanwhile too.
"""
