"""What answers: the HTTP interface. Imports `events` and `projections`, never `services`."""
