"""Skill level certificates that come back from the authority."""
