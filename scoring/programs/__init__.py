"""What programs read of events and their results: only what is published, and of marking only counts."""
