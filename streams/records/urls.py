"""The one form of an article's address."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlsplit

_URL_LIMIT = 2_000  # characters
_URL_SAFE = "/%:@!$&'()*+,;=~-._?"
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.?")
_DEFAULT_PORT: Final = {"http": 80, "https": 443}

# What Google, Meta, Microsoft, Yandex, X, TikTok, Snap, LinkedIn, Mailchimp, HubSpot, Marketo, Matomo, AT Internet, the
# BBC and Yahoo add to addresses. Names that a site may use for its content (id, cid, ref, source…) are not here.
_TRACKING = re.compile(
    r"(?:utm|mtm|pk|piwik|oly|vero|hsa|itm|at|ns|guce)_[a-z_]+"
    r"|(?:fb|g|d|y|ys|tw|tt|sc|msc?lk)clid|li_fat_id|gclsrc|[gw]braid|msclkid|igsh(?:id)?|mc_[ce]id|_hs(?:enc|mi)"
    r"|mkt_tok|xtor|ref_(?:src|url)|guccounter|cmpid|ncid|ocid|soc_(?:src|trk)|smid|srnd|spm|__twitter_impression",
    re.IGNORECASE,
)


def canonical_url(url: str) -> str | None:
    """The one form of an article's address: http or https, a host, at most 2,000 characters; else None. Never raises.

    Scheme and host are in lower case (international hosts in ASCII), credentials, default port, fragment and tracking
    parameters gone; other parameters keep order and values. Own code, since courlan (1.4.0) drops parameters that tell
    articles apart (``?12345``, ``?cid=7``): they would share an identity.
    """
    url = url.strip()
    if len(url) > _URL_LIMIT or not url.lower().startswith(("http://", "https://")):
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port not in (None, _DEFAULT_PORT[parts.scheme]) else ""
        path = quote(parts.path, safe=_URL_SAFE) or "/"
        kept = (each for each in parts.query.split("&") if each and not _TRACKING.fullmatch(each.partition("=")[0]))
        query = quote("&".join(kept), safe=_URL_SAFE)
    except ValueError:  # a port out of range, brackets around no address, a host or path that can't be encoded
        return None
    if not _HOST.fullmatch(host):
        return None
    return f"{parts.scheme}://{host}{port}{path}{f'?{query}' if query else ''}"
