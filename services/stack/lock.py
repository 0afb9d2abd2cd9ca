"""Locking Kafka's jars anew: `python -m services.stack.lock COORDINATES > deploy/kafka/jars.lock`.

COORDINATES are Maven's, joined by `+`, as the lock's own head names them. Needs the network; for maintainers.
"""

import sys
from importlib.metadata import version

import jgo
from jgo.config import GlobalSettings

from services.stack.kafka_jars import sha256_of

HEAD = """\
# Apache Kafka and what it needs, as jgo resolved it: coordinates and sha256 sums, and no addresses.
# Made by `python -m services.stack.lock COORDINATES`; installed by services/stack/kafka_jars.py.

[metadata]
jgo_version = "{jgo}"
coordinates = "{coordinates}"
"""

ENTRY = """
[[dependencies]]
groupId = "{group}"
artifactId = "{artifact}"
version = "{version}"
packaging = "jar"
sha256 = "{sha256}"
"""


def lock(coordinates: str) -> str:
    """Resolve the coordinates with all that they need, fetch every jar, and write the lock's text."""
    entries = []
    for artifact in jgo.resolve(coordinates, repositories=GlobalSettings.load().repositories):
        if artifact.packaging != "jar" or artifact.classifier:
            raise ValueError(f"{artifact} is no plain jar: the lock has no place for it")
        entries.append((artifact.groupId, artifact.artifactId, artifact.version, sha256_of(artifact.resolve())))
    return HEAD.format(jgo=version("jgo"), coordinates=coordinates) + "".join(
        ENTRY.format(group=group, artifact=name, version=number, sha256=digest)
        for group, name, number, digest in sorted(entries)
    )


if __name__ == "__main__":
    sys.stdout.write(lock(sys.argv[1]))
