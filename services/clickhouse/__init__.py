"""ClickHouse's HTTP interface in front of chDB, the same engine in a library.

`python -m services.clickhouse --path DIR --port N` answers on 127.0.0.1 as a ClickHouse server does, so that
clickhouse-connect, curl and any ClickHouse tool work against it. **It is replaceable by the real thing**: nothing
outside this package knows that it exists, everybody else knows only `CLICKHOUSE_URL`. When a real server (or a
chDB that can listen by itself) is at hand, set the URL and leave this package out.
"""
