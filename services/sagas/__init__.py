"""What follows from decisions: one process with a part for each kind of consequence."""
