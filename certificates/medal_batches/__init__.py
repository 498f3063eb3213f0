"""Batches of medals and titles held against the ratio rules."""
