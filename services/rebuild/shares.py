"""Which worker folds which partitions."""

from collections.abc import Mapping, Sequence

from events.position import Partition


def shares(left: Mapping[Partition, int], workers: int) -> Sequence[Sequence[Partition]]:
    """Partitions by worker, so that each has about as many records left to fold; no worker goes without."""
    count = max(1, min(workers, len(left)))
    shared: list[list[Partition]] = [[] for _ in range(count)]
    loads = [0] * count
    # The longest first, each to whom has least: no worker ends much later than the others.
    for partition in sorted(left, key=lambda each: (-left[each], each)):
        least = min(range(count), key=lambda worker: (loads[worker], len(shared[worker])))
        shared[least].append(partition)
        loads[least] += left[partition]
    return [sorted(share) for share in shared]
