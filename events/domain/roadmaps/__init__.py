"""Roadmaps: what is planned, in which order and until when, and every decision that made it so."""
