-- The user `analyst` on a ClickHouse server: reads the database, within limits that it cannot raise.
--
-- Run it once by a user who may manage access, and again after a change of it:
--
--     clickhouse-client --user admin --password --queries-file deploy/clickhouse/analyst.sql
--     clickhouse-client --user admin --password --query "ALTER USER analyst IDENTIFIED BY '...' HOST ANY"
--
-- Until the second command nobody can log in. On a cluster, add ON CLUSTER main after each name. The numbers are those
-- of the local front (docs/settings.md, GROUNDSWELL_ANALYST_*).

CREATE SETTINGS PROFILE OR REPLACE analyst SETTINGS
    readonly = 2 CONST,
    allow_ddl = 0 CONST,
    max_execution_time = 30 MIN 1 MAX 30,
    max_rows_to_read = 500000000 MIN 1 MAX 500000000,
    max_bytes_to_read = 50000000000 MIN 1 MAX 50000000000,
    max_memory_usage = 2000000000 MIN 1 MAX 2000000000,
    max_result_rows = 1000000 MIN 1 MAX 1000000,
    max_concurrent_queries_for_user = 4 CONST,
    read_overflow_mode = 'throw' CONST,
    result_overflow_mode = 'throw' CONST,
    timeout_overflow_mode = 'throw' CONST;

CREATE USER IF NOT EXISTS analyst IDENTIFIED WITH no_password HOST NONE;

ALTER USER analyst DEFAULT DATABASE groundswell SETTINGS PROFILE 'analyst';

CREATE QUOTA OR REPLACE analyst KEYED BY user_name
    FOR INTERVAL 1 hour MAX queries = 2000, read_rows = 20000000000
    TO analyst;

GRANT SELECT, SHOW TABLES, SHOW COLUMNS ON groundswell.* TO analyst;

-- What the view `generations` sums up.
GRANT SELECT(database, table, rows, bytes_on_disk, active) ON system.parts TO analyst;
