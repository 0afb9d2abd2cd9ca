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
  `waiting` Int8,
  `via` String,
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
  `waiting` Int8,
  `via` String,
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
  `said` Int8,
  `waiting` Int8,
  `cause` UInt8,
  `via` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (`workspace`, `post`, `occurred_at`, `partition`, `offset`, `person`)
SETTINGS min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

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
  `said` Int8,
  `waiting` Int8,
  `cause` UInt8,
  `via` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'vote_history_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.vote_corrections_g1_local (
  `workspace` String,
  `post` String,
  `person` String,
  `partition` UInt16,
  `offset` UInt64,
  `until` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
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
ORDER BY (`workspace`, `post`, `occurred_at`, `partition`, `offset`, `person`, `until`)
SETTINGS min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS groundswell.vote_corrections_g1 (
  `workspace` String,
  `post` String,
  `person` String,
  `partition` UInt16,
  `offset` UInt64,
  `until` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `value_before` Int8,
  `value_after` Int8,
  `importance_before` UInt8,
  `importance_after` UInt8,
  `since_before` DateTime64(3, 'UTC'),
  `since_after` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'vote_corrections_g1_local', cityHash64(`workspace`, `post`));

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
  `kind` LowCardinality(String),
  `closed_reason` String,
  `duplicate_of` String,
  `merged_into` String,
  `tags` Array(String),
  `field_pairs` Array(String),
  `archived` Bool,
  `deleted` Bool,
  `pinned` Bool,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `version` UInt64,
  `title_words` String,
  `words` Array(String),
  INDEX by_words words TYPE text(tokenizer = array)
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
  `kind` LowCardinality(String),
  `closed_reason` String,
  `duplicate_of` String,
  `merged_into` String,
  `tags` Array(String),
  `field_pairs` Array(String),
  `archived` Bool,
  `deleted` Bool,
  `pinned` Bool,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `version` UInt64,
  `title_words` String,
  `words` Array(String)
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
  `kind` LowCardinality(String),
  `closed_reason` String,
  `duplicate_of` String,
  `merged_into` String,
  `tags` Array(String),
  `field_pairs` Array(String),
  `archived` Bool,
  `deleted` Bool,
  `pinned` Bool,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `version` UInt64,
  `change` LowCardinality(String),
  `what` String,
  `note` String,
  `reason` String
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
  `kind` LowCardinality(String),
  `closed_reason` String,
  `duplicate_of` String,
  `merged_into` String,
  `tags` Array(String),
  `field_pairs` Array(String),
  `archived` Bool,
  `deleted` Bool,
  `pinned` Bool,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `version` UInt64,
  `change` LowCardinality(String),
  `what` String,
  `note` String,
  `reason` String
)
ENGINE = Distributed('main', 'groundswell', 'post_history_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.status_history_g1_local (
  `workspace` String,
  `post` String,
  `revision` UInt32,
  `status` LowCardinality(String),
  `kind` LowCardinality(String),
  `note` String,
  `reason` String,
  `actor` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.status_history_g1 (
  `workspace` String,
  `post` String,
  `revision` UInt32,
  `status` LowCardinality(String),
  `kind` LowCardinality(String),
  `note` String,
  `reason` String,
  `actor` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'status_history_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.boards_g1_local (
  `workspace` String,
  `board` String,
  `name` String,
  `budget` UInt16,
  `budget_period` LowCardinality(String),
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
  `budget` UInt16,
  `budget_period` LowCardinality(String),
  `created_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'boards_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.statuses_g1_local (
  `workspace` String,
  `status` String,
  `name` String,
  `colour` String,
  `kind` LowCardinality(String),
  `votes` Bool,
  `next` Array(String),
  `place` UInt16,
  `removed` Bool,
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `status`);

CREATE TABLE IF NOT EXISTS groundswell.statuses_g1 (
  `workspace` String,
  `status` String,
  `name` String,
  `colour` String,
  `kind` LowCardinality(String),
  `votes` Bool,
  `next` Array(String),
  `place` UInt16,
  `removed` Bool,
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'statuses_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.tags_g1_local (
  `workspace` String,
  `tag` String,
  `name` String,
  `colour` String,
  `removed` Bool,
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `tag`);

CREATE TABLE IF NOT EXISTS groundswell.tags_g1 (
  `workspace` String,
  `tag` String,
  `name` String,
  `colour` String,
  `removed` Bool,
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'tags_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.board_fields_g1_local (
  `workspace` String,
  `board` String,
  `field` String,
  `name` String,
  `type` LowCardinality(String),
  `choices` Array(String),
  `removed` Bool,
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `board`, `field`);

CREATE TABLE IF NOT EXISTS groundswell.board_fields_g1 (
  `workspace` String,
  `board` String,
  `field` String,
  `name` String,
  `type` LowCardinality(String),
  `choices` Array(String),
  `removed` Bool,
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'board_fields_g1_local', cityHash64(`workspace`));

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
ORDER BY (`workspace`, `topic`, `partition`, `offset`, `index`)
SETTINGS min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

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

CREATE TABLE IF NOT EXISTS groundswell.comments_g1_local (
  `workspace` String,
  `post` String,
  `comment` String,
  `thread` String,
  `thread_at` DateTime64(3, 'UTC'),
  `parent` String,
  `author` String,
  `body` String,
  `mentions` Array(String),
  `internal` UInt8,
  `created_at` DateTime64(3, 'UTC'),
  `edited_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `deleted` UInt8,
  `answer` UInt8,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `comment`);

CREATE TABLE IF NOT EXISTS groundswell.comments_g1 (
  `workspace` String,
  `post` String,
  `comment` String,
  `thread` String,
  `thread_at` DateTime64(3, 'UTC'),
  `parent` String,
  `author` String,
  `body` String,
  `mentions` Array(String),
  `internal` UInt8,
  `created_at` DateTime64(3, 'UTC'),
  `edited_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `deleted` UInt8,
  `answer` UInt8,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'comments_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.comment_history_g1_local (
  `workspace` String,
  `post` String,
  `comment` String,
  `thread` String,
  `thread_at` DateTime64(3, 'UTC'),
  `parent` String,
  `author` String,
  `body` String,
  `mentions` Array(String),
  `internal` UInt8,
  `created_at` DateTime64(3, 'UTC'),
  `edited_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `deleted` UInt8,
  `change` LowCardinality(String),
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `comment`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.comment_history_g1 (
  `workspace` String,
  `post` String,
  `comment` String,
  `thread` String,
  `thread_at` DateTime64(3, 'UTC'),
  `parent` String,
  `author` String,
  `body` String,
  `mentions` Array(String),
  `internal` UInt8,
  `created_at` DateTime64(3, 'UTC'),
  `edited_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `deleted` UInt8,
  `change` LowCardinality(String),
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'comment_history_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.answer_history_g1_local (
  `workspace` String,
  `post` String,
  `revision` UInt32,
  `comment` String,
  `reason` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `actor` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.answer_history_g1 (
  `workspace` String,
  `post` String,
  `revision` UInt32,
  `comment` String,
  `reason` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `actor` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'answer_history_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.deleted_comments_g1_local (
  `workspace` String,
  `comment` String,
  `post` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `comment`);

CREATE TABLE IF NOT EXISTS groundswell.deleted_comments_g1 (
  `workspace` String,
  `comment` String,
  `post` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'deleted_comments_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.comment_totals_g1_local (
  `workspace` String,
  `post` String,
  `comments` UInt64,
  `last_comment_at` DateTime64(3, 'UTC'),
  `notes` UInt64,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`);

CREATE TABLE IF NOT EXISTS groundswell.comment_totals_g1 (
  `workspace` String,
  `post` String,
  `comments` UInt64,
  `last_comment_at` DateTime64(3, 'UTC'),
  `notes` UInt64,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'comment_totals_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.reactions_g1_local (
  `workspace` String,
  `comment` String,
  `reaction` LowCardinality(String),
  `person` String,
  `given` UInt8,
  `since` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `comment`, `reaction`, `person`);

CREATE TABLE IF NOT EXISTS groundswell.reactions_g1 (
  `workspace` String,
  `comment` String,
  `reaction` LowCardinality(String),
  `person` String,
  `given` UInt8,
  `since` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'reactions_g1_local', cityHash64(`workspace`, `comment`));

CREATE TABLE IF NOT EXISTS groundswell.reaction_history_g1_local (
  `workspace` String,
  `comment` String,
  `reaction` LowCardinality(String),
  `person` String,
  `partition` UInt16,
  `offset` UInt64,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `event_id` String,
  `given_before` UInt8,
  `given_after` UInt8,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `comment`, `occurred_at`, `partition`, `offset`);

CREATE TABLE IF NOT EXISTS groundswell.reaction_history_g1 (
  `workspace` String,
  `comment` String,
  `reaction` LowCardinality(String),
  `person` String,
  `partition` UInt16,
  `offset` UInt64,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `event_id` String,
  `given_before` UInt8,
  `given_after` UInt8,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'reaction_history_g1_local', cityHash64(`workspace`, `comment`));

CREATE TABLE IF NOT EXISTS groundswell.reaction_totals_g1_local (
  `workspace` String,
  `comment` String,
  `reaction` LowCardinality(String),
  `count` UInt64,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `comment`, `reaction`);

CREATE TABLE IF NOT EXISTS groundswell.reaction_totals_g1 (
  `workspace` String,
  `comment` String,
  `reaction` LowCardinality(String),
  `count` UInt64,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'reaction_totals_g1_local', cityHash64(`workspace`, `comment`));

CREATE TABLE IF NOT EXISTS groundswell.roadmap_history_g1_local (
  `workspace` String,
  `roadmap` String,
  `post` String,
  `revision` UInt32,
  `change` LowCardinality(String),
  `placed` Bool,
  `column` String,
  `rank` String,
  `target` Date,
  `precision` LowCardinality(String),
  `due` Date,
  `owner` String,
  `note` String,
  `team` String,
  `column_before` String,
  `target_before` Date,
  `precision_before` LowCardinality(String),
  `due_before` Date,
  `owner_before` String,
  `team_before` String,
  `public` Bool,
  `since` DateTime64(3, 'UTC'),
  `until` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `roadmap`, `post`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.roadmap_history_g1 (
  `workspace` String,
  `roadmap` String,
  `post` String,
  `revision` UInt32,
  `change` LowCardinality(String),
  `placed` Bool,
  `column` String,
  `rank` String,
  `target` Date,
  `precision` LowCardinality(String),
  `due` Date,
  `owner` String,
  `note` String,
  `team` String,
  `column_before` String,
  `target_before` Date,
  `precision_before` LowCardinality(String),
  `due_before` Date,
  `owner_before` String,
  `team_before` String,
  `public` Bool,
  `since` DateTime64(3, 'UTC'),
  `until` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'roadmap_history_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.roadmap_items_g1_local (
  `workspace` String,
  `roadmap` String,
  `post` String,
  `placed` Bool,
  `column` String,
  `rank` String,
  `target` Date,
  `precision` LowCardinality(String),
  `due` Date,
  `owner` String,
  `note` String,
  `team` String,
  `since` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `roadmap`, `post`);

CREATE TABLE IF NOT EXISTS groundswell.roadmap_items_g1 (
  `workspace` String,
  `roadmap` String,
  `post` String,
  `placed` Bool,
  `column` String,
  `rank` String,
  `target` Date,
  `precision` LowCardinality(String),
  `due` Date,
  `owner` String,
  `note` String,
  `team` String,
  `since` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'roadmap_items_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.roadmap_edits_g1_local (
  `workspace` String,
  `roadmap` String,
  `revision` UInt32,
  `change` LowCardinality(String),
  `name` String,
  `public` Bool,
  `by` LowCardinality(String),
  `columns` String,
  `name_before` String,
  `public_before` Bool,
  `columns_before` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `roadmap`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.roadmap_edits_g1 (
  `workspace` String,
  `roadmap` String,
  `revision` UInt32,
  `change` LowCardinality(String),
  `name` String,
  `public` Bool,
  `by` LowCardinality(String),
  `columns` String,
  `name_before` String,
  `public_before` Bool,
  `columns_before` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'roadmap_edits_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.roadmaps_g1_local (
  `workspace` String,
  `roadmap` String,
  `name` String,
  `public` Bool,
  `by` LowCardinality(String),
  `columns` String,
  `created_at` DateTime64(3, 'UTC'),
  `began_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `items` UInt32,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `roadmap`);

CREATE TABLE IF NOT EXISTS groundswell.roadmaps_g1 (
  `workspace` String,
  `roadmap` String,
  `name` String,
  `public` Bool,
  `by` LowCardinality(String),
  `columns` String,
  `created_at` DateTime64(3, 'UTC'),
  `began_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `items` UInt32,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'roadmaps_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.releases_g1_local (
  `workspace` String,
  `release` String,
  `title` String,
  `body` String,
  `label` String,
  `posts` Array(String),
  `state` LowCardinality(String),
  `publish_at` DateTime64(3, 'UTC'),
  `published_at` DateTime64(3, 'UTC'),
  `moved` Array(String),
  `not_moved` Array(String),
  `held` String,
  `override` Bool,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `release`);

CREATE TABLE IF NOT EXISTS groundswell.releases_g1 (
  `workspace` String,
  `release` String,
  `title` String,
  `body` String,
  `label` String,
  `posts` Array(String),
  `state` LowCardinality(String),
  `publish_at` DateTime64(3, 'UTC'),
  `published_at` DateTime64(3, 'UTC'),
  `moved` Array(String),
  `not_moved` Array(String),
  `held` String,
  `override` Bool,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'releases_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.release_history_g1_local (
  `workspace` String,
  `release` String,
  `title` String,
  `body` String,
  `label` String,
  `posts` Array(String),
  `state` LowCardinality(String),
  `publish_at` DateTime64(3, 'UTC'),
  `published_at` DateTime64(3, 'UTC'),
  `moved` Array(String),
  `not_moved` Array(String),
  `held` String,
  `override` Bool,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `version` UInt64,
  `change` LowCardinality(String),
  `what` String,
  `reason` String
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `release`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.release_history_g1 (
  `workspace` String,
  `release` String,
  `title` String,
  `body` String,
  `label` String,
  `posts` Array(String),
  `state` LowCardinality(String),
  `publish_at` DateTime64(3, 'UTC'),
  `published_at` DateTime64(3, 'UTC'),
  `moved` Array(String),
  `not_moved` Array(String),
  `held` String,
  `override` Bool,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `version` UInt64,
  `change` LowCardinality(String),
  `what` String,
  `reason` String
)
ENGINE = Distributed('main', 'groundswell', 'release_history_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.people_g1_local (
  `workspace` String,
  `person` String,
  `name` String,
  `email` String,
  `company` String,
  `plan` String,
  `spend` Int64,
  `currency` LowCardinality(String),
  `traits` String,
  `fields` String,
  `first_seen` DateTime64(3, 'UTC'),
  `updated_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `forgotten` Bool,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `person`)
SETTINGS old_parts_lifetime = 1, cleanup_delay_period = 1, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 5;

CREATE TABLE IF NOT EXISTS groundswell.people_g1 (
  `workspace` String,
  `person` String,
  `name` String,
  `email` String,
  `company` String,
  `plan` String,
  `spend` Int64,
  `currency` LowCardinality(String),
  `traits` String,
  `fields` String,
  `first_seen` DateTime64(3, 'UTC'),
  `updated_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `forgotten` Bool,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'people_g1_local', cityHash64(`workspace`, `person`));

CREATE TABLE IF NOT EXISTS groundswell.person_history_g1_local (
  `workspace` String,
  `person` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `offset` UInt64,
  `company` String,
  `plan` String,
  `spend` Int64,
  `currency` LowCardinality(String),
  `traits` String,
  `fields` String,
  `recorded_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `person`, `occurred_at`, `offset`)
SETTINGS old_parts_lifetime = 1, cleanup_delay_period = 1, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 5;

CREATE TABLE IF NOT EXISTS groundswell.person_history_g1 (
  `workspace` String,
  `person` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `offset` UInt64,
  `company` String,
  `plan` String,
  `spend` Int64,
  `currency` LowCardinality(String),
  `traits` String,
  `fields` String,
  `recorded_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'person_history_g1_local', cityHash64(`workspace`, `person`));

CREATE TABLE IF NOT EXISTS groundswell.companies_g1_local (
  `workspace` String,
  `company` String,
  `name` String,
  `domain` String,
  `plan` String,
  `spend` Int64,
  `currency` LowCardinality(String),
  `traits` String,
  `fields` String,
  `first_seen` DateTime64(3, 'UTC'),
  `updated_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `forgotten` Bool,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `company`)
SETTINGS old_parts_lifetime = 1, cleanup_delay_period = 1, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 5;

CREATE TABLE IF NOT EXISTS groundswell.companies_g1 (
  `workspace` String,
  `company` String,
  `name` String,
  `domain` String,
  `plan` String,
  `spend` Int64,
  `currency` LowCardinality(String),
  `traits` String,
  `fields` String,
  `first_seen` DateTime64(3, 'UTC'),
  `updated_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `forgotten` Bool,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'companies_g1_local', cityHash64(`workspace`, `company`));

CREATE TABLE IF NOT EXISTS groundswell.company_history_g1_local (
  `workspace` String,
  `company` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `offset` UInt64,
  `plan` String,
  `spend` Int64,
  `currency` LowCardinality(String),
  `traits` String,
  `fields` String,
  `recorded_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `company`, `occurred_at`, `offset`)
SETTINGS old_parts_lifetime = 1, cleanup_delay_period = 1, cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 5;

CREATE TABLE IF NOT EXISTS groundswell.company_history_g1 (
  `workspace` String,
  `company` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `offset` UInt64,
  `plan` String,
  `spend` Int64,
  `currency` LowCardinality(String),
  `traits` String,
  `fields` String,
  `recorded_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'company_history_g1_local', cityHash64(`workspace`, `company`));

CREATE TABLE IF NOT EXISTS groundswell.forgotten_g1_local (
  `workspace` String,
  `kind` LowCardinality(String),
  `subject` String,
  `forgotten_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `kind`, `subject`);

CREATE TABLE IF NOT EXISTS groundswell.forgotten_g1 (
  `workspace` String,
  `kind` LowCardinality(String),
  `subject` String,
  `forgotten_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'forgotten_g1_local', cityHash64(`workspace`, `subject`));

CREATE TABLE IF NOT EXISTS groundswell.segments_g1_local (
  `workspace` String,
  `segment` String,
  `name` String,
  `match` LowCardinality(String),
  `conditions` String,
  `removed` Bool,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `segment`);

CREATE TABLE IF NOT EXISTS groundswell.segments_g1 (
  `workspace` String,
  `segment` String,
  `name` String,
  `match` LowCardinality(String),
  `conditions` String,
  `removed` Bool,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'segments_g1_local', cityHash64(`workspace`, `segment`));

CREATE TABLE IF NOT EXISTS groundswell.segment_history_g1_local (
  `workspace` String,
  `segment` String,
  `revision` UInt32,
  `name` String,
  `match` LowCardinality(String),
  `conditions` String,
  `removed` Bool,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `segment`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.segment_history_g1 (
  `workspace` String,
  `segment` String,
  `revision` UInt32,
  `name` String,
  `match` LowCardinality(String),
  `conditions` String,
  `removed` Bool,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'segment_history_g1_local', cityHash64(`workspace`, `segment`));

CREATE TABLE IF NOT EXISTS groundswell.delivery_attempts_g1_local (
  `workspace` String,
  `webhook` String,
  `at` DateTime64(3, 'UTC'),
  `message` String,
  `type` LowCardinality(String),
  `event_id` String,
  `subject` String,
  `topic` LowCardinality(String),
  `partition` UInt16,
  `offset` UInt64,
  `index` UInt16,
  `attempt` UInt32,
  `outcome` LowCardinality(String),
  `status` UInt16,
  `reason` String,
  `milliseconds` UInt32,
  `next_attempt_at` DateTime64(3, 'UTC'),
  `number` UInt64,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
PARTITION BY toYYYYMM(at)
ORDER BY (`workspace`, `webhook`, `number`)
SETTINGS min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS groundswell.delivery_attempts_g1 (
  `workspace` String,
  `webhook` String,
  `at` DateTime64(3, 'UTC'),
  `message` String,
  `type` LowCardinality(String),
  `event_id` String,
  `subject` String,
  `topic` LowCardinality(String),
  `partition` UInt16,
  `offset` UInt64,
  `index` UInt16,
  `attempt` UInt32,
  `outcome` LowCardinality(String),
  `status` UInt16,
  `reason` String,
  `milliseconds` UInt32,
  `next_attempt_at` DateTime64(3, 'UTC'),
  `number` UInt64,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'delivery_attempts_g1_local', cityHash64(`workspace`, `webhook`));

CREATE TABLE IF NOT EXISTS groundswell.webhook_positions_g1_local (
  `workspace` String,
  `webhook` String,
  `at` DateTime64(3, 'UTC'),
  `held` UInt32,
  `data` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `webhook`);

CREATE TABLE IF NOT EXISTS groundswell.webhook_positions_g1 (
  `workspace` String,
  `webhook` String,
  `at` DateTime64(3, 'UTC'),
  `held` UInt32,
  `data` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'webhook_positions_g1_local', cityHash64(`workspace`, `webhook`));

CREATE TABLE IF NOT EXISTS groundswell.team_history_g1_local (
  `workspace` String,
  `team` String,
  `name` String,
  `removed` Bool,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `team`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.team_history_g1 (
  `workspace` String,
  `team` String,
  `name` String,
  `removed` Bool,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'team_history_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.teams_g1_local (
  `workspace` String,
  `team` String,
  `name` String,
  `removed` Bool,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `team`);

CREATE TABLE IF NOT EXISTS groundswell.teams_g1 (
  `workspace` String,
  `team` String,
  `name` String,
  `removed` Bool,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'teams_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.estimate_history_g1_local (
  `workspace` String,
  `post` String,
  `unit` LowCardinality(String),
  `low` Float64,
  `high` Float64,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.estimate_history_g1 (
  `workspace` String,
  `post` String,
  `unit` LowCardinality(String),
  `low` Float64,
  `high` Float64,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'estimate_history_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.estimates_g1_local (
  `workspace` String,
  `post` String,
  `unit` LowCardinality(String),
  `low` Float64,
  `high` Float64,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`);

CREATE TABLE IF NOT EXISTS groundswell.estimates_g1 (
  `workspace` String,
  `post` String,
  `unit` LowCardinality(String),
  `low` Float64,
  `high` Float64,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'estimates_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.goals_g1_local (
  `workspace` String,
  `goal` String,
  `name` String,
  `description` String,
  `target_day` String,
  `key_results` String,
  `state` LowCardinality(String),
  `created_at` DateTime64(3, 'UTC'),
  `closed_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `goal`);

CREATE TABLE IF NOT EXISTS groundswell.goals_g1 (
  `workspace` String,
  `goal` String,
  `name` String,
  `description` String,
  `target_day` String,
  `key_results` String,
  `state` LowCardinality(String),
  `created_at` DateTime64(3, 'UTC'),
  `closed_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'goals_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.goal_history_g1_local (
  `workspace` String,
  `goal` String,
  `name` String,
  `description` String,
  `target_day` String,
  `key_results` String,
  `state` LowCardinality(String),
  `created_at` DateTime64(3, 'UTC'),
  `closed_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `version` UInt64,
  `change` LowCardinality(String),
  `what` String,
  `reason` String
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `goal`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.goal_history_g1 (
  `workspace` String,
  `goal` String,
  `name` String,
  `description` String,
  `target_day` String,
  `key_results` String,
  `state` LowCardinality(String),
  `created_at` DateTime64(3, 'UTC'),
  `closed_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `version` UInt64,
  `change` LowCardinality(String),
  `what` String,
  `reason` String
)
ENGINE = Distributed('main', 'groundswell', 'goal_history_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.key_result_history_g1_local (
  `workspace` String,
  `goal` String,
  `key_result` String,
  `value` Float64,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `goal`, `key_result`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.key_result_history_g1 (
  `workspace` String,
  `goal` String,
  `key_result` String,
  `value` Float64,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'key_result_history_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.goal_links_g1_local (
  `workspace` String,
  `goal` String,
  `post` String,
  `linked` Bool,
  `weight` UInt8,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `goal`, `post`);

CREATE TABLE IF NOT EXISTS groundswell.goal_links_g1 (
  `workspace` String,
  `goal` String,
  `post` String,
  `linked` Bool,
  `weight` UInt8,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'goal_links_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.goal_link_history_g1_local (
  `workspace` String,
  `goal` String,
  `post` String,
  `linked` Bool,
  `weight` UInt8,
  `weight_before` UInt8,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `goal`, `post`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.goal_link_history_g1 (
  `workspace` String,
  `goal` String,
  `post` String,
  `linked` Bool,
  `weight` UInt8,
  `weight_before` UInt8,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'goal_link_history_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.formulas_g1_local (
  `workspace` String,
  `formula` String,
  `expression` String,
  `meaning` String,
  `unit` String,
  `removed` Bool,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `formula`);

CREATE TABLE IF NOT EXISTS groundswell.formulas_g1 (
  `workspace` String,
  `formula` String,
  `expression` String,
  `meaning` String,
  `unit` String,
  `removed` Bool,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'formulas_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.formula_history_g1_local (
  `workspace` String,
  `formula` String,
  `expression` String,
  `meaning` String,
  `unit` String,
  `removed` Bool,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `formula`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.formula_history_g1 (
  `workspace` String,
  `formula` String,
  `expression` String,
  `meaning` String,
  `unit` String,
  `removed` Bool,
  `created_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'formula_history_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.gates_g1_local (
  `workspace` String,
  `board` String,
  `checks` Array(String),
  `names` Array(String),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `board`);

CREATE TABLE IF NOT EXISTS groundswell.gates_g1 (
  `workspace` String,
  `board` String,
  `checks` Array(String),
  `names` Array(String),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'gates_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.gate_history_g1_local (
  `workspace` String,
  `board` String,
  `checks` Array(String),
  `names` Array(String),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `board`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.gate_history_g1 (
  `workspace` String,
  `board` String,
  `checks` Array(String),
  `names` Array(String),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'gate_history_g1_local', cityHash64(`workspace`));

CREATE TABLE IF NOT EXISTS groundswell.checks_g1_local (
  `workspace` String,
  `post` String,
  `check` String,
  `passed` Bool,
  `by` String,
  `evidence` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `check`);

CREATE TABLE IF NOT EXISTS groundswell.checks_g1 (
  `workspace` String,
  `post` String,
  `check` String,
  `passed` Bool,
  `by` String,
  `evidence` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'checks_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.check_history_g1_local (
  `workspace` String,
  `post` String,
  `check` String,
  `passed` Bool,
  `by` String,
  `evidence` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.check_history_g1 (
  `workspace` String,
  `post` String,
  `check` String,
  `passed` Bool,
  `by` String,
  `evidence` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'check_history_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.gate_passages_g1_local (
  `workspace` String,
  `post` String,
  `board` String,
  `checks` Array(String),
  `missing` Array(String),
  `release` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.gate_passages_g1 (
  `workspace` String,
  `post` String,
  `board` String,
  `checks` Array(String),
  `missing` Array(String),
  `release` String,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'gate_passages_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.defects_g1_local (
  `workspace` String,
  `post` String,
  `defect` String,
  `linked` Bool,
  `found_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `defect`);

CREATE TABLE IF NOT EXISTS groundswell.defects_g1 (
  `workspace` String,
  `post` String,
  `defect` String,
  `linked` Bool,
  `found_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'defects_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.defect_history_g1_local (
  `workspace` String,
  `post` String,
  `defect` String,
  `linked` Bool,
  `found_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.defect_history_g1 (
  `workspace` String,
  `post` String,
  `defect` String,
  `linked` Bool,
  `found_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'defect_history_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.complaints_g1_local (
  `workspace` String,
  `post` String,
  `comment` String,
  `marked` Bool,
  `said_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `comment`);

CREATE TABLE IF NOT EXISTS groundswell.complaints_g1 (
  `workspace` String,
  `post` String,
  `comment` String,
  `marked` Bool,
  `said_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'complaints_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.complaint_history_g1_local (
  `workspace` String,
  `post` String,
  `comment` String,
  `marked` Bool,
  `said_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `comment`, `revision`);

CREATE TABLE IF NOT EXISTS groundswell.complaint_history_g1 (
  `workspace` String,
  `post` String,
  `comment` String,
  `marked` Bool,
  `said_at` DateTime64(3, 'UTC'),
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `revision` UInt32,
  `actor` String,
  `reason` String,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'complaint_history_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.satisfaction_g1_local (
  `workspace` String,
  `post` String,
  `person` String,
  `rating` UInt8,
  `since` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `version` UInt64,
  INDEX person person TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `person`);

CREATE TABLE IF NOT EXISTS groundswell.satisfaction_g1 (
  `workspace` String,
  `post` String,
  `person` String,
  `rating` UInt8,
  `since` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'satisfaction_g1_local', cityHash64(`workspace`, `post`));

CREATE TABLE IF NOT EXISTS groundswell.satisfaction_history_g1_local (
  `workspace` String,
  `post` String,
  `person` String,
  `partition` UInt16,
  `offset` UInt64,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `event_id` String,
  `rating_before` UInt8,
  `rating_after` UInt8,
  `version` UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', version)
ORDER BY (`workspace`, `post`, `occurred_at`, `partition`, `offset`);

CREATE TABLE IF NOT EXISTS groundswell.satisfaction_history_g1 (
  `workspace` String,
  `post` String,
  `person` String,
  `partition` UInt16,
  `offset` UInt64,
  `occurred_at` DateTime64(3, 'UTC'),
  `recorded_at` DateTime64(3, 'UTC'),
  `event_id` String,
  `rating_before` UInt8,
  `rating_after` UInt8,
  `version` UInt64
)
ENGINE = Distributed('main', 'groundswell', 'satisfaction_history_g1_local', cityHash64(`workspace`, `post`));
