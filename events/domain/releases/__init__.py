"""Releases: what was shipped, told to everybody; publishing one moves its posts to shipped."""
