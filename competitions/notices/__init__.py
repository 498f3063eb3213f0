"""Notices of organisers to those who take part: posted, seen, withdrawn with trace, never deleted."""
