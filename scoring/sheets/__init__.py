"""Score sheets: opened from a scheme, saved revision by revision, handed in, reviewed, watched from the board."""
