"""Figures of competitions over people, groups, units and years: exact, each with its formula, never of one person."""
