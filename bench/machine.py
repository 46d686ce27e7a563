"""What a figure depends on beside the program: the machine, the versions, and processor time as the system counts it."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from infra.kafka import KAFKA


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far, all its threads, user and system; to 10 ms.

    Raises:
        OSError: there is no such process, or no /proc (only Linux has it).
    """
    fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_resident_bytes(pid: int) -> int:
    """The most memory that a process has had resident; raises OSError as :func:`cpu_seconds` does."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


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
        "kafka": KAFKA,
        **{name: version(name) for name in packages},
    }
