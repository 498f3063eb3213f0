"""Several organisations on one server, each with its own competitions and staff; none sees another's."""
