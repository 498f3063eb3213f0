"""Deductions, vetoes and exclusions of an event: what the scheme provides, what is on record, where to record more."""
