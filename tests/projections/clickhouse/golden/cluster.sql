CREATE DATABASE IF NOT EXISTS groundswell ON CLUSTER `main`
ENGINE = Replicated('/clickhouse/databases/groundswell', '{shard}', '{replica}')
COMMENT 'on cluster main';

CREATE TABLE IF NOT EXISTS groundswell.progress_log (
  `projection` String, generation UInt32, epoch String, topic String, partition UInt16,
  next_offset UInt64, log_end UInt64, at DateTime64(3, 'UTC')
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}', next_offset) ORDER BY (`projection`, generation, topic, partition);

CREATE TABLE IF NOT EXISTS groundswell.generation_log (
  `projection` String, generation UInt32, state LowCardinality(String), code UInt32, tables Array(String),
  started_at DateTime64(3, 'UTC'), switched_at Nullable(DateTime64(3, 'UTC')), version UInt64
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}', version) ORDER BY (`projection`, generation);

ALTER TABLE groundswell.generation_log
ADD COLUMN IF NOT EXISTS views Map(String, String), ADD COLUMN IF NOT EXISTS note String;

CREATE TABLE IF NOT EXISTS groundswell.barrier_log (
  barrier String, `projection` String, kind LowCardinality(String), generation UInt32, topic String, partition UInt16,
  next_offset UInt64, at DateTime64(3, 'UTC')
) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}', at) ORDER BY (`projection`, barrier, kind, generation, topic, partition)
TTL toDateTime(at) + INTERVAL 1 DAY;

CREATE OR REPLACE VIEW groundswell.progress AS
SELECT projection, generation, topic, partition, next_offset, log_end, at, epoch
FROM groundswell.progress_log FINAL;

CREATE OR REPLACE VIEW groundswell.generations AS
WITH (SELECT groupArray((table, rows, bytes)) FROM (
    SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM (SELECT replaceRegexpOne(parts.table, '_local$', '') AS table, rows, bytes_on_disk, database, active
FROM cluster('main', system.parts) AS parts)
    WHERE database = 'groundswell' AND active GROUP BY table
  )) AS sizes
SELECT projection, generation, state, code, started_at, switched_at,
  arraySum(size -> if(has(tables, size.1), size.2, 0), sizes) AS rows,
  arraySum(size -> if(has(tables, size.1), size.3, 0), sizes) AS bytes, note
FROM groundswell.generation_log FINAL;

CREATE TABLE IF NOT EXISTS groundswell.votes_g1_local (
  `workspace` String,
  `post` String,
  `person` String,
  `value` Int8,
  `importance` UInt8,
  `since` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `by` String,
  `version` UInt64,
  INDEX person person TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `person`);

CREATE TABLE IF NOT EXISTS groundswell.votes_g1 (
  `workspace` String,
  `post` String,
  `person` String,
  `value` Int8,
  `importance` UInt8,
  `since` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `by` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'votes_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.vote_history_g1_local (
  `workspace` String,
  `post` String,
  `person` String,
  `partition` UInt16,
  `offset` UInt64,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `event_id` String,
  `by` String,
  `value_before` Int8,
  `value_after` Int8,
  `importance_before` UInt8,
  `importance_after` UInt8,
  `since_before` DateTime64(3, 'UTC'),
  `since_after` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (`workspace`, `post`, `occurred_at`, `partition`, `offset`);

CREATE TABLE IF NOT EXISTS groundswell.vote_history_g1 (
  `workspace` String,
  `post` String,
  `person` String,
  `partition` UInt16,
  `offset` UInt64,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `event_id` String,
  `by` String,
  `value_before` Int8,
  `value_after` Int8,
  `importance_before` UInt8,
  `importance_after` UInt8,
  `since_before` DateTime64(3, 'UTC'),
  `since_after` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'vote_history_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.tallies_g1_local (
  `workspace` String,
  `post` String,
  `partition` UInt16,
  `up` UInt64,
  `down` UInt64,
  `importance` UInt64,
  `trend` Float64,
  `last_vote_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `partition`);

CREATE TABLE IF NOT EXISTS groundswell.tallies_g1 (
  `workspace` String,
  `post` String,
  `partition` UInt16,
  `up` UInt64,
  `down` UInt64,
  `importance` UInt64,
  `trend` Float64,
  `last_vote_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'tallies_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.tally_periods_g1_local (
  `workspace` String,
  `post` String,
  `partition` UInt16,
  `month` Date,
  `up` Int64,
  `down` Int64,
  `importance` Int64,
  `trend` Float64,
  `last_vote_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `month`, `post`, `partition`);

CREATE TABLE IF NOT EXISTS groundswell.tally_periods_g1 (
  `workspace` String,
  `post` String,
  `partition` UInt16,
  `month` Date,
  `up` Int64,
  `down` Int64,
  `importance` Int64,
  `trend` Float64,
  `last_vote_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'tally_periods_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.standings_g1_local (
  `workspace` String,
  `post` String,
  `up` UInt64,
  `down` UInt64,
  `importance` UInt64,
  `trend` Float64,
  `last_vote_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`);

CREATE TABLE IF NOT EXISTS groundswell.standings_g1 (
  `workspace` String,
  `post` String,
  `up` UInt64,
  `down` UInt64,
  `importance` UInt64,
  `trend` Float64,
  `last_vote_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'standings_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.posts_g1_local (
  `workspace` String,
  `post` String,
  `board` String,
  `title` String,
  `body` String,
  `author` String,
  `status` LowCardinality(String),
  `closed_reason` String,
  `duplicate_of` String,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`);

CREATE TABLE IF NOT EXISTS groundswell.posts_g1 (
  `workspace` String,
  `post` String,
  `board` String,
  `title` String,
  `body` String,
  `author` String,
  `status` LowCardinality(String),
  `closed_reason` String,
  `duplicate_of` String,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'posts_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.post_history_g1_local (
  `workspace` String,
  `post` String,
  `board` String,
  `title` String,
  `body` String,
  `author` String,
  `status` LowCardinality(String),
  `closed_reason` String,
  `duplicate_of` String,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `version` UInt64,
  `change` LowCardinality(String)
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.post_history_g1 (
  `workspace` String,
  `post` String,
  `board` String,
  `title` String,
  `body` String,
  `author` String,
  `status` LowCardinality(String),
  `closed_reason` String,
  `duplicate_of` String,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `version` UInt64,
  `change` LowCardinality(String)
)
ENGINE = Distributed('main', 'groundswell', 'post_history_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.boards_g1_local (
  `workspace` String,
  `board` String,
  `name` String,
  `created_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `board`);

CREATE TABLE IF NOT EXISTS groundswell.boards_g1 (
  `workspace` String,
  `board` String,
  `name` String,
  `created_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'boards_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.event_log_g1_local (
  `workspace` String,
  `topic` LowCardinality(String),
  `partition` UInt16,
  `offset` UInt64,
  `index` UInt16,
  `type` LowCardinality(String),
  `id` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `subject` String,
  `actor` String,
  `data` String CODEC(ZSTD(1)),
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
PARTITION BY toYYYYMM(recorded_at)
ORDER BY (`workspace`, `topic`, `partition`, `offset`, `index`);

CREATE TABLE IF NOT EXISTS groundswell.event_log_g1 (
  `workspace` String,
  `topic` LowCardinality(String),
  `partition` UInt16,
  `offset` UInt64,
  `index` UInt16,
  `type` LowCardinality(String),
  `id` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `subject` String,
  `actor` String,
  `data` String CODEC(ZSTD(1)),
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'event_log_g1_local', cityHash64(`workspace`, `topic`, `partition`, `offset`));
