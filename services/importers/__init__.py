"""Bringing votes and posts in from elsewhere: dumps of other systems, files of votes."""
