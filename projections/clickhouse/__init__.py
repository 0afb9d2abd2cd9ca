"""Where the views live: settings, clients, and the schema as data turned into ClickHouse's DDL."""
