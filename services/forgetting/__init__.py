"""Seeing to it that who was forgotten is gone: from Kafka's files, from ClickHouse's, in every generation."""
