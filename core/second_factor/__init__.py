"""A second factor for accounts: a code that a phone shows, beside the password."""
