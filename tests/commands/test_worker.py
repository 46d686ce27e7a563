"""What a worker reports about its folders and in its log, without Kafka."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

import click
import pytest
from aiokafka import TopicPartition
from click.testing import CliRunner

from streams.commands.worker import make_state_folder, worker
from streams.kafka.partition import PartitionStatus
from streams.settings import Settings
from streams.text.language import model
from streams.watch.logs import JsonFormatter, LogFormat, set_up_logs
from streams.watch.standing import ranges, standing


@pytest.fixture(autouse=True)
def as_it_was():
    """The process's own habits, and none that a command before had."""
    logging.getLogger("aiokafka").setLevel(logging.NOTSET)
    umask, root, handlers = os.umask(0o022), logging.getLogger(), logging.getLogger().handlers[:]
    yield
    os.umask(umask)
    root.handlers[:] = handlers
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=False)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_the_state_folder_and_everything_in_it_are_only_for_this_user(tmp_path):
    former = tmp_path / "state" / "headwater"
    former.mkdir(parents=True)
    settings = Settings(state_dir=tmp_path / "state")
    make_state_folder(settings)
    make_state_folder(Settings(state_dir=tmp_path / "new" / "state"))
    (tmp_path / "new" / "state" / "headwater" / "file").touch()
    assert [mode(tmp_path / name) for name in ("new", "new/state", "new/state/headwater")] == [0o700] * 3
    assert mode(tmp_path / "new" / "state" / "headwater" / "file") == 0o600
    assert mode(former) == 0o700, "one that was made by an earlier version"
    assert mode(former.parent) == 0o755, "a folder of the user's own choice stays as it was"


@pytest.mark.parametrize(
    "under", ["a-file", "a-file/within", "/proc/headwater"], ids=["a file", "within a file", "no place for it"]
)
def test_a_state_folder_that_cant_be_used_is_one_line(tmp_path, under):
    (tmp_path / "a-file").touch()
    with pytest.raises(click.ClickException) as caught:
        make_state_folder(Settings(state_dir=tmp_path / under))
    assert caught.value.message.startswith("HEADWATER_STATE_DIR: ")
    assert "\n" not in caught.value.message


def test_a_line_of_the_log_is_a_json_object_also_when_it_tells_of_an_exception():
    with pytest.raises(ValueError) as caught:
        int("so\nit was")
    record = logging.LogRecord(
        "streams", logging.ERROR, __file__, 1, "%s\nis “lost”", ("it",), (caught.type, caught.value, caught.tb)
    )
    line = JsonFormatter().format(record)
    assert "\n" not in line
    told = json.loads(line)
    assert (told["level"], told["message"]) == ("error", "it\nis “lost”")
    assert told["time"].endswith("Z")
    assert "ValueError: invalid literal" in told["exception"]


@pytest.mark.parametrize(
    ("level", "told"),
    [
        pytest.param("warning", {"standing", "supervisor", "trouble"}, id="by default how it stands, and trouble"),
        pytest.param("info", {"standing", "supervisor", "trouble", "detail"}, id="at info the details"),
        pytest.param("error", {"trouble"}, id="at error nothing but that"),
    ],
)
def test_a_level_lets_through(level, told, capsys):
    set_up_logs(level, LogFormat.TEXT)
    logging.getLogger("streams.watch.standing").info("standing")
    logging.getLogger("streams.watch.supervisor").info("supervisor")
    logging.getLogger("aiokafka").info("detail")
    logging.getLogger("aiokafka").error("trouble")
    assert {line.rsplit(" ", 1)[1] for line in capsys.readouterr().err.splitlines()} == told


def status(topic: str, partition: int, waiting_for: str | None = None) -> PartitionStatus:
    return PartitionStatus("step", TopicPartition(topic, partition), 0, waiting_for, ended=False, state_folder=Path())


@pytest.mark.parametrize(
    ("statuses", "settled", "told"),
    [
        pytest.param([], True, "standing by: there are no more partitions than the other workers have", id="nothing to do"),
        pytest.param([status("a", 0)], False, None, id="in a rebalance"),
        pytest.param([status("a", 0), status("a", 1, "restoring")], True, None, id="on its way"),
        pytest.param(
            [status("b", 1), status("a", 3), status("a", 0), status("b", 2)], True, "at work on a 0, 3; b 1-2", id="at work"
        ),
    ],
)
def test_a_worker_stands(statuses, settled, told):
    assert standing(statuses, settled=settled) == told


def test_a_worker_at_work_says_which_transactions_it_uses():
    assert standing([status("a", 0)], settled=True, transactions=[2]) == "at work on a 0; transactions v2"


@pytest.mark.parametrize(
    ("numbers", "told"),
    [([], ""), ([4], "4"), ([0, 1, 2, 7], "0-2, 7"), ([0, 2, 4, 5], "0, 2, 4-5")],
    ids=["none", "one", "a run", "gaps"],
)
def test_partitions_are_told_in_runs(numbers, told):
    assert ranges(numbers) == told


def test_a_model_that_is_damaged_ends_a_worker_at_its_start(tmp_path, monkeypatch):
    """In one line that names the file, before it asks Kafka for anything: no article is blamed for a broken installation."""
    (tmp_path / "model.bin").write_bytes(b"cut sh")
    monkeypatch.setattr(model, "_MODEL_FILE", tmp_path / "model.bin")
    model.models.cache_clear()
    result = CliRunner().invoke(worker, ["--processes", "1"], env={"HEADWATER_STATE_DIR": str(tmp_path / "state")})
    model.models.cache_clear()
    assert result.exit_code == 1
    assert str(tmp_path / "model.bin") in result.output
    assert not (tmp_path / "state").exists()
