"""Quotas: how many a text lets be proposed for a title, and how many a competition proposes."""
