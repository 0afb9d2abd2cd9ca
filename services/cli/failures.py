"""What went wrong, in one line that says what to do: for the errors of the services that a command talks to."""

import httpx
from aiokafka.errors import KafkaError
from clickhouse_connect.driver.exceptions import Error as ClickHouseError
from eventsourcing.persistence import PersistenceError
from pydantic import ValidationError

from events.domain.refusals import Refusal
from events.ledger.errors import LedgerUnavailable, OutcomeUnknown
from events.log.appender import AppendError
from events.log.opening import LogError
from projections.clickhouse.layout import LayoutRefused
from projections.generations import GenerationRefused
from services.importers.errors import ImportRefused
from services.stack import StackError


def describe(error: Exception) -> str:
    """One line for any error."""
    match error:
        case (
            GenerationRefused() | LayoutRefused() | ImportRefused() | StackError() | LogError() | Refusal() | OSError()
        ):
            return str(error)
        case PersistenceError() | AppendError():
            where = "log" if isinstance(error, AppendError) else "ledger"
            again = isinstance(error, AppendError | LedgerUnavailable | OutcomeUnknown)
            return f"the {where}: {error}" + (" (repeat the command: nothing is done twice)" if again else "")
        case KafkaError() | httpx.HTTPError():
            service = "Kafka" if isinstance(error, KafkaError) else "ClickHouse"
            return f"{service} does not answer as it should ({error!r}): look at groundswell status, and try again"
        case ClickHouseError():
            return f"ClickHouse refuses: {_first_line(error)}"
        case ValidationError():
            return "; ".join(f"setting {problem['loc'][-1]}: {problem['msg']}" for problem in error.errors())
    return (
        f"this is a defect, please report it: {type(error).__name__}: {_first_line(error)} "
        "(GROUNDSWELL_DEBUG=1 shows where)"
    )


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:500] if lines else repr(error)
