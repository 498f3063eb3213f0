"""Ties of judges that somebody declares: kinship, teaching, and whatever else no list of units can tell."""
