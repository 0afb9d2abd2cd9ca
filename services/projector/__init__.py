"""The projector: what turns the log into views, and the drivers that run it."""
