"""One archive of all that an installation cannot make again, its check, and a new installation made from it."""
