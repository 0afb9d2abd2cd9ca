"""`python -m tests.bench`: measure, on Kafka, ClickHouse and processes of its own, and print one table.

Nothing here decides whether anything is right; `docs/performance.md` says what each figure means.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from tests.bench import decisions, ingest, machine, projector_rate, questions, ranked_latency, rankings, rebuild, search
from tests.bench.figures import Figure
from tests.bench.process import peak_mib, resident_mib
from tests.bench.report import Report, markdown
from tests.bench.stack import Stack, running_stack, say

BENCHES: Mapping[str, Callable[[Stack], Iterator[Figure]]] = {
    "batches": ingest.batches,
    "singles": ingest.singles,
    "projector": projector_rate.projector,
    "rebuild": rebuild.rebuild,
    "latency": ranked_latency.acknowledged_to_ranked,
    "rankings": rankings.rankings,
    "decisions": decisions.decisions,
    "search": search.search,
    "questions": questions.questions,
}


def main() -> int:
    options = _options()
    described = machine.describe()
    figures: list[Figure] = []
    with (
        tempfile.TemporaryDirectory(prefix="groundswell-bench-") as folder,
        running_stack(Path(folder), options.scale) as stack,
    ):
        for name in options.only or BENCHES:
            began = time.monotonic()
            say(f"--- {name}")
            for figure in BENCHES[name](stack):
                say(f"{figure.what}: {figure.shown}" + (f" ({figure.note})" if figure.note else ""))
                figures.append(figure)
            say(f"--- {name} took {time.monotonic() - began:.0f} s")
        figures.append(Figure("memory", "Kafka, resident at the end", resident_mib(stack.kafka.pid), "MiB"))
        figures.append(Figure("memory", "Kafka, peak", peak_mib(stack.kafka.pid), "MiB"))
    report = Report(described, options.scale, figures)
    print(markdown(report))  # noqa: T201
    if options.json is not None:
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", action="append", choices=list(BENCHES), metavar="NAME",
                        help=f"only this bench (may be repeated): {', '.join(BENCHES)}")  # fmt: skip
    parser.add_argument("--scale", type=float, default=1.0, help="1.0 is the full size; 0.01 tries everything out")
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
