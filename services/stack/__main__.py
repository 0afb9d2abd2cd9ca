"""The supervisor of a stack in the background (`services.stack.detached` starts it)."""

import asyncio
import sys

import msgspec
from pydantic import ValidationError

from events import logs
from services.stack.detached import PREFIX, Order
from services.stack.errors import StackError
from services.stack.up import up


def main(argument: str) -> int:
    """Run the stack of an order until it is told to stop; the exit code."""
    try:
        logs.set_up("stack")
    except ValidationError as error:
        print(f"{PREFIX}{logs.refused_settings(error)}", file=sys.stderr, flush=True)  # noqa: T201
        return 2
    order = msgspec.json.decode(argument, type=Order)
    try:
        asyncio.run(up(order.options(), planner=order.plan()))
    except StackError as error:
        print(f"{PREFIX}{error}", file=sys.stderr, flush=True)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
