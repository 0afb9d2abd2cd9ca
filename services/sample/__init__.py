"""The bundled sample: a year of votes on the wishes for Marlow, a planning app that does not exist. Always the same."""
