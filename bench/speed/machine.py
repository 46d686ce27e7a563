"""What a figure depends on besides the program: the machine, the versions, and processor time as the system counts it."""

from __future__ import annotations

import contextlib
import os
import platform
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

from infra.kafka import KAFKA


def family(pid: int) -> list[int]:
    """A process and its descendants, each before its children.

    Raises:
        OSError: there is no /proc (only Linux has it).
    """
    children: dict[int, list[int]] = defaultdict(list)
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            with contextlib.suppress(OSError):  # it has just ended
                children[int(_stat(int(each.name))[1])].append(int(each.name))
    found = [pid]
    for one in found:  # grows as it goes
        found += children[one]
    return found


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and its descendants so far, all threads, user and system; to 10 ms for each process.

    Raises:
        OSError: there is no such process, or no /proc.
    """
    return sum(sum(map(int, _stat(each)[11:15])) for each in family(pid)) / os.sysconf("SC_CLK_TCK")


def peak_resident_bytes(pid: int) -> int:
    """The peak resident memory of a process, or of its largest descendant; raises as :func:`cpu_seconds`."""
    return max(_peak(each) for each in family(pid))


def _stat(pid: int) -> list[str]:
    """What /proc says after a process's name: its state, parent, … and, at 11 to 14, its own time and its ended children's."""
    return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()


def _peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)  # none when it has ended


def facts() -> dict[str, str]:
    """The machine and the versions, for people."""
    processor = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), processor)
    except OSError:
        pass
    packages = ("faust-streaming", "aiokafka", "rocksdict", "orjson")
    return {
        "processor": f"{os.cpu_count()} × {processor}",
        "load": f"{os.getloadavg()[0]:.1f} (1 min average when the run began)",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "kafka": "not the embedded one" if "HEADWATER_BROKERS" in os.environ else KAFKA,
        **{name: version(name) for name in packages},
    }
