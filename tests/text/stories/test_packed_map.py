"""The map in packed arrays is a dictionary of whole numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.stories.packed_map import PackedMap

keys = st.sampled_from((0, 1, 4_096, 8_192, 4_097, 2**63, 2**64 - 1, 2**64 - 4_096))
values = st.integers(0, 2**32 - 1)


@given(st.lists(st.tuples(st.sampled_from(("set", "pop", "delete")), keys, values)))
def test_it_answers_as_a_dictionary_does(steps):
    packed, plain = PackedMap(), {}
    for step, key, value in steps:
        if step == "set":
            packed[key] = plain[key] = value
        elif step == "pop":
            assert packed.pop(key) == plain.pop(key, None)
        elif key in plain:
            del packed[key], plain[key]
        else:
            with pytest.raises(KeyError):
                del packed[key]
        assert len(packed) == len(plain)
        assert packed.get(key) == plain.get(key)
        assert packed.get(key, 7) == plain.get(key, 7)


def test_a_key_that_is_not_there_is_told():
    with pytest.raises(KeyError):
        PackedMap()[1]
