"""Rules that an organiser keeps itself: drafted in a form or in YAML, in versions, put in force by a second person."""
