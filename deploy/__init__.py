"""Where it runs: settings for Kafka and ClickHouse. Data, no code."""
