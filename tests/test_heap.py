"""Large blocks go back to the system; what stays for good is not looked through again and again."""

from __future__ import annotations

import subprocess
import sys

import pytest

HOLD_AND_FREE = """
from pathlib import Path
from streams.heap import return_large_blocks

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

asked = {ask} and return_large_blocks()
bytes(8 << 20)  # the first that is freed: from now on glibc would take such blocks from the heap
before = resident_mb()
texts = [part for _ in range(10) for part in (b"x" * (4 << 20), b"x" * (100 << 10))]
small = texts[1::2]  # between the large ones
del texts[:]
print(asked, round(resident_mb() - before))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="is told by /proc")
def test_a_freed_block_of_megabytes_is_not_kept():
    """Ten texts of 4 MiB are freed: only the small blocks between them remain."""
    command = [sys.executable, "-c", HOLD_AND_FREE.format(ask=True)]
    asked, kept_mb = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.split()
    if asked == "True":  # glibc
        assert int(kept_mb) < 8


LOOK_AT_EVERYTHING = """
import gc, weakref
from streams.heap import SurvivorsFreezer

class Node:
    pass

model = [[number] for number in range(1000)]
SurvivorsFreezer(least_s={least_s}, times=2)
gc.collect()
once = gc.get_freeze_count()
lost = Node()
lost.itself = lost
is_there = weakref.ref(lost)
del lost
gc.collect()
twice = gc.get_freeze_count()
later = [[number] for number in range(1000)]
gc.collect()
print(once >= 1000, is_there() is None, gc.get_freeze_count() == twice)
"""


@pytest.mark.parametrize(
    ("least_s", "is_taken_out"),
    [pytest.param(0.0, True, id="after a long look"), pytest.param(60.0, False, id="control: a short look")],
)
def test_what_survives_long_looks_of_the_collector_is_taken_out_of_later_ones_as_often_as_allowed(least_s, is_taken_out):
    """Cycles that die later are freed all the same."""
    command = [sys.executable, "-c", LOOK_AT_EVERYTHING.format(least_s=least_s)]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.split()
    assert printed == [str(is_taken_out), "True", "True"]
