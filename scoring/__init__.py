"""Marks in, order of merit out."""
