"""What happened: the vocabulary, its wire format, and the log.

Imports none of the other folders. Everything else in Groundswell is a reading of what this package writes.
"""
