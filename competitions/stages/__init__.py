"""Stages of a competition: which event follows which, and by what line people go on from one to the next."""
