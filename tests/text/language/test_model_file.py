"""The language model as it ships: whole, and the numbers that were trained."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.faults import caught
from streams.text.language import model as language_model
from streams.text.language.detect import CREATOR
from streams.text.language.model import LONGEST_NGRAM, Weights, models
from streams.text.language.model_file import DamagedModelError, WeightRows, build_model, open_model

SHIPPED = Path(language_model.__file__).with_name("model.bin")
OF_A_SCRIPT = ("script", "tags", "per_nat", "head_start", "usual")


def test_another_model_has_another_id():
    """By `ce_languagecreator` a consumer knows which model spoke. It stays when the same numbers are in another form."""
    digest = hashlib.sha256()
    file = open_model(SHIPPED)
    for script, said in file.scripts.items():
        ngrams, rows = file.read(script)
        digest.update(json.dumps([said[name] for name in OF_A_SCRIPT]).encode())
        digest.update("\n".join(ngrams).encode())
        for column in columns(rows, len(ngrams)):
            digest.update(column)
    assert (CREATOR, digest.hexdigest()[:16]) == ("urn:headwater:model:language-ngrams:6", "fbca1e59c1d5963b")


def columns(rows: WeightRows, ngrams: int) -> list[bytes]:
    """The weights of each language, one byte for each n-gram."""
    half = (rows.languages + 1) // 2
    side_by_side = b"".join(rows(place).to_bytes(2 * half, "little") for place in range(ngrams))
    places = [2 * lane if lane < half else 2 * (lane - half) + 1 for lane in range(rows.languages)]
    return [side_by_side[place :: 2 * half] for place in places]


@st.composite
def scripts(draw):
    ngrams = draw(st.lists(st.text("ab é", min_size=1, max_size=6), min_size=1, max_size=9, unique=True).map(sorted))
    column = st.lists(st.sampled_from([0, 0, 1, 63]), min_size=len(ngrams), max_size=len(ngrams)).map(bytes)
    return ngrams, draw(st.lists(column, min_size=1, max_size=200))


@given(st.lists(scripts(), min_size=1, max_size=3))
def test_what_is_written_is_read(tmp_path_factory, given):
    """N-grams and weights of each script, however few or many of its languages have one."""
    path = tmp_path_factory.getbasetemp() / "written.bin"
    said = [{"script": str(number), "tags": ["xx"] * len(own)} for number, (_, own) in enumerate(given)]
    path.write_bytes(build_model((of, "\n".join(ngrams).encode(), own) for of, (ngrams, own) in zip(said, given, strict=True)))
    file = open_model(path)
    assert list(file.scripts) == [of["script"] for of in said]
    for number, (ngrams, own) in enumerate(given):
        read, rows = file.read(str(number))
        assert read == ngrams
        assert columns(rows, len(ngrams)) == own


def test_an_ngram_has_the_weights_of_its_beginnings_however_often_it_is_asked_for():
    """What begins with none that is known has none."""
    own = {"a": 1, "ab": 20, "abcd": 30, "b": 40}
    listed = sorted(own)
    weights = Weights(listed, lambda place: own[listed[place]])
    for _ in range(2):
        assert [weights.sum_of(ngram) for ngram in ("abcd", "abcde", "abx", "ab", "b", "c")] == [51, 51, 21, 21, 40, 0]


def test_the_weights_of_an_ngram_and_its_beginnings_fit_into_8_bits():
    """In every script of the shipped model: a sum that flowed over would count for another language."""
    file = open_model(SHIPPED)
    for script in file.scripts:
        ngrams, rows = file.read(script)
        highest: dict[str, int] = {}
        for ngram, start, end in zip(ngrams, rows.starts, rows.starts[1:], strict=False):
            beginnings = [highest[ngram[:size]] for size in range(1, len(ngram)) if ngram[:size] in highest]
            highest[ngram] = max(rows.weights[start:end], default=0) + max(beginnings, default=0)
        assert max(highest[ngram] for ngram in ngrams if len(ngram) <= LONGEST_NGRAM) < 256


@pytest.fixture(scope="module")
def small() -> bytes:
    return build_model([({"script": "Latn", "tags": ["xx", "yy"], "per_nat": 1.0}, b"a\nb", [b"\1\0", b"\2\3"])])


@given(st.data())
def test_a_damaged_file_is_found_before_anything_is_read_of_it(tmp_path_factory, small, data):
    """Cut short, longer, empty, or with any byte changed: an error of the machine, so no article is rejected for it."""
    place = data.draw(st.integers(0, len(small) - 1))
    other = data.draw(st.integers(1, 255))
    changed = bytes([*small[:place], small[place] ^ other, *small[place + 1 :]])
    path = tmp_path_factory.getbasetemp() / "damaged.bin"
    for damaged in (small[:place], changed, small + b"\0"):
        path.write_bytes(damaged)
        with pytest.raises(DamagedModelError, match=r"damaged\.bin"):
            caught(lambda: open_model(path))


def test_a_script_is_unpacked_when_it_is_needed():
    """A process that reads English pays for the Latin letters alone."""
    program = "from streams.text.language import detect, model; "
    program += "detect.detect_language('Parliament adjourns for the summer', ''); print(*model.models()._made)"
    root = Path(__file__).parents[3]
    run = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "Latn"
    assert len(models()) == 9
