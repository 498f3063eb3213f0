"""Flags: what the rules say of every contestant, with reasons and sources, and what people decide."""
