"""Every part there is."""

from collections.abc import Sequence

from services.forgetting.erasing import Erasing
from services.sagas.following import Following
from services.sagas.part import Part, Surroundings
from services.sagas.publishing import PublishingClock
from services.sagas.rulings import RulingsPart
from services.sagas.shipping import ShippingSaga
from services.webhooks.delivering import Webhooks


def parts(surroundings: Surroundings) -> Sequence[Part]:
    """The parts of one process."""
    return (
        RulingsPart(surroundings),
        Following(ShippingSaga(surroundings.feedback), surroundings),
        PublishingClock(surroundings),
        Erasing(surroundings),
        Webhooks(surroundings),
    )
