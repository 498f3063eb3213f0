"""The course of a competition: how each step stands, what is to be done next, and the moves."""
