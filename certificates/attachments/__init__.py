"""Papers handed in for a flagged person: what is wanted, what is there, who accepted it, the whole set in order."""
