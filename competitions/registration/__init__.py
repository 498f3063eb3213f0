"""The roster import as use cases: planned, previewed, taken in or dropped."""
