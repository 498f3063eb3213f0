"""Trying rules on final results before they are put in force: who would be flagged, compared with now."""
