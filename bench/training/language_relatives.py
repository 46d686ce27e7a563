"""Tell close relatives apart once more, by texts and by the words of ``bench/data/close_relatives.toml``.

    python -m bench.training.language_relatives DATA --wordfreq WHEEL --out closer.xz latin.xz

latin.xz is what ``bench.training.language`` wrote. Only the weights of the relatives change, and only against each other:
what is added to one of them is taken from the others. The listed words become n-grams, unless they are already. A minute
instead of the ten that all languages take; afterwards `bench.training.language_doubt` makes the model that ships.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.data.language_sources import read_rows, read_sentences, telling_words
from bench.training.language import PER_NAT, Part, design, examples, pack, part_of, tell_apart
from bench.training.language_doubt import SIZES, read_parts
from streams.text.language.model import HEAVIEST

np: Any = import_module("numpy")

GROUPS = ("id ms", "da nb nn sv", "ca es gl pt oc ast", "xh zu ss", "bs hr sr")
ITERATIONS, HOLD = 80, 2e-3


def refined(part: Part, data: Path, wordfreq: Path, groups: Sequence[str] = GROUPS, hold: float = HOLD) -> Part:
    """A script's weights, with each group of relatives told apart anew."""
    said, names, weights = part
    known, found = with_listed(names.decode().split("\n"), weights, groups)
    rows = [row for row in read_rows(data) if not row["held"]]
    rows += [row for row in read_sentences(data) if row["part"] == "train"]
    for group in groups:
        print(f"  {group}", flush=True)
        given = examples(said["script"], (row for row in rows if row["lang"] in group.split()), wordfreq)
        positions = sorted(given.tags.index(tag) for tag in group.split())
        labels = np.array(given.labels[: given.of_text])
        inside = np.flatnonzero(np.isin(labels, positions))
        texts = design([given.spans[index] for index in inside], known)
        tell_apart(texts, labels[inside], positions, found, iterations=ITERATIONS, hold=hold)
    said = {name: value for name, value in said.items() if name not in SIZES}
    return part_of(said, known, np.clip(np.rint(found * PER_NAT), 0, HEAVIEST).astype(np.uint8))


def with_listed(known: list[str], weights: bytes, groups: Sequence[str]) -> tuple[list[str], Any]:
    """The n-grams and their weights in natural logarithms (a row each), with the listed words among them."""
    found = np.frombuffer(weights, np.uint8).reshape(-1, len(known)).T.astype(np.float32) / PER_NAT
    listed = {f" {word} " for group in groups for tag in group.split() for word in telling_words(tag)}
    named = [*known, *listed.difference(known)]
    order = sorted(range(len(named)), key=named.__getitem__)
    found = np.concatenate([found, np.zeros((len(named) - len(known), found.shape[1]), np.float32)])
    return sorted(named), found[order]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder with language-dev.jsonl.gz")
    parser.add_argument("part", type=Path, help="the file of bench.training.language with the Latin letters")
    parser.add_argument("--wordfreq", type=Path, required=True, help="wordfreq's wheel")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--hold", type=float, default=HOLD)
    arguments = parser.parse_args()
    parts = [refined(part, arguments.data, arguments.wordfreq, hold=arguments.hold) for part in read_parts([arguments.part])]
    arguments.out.write_bytes(pack(parts))


if __name__ == "__main__":
    main()
