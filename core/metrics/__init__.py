"""Figures for whoever watches an installation: from the database and the disk, so that any process tells the same."""
