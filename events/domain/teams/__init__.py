"""Teams: who does the work. Roadmap items name one."""
