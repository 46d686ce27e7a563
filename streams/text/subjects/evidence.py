"""Evidence as a reader expects it: the words as they appear in the text."""

from __future__ import annotations

from streams import lazy_re as re

_WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def as_written(word: str, text: str) -> str:
    """A word or name in lower case as the text has it first ("Wall Street"); as it comes where the text has it not."""
    joined = r"\s+".join(map(re.escape, word.split()))
    pattern = joined if _WITHOUT_SPACES.search(word) else rf"(?<!\w){joined}(?!\w)"
    found = re.search(pattern, text, re.IGNORECASE)
    return word if found is None else " ".join(found[0].split())
