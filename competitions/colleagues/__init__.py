"""Who works on a competition, and with which role."""
