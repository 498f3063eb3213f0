"""Marks and item values that come as a list from outside, as of a machine-marked paper."""
