"""The supervisor of a stack in the background (`services.stack.detached` starts it)."""

import asyncio
import logging
import sys

import msgspec

from services.stack.detached import PREFIX, Order
from services.stack.errors import StackError
from services.stack.up import up


def main(argument: str) -> int:
    """Run the stack of an order until it is told to stop; the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells of every health check
    order = msgspec.json.decode(argument, type=Order)
    try:
        asyncio.run(up(order.options(), planner=order.plan()))
    except StackError as error:
        print(f"{PREFIX}{error}", file=sys.stderr, flush=True)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
