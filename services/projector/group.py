"""The consumer group's name, which carries the codes: who follows what can be read from it."""

from collections.abc import Sequence, Set

from projections.fold import Projection


def group_name(prefix: str, projections: Sequence[Projection]) -> str:
    """The group of the projectors that have these projections' code.

    An earlier release that still follows what it built is in another one, and shares no partitions with this.
    """
    codes = "-".join(f"{projection.name}{projection.code}" for projection in projections)
    return f"{prefix}.projector.{codes}"


def codes_in(group: str, prefix: str) -> Set[str]:
    """The codes that a group's name carries, like `votes1`; none for a group that is not of our projectors."""
    start = f"{prefix}.projector."
    return set(group.removeprefix(start).split("-")) if group.startswith(start) else set()
