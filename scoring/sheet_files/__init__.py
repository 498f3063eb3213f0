"""Score sheets as files: what a judge marked, wrote and signed, as paper for the archive."""
