"""A query as data: SQL with the parameters that it binds."""

from collections.abc import Mapping
from typing import NamedTuple

Parameter = str | int | list[str]


class Query(NamedTuple):
    """`{name:Type}` in the SQL is bound by the server; no value is ever part of the text."""

    sql: str
    parameters: Mapping[str, Parameter]
