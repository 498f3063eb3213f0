"""The draw, from a seed that anyone can replay, and the codes between a contestant and the work."""
