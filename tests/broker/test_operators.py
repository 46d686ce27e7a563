"""What operators type at noon and at 3 a.m., on a real Kafka."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys

import pytest

from infra.kafka import EmbeddedKafka
from streams.topics import ENRICHED, RAW
from tests.broker.stream import Raw, Stream

LIMIT_S = 90.0
MOST_LINES_OF_A_START = 15


async def said(stream: Stream, *arguments: str) -> tuple[str, str, int]:
    """A command's stdout, stderr and status."""
    process = await stream.start_command(*arguments)
    out, errors = await asyncio.wait_for(process.communicate(b""), LIMIT_S)
    assert b"Traceback" not in errors, errors.decode()
    return out.decode(), errors.decode(), process.returncode


async def until(condition, what):
    async with asyncio.timeout(LIMIT_S):
        while not condition():
            await asyncio.sleep(0.1)
    assert condition(), what


@pytest.fixture
async def stream(tmp_path):
    async with Stream(tmp_path) as stream:
        yield stream


async def test_an_operator_looks_at_a_stream_at_work(stream):
    worker = stream.start_worker("--loglevel", "warning")
    await until(lambda: "at work on news.prepared 0-3; news.raw 0-3" in stream.log_of(worker), stream.logs)
    articles = [Raw(b'{"title": "Bridge %d opens", "text": "The mayor cut the ribbon."}' % number) for number in range(5)]
    await stream.publish([*articles, Raw(b"{broken")])
    await stream.outcomes(6)

    assert len(stream.log_of(worker).splitlines()) <= MOST_LINES_OF_A_START, "a start is quiet"

    out, _, status = await said(stream, "check")
    assert status == 0
    for subject in ("settings", "disk", "brokers", "topics", "rights"):
        assert any(line.split()[:2] == ["ok", subject] for line in out.splitlines()), out

    out, _, status = await said(stream, "status", "--json")
    seen = json.loads(out)
    assert status == 0
    assert (seen["processes"], [step["at_work"] for step in seen["steps"]]) == (1, [4] * len(seen["steps"]))
    assert any("not-json" in each for each in seen["errors"])

    lines, _, _ = await said(
        stream,
        "tail",
        ENRICHED,
        "--once",
        "--limit",
        "2",
        "--where",
        "headlines.0.value~bridge",
        "--format",
        "{language}|{headlines.0.value}",
    )
    assert len(lines.splitlines()) == 2
    assert all(line.startswith("en|Bridge ") for line in lines.splitlines())
    assert (await said(stream, "tail", ENRICHED, "--once", "--where", "language=xx"))[0] == ""

    worker.kill()
    worker.wait()

    async def away() -> bool:
        out, _, status = await said(stream, "status")
        return status == 1 and "no worker has it" in out

    async with asyncio.timeout(LIMIT_S):
        while not await away():
            await asyncio.sleep(0.5)


async def test_a_check_names_every_fault_at_once_and_ends_with_status_1(tmp_path):
    with EmbeddedKafka(tmp_path / "kafka") as kafka:
        (tmp_path / "a-file").touch()
        variables = {"HEADWATER_BROKERS": kafka.brokers, "HEADWATER_STATE_DIR": str(tmp_path / "a-file" / "state")}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "streams", "check", "--json"), env=os.environ | variables, stdout=-1, stderr=-1
        )
        out, errors = await asyncio.wait_for(process.communicate(), LIMIT_S)
    assert process.returncode == 1
    faults = [each["said"] for each in map(json.loads, out.splitlines()) if each["grade"] == "FAULT"]
    assert any(f"{RAW}: is not there" in each for each in faults), faults
    assert any("HEADWATER_STATE_DIR" in each for each in faults), faults
    assert errors.decode().startswith(f"Error: {len(faults)} faults")


async def test_a_kafka_that_is_away_is_one_fault_and_one_line(tmp_path):
    variables = {"HEADWATER_BROKERS": "127.0.0.1:1", "HEADWATER_STATE_DIR": str(tmp_path)}
    for command in ("check", "status"):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "streams", command), env=os.environ | variables, stdout=-1, stderr=-1
        )
        out, errors = await asyncio.wait_for(process.communicate(), LIMIT_S)
        assert process.returncode == 1
        assert b"Kafka at 127.0.0.1:1" in out + errors
        assert len(errors.splitlines()) == 1, errors


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["tail", RAW], id="tail"),
        pytest.param(["status", "--watch"], id="status --watch"),
        pytest.param(["worker", "--processes", "1"], id="worker"),
        pytest.param(["worker", "--processes", "2"], id="two workers"),
    ],
)
async def test_ctrl_c_at_any_moment_shows_no_traceback(stream, command):
    """From our first lines to the middle of the work. Before those, Python itself is starting and prints its own traceback."""
    code = "import sys; sys.argv[0] = 'headwater'; from streams.entry import main; main()"
    for pause_s in (0.0, 0.3, 1.0, 3.0):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-X", "importtime", "-c", code, *command),
            env=os.environ | stream.settings.as_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # the tests may run with Ctrl-C ignored
        )
        async with asyncio.timeout(LIMIT_S):
            while not (line := await process.stderr.readline()).endswith(b" click.exceptions\n"):  # we import that ourselves
                assert line
            talk = asyncio.create_task(process.communicate())
            await asyncio.wait([talk], timeout=pause_s)
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
            out, errors = await talk
        assert b"Traceback" not in out + errors, f"after {pause_s} s: {(out + errors).decode()[-2000:]}"


@pytest.mark.parametrize("processes", ["1", "2"])
async def test_a_second_worker_on_a_state_folder_ends_at_its_start_and_the_first_is_undisturbed(stream, processes):
    first = stream.start_worker("--processes", processes)
    ready = "at work on" if processes == "1" else "worker process 1 is"
    await until(lambda: ready in stream.log_of(first), stream.logs)
    second = stream.start_worker("--processes", processes, again=first)
    await until(lambda: second.poll() is not None, stream.logs)
    said = stream.log_of(second)
    assert f"in use by another worker, process {first.pid}" in said
    assert "Traceback" not in said
    assert second.returncode == 1
    assert "news.raw" not in said, "it has not joined the group"

    await stream.publish([Raw(b'{"title": "Bridge opens", "text": "The mayor cut the ribbon."}')])
    await stream.outcomes(1)
    assert first.poll() is None
