"""`headwater webhook` on a real Kafka: though it is killed repeatedly, the receiver gets everything, in order."""

from __future__ import annotations

import asyncio
import base64
import json
from collections import defaultdict

import orjson
from aiohttp import web

from streams.outgoing.decisions import Notice
from streams.topics import ENRICHED
from tests.broker.stream import Raw, Stream
from tests.feeds.farm import farm

ARTICLES, VERSIONS, KILLS = 60, 4, 4
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


def _version(article, version, status="usable"):
    name = f"{article:064x}"
    document = {
        "uri": f"urn:headwater:article:{name}",
        "type": "text",
        "version": str(version),
        "pubStatus": status,
        "headlines": [{"role": "main", "contentType": "text/plain", "value": f"Town {article}"}],
    }
    return Raw(orjson.dumps(document), name.encode())


async def test_a_webhook_that_is_killed_again_and_again_sends_everything_in_order(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADWATER_WEBHOOK_SECRET", SECRET)
    got = []

    async def receive(request):
        got.append((request.headers["webhook-id"], json.loads(await request.read())["data"]))
        # Now and then it fails after reading the request, which is then sent again.
        return web.Response(status=500 if len(got) % 50 == 0 else 200)

    async with farm("*") as own, Stream(tmp_path, keeps_contract=False) as stream:
        own.answers["/hook"] = receive
        records = [_version(article, version) for version in range(1, VERSIONS + 1) for article in range(ARTICLES)]
        places = await stream.publish([*records, _version(3, VERSIONS + 1, "canceled")], ENRICHED)
        # Earlier versions of the canceled article need not be sent: waiting for all could take for ever.
        must = {places[-1], *(place for place, each in zip(places, records, strict=False) if each.key != records[3].key)}

        def told() -> set[str]:
            return {each["origin"] for _, each in got}

        for turn in range(KILLS + 1):
            if turn == KILLS:  # there is something to send for the last one too, however far the others came
                must.update(await stream.publish([_version(ARTICLES, VERSIONS)], ENRICHED))
            enough = min(len(told()) + 40, len(must))
            webhook = await stream.start_command("webhook", "--from-beginning", "--allow-private", f"{own.root}/hook")
            async with asyncio.timeout(120):
                while not must <= told() if turn == KILLS else len(told()) < enough:
                    assert webhook.returncode is None, (await webhook.communicate())[1].decode()
                    await asyncio.sleep(0.01)
            webhook.terminate() if turn == KILLS else webhook.kill()
            said = (await webhook.communicate())[1].decode()
    assert (webhook.returncode, "articles told" in said) == (0, True), said
    assert len({message for message, _ in got}) == len(told())
    versions = defaultdict(list)
    for _, each in got:
        if each["change"] == Notice.ARTICLE:
            versions[each["id"]].append(int(each["document"]["version"]))
    for each in versions.values():
        firsts = list(dict.fromkeys(each))
        assert firsts == sorted(firsts)
        assert firsts[-1] == VERSIONS or not set(places) <= told()
