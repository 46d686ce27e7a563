"""Who may ask for what."""

from __future__ import annotations

import pytest

from streams.http.callers import comes_from_elsewhere, is_own_host, knows


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1:8420", True),
        ("localhost", True),
        ("console.localhost:8420", True),
        ("[::1]:8420", True),
        ("192.168.1.7:8420", True),
        ("news.example:8420", True),
        ("NEWS.example", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
        ("news.example.evil.example", False),
        ("", False),
        ("[broken", False),
        ("localhost:", True),
        ("localhost:abc", False),
        ("localhost:65536", False),
        ("127.0.0.1:80:80", False),
        ("evil@localhost", False),
        ("localhost/path", False),
        ("localhost#a", False),
        ("localhost?a", False),
        ("localhost evil.example", False),
        ("[::1%25<a>]", False),
    ],
)
def test_only_our_own_names_and_addresses_in_numbers_are_answered(host, own):
    assert is_own_host(host, {"News.example"}) is own


@pytest.mark.parametrize(
    ("origin", "fetch_site", "elsewhere"),
    [
        (None, None, False),
        (None, "none", False),
        ("http://localhost:8420", "same-origin", False),
        ("http://localhost:8421", "same-site", True),
        ("https://evil.example", "cross-site", True),
        ("https://evil.example", None, True),
        ("null", None, True),
        (None, "cross-site", True),
    ],
)
def test_another_sites_page_is_told_apart(origin, fetch_site, elsewhere):
    assert comes_from_elsewhere("localhost:8420", origin, fetch_site) is elsewhere


@pytest.mark.parametrize(
    ("token", "said", "may"),
    [
        ("s3cret", "Bearer s3cret", True),
        ("s3cret", "Bearer S3CRET", False),
        ("s3cret", "bearer s3cret", True),
        ("s3cret", "BEARER  s3cret ", True),
        ("s3cret", "Bearers3cret", False),
        ("s3cret", "Basic s3cret", False),
        ("s3cret", "", False),
        ("s3cret", "s3cret", False),
        ("s3cret", None, False),
        ("s3cret", "Bearer \udcff", False),
        (None, "Bearer None", False),
        (None, None, False),
    ],
)
def test_only_holders_of_the_token_can_act(token, said, may):
    assert knows(token, said) is may
