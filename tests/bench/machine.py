"""On what the figures were measured."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psutil

from services.stack.kafka_jars import LOCK_BYTES, locked_jars

LIBRARIES = (
    "aiokafka", "faust-streaming", "msgspec", "chdb-core", "clickhouse-connect", "eventsourcing", "fastapi", "uvicorn",
    "uvloop", "rocksdict", "numpy",
)  # fmt: skip


def describe() -> dict[str, str]:
    """Cores, processor, memory, and every version that matters."""
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return {
        "cores": str(os.cpu_count()),
        "processor": _processor(),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "load average at the start (1, 5, 15 min)": load,
        "Python": platform.python_version(),
        "Apache Kafka": next(jar.version for jar in locked_jars(LOCK_BYTES()) if jar.artifact == "kafka-clients"),
        "libraries": ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
