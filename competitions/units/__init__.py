"""Units (project teams, workshops, enterprises) that compete without naming persons."""
