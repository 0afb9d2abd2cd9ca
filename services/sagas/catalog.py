"""Every part there is."""

from collections.abc import Sequence

from services.forgetting.erasing import Erasing
from services.sagas.part import Part, Surroundings
from services.sagas.rulings import RulingsPart
from services.webhooks.delivering import Webhooks


def parts(surroundings: Surroundings) -> Sequence[Part]:
    """The parts of one process."""
    return (RulingsPart(surroundings), Erasing(surroundings), Webhooks(surroundings))
