"""Asking the views about customers, for a command."""

import time
from typing import NamedTuple

import msgspec
from clickhouse_connect.driver.client import Client

from projections.comments.groups import group_of, merges_query
from projections.customers.demand import DIMENSIONS, Dimension
from projections.customers.post_queries import Part, PostDemand, post_query, split_query
from projections.customers.queries import AskedFor, Size, demand_query, size_query
from projections.customers.request import Asked, By, DemandRequest, Window
from projections.customers.said import Said, said_query
from services.cli import views

PARTS = 10
"""So many segments, plans and companies of a post are shown."""


class Whole(NamedTuple):
    """Who asks for a post: all of them, and split."""

    demand: PostDemand
    parts: dict[Dimension, list[Part]]


class DemandViews:
    """What one group of customers asks for."""

    def __init__(self, client: Client, database: str, asked: Asked, window: Window) -> None:
        self.asked = asked
        self.window = window
        self._client = client
        self._database = database

    def posts(self, by: By, currency: str, limit: int) -> list[AskedFor]:
        """Posts by what stands behind them."""
        request = DemandRequest(asked=self.asked, window=self.window, by=by, limit=limit, currency=currency)
        return views.rows(self._client, demand_query(request, self._database), AskedFor)[:limit]

    def size(self) -> Size:
        """How many these customers are."""
        return views.rows(self._client, size_query(self.asked, self._database), Size)[0]

    def post(self, post: str) -> Whole:
        """Who asks for a post."""
        query = post_query(self.asked, post, self.window, self._database)
        (demand,) = views.rows(self._client, query, PostDemand)
        parts = {
            dimension: views.rows(
                self._client, split_query(self.asked, post, dimension, self._database, limit=PARTS), Part
            )
            for dimension in DIMENSIONS
        }
        return Whole(demand, parts)

    def said(self, posts: list[str], limit: int, *, of_voters: bool = False) -> list[Said]:
        """What they said last on these posts, and on those that were merged with them."""
        if not posts or limit == 0:
            return []
        moment = time.time_ns() // 1_000_000 if self.asked.as_of is None else self.asked.as_of
        merges = merges_query(self._database, self.asked.workspace, moment)
        rows = self._client.query(merges.sql, parameters=dict(merges.parameters)).result_rows
        pairs = msgspec.convert(rows, list[tuple[str, str]])
        together = sorted({each for post in posts for each in group_of(post, pairs)})
        query = said_query(self.asked, together, self._database, limit=limit, of_voters=of_voters)
        return views.rows(self._client, query, Said)
