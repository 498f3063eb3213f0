"""Contestants' own pages, and the erasing of what they no longer want kept."""
