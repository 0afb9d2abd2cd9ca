"""A query as data: SQL with the parameters that it binds."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

Parameter = str | int | list[str]


SMALL: Mapping[str, int] = MappingProxyType({"max_threads": 1})
"""Settings of what reads next to nothing: to share that out costs ClickHouse more than to do it."""

FILTER_FIRST: Mapping[str, int] = MappingProxyType({"optimize_move_to_prewhere_if_final": 1})
"""Settings of what reads a few rows of large tables by columns of their keys (`person IN ...`): those are looked at
before rows of several parts are compared, and before the other columns are read. Nothing but keys is: that is safe."""


class Query(NamedTuple):
    """`{name:Type}` in the SQL is bound by the server; no value is ever part of the text."""

    sql: str
    parameters: Mapping[str, Parameter]
    settings: Mapping[str, int] = MappingProxyType({})
