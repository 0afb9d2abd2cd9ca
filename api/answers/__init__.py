"""What is answered, by what it is about: the fields of each answer, and how rows and aggregates come to be one."""
