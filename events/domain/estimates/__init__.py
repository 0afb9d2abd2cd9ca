"""Estimates: how much work a post is thought to be, from so much to so much, each time somebody thought so."""
