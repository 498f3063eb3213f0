"""Workbooks that come back: looked at row by row first, then taken in whole."""
