"""The demo competition, made through the same use cases that people use. People and numbers are invented."""
