"""A whole competition in one open file: written for the archives or another server, checked, and taken in again."""
