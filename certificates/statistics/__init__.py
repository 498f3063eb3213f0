"""Figures of competitions over people, groups, units and years, each with its formula; exact, and never of one person."""
