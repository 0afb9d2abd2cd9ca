"""The statuses that the posts of a workspace go through: which there are, and what may follow what."""
