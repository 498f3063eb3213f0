"""Organisations and their competitions: which are whose, and the staff that an organisation gives roles in its own."""
