"""Identities: those that clients choose, and those that we make."""

import re
import uuid

import uuid_utils

CLIENT_ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9_.:~-]{0,63}"
"""What a client may choose as a workspace, board, post or person id."""

EVENT_ID_PATTERN = r"[!-~]{1,128}"
"""What a client may choose as the identity of an event: printable ASCII without spaces."""

is_client_id = re.compile(rf"{CLIENT_ID_PATTERN}\Z").match
is_event_id = re.compile(rf"{EVENT_ID_PATTERN}\Z").match

_NAMESPACE = uuid.UUID("6f0f6d0c-5d3e-5b1e-9c55-27b1c2a9f0d4")


def new_id() -> str:
    """A fresh identity: a UUIDv7, so that ids made later sort later."""
    return str(uuid_utils.uuid7())


def derived_id(*parts: str) -> str:
    """The identity that always follows from the same parts: what makes a retried request the same events."""
    return str(uuid.uuid5(_NAMESPACE, "\x00".join(parts)))
