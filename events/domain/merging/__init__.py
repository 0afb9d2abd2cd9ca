"""Merging posts that ask for the same, and taking a merge back: one commit writes every post that it changes."""
