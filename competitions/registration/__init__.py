"""Who takes part: persons, their entrants, and the workbooks by which they are taken in."""
