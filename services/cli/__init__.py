"""The command line: `groundswell COMMAND`. One module a group of commands; heavy libraries are imported when needed."""

import sys


def main() -> None:
    """Run the command that the arguments name, and end the process with its exit code."""
    from services.cli.program import run

    sys.exit(run(sys.argv[1:]))
