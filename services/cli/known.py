"""Whether there is what an option names: a misspelt one must not look like a product without votes."""

from clickhouse_connect.driver.client import Client

from services.cli.errors import CliError

_VIEWS = {"board": "boards", "team": "team_history", "segment": "segment_history"}
"""Teams and segments that were removed are asked about, too: what they did stays told."""


def check_known(client: Client, database: str, workspace: str, **named: str | None) -> None:
    """Look for a `board`, a `team` or a `segment`; None is not looked for.

    Raises:
        CliError: naming the first that there is none of.
    """
    for kind, name in named.items():
        if name is None:
            continue
        where = f"workspace = {{workspace:String}} AND {kind} = {{name:String}}"
        sql = f"SELECT 1 FROM {database}.{_VIEWS[kind]} WHERE {where} LIMIT 1"
        if not client.query(sql, parameters={"workspace": workspace, "name": name}).result_rows:
            raise CliError(f"there is no {kind} {name!r} in workspace {workspace!r}")
