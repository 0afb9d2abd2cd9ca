"""Custom fields: what a board asks of its posts beyond a title and a body, each of one type."""
