"""The ledger: the stream of decisions, in which the log itself decides what is admitted."""
