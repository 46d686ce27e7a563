"""The planning table, and the model that it is computed with."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.plan import (
    CHECKED,
    LINGERS_MS,
    Costs,
    Deployment,
    above_zero,
    main,
    partitions_of_steps,
    patience_ms,
    plan,
    read_costs,
    simulate,
    steady,
    table,
    touched,
)

ROOT = Path(__file__).resolve().parents[2]
COSTS = read_costs()

rates = st.floats(1, 50_000)
shapes = st.builds(
    lambda rate, power, processes, linger_ms: Deployment(rate, max(2**power, processes), processes, linger_ms),
    rates,
    st.integers(0, 8),
    st.integers(1, 64),
    st.sampled_from(LINGERS_MS),
)


def test_the_table_in_the_documents_is_the_commands():
    """`python -m bench.plan` prints it."""
    assert "\n".join(table(COSTS)) in (ROOT / "docs" / "operations.md").read_text("utf-8")


@given(st.integers(1, 1_000), st.floats(1, 1e5), st.floats(1, 10))
def test_no_more_partitions_are_written_to_than_there_are_or_than_records_came(partitions, records, more):
    found = touched(partitions, records)
    assert 1 - 1e-9 <= found <= min(partitions, records) + 1e-6
    assert touched(partitions, records * more) >= found - 1e-6


@given(shapes)
def test_the_same_records_over_more_partitions_touch_more(shape):
    fewer, more = (
        partitions_of_steps((9.0, 9.0, 9.0), each) for each in (shape, shape._replace(partitions=2 * shape.partitions))
    )
    assert all(one <= other + 1e-9 for one, other in zip(fewer, more, strict=True))


@given(rates)
def test_a_plan_leaves_headroom_and_room_to_grow(rate):
    shape = plan(rate, COSTS)
    assert steady(shape, COSTS).busy <= 0.7 + 1e-9
    assert shape.partitions >= max(4, 2 * shape.processes)


@given(shapes)
def test_transactions_gather_more_articles_the_longer_they_wait(shape):
    longer = shape._replace(linger_ms=2 * shape.linger_ms)
    assert steady(longer, COSTS).records_a_transaction >= steady(shape, COSTS).records_a_transaction * 0.999


@pytest.mark.parametrize(("partitions", "processes"), CHECKED)
@pytest.mark.parametrize("linger_ms", [10, 100])
def test_the_model_is_near_the_simulation(partitions, processes, linger_ms):
    """Within a sixth, for what the broker takes an article and for the partitions of a transaction."""
    rate = 0.7 * processes * 1e6 / COSTS.worker_us_an_article
    shape = Deployment(rate, partitions, processes, linger_ms)
    planned, simulated = steady(shape, COSTS), simulate(shape, COSTS, seconds=10)
    assert planned.broker_us == pytest.approx(simulated.broker_us, rel=1 / 6)
    assert planned.partitions_a_transaction == pytest.approx(simulated.partitions_a_transaction, rel=1 / 6)


def test_a_broker_that_takes_nothing_for_transactions_needs_no_longer_linger():
    free = Costs(1_000, 200, 0, 0, 1, 0)
    assert plan(1_000, free).linger_ms == LINGERS_MS[0]
    assert steady(plan(1_000, free), free).broker_us == 200


def test_costs_without_work_for_worker_or_broker_are_refused(tmp_path):
    for nothing in ("worker_us_an_article", "broker_us_an_article"):
        (tmp_path / "costs.json").write_bytes(orjson.dumps({"costs": COSTS._asdict() | {nothing: 0}}))
        with pytest.raises(ValueError, match="holds no costs"):
            read_costs(tmp_path / "costs.json")


@pytest.mark.parametrize("text", ["0", "-5", "nan", "inf", "1e308", "many"])
def test_a_rate_that_nothing_can_be_planned_for_is_refused(text):
    with pytest.raises(ValueError):
        above_zero(text)


def test_a_rate_below_one_is_named_in_its_row(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["plan", "--rate", "0.5", "2000"])
    main()
    assert [line.split("|")[1].strip() for line in capsys.readouterr().out.splitlines()[2:]] == ["0.5", "2,000"]


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(None, id="no file"),
        pytest.param("", id="an empty file"),
        pytest.param("[]", id="no object"),
        pytest.param('{"costs": {}}', id="without the costs"),
        pytest.param('{"costs": {"worker_us_an_article": 1, "more": 1}}', id="another's fields"),
        pytest.param(orjson.dumps({"costs": COSTS._asdict() | {"commit_ms": "1"}}).decode(), id="a word for a number"),
        pytest.param(orjson.dumps({"costs": COSTS._asdict() | {"worker_us_an_article": 0}}).decode(), id="no work"),
    ],
)
def test_costs_that_cannot_be_read_are_refused_in_a_line(told, tmp_path, monkeypatch):
    costs = tmp_path / "costs.json"
    if told is not None:
        costs.write_text(told)
    monkeypatch.setattr("sys.argv", ["plan", "--costs", str(costs)])
    with pytest.raises(SystemExit) as refused:
        main()
    assert str(costs) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_stories_wait_longer_than_articles_whatever_the_linger():
    """So that a transaction of theirs gathers more: `group` has a patience of its own."""
    assert max(patience_ms()) > 0
    shape = Deployment(500, 4, 1, LINGERS_MS[0])
    per_second = steady(shape, Costs(1_000, 200, 1_000, 50, 0, 0)).transactions_a_second
    assert per_second == pytest.approx(sum(1000 / max(shape.linger_ms, patience) for patience in patience_ms()), rel=0.01)
