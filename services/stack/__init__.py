"""The local stack: Kafka, ClickHouse, the projector and the API on one machine, started and stopped as one."""

from services.stack.detached import up_detached
from services.stack.down import PartStatus, down, status
from services.stack.errors import StackError
from services.stack.files import Stack, keep_key, read_stack
from services.stack.options import StackOptions
from services.stack.progress import Lines, Progress
from services.stack.up import up

__all__ = [
    "Lines",
    "PartStatus",
    "Progress",
    "Stack",
    "StackError",
    "StackOptions",
    "down",
    "keep_key",
    "read_stack",
    "status",
    "up",
    "up_detached",
]
