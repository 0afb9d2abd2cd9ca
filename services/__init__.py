"""What runs: the projector, the importers, the local stack, the command line. Never imports `api`."""
