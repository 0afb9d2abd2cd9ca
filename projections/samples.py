"""How much must have been observed before anything is said of it."""

FEWEST = 5
"""From fewer observations than this no percentile, rate or judgement is stated: there is none, and the count says why.

Below five, one observation moves a share by more than a fifth, and an 85th percentile is just the largest of them.
"""
