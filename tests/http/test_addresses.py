"""Which addresses may be fetched."""

from __future__ import annotations

import pytest

from streams.http.addresses import RefusedAddressError, check_url, is_public

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255",
    "224.0.0.1",
    "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::1", "::127.0.0.1", "2001:db8::1",
    "fec0::1", "64:ff9b:1::a00:1", "nonsense", "",
    "192.0.0.192", "192.88.99.1", "168.63.129.16", "::ffff:168.63.129.16", "3fff::1", "100:0:0:1::1", "5f00::1",
    "2a01:1::5efe:127.0.0.1", "2a01:1::200:5efe:10.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("number", PRIVATE)
def test_addresses_of_this_machine_and_of_private_networks_are_not_public(number):
    assert not is_public(number)


@pytest.mark.parametrize(
    "number",
    ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "192.0.1.1", "2a01:1::5efe:8.8.8.8", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_other_addresses_are_public(number):
    assert is_public(number)


@pytest.mark.parametrize(
    "url",
    ["ftp://news.example/", "file:///etc/passwd", "gopher://x/", "http://", "http://user@news.example/", "http://a:b@news.example/",
     "http://127.0.0.1/", "http://[::ffff:169.254.169.254]/", "http://[fe80::1%25eth0]/", "http://x:99999/",
     "http://x/" + "y" * 3000, "//x", ""],
)  # fmt: skip
def test_an_address_that_may_not_be_asked_is_refused(url):
    with pytest.raises(RefusedAddressError):
        check_url(url)
