"""Views as files: CSV, lines of JSON, Parquet, streamed."""
