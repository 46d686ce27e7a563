"""What the system says of processes."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager

import pytest

from bench.speed.machine import cpu_seconds, family, peak_resident_bytes

# A parent that waits, and its child that has computed for a fifth of a second and holds 50 MB.
CHILD = """
import sys, time
held = bytearray(50_000_000)
while time.process_time() < 0.2: pass
print(flush=True)
sys.stdin.read()
"""
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")


@contextmanager
def parent_and_child():
    command = [sys.executable, "-c", PARENT, CHILD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        parent.stdout.readline()
        yield parent.pid
        parent.stdin.close()


def test_a_process_is_counted_with_its_descendants():
    with parent_and_child() as parent:
        first, child = family(parent)
        assert first == parent
        assert cpu_seconds(parent) >= cpu_seconds(child) >= 0.15  # counted in hundredths
        assert peak_resident_bytes(parent) == peak_resident_bytes(child) > 50_000_000


def test_nothing_is_known_about_a_missing_process():
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    with pytest.raises(OSError, match="No such file"):
        cpu_seconds(ended.pid)
