"""Webhooks: who is told of a workspace's events as they happen. The aggregate, its events, its secrets, who listens."""
