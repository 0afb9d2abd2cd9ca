"""Every part there is."""

from collections.abc import Sequence

from services.sagas.part import Part, Surroundings


def parts(surroundings: Surroundings) -> Sequence[Part]:
    """The parts of one process."""
    return ()
