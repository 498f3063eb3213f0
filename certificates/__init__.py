"""What follows from a final result: awards, flags and certificates."""
