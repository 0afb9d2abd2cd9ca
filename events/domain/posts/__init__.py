"""What is decided about posts beyond their words: statuses, tags, fields, and what is hidden or put first."""
