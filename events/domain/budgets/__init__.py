"""Vote budgets: how many standing votes a person has on a board."""
