"""Ranking formulas: a small checked grammar over named columns with units, and a workspace's own ones as decisions."""
