"""A workflow as people write it down: in a file, for the command line."""

from collections.abc import Mapping

import msgspec

from events.domain.workflow.events import Status


class WorkflowFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All statuses, in order. Posts of a status that goes get the one that `moved` names for it."""

    statuses: tuple[Status, ...]
    initial: str
    closing: str | None = None
    moved: Mapping[str, str] = {}
