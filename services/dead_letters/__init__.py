"""Dead letters: what was refused, seen whole; which of it the present code takes; and retrying that."""
