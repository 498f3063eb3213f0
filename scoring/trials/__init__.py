"""Another rule tried on the marks of a snapshot: never official, never stored."""
