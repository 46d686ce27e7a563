"""Exactly once on Kafka: the one place that knows how records are read, decided on, sent and committed.

The rules, where each is kept, and the test that breaks without it (tests/broker/; test_chaos.py tries them all at once):

1. **One owner.** A source partition has one owner: whom its changelog names. Whoever takes it over makes sure that the
   consumer group still counts this worker in; shuts out everyone else who is about to take it over, by starting a producer
   under the partition's own ``transactional.id``; gives the owner that is named a moment to let go, and shuts it out if it does
   not; and has itself named by that producer. So one who was overtaken on the way is refused, and an owner that was only paused
   can commit nothing more.
   ``takeover.take_over``; test_delivery: a_zombies_transaction_is_refused_and_it_leaves_the_heir_in_peace,
   an_heir_that_is_overtaken_on_the_way_does_not_become_the_owner
2. **Nothing left open.** Kafka can tear a transaction: a broker that dies between deciding on a commit and marking it in the
   partitions may drop the marks. What it left open would hold up all readers, and come out with the next commit of the same
   ``transactional.id``. So an owner that begins again takes a new one; who shuts an owner out aborts a transaction over
   everything that one may have written; and an owner whose commits were all answered commits one over everything when it
   leaves, once a minute, and when its coordinator was lost (with the transactions of old it takes a new name after that).
   ``transactions.shut_out``, ``settle``, ``step._regain_coordinator``; test_delivery:
   what_a_torn_transaction_left_open_does_not_come_out_with_the_next, who_leaves_marks_an_end_wherever_it_has_ever_written,
   an_owner_that_lost_its_coordinator_goes_on_even_when_its_commit_was_answered
3. **State before work.** The table partition is read up to the end of its changelog, which is exact at that point, as nobody
   else can write to it any more (:mod:`streams.kafka.tables`).
   ``takeover.take_over``; test_delivery: the_heir_of_a_partition_goes_on_with_its_state, and test_tables
4. **Start where the log says.** The next offset is in the changelog: every transaction writes it. The group is told once a
   second, for those who watch its lag; its word counts only where the changelog says nothing. Where somebody else has moved it
   ahead, the worker stops; and so it does where the source is not the topic that the offset is of: made anew, cut short, of
   another cluster or with other partitions (:mod:`streams.kafka.sources`). (Offsets in the transaction would make it half as
   dear again; and Kafka 4.3's group coordinator, when a broker loses and regains it while it loads, mixes two loads and answers
   with offsets of long ago.)
   ``group.reached``, ``takeover._find_start``; test_delivery: what_the_group_says_of_the_offset_is_not_believed,
   a_partition_whose_group_is_ahead_of_its_changelog, a_topic_made_anew_is_told_while_it_is_worked_on_and_after
5. **Nothing twice.** Records below the next offset are skipped: Faust delivers again after rebalances.
   ``partition._upcoming``; test_delivery: what_is_delivered_again_is_not_done_again
6. **Nothing skipped.** Each batch says where it begins; if that is beyond the next offset, Faust has lost something on the
   way and is sent back; nor may it keep the last ones.
   ``partition._is_all_there_is``, ``_look_for_more``; test_kill: what_faust_loses_on_the_way_is_fetched_again
7. **All or nothing.** Outputs and changelogs, the source offsets in them, are one transaction; every delivery is confirmed
   before it commits. The local table copies are written after that.
   ``step._write``; test_delivery: outputs_offset_and_state_are_committed_together_and_in_order,
   nothing_is_committed_past_a_transaction_that_is_not_finished, a_failed_delivery_commits_nothing_and_is_not_tried_for_ever
8. **No guessing.** A transaction whose outcome is unknown (a timeout, a lost connection) is nobody's to go on from. With
   transactions v2 its end is asked again under its own epoch until it is answered: a late message names its transaction, and
   reaches no other (KIP-890). With those of old it might (Jepsen on Bufstream 0.1.0): the producer is discarded then, and
   everything begins again at 1, under a new ``transactional.id``. So it does in both when the producer was shut out: whether by
   another owner or by Kafka's own timeout, the group knows.
   ``step._run``, ``transactions_v2._ask``, ``transactions_v0._EndTransactionOnce``; test_delivery:
   an_owner_whose_producer_kafka_has_given_up_begins_again, test_transactions:
   what_is_lost_on_the_way_is_asked_again_and_done_once,
   a_commit_that_the_network_delivers_again_later_reaches_no_other_transaction, and test_liar
9. **Bugs stop the worker.** An exception that is not a Kafka failure ends the process before anything else is committed;
   everything uncommitted is replayed by the next owner.
   ``failures.stop_worker``; test_delivery: an_exception_in_a_step_commits_nothing_of_its_batch_and_stops_the_worker
10. **Nothing for others.** What is not given back by a rebalance, or released, is not worked on any more: the transaction under
    way is finished or given up, and the changelog names nobody. Until the group says what is given back, the owner goes on.
    ``step._change``, ``release``; test_delivery: nothing_is_done_for_a_partition_that_was_released,
    a_partition_that_is_not_given_back_is_let_go_of_and_its_heir_leaves_the_others_in_peace

Transactions are v2 where the cluster's finalised ``transaction.version`` is 2 or more, and those of old elsewhere: each
producer asks when it starts (:mod:`streams.kafka.transactions`). The rules are the same, and so is everything above the
producer; what v2 changes in each is in docs/decisions/0010-transactions-v2.md.

All partitions of a step that a worker owns share its transactions: one after the other, each as large as what has come since
the last. When all is quiet an article goes through at once; under load transactions are ``linger_ms`` apart at least, and
grow. While one step waits for Kafka, another decides; and the same one, when as much waits as a transaction may hold.
"""
