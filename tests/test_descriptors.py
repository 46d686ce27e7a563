"""The limit of descriptors is raised as far as it may be."""

from __future__ import annotations

import subprocess
import sys

import pytest

RAISE = """
from resource import RLIMIT_NOFILE, getrlimit
from streams.descriptors import raise_limit
print(raise_limit(), *getrlimit(RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("limits", "raised"),
    [
        pytest.param("ulimit -Sn 100; ulimit -Hn 1000", "1000 1000 1000", id="to the hard limit"),
        pytest.param("ulimit -Sn 500; ulimit -Hn 500", "500 500 500", id="no further"),
        pytest.param("ulimit -Sn 100; ulimit -Hn 15000", "10240 10240 15000", id="as far as is of use"),
        pytest.param("ulimit -Sn 12000; ulimit -Hn 15000", "12000 12000 15000", id="never lowered"),
    ],
)
def test_the_limit_of_descriptors_is_raised(limits, raised):
    command = ["/bin/sh", "-c", f'{limits}; exec "$0" -c "$1"', sys.executable, RAISE]
    assert subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.strip() == raised
