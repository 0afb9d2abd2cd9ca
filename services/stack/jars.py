"""What `make setup` runs: Kafka's jars, and the archive of its classes. Done again, it has nothing to do."""

import sys

from services.stack.errors import StackError
from services.stack.kafka_jars import install, jars_folder
from services.stack.training import make_archive


def main() -> int:
    """Install the jars with a progress line, then make the archive; the exit code."""
    fresh = not jars_folder().is_dir()
    try:
        install(_show)
        if fresh:
            _show("Kafka's jars are here, each with its locked checksum.\n")
            _show("Kafka is started once, so that it starts quickly from now on ...")
        make_archive()
    except StackError as error:
        print(f"groundswell: {error}", file=sys.stderr)  # noqa: T201
        return 1
    _show("")
    return 0


def _show(line: str) -> None:
    """Put a line in the place of the last one; where there is no terminal, only one that stays is shown."""
    if sys.stderr.isatty():
        print(f"\r\x1b[2K{line}", end="", file=sys.stderr, flush=True)  # noqa: T201
    elif line.endswith("\n"):
        print(line, end="", file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
