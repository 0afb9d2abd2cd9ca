"""How it looks: one package a projection, with its fold, its tables and its queries. Imports `events` only."""
