"""The request as receivers check it."""

from __future__ import annotations

import base64
import json

import pytest

from streams.outgoing.decisions import Notice
from streams.webhook.signing import Message, SecretError, message_of, read_secret, signed
from tests.outgoing.items import NOW_S, item

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_signature_is_that_of_the_standard_webhooks():
    """The example that the libraries of the Standard Webhooks test themselves by."""
    message = Message("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', "")
    headers = signed(message, read_secret(SECRET), 1614265330.5)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330")


def test_the_same_record_has_the_same_id_and_body_every_time_and_any_other_has_another():
    first = message_of(Notice.ARTICLE, item(4), "cluster/topic")
    assert first == message_of(Notice.ARTICLE, item(4), "cluster/topic")
    others = [
        message_of(Notice.ARTICLE, item(5), "cluster/topic"),
        message_of(Notice.REMOVED, item(4), "cluster/topic"),
        message_of(Notice.ARTICLE, item(4), "cluster/another"),
    ]
    assert len({first.id, *(each.id for each in others)}) == 4
    assert "." not in first.id  # which separates what is signed
    assert signed(first, b"k" * 24, NOW_S)["Idempotency-Key"] == first.id


def test_the_body_says_what_happened_and_where_it_comes_from():
    body = json.loads(message_of(Notice.ARTICLE, item(4), "t").body)
    assert (body["type"], body["data"]["origin"]) == ("article.published", "news.enriched/0/4")
    assert body["data"]["document"]["headlines"][0]["value"] == "Headline a 1"
    removed = json.loads(message_of(Notice.REMOVED, item(4), "t").body)
    assert removed["type"] == "article.removed"
    assert "document" not in removed["data"]


@pytest.mark.parametrize(
    "written",
    [
        *("", "whsec_", "password", "wh\xe9sec_", "whsec_\U0001f511", "whsec_a"),
        *("whsec_" + base64.b64encode(b"x" * 23).decode(), base64.b64encode(b"x" * 65).decode()),
    ],
)
def test_an_invalid_secret_is_refused(written):
    with pytest.raises(SecretError):
        read_secret(written)


def test_a_secret_is_read_with_and_without_its_prefix():
    assert read_secret(SECRET) == read_secret(SECRET.removeprefix("whsec_") + "\n")
