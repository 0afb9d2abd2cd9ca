"""Gates: what must be checked of a post before it is shipped, and what was."""
