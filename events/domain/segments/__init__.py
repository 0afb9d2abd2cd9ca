"""Segments: persons told apart by rules over their plan, spend, company and traits."""
