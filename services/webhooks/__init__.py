"""Webhooks: the events of the change feed, sent to whoever asked for them. A part of the sagas' process."""
