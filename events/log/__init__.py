"""The log itself: its topics, appending to it, and reading from a position."""
