"""Characters that do not belong in any text."""

from __future__ import annotations

from streams import lazy_re as re

# What programs and APIs write where a value is missing: Python, pandas, JSON, JavaScript; NewsAPI, newsdata.io.
_NOTHING = re.compile(
    r"\s*(?:None|NaN|nan|null|NULL|undefined|N/A|<NA>|NaT"
    r"|\[(?:[Rr]emoved|deleted)\]|ONLY AVAILABLE IN [A-Z ,&]{3,60} PLANS?)\s*"
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def without_controls(text: str) -> str:
    """Text without control characters: databases refuse them (PostgreSQL U+0000), and so does XML."""
    return _CONTROL.sub("", text) if _CONTROL.search(text) else text


def says_nothing(text: str) -> bool:
    """Whether a value is only a placeholder for a missing one, as programs spell it: "None" is, "none" is a word."""
    return _NOTHING.fullmatch(text) is not None
