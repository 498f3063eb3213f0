"""Occupations of a competition's events: what the shipped table says, and what an organiser found in the standard."""
