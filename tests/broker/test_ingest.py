"""From HTTP to the outputs, on a real Kafka: the command as a process."""

from __future__ import annotations

import asyncio
import json

import aiohttp

from streams.documents import ORIGIN_HEADER
from streams.steps import header
from streams.topics import RAW
from tests.broker.stream import Stream

TEXT = "The city council voted on Monday to build the bridge over the river, and the mayor said that work would begin. " * 4
ADDRESSED = {"title": "Bridge over the river to be built", "url": "https://news.example/a", "text": TEXT}
OTHER = {"title": "Flood in the north takes homes", "text": TEXT.replace("bridge", "dam").replace("council", "parliament")}


async def _line(process):
    return (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip()


async def test_articles_by_http_come_out_and_the_same_request_twice_gives_each_once(tmp_path):
    """202 names records that are in Kafka; a repeat, with or without a URL, is withheld as the same article."""
    async with Stream(tmp_path) as stream:
        stream.start_worker()
        process = await stream.start_command("ingest", "--port", "0")
        url = (await _line(process)).split()[-1]
        token = (await _line(process)).partition(": ")[2]
        headers = {"Authorization": token, "Content-Type": "application/x-ndjson", "Idempotency-Key": "batch-1"}
        body = b"\n".join(json.dumps(each).encode() for each in (ADDRESSED, OTHER)) + b"\n{broken"
        origins = []
        async with aiohttp.ClientSession(headers=headers) as session:
            for _ in range(2):
                async with session.post(url, data=body) as response:
                    assert response.status == 202, await response.text()
                    origins += (await response.json())["origins"]
        raw = {f"{each.topic}/{each.partition}/{each.offset}": each for each in await stream.read([RAW])}
        assert list(raw) == origins
        assert {each.key for each in raw.values()} == {b"batch-1"}
        outcomes = {header(each, ORIGIN_HEADER): each for each in await stream.outcomes(6)}
        topics = [outcomes[each].topic for each in origins]
        assert topics == [*("news.enriched", "news.enriched", "news.rejected"), *("news.duplicates",) * 2, "news.rejected"]
        assert {json.loads(outcomes[each].value)["kind"] for each in origins[3:5]} == {"same-article"}
        process.terminate()
        assert await process.wait() == 0


async def test_what_was_answered_202_is_in_kafka_however_often_the_process_is_killed(tmp_path):
    """Eight senders at once, each sends again what was not answered; nothing that was answered is lost, nothing is torn."""
    kills, senders, each_sends = 3, 8, 60
    async with Stream(tmp_path) as stream:
        accepted: dict[str, str] = {}
        state = {"url": "", "token": "", "killed": 0}

        async def start():
            process = await stream.start_command("ingest", "--port", "0")
            state["url"], state["token"] = (await _line(process)).split()[-1], (await _line(process)).partition(": ")[2]
            return process

        async def send(session, sender):
            for number in range(each_sends):
                key = f"{sender}-{number}"
                while key not in accepted:
                    headers = {"Authorization": state["token"], "Content-Type": "application/json", "Idempotency-Key": key}
                    try:
                        async with session.post(
                            state["url"], json={**OTHER, "title": f"Flood {key}"}, headers=headers
                        ) as answer:
                            if answer.status == 202:
                                [accepted[key]] = (await answer.json())["origins"]
                    except (aiohttp.ClientError, OSError):
                        await asyncio.sleep(0.05)

        process = await start()
        async with aiohttp.ClientSession() as session, asyncio.timeout(300):
            sending = [asyncio.create_task(send(session, each)) for each in range(senders)]
            for turn in range(kills):
                while len(accepted) < (turn + 1) * senders * each_sends // (kills + 2):
                    await asyncio.sleep(0.01)
                process.kill()
                await process.communicate()
                process = await start()
            await asyncio.gather(*sending)
        raw = {f"{each.topic}/{each.partition}/{each.offset}": each for each in await stream.read([RAW])}
        assert {key: raw[place].key.decode() for key, place in accepted.items()} == {key: key for key in accepted}
        assert len(accepted) == senders * each_sends
        assert all(json.loads(each.value)["title"] == f"Flood {each.key.decode()}" for each in raw.values())
        process.terminate()
        assert await process.wait() == 0
