"""Complaints: which comments say that something is wrong with what was shipped."""
