"""Nobody decides about the own marks: who is the same person, which sheets are her own, and who can do it instead."""
