"""Which account is the same person as a judge of the list, as somebody has said."""
