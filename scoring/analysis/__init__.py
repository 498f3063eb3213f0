"""What the marks of an event tell of its judges and its aspects."""
