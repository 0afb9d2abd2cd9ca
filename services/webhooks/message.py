"""An event as a webhook gets it: the CloudEvent of the change feed, and its identity, the same at every attempt."""

from typing import NamedTuple

import msgspec

from events.deliveries import Place
from events.ids import derived_id
from projections.events.cloudevents import carried_by, feed_item
from projections.events.queries import FeedEvent, Wanted


class Message(NamedTuple):
    """What is sent, and where its event stands."""

    id: str
    type: str
    event_id: str
    subject: str
    place: Place
    body: bytes


def message_of(workspace: str, event: FeedEvent, wanted: Wanted) -> Message | None:
    """The message of an event that is wanted; of a retry that of what it carries, if that is.

    The same event has the same identity wherever and however often it stands on the log: what makes it the same is
    its id, what it is about, and who it is from (decision 009).
    """
    carried = carried_by(event)
    if carried is None or (carried is not event and not wanted.includes(carried.type, carried.data)):
        return None
    item = feed_item(workspace, carried, internal=wanted.internal)
    return Message(
        id=derived_id("webhook", workspace, carried.id, carried.subject, carried.actor),
        type=carried.type,
        event_id=carried.id,
        subject=carried.subject,
        place=Place(event.topic, event.partition, event.offset, event.place),
        body=msgspec.json.encode(item),
    )
