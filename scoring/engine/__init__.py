"""The pure core of scoring: from a judge's mark to a place. No database, no web, no clock, no files."""
