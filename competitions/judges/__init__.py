"""Judges, the panels on which they sit, and conflicts of interest."""
